"""``kehutu export``: what is read of a site, by whom, and which part of it; on both stores."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from graph.schema.load import schema
from graph.schema.model import Property
from graph.store import Store
from ledger.database import Ledger
from services.access.asker import Asker
from services.access.policy import Policy
from services.export import export as exporting
from services.export.export import FORMATS, export
from services.export.selection import of_answer, of_community, of_names
from services.reading.runs import current
from services.seen import Seen
from services.site import Site
from terms.errors import KehutuError
from tests.answers_site import answers_site
from tests.everyone import seen
from tests.graph_schema.small_graph import small_graph
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM


def run(site: Site, *words: object) -> Result:
    return CliRunner().invoke(main, ["export", "--home", str(site.home), *(str(word) for word in words)])


def graph_of(path: Path) -> networkx.MultiDiGraph:
    return networkx.node_link_graph(json.loads(path.read_text(encoding="utf-8")), edges="edges")


def test_all_that_both_stores_hold_is_written(tmp_path: Path, ledger: Ledger, store: Store) -> None:
    site = answers_site(tmp_path / "home", ledger, store)
    change = small_graph(schema())
    done = export(seen(site), "node-link", tmp_path / "all.json")
    found = graph_of(tmp_path / "all.json")
    assert {*found.nodes} == {node.id for node in change.create_nodes}
    assert (done.nodes, done.edges) == (found.number_of_nodes(), found.number_of_edges())
    by_identity = {
        " ".join([row.type, row.source, row.target, *([row.key] if row.key else [])]): row
        for row in change.create_relations
    }
    assert {key for *_, key in found.edges(keys=True)} == by_identity.keys()
    for *_, key, values in found.edges(keys=True, data=True):
        row = by_identity[key]
        assert (values["label"], values["weight"], values["recordId"]) == (row.type, 1.0, row.record_id)
        for name, value in row.properties.items():
            if not isinstance(value, list | tuple):
                assert values[name] == value
    for node in change.create_nodes:
        values = found.nodes[node.id]
        assert values["type"] == node.type
        assert json.loads(values["origins"]) == ["synthetic"]
        for name, value in node.properties.items():
            declared = schema().nodes[node.type].properties[name]
            assert values[name] == value
            assert isinstance(values[name], float if declared.type in ("decimal", "share") else type(value))
    zhang = found.nodes["customer:4401000001"]
    assert zhang["label"] == "张伟"
    assert found.nodes["device:D1"]["label"] == "光伏逆变器"
    assert found.nodes["meter:M1"]["label"] == "meter:M1"
    assert "region" not in zhang
    assert "risk" not in zhang
    assert [caution.code for caution in done.cautions] == ["EXPORT_WITHOUT_RUN"]
    assert (done.run, done.policy, done.origins) == (None, "everyone", ["synthetic"])


@pytest.mark.parametrize("chosen", FORMATS)
def test_every_format_holds_the_results_of_the_run_and_parallel_contracts(
    small_site: Site, tmp_path: Path, chosen: str
) -> None:
    head, model = current(seen(small_site))
    out = tmp_path / "all.file"
    done = run(small_site, "--format", chosen, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["run"], told["cutOff"], told["policy"]) == (head.id, "2026-03-31", "everyone")
    assert told["files"][0] == "all.file"
    assert {path.name for path in tmp_path.iterdir()} == {*told["files"]}
    if chosen == "parquet":
        nodes = {row["id"]: row for row in pq.read_table(out).to_pylist()}
        edges = pq.read_table(tmp_path / "all.edges.file").to_pylist()
    elif chosen == "csv":
        assert "risk" in out.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert len(out.read_text(encoding="utf-8-sig").splitlines()) == told["nodes"] + 1
        return
    else:
        readers = {
            "graphml": lambda path: networkx.read_graphml(path, force_multigraph=True),
            "gexf": networkx.read_gexf,
            "node-link": graph_of,
        }
        graph = readers[chosen](out)
        assert graph.is_multigraph()
        nodes = {values.get("id", node): values for node, values in graph.nodes(data=True)}
        edges = [values | {"source": one, "target": other} for one, other, values in graph.edges(data=True)]
    assert (told["nodes"], told["edges"]) == (len(nodes), len(edges))
    for at, party in enumerate(model.ids):
        assert nodes[party]["risk"] == pytest.approx(model.score[at])
        assert nodes[party]["community"] == model.community_id(int(model.community[at]))
        assert nodes[party]["runId"] == head.id
    between = [(row["source"], row["target"]) for row in edges if row["label"] == "GUARANTEES"]
    assert len(between) > len({*between})


def test_equal_sites_give_equal_bytes(small_site: Site, tmp_path: Path) -> None:
    for chosen in FORMATS:
        for name in ("one", "two"):
            export(seen(small_site), chosen, tmp_path / f"{name}.{chosen}")
        assert (tmp_path / f"one.{chosen}").read_bytes() == (tmp_path / f"two.{chosen}").read_bytes()


def test_a_community_is_its_parties_with_their_customers(small_site: Site, tmp_path: Path) -> None:
    _, model = current(seen(small_site))
    label = int(model.community[model.ids.index(f"enterprise:{DEBTOR}")])
    name = model.community_id(label)
    done = run(small_site, "--format", "node-link", "--of", "community", name, "--out", tmp_path / "c.json")
    assert done.exit_code == 0, done.output
    found = graph_of(tmp_path / "c.json")
    members = {model.ids[at] for at in model.members(label).tolist()}
    assert members <= {*found.nodes}
    assert all(model.party(node) in model.members(label) for node in found.nodes)
    unknown = run(small_site, "--format", "csv", "--of", "community", "community-0", "--out", tmp_path / "x")
    assert unknown.exit_code == 1
    assert "COMMUNITY_UNKNOWN" in unknown.stderr


def test_a_list_of_ids_takes_numbers_and_leaves_out_what_is_unknown(small_site: Site, tmp_path: Path) -> None:
    listed = tmp_path / "ids.txt"
    listed.write_text(
        f"{DEBTOR}\n\nenterprise:{GUARANTOR}\nenterprise:{DEBTOR}\nnobody\n", encoding="utf-8-sig"
    )
    done = run(small_site, "--format", "graphml", "--of", "ids", listed, "--out", tmp_path / "two.graphml")
    assert done.exit_code == 0, done.output
    assert "1 of the ids name no entity" in done.stdout
    found = networkx.read_graphml(tmp_path / "two.graphml", force_multigraph=True)
    assert {*found.nodes} == {f"enterprise:{DEBTOR}", f"enterprise:{GUARANTOR}"}
    assert found.number_of_edges() > 0
    listed.write_text("nobody\n")
    nothing = run(small_site, "--format", "csv", "--of", "ids", listed, "--out", tmp_path / "none.csv")
    assert nothing.exit_code == 1
    assert "EXPORT_EMPTY" in nothing.stderr
    assert not (tmp_path / "none.csv").exists()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [("missing", None, "No such file"), ("bytes", b"\xff\xfe\x00", "decode")],
)
def test_lists_that_cannot_be_read_are_refused(
    small_site: Site, tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    refused = run(small_site, "--format", "csv", "--of", "ids", tmp_path / name, "--out", tmp_path / "x.csv")
    assert refused.exit_code == 2
    assert "EXPORT_LIST" in refused.stderr
    assert reason in " ".join(refused.stderr.split())


def test_a_query_gives_the_entities_that_its_answer_names(small_site: Site, tmp_path: Path) -> None:
    document = tmp_path / "q.graphql"
    document.write_text(
        f'{{ one: enterprise(id: "{DEBTOR}") {{ known: id name }} enterprise(id: "{UPSTREAM}") {{ id }} '
        "communities(first: 5) { edges { node { id } } } }"
    )
    done = run(small_site, "--format", "gexf", "--of", "query", document, "--out", tmp_path / "q.gexf")
    assert done.exit_code == 0, done.output
    assert {*networkx.read_gexf(tmp_path / "q.gexf").nodes} == {
        f"enterprise:{DEBTOR}",
        f"enterprise:{UPSTREAM}",
    }
    assert "!" not in done.stdout


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{ nothing }", "Cannot query field 'nothing'"),
        ("{", "Syntax Error"),
        ("query A { runs { id } } query B { runs { id } }", "name one of the operations"),
        ("fragment F on Query { runs { id } }", "no single query"),
        ('mutation { addNote(id: "x") { id } }', "no query"),
    ],
)
def test_a_document_that_is_no_query_is_refused(
    small_site: Site, tmp_path: Path, text: str, reason: str
) -> None:
    (tmp_path / "q").write_text(text)
    refused = run(small_site, "--format", "csv", "--of", "query", tmp_path / "q", "--out", tmp_path / "x.csv")
    assert refused.exit_code == 2, refused.output
    assert "EXPORT_LIST" in refused.stderr
    assert reason in " ".join(refused.stderr.split())


def test_too_many_nodes_are_for_tables_only(
    small_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "MOST_NODES", 3)
    for chosen in FORMATS:
        done = run(small_site, "--format", chosen, "--out", tmp_path / chosen)
        if chosen in ("parquet", "csv"):
            assert done.exit_code == 0
        else:
            assert done.exit_code == 2
            assert "EXPORT_TOO_LARGE" in done.stderr
            assert not (tmp_path / chosen).exists()
    assert exporting.MOST_NODES == 3


def test_a_folder_that_is_not_there_is_named(small_site: Site, tmp_path: Path) -> None:
    refused = run(small_site, "--format", "gexf", "--out", tmp_path / "no" / "x.gexf")
    assert refused.exit_code == 2
    assert "EXPORT_FILE" in refused.stderr


def test_what_the_asker_does_not_see_is_not_in_the_file(small_site: Site, tmp_path: Path) -> None:
    hidden = f"enterprise:{GUARANTOR}"

    def masked(declared: tuple[Property, ...], value: object) -> object:
        return None if any(one.personal in ("derived", "financial") for one in declared) else value

    policy = Policy(lambda _, name: f"{name}.id <> $asker_hidden", masked, {"asker_hidden": hidden})
    asked = Seen(Asker("clerk"), small_site.ledger, schema(), policy, small_site.settings, small_site.store)
    done = export(asked, "node-link", tmp_path / "part.json")
    found = graph_of(tmp_path / "part.json")
    assert hidden not in found.nodes
    assert f"enterprise:{DEBTOR}" in found.nodes
    assert done.policy == found.graph["policy"] == "clerk"
    for _, values in found.nodes(data=True):
        assert not values.keys() & {"risk", "community", "netAssets"}
    named = of_names(asked, [hidden, DEBTOR])
    assert named.ids == {"Enterprise": (f"enterprise:{DEBTOR}",)}
    assert named.unknown == 1
    _, model = current(seen(small_site))
    label = model.community_id(int(model.community[model.ids.index(hidden)]))
    assert hidden not in of_community(asked, label).ids["Enterprise"]
    with pytest.raises(KehutuError) as nothing:
        of_answer(asked, [hidden, "run-1", "community-1"])
    assert nothing.value.code == "EXPORT_EMPTY"
