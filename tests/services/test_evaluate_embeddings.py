"""``kehutu evaluate embeddings``: files of links and labels, published and faulty, on both engines."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from graph.schema.load import schema
from graph.store import Store
from services.engines.local import Local
from services.engines.opened import open_engines
from services.evaluation.embeddings import evaluate
from services.settings import settings

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "graph-labelled"
FIELDS = {"linkAuc", "linkAucDegree", "knnMacroF1", "dimension", "seconds", "methods"}
GROUPS, MEMBERS = 4, 15


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", "embeddings", *(str(word) for word in words)])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A graph of four groups with a header, a comment, loops and links twice over, and the groups as labels."""
    graph = networkx.planted_partition_graph(GROUPS, MEMBERS, 0.6, 0.02, seed=3)
    edges, labels = tmp_path / "edges.csv", tmp_path / "labels.csv"
    lines = [f"{a},{b}" for a, b in graph.edges]
    edges.write_text("\n".join(["source,target", "# a comment", *lines, "3,3", lines[0], ""]))
    labels.write_text("id,label\n" + "\n".join(f"{node},{node // MEMBERS}" for node in [*graph, 999]))
    return edges, labels


def test_the_answer_has_the_fields_of_the_contract_and_equal_figures_when_asked_again(
    files: tuple[Path, Path],
) -> None:
    edges, labels = files
    done = run("--edges", edges, "--labels", labels)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found.keys() == FIELDS
    own, other = found["methods"]
    assert own.keys() == {"name", "linkAuc", "linkAucDegree", "knnMacroF1", "sd", "seconds"}
    assert (own["name"], other["name"], found["dimension"]) == ("fastrp", "spectral", 128)
    assert [found[k] for k in ("linkAuc", "linkAucDegree", "knnMacroF1")] == [
        own[k] for k in ("linkAuc", "linkAucDegree", "knnMacroF1")
    ]
    assert own["linkAuc"] > 0.75
    assert own["knnMacroF1"] > 0.9
    assert "1 nodes with a label have no link" in done.stderr
    without = json.loads(run("--edges", edges).stdout)
    assert without["knnMacroF1"] is None
    assert without["linkAuc"] == found["linkAuc"]


def test_the_server_is_judged_by_the_same_draws(
    files: tuple[Path, Path], neo4j_store: Store, tmp_path: Path
) -> None:
    site = settings(home=tmp_path, store=neo4j_store.url)
    reports = []
    for name in ("local", "gds"):
        with open_engines(site, name, pytest.fail) as engines:
            reports.append(evaluate(*files, engines, seeds=2))
    beside, first = reports
    assert [method.name for method in beside.methods] == ["fastrp", "fastrp of GDS", "spectral"]
    assert [method.name for method in first.methods] == ["fastrp of GDS", "fastrp", "spectral"]
    assert first.link_auc == beside.methods[1].link_auc
    own, server, _ = beside.methods
    assert own.link_auc == pytest.approx(server.link_auc, abs=0.1)
    assert own.knn_macro_f1 == pytest.approx(server.knn_macro_f1, abs=0.1)


def test_the_server_needs_a_store(files: tuple[Path, Path]) -> None:
    refused = run("--edges", files[0], "--engine", "gds")
    assert refused.exit_code == 2
    assert "ENGINE_NEEDS_NEO4J" in refused.stderr


@pytest.mark.parametrize(
    ("edges", "labels", "reason"),
    [
        ("", None, "no links between two nodes"),
        ("a a\n", None, "no links between two nodes"),
        ("a b c\n", None, "line 1 has 3 columns"),
        ("a b\nb\n", None, "line 2 has 1 columns"),
        ("a,\n", None, "line 1 has 2 columns, expected two filled ones"),
        ("a b\nb c\n", None, "a tenth of 2 links cannot be hidden"),
        ("ring", "id,label\n1,x\n1,y\n", "1 has two labels, x and y"),
        ("ring", "id,label\n1,x\n2,x\n", "no label has 10 members"),
        ("ring", "", "no label has 10 members"),
    ],
)
def test_files_that_are_no_links_or_labels_are_refused(
    tmp_path: Path, edges: str, labels: str | None, reason: str
) -> None:
    ring = "".join(f"{at} {(at + 1) % 40}\n" for at in range(40))
    (tmp_path / "e").write_text(ring if edges == "ring" else edges)
    words: list[object] = ["--edges", tmp_path / "e"]
    if labels is not None:
        (tmp_path / "l").write_text(labels)
        words += ["--labels", tmp_path / "l"]
    refused = run(*words)
    assert refused.exit_code == 2
    assert "LINKS_FILE_FAULT" in refused.stderr
    assert reason in refused.stderr.replace("\n", " ")


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "e").write_bytes(b"\xff\xfe\x00")
    assert "LINKS_FILE_FAULT" in run("--edges", tmp_path / "e").stderr


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published files lie beside the checkout only")
@pytest.mark.parametrize(
    ("name", "uniform", "by_degree", "f1"), [("cora", 0.865, 0.861, 0.796), ("wiki", 0.915, 0.900, 0.584)]
)
def test_published_graphs_give_what_was_measured_elsewhere(
    name: str, uniform: float, by_degree: float, f1: float
) -> None:
    found = evaluate(
        PUBLISHED / f"{name}.edges", PUBLISHED / f"{name}.labels.csv", [Local(None, schema())], seeds=1
    )
    own = found.methods[0]
    assert own.link_auc == pytest.approx(uniform, abs=0.05)
    assert own.link_auc_degree == pytest.approx(by_degree, abs=0.05)
    assert own.knn_macro_f1 == pytest.approx(f1, abs=0.03)
