"""``kehutu evaluate communities``: graphs whose best modularity is known, and files that are no graph."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from graph.schema.load import schema
from services.engines.local import Local
from services.evaluation.communities import evaluate

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "graph-communities"


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", "communities", *(str(word) for word in words)])


def written(folder: Path, graph: networkx.Graph) -> Path:
    path = folder / "graph.gml"
    networkx.write_gml(graph, path)
    return path


@pytest.mark.parametrize(
    ("graph", "weighted", "best"),
    [
        (networkx.karate_club_graph(), False, 0.4198),
        (networkx.karate_club_graph(), True, 0.4449),
        (networkx.les_miserables_graph(), False, 0.5600),
        (networkx.les_miserables_graph(), True, 0.5667),
    ],
    ids=["karate", "karate by weight", "lesmis", "lesmis by weight"],
)
def test_the_best_known_modularity_is_reached(
    tmp_path: Path, graph: networkx.Graph, weighted: bool, best: float
) -> None:
    done = run(written(tmp_path, graph), *(["--weights"] if weighted else []))
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found.keys() == {"file", "modularity", "communities"}
    assert found["file"] == "graph.gml"
    assert found["modularity"] == pytest.approx(best, abs=1e-4)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published files lie beside the checkout only")
@pytest.mark.parametrize(
    ("file", "best"), [("karate", 0.4198), ("dolphins", 0.5285), ("football", 0.6046), ("lesmis", 0.5600)]
)
def test_the_optimum_of_the_published_files_is_reached(file: str, best: float) -> None:
    found = evaluate(PUBLISHED / f"{file}.gml", Local(None, schema()))
    assert found.modularity == pytest.approx(best, abs=1e-4)


def test_several_files_give_a_line_each_and_parallel_links_count_once(tmp_path: Path) -> None:
    plain = tmp_path / "plain.gml"
    plain.write_text("graph [ node [ id 1 ] node [ id 2 ] node [ id 3 ] edge [ source 1 target 2 ] ]")
    twice = tmp_path / "twice.gml"
    twice.write_text(plain.read_text().replace("] ]", "] edge [ source 2 target 1 ] ]"))
    first, second = (json.loads(line) for line in run(plain, twice).stdout.splitlines())
    assert (first["communities"], second["communities"]) == (2, 2)
    assert first["modularity"] == second["modularity"] == 0.0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("digraph { a -> b }", "GML"),
        ("graph [ ]", "no nodes"),
        ("graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 ] ]", "no link has a weight or value"),
        (
            'graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 value "much" ] ]',
            "link 0 has no number as its value",
        ),
        (
            "graph [ node [ id 1 ] node [ id 2 ] edge [ source 1 target 2 weight -1 ] ]",
            "weight of link 0 is -1.0",
        ),
    ],
)
def test_what_is_no_graph_is_refused_with_its_reason(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "graph.gml"
    path.write_text(text)
    done = run(path, "--weights")
    assert done.exit_code == 2
    assert "GRAPH_FILE_FAULT" in done.output
    assert reason in done.output
