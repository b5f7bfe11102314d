"""Graphs that py2neo holds in memory, or reaches on a real server, become records by an ordinary mapping."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from py2neo import Graph, Node, Relationship, Subgraph

from graph.store import Store
from graph.write import wipe
from ingest.loads.load import load
from ingest.loads.report import LoadReport, SourceReport
from ingest.loads.retry import retry
from ingest.readers import Request, py2neo_graph
from ingest.readers.py2neo_graph import reader_of, tables
from ingest.statements import Statements
from ledger import quarantine
from ledger.database import Ledger
from ledger.records import Record, since
from services.loading import ingest
from services.settings import settings
from terms.errors import KehutuError
from tests.loads import said as noticed

KEYS = "keys: {Customer: number, Company: [tax, branch]}"
MANIFEST = """\
sources:
  - name: customers
    format: py2neo
    table: Customer
    channel: marketing
    recordId: _key
    observedAt: 2026-01-31
    options: {{{options}}}
    mapping:
      - node: Customer
        key: {{customerNo: number}}
        set: {{name: name, phone: phone}}
  - name: companies
    format: py2neo
    table: Company
    channel: marketing
    recordId: _key
    observedAt: founded
    options: {{{options}}}
    mapping:
      - node: Enterprise
        key: {{local: _key}}
        set: {{name: name, netAssets: assets}}
  - name: guarantees
    format: py2neo
    table: GUARANTEES
    channel: marketing
    recordId: _key
    observedAt: 2026-01-31
    options: {{{options}}}
    mapping:
      - relation: GUARANTEES
        from: {{Enterprise: {{local: _from}}}}
        to: {{Enterprise: {{local: _to}}}}
        set: {{amount: amount}}
  - name: parties
    format: py2neo
    table: IS
    channel: marketing
    recordId: _key
    observedAt: 2026-01-31
    options: {{{options}}}
    mapping:
      - relation: IS
        from: {{Customer: {{customerNo: from.number}}}}
        to: {{Enterprise: {{local: _to}}}}
"""


def subgraph() -> Subgraph:
    """Two customers and three companies, of which one has no key, and three guarantees, of which two are alike."""
    ann = Node("Customer", "Vip", number="4401000001", name="王芳", phone="13800000000", tags=["a", "b"])
    bob = Node("Customer", number="4401000002", name="李雷")
    north = Node("Company", tax="91", branch=1, name="North", assets=1200, founded=date(2020, 5, 1))
    south = Node("Company", tax="91", branch=2, name="South", founded=datetime(2021, 5, 1, 8))
    kiosk = Node("Company", name="Kiosk")
    first = Relationship(north, "GUARANTEES", south, amount=500)
    second = Relationship(south, "GUARANTEES", kiosk)
    return ann | bob | Relationship(ann, "IS", north) | first | second


@pytest.fixture
def server(neo4j_url: str, neo4j_store: Store) -> Iterator[Graph]:
    """The tests' Neo4j, empty at the start and at the end, as py2neo sees it."""
    wipe(neo4j_store, definitions=True)
    yield Graph(neo4j_url)
    wipe(neo4j_store, definitions=True)


def write(folder: Path, options: str = KEYS, text: str = MANIFEST) -> Path:
    path = folder / "py2neo.yaml"
    path.write_text(text.format(options=options), encoding="utf-8")
    return path


def by_name(report: LoadReport) -> dict[str, SourceReport]:
    return {source.name: source for source in report.sources}


def stated(ledger: Ledger) -> dict[tuple[str, str], tuple[Record, Statements]]:
    return {(r.source, r.record_id): (r, Statements.from_json(r.payload)) for r in since(ledger, 0, 1_000)}


def test_a_subgraph_in_hand_becomes_records(ledger: Ledger, tmp_path: Path) -> None:
    report = load(ledger, write(tmp_path), readers={"py2neo": reader_of(subgraph())})
    assert [(s.name, s.read, s.accepted, s.error) for s in report.sources] == [
        ("customers", 2, 2, None),
        ("companies", 3, 3, None),
        ("guarantees", 2, 2, None),
        ("parties", 1, 1, None),
    ]
    found = stated(ledger)
    ann = found["customers", "Customer:4401000001"][1].nodes[0]
    assert (ann.keys, ann.set["name"]) == (("customer:4401000001",), "王芳")
    north, said = found["companies", "Company:91/1"]
    assert said.nodes[0].set == {"name": "North", "netAssets": 120_000}
    assert north.observed_at == datetime(2020, 4, 30, 16, tzinfo=UTC)  # midnight in the utility's zone
    kiosk = next(name for source, name in found if source == "companies" and name.startswith("~"))
    assert found["companies", kiosk][0].observed_assumed
    guarantees = {
        name: said.relations[0] for (source, name), (_, said) in found.items() if source == "guarantees"
    }
    assert (
        guarantees[f"Company:91/2 GUARANTEES {kiosk}"].target == found["companies", kiosk][1].nodes[0].keys[0]
    )
    assert [g.set.get("amount") for name, g in sorted(guarantees.items()) if "91/1" in name] == [50_000]
    # What is not mapped is named: nothing stays behind in silence.
    assert "customers: the columns tags are not mapped" in noticed(by_name(report)["customers"])[0]
    assert by_name(report)["customers"].notices[0].code == "NOTICE_COLUMNS_LEFT"


def test_the_same_graph_again_is_all_duplicates_whatever_its_order(ledger: Ledger, tmp_path: Path) -> None:
    load(ledger, write(tmp_path), readers={"py2neo": reader_of(subgraph())})
    whole = subgraph()
    turned = Subgraph(reversed(list(whole.nodes)), reversed(list(whole.relationships)))
    report = load(ledger, write(tmp_path), readers={"py2neo": reader_of(turned)})
    assert [(s.read, s.duplicate) for s in report.sources] == [(2, 2), (3, 3), (2, 2), (1, 1)]


def test_a_real_server_gives_the_records_of_the_graph_in_hand(
    server: Graph, neo4j_url: str, tmp_path: Path
) -> None:
    server.create(subgraph())
    with Ledger.open(tmp_path / "reached") as reached, Ledger.open(tmp_path / "held") as held:
        by_url = load(reached, write(tmp_path, f'{KEYS}, url: "{neo4j_url}"'))
        load(held, write(tmp_path), readers={"py2neo": reader_of(subgraph())})
        graph_in_hand = load(held, write(tmp_path), readers={"py2neo": reader_of(server)})
        assert [s.error for s in by_url.sources] == [None] * 4
        known = {name: said for name, (_, said) in stated(held).items()}
        assert {name: said for name, (_, said) in stated(reached).items()} == known
    # A date in memory is a date on the server, so the graph in hand held nothing new.
    assert [(s.read, s.duplicate) for s in graph_in_hand.sources] == [(2, 2), (3, 3), (2, 2), (1, 1)]


def test_a_server_is_loaded_and_projected_by_its_url(
    server: Graph, neo4j_url: str, kept_home: Path, tmp_path: Path
) -> None:
    server.create(subgraph())
    loaded = ingest(settings(kept_home), write(tmp_path, f'{KEYS}, url: "{neo4j_url}"'))
    assert [s.accepted for s in loaded.report.sources] == [2, 3, 2, 1]
    assert loaded.projection is not None
    assert loaded.store_fault is None


def test_tables_and_columns_are_listed(server: Graph) -> None:
    whole = subgraph()
    server.create(whole)
    for graph in (whole, server):
        found = tables(graph)
        assert set(found) == {"Customer", "Vip", "Company", "GUARANTEES", "IS"}
        assert found["Customer"] == ("_key", "_labels", "name", "number", "phone", "tags")
        assert found["IS"][:3] == ("_key", "_from", "_to")
        assert {"from.number", "to.tax"} < set(found["IS"])


def test_a_name_that_is_label_and_type_is_written_as_cypher_draws_it(ledger: Ledger, tmp_path: Path) -> None:
    one, other = Node("KNOWS", number="1", name="A"), Node("KNOWS", number="2", name="B")
    graph = one | other | Relationship(one, "KNOWS", other)
    assert set(tables(graph)) == {"(KNOWS)", "[KNOWS]"}
    text = MANIFEST.split("  - name: companies", maxsplit=1)[0]
    for table, error in (("(KNOWS)", None), ("KNOWS", "has no table 'KNOWS'; it has (KNOWS), [KNOWS]")):
        path = write(
            tmp_path,
            "keys: {KNOWS: number}",
            text.replace("table: Customer", f"table: {table}").replace(", phone: phone", ""),
        )
        (source,) = load(ledger, path, readers={"py2neo": reader_of(graph)}).sources
        assert (error or "") in (source.error or "")
        assert (source.error is None) == (error is None)


def test_nodes_that_nothing_tells_apart_are_quarantined_with_their_relationships(
    ledger: Ledger, tmp_path: Path
) -> None:
    twins = [Node("Company", name="Twin"), Node("Company", name="Twin")]
    north = Node("Company", tax="91", branch=1, name="North", founded=date(2020, 5, 1), assets=1)
    graph = twins[0] | twins[1] | north | Relationship(north, "GUARANTEES", twins[0], amount=1)
    text = "sources:\n" + "".join("  - name: " + part for part in MANIFEST.split("  - name: ")[2:4])
    report = load(ledger, write(tmp_path, text=text), readers={"py2neo": reader_of(graph)})
    assert [(s.name, s.accepted, s.quarantined) for s in report.sources] == [
        ("companies", 1, 2),
        ("guarantees", 0, 1),
    ]
    rows = quarantine.listing(ledger, first=10)
    assert {row.code for row in rows} == {"ROW_NODE_TWIN"}
    assert {row.field for row in rows} == {"_key", "_to"}
    assert all(
        "nothing tells the two apart" in KehutuError(row.code, **row.details).message() for row in rows
    )


def test_a_value_of_a_kind_that_no_property_takes_is_quarantined_with_its_kind(
    server: Graph, neo4j_url: str, ledger: Ledger, tmp_path: Path
) -> None:
    server.run(
        "CREATE (:Customer {number: '4401000001', name: ['a', 'b'], phone: '1'}), "
        "(:Customer {number: '4401000002', name: point({x: 1.0, y: 2.0})}), "
        "(:Customer {number: '4401000003', name: duration('P1D')}), "
        "(:Customer {number: '4401000004', name: datetime('2026-01-31T08:00:00[Asia/Shanghai]')})"
    )
    text = MANIFEST.split("  - name: companies", maxsplit=1)[0]
    (source,) = load(ledger, write(tmp_path, f'{KEYS}, url: "{neo4j_url}"', text)).sources
    assert (source.read, source.accepted, source.quarantined) == (4, 1, 3)
    rows = quarantine.listing(ledger, first=10)
    assert {(row.code, row.field) for row in rows} == {("ROW_VALUE_KIND", "name")}
    assert {row.details["found"] for row in rows} == {"list", "CartesianPoint", "Duration"}
    # What is kept for people is not taken for the value: the row comes from the graph again, where it is put right.
    path = tmp_path / "py2neo.yaml"
    assert {one.outcome for one in retry(ledger, path)} == {"quarantined"}
    server.run("MATCH (n:Customer {number: '4401000001'}) SET n.name = '王芳'")
    assert sorted(one.outcome for one in retry(ledger, path)) == ["accepted", "quarantined", "quarantined"]
    said = {name: said.nodes[0].set["name"] for (_, name), (_, said) in stated(ledger).items()}
    assert said == {"Customer:4401000001": "王芳", "Customer:4401000004": "2026-01-31T08:00:00+08:00"}


def test_relationships_that_are_alike_stay_two(
    server: Graph, neo4j_url: str, ledger: Ledger, tmp_path: Path
) -> None:
    server.run(
        "CREATE (a:Company {tax: '1', branch: 1}), (b:Company {tax: '2', branch: 1}) "
        "FOREACH (i IN [1, 2] | CREATE (a)-[:GUARANTEES {amount: 5}]->(b))"
    )
    text = "sources:\n  - name: " + MANIFEST.split("  - name: ")[3]
    (source,) = load(ledger, write(tmp_path, f'{KEYS}, url: "{neo4j_url}"', text)).sources
    assert (source.read, source.accepted) == (2, 2)
    (first, second) = sorted(name for _, name in stated(ledger))
    assert second == f"{first} #2"


def test_labels_with_strange_names_are_data(
    server: Graph, neo4j_url: str, tmp_path: Path, ledger: Ledger
) -> None:
    label = "客户 `\\u0060) DETACH DELETE (n"
    # Written out: py2neo itself does not escape a backslash.
    server.run("CREATE (:`客户 ``\\u005Cu0060) DETACH DELETE (n` {number: '4401000001', name: '王芳'})")
    text = MANIFEST.split("  - name: companies", maxsplit=1)[0].replace(", phone: phone", "")
    text = text.replace("table: Customer", "table: '" + label + "'")
    (source,) = load(ledger, write(tmp_path, f'url: "{neo4j_url}"', text)).sources
    assert (source.error, source.accepted) == (None, 1)
    assert server.evaluate("MATCH (n) RETURN count(n)") == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("", "option url: '' cannot be used; the address of a Neo4j is expected"),
        ("url: localhost", "the address of a Neo4j is expected"),
        ('url: "bolt://x", passwordVariable: NOT_SET_ANYWHERE', "there is no such variable"),
        ('url: "bolt://x", pasword: y', "has no option 'pasword'"),
        ('url: "bolt://me:secret@127.0.0.1:9"', "The server bolt://127.0.0.1:9 cannot be read"),
    ],
)
def test_what_cannot_be_reached_says_why_and_never_a_password(
    ledger: Ledger, tmp_path: Path, options: str, reason: str
) -> None:
    report = load(ledger, write(tmp_path, options))
    for source in report.sources:
        assert reason in (source.error or "")
        assert "secret" not in (source.error or "")


def test_a_server_that_is_down_has_a_code() -> None:
    request = Request(None, "graph", table="Customer", options={"url": "bolt://127.0.0.1:9"})
    with pytest.raises(KehutuError) as down:
        list(py2neo_graph.read(request).rows)
    assert (down.value.code, down.value.details["server"]) == ("READER_SERVER_DOWN", "bolt://127.0.0.1:9")


def test_wrong_keys_and_a_property_of_a_reserved_name_are_named(ledger: Ledger, tmp_path: Path) -> None:
    in_hand = {"py2neo": reader_of(subgraph())}
    report = load(ledger, write(tmp_path, "keys: [Customer]"), readers=in_hand)
    assert "option keys: '['Customer']' cannot be used" in (report.sources[0].error or "")
    odd = Node("Customer", number="4401000001", name="A", phone="1", _key="x")
    report = load(ledger, write(tmp_path), readers={"py2neo": reader_of(odd)})
    assert "two columns have the name '_key'" in (report.sources[0].error or "")


def test_a_missing_package_names_the_extra(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py2neo", None)
    with pytest.raises(KehutuError) as refused:
        py2neo_graph.read(Request(None, "graph", options={"url": "bolt://127.0.0.1:9"}))
    assert refused.value.code == "READER_EXTRA_MISSING"
    report = load(ledger, write(tmp_path, 'url: "bolt://127.0.0.1:9"'))
    assert "needs the package py2neo" in (report.sources[0].error or "")
    assert "kehutu[py2neo]" in (report.sources[0].error or "")
