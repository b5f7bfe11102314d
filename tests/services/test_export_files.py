"""Files of an export: what is read back is what was written, whatever the values; and they are as their schemas ask."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import networkx
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.schema.load import schema
from services.export import tables, xml_files
from services.export.content import (
    EDGE_LISTS,
    EDGE_OWN,
    NODE_LISTS,
    NODE_OWN,
    Cleaning,
    Column,
    Columns,
    Content,
    Kind,
    Row,
    relation_identity,
)
from services.export.node_link import write_node_link
from services.export.xml_files import GEXF, GRAPHML, token, write_gexf, write_graphml

COLUMNS = Columns.of(schema())
TEXTS = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=6) | st.sampled_from(
    ["\x00\x1f", "\r\n", "\r", "a\tb\n", " ", "=1+2", "<&\"']]>", "\ufffe", "\ud800x", "\U0001f600", "张三"]
)
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "whole": st.integers(-(2**53), 2**53),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "truth": st.booleans(),
}
TOKEN = re.compile(r"[\w:.\-·]+")
"""Letters, digits and few more: what XML's name tokens have in common with words."""


@st.composite
def rows(draw: st.DrawFn, columns: tuple[Column, ...], own: tuple[str, ...]) -> dict[str, Any]:
    """Stored values of some columns, before they are made fit for a file."""
    chosen = draw(st.lists(st.sampled_from(columns), max_size=5, unique=True))
    return {column.name: draw(VALUES[column.kind]) for column in chosen if column.name not in own}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Row], list[Row], Cleaning]:
    """Nodes and relations as an export reads them: loops, parallel relations, ids and values of any text."""
    cleaning = Cleaning()
    kinds = {column.name: column.kind for column in (*COLUMNS.nodes, *COLUMNS.edges)}

    def cleaned(known: dict[str, Any]) -> Row:
        values = ((name, cleaning.value(kinds[name], value)) for name, value in known.items())
        return {name: value for name, value in values if value is not None}

    ids = [f"line:{name}" for name in draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))]
    ids = [cleaning.identity(one) for one in ids]
    nodes: list[Row] = [
        {"id": one, "type": "Line", "label": cleaning.text(draw(TEXTS))}
        | cleaned(draw(rows(COLUMNS.nodes, (*NODE_OWN, *NODE_LISTS))))
        for one in ids
    ]
    ends = st.sampled_from(ids)
    wanted = draw(st.lists(st.tuples(ends, ends, st.just("") | TEXTS), max_size=5, unique=True))
    edges: list[Row] = []
    for source, target, key in wanted:
        made: Row = {
            "id": relation_identity("FED_BY", source, target, cleaning.identity(key)),
            "source": source,
            "target": target,
            "label": "FED_BY",
            "weight": 1.0,
        }
        if key:
            made["relationKey"] = cleaning.text(key)
        edges.append(made | cleaned(draw(rows(COLUMNS.edges, (*EDGE_OWN, *EDGE_LISTS, "weight")))))
    return nodes, edges, cleaning


def content(nodes: list[Row], edges: list[Row]) -> Content:
    """An export of these, in batches."""
    return Content(
        COLUMNS,
        iter([nodes[:1], nodes[1:]]),
        iter([edges]),
        Cleaning(),
        "run-1",
        "2026-03-31",
        "everyone",
        {"real"},
    )


def text_of(write: Callable[[Any, Content], object], nodes: list[Row], edges: list[Row]) -> str:
    out = io.StringIO()
    write(out, content(nodes, edges))
    return out.getvalue()


def expected_graph(nodes: list[Row], edges: list[Row], name: Callable[[str], str] = str) -> Any:
    graph = networkx.MultiDiGraph()
    for row in nodes:
        graph.add_node(name(str(row["id"])), **row)
    for row in edges:
        ends = name(str(row["source"])), name(str(row["target"]))
        values = {key: value for key, value in row.items() if key not in {"source", "target"}}
        graph.add_edge(*ends, key=name(str(row["id"])), values=values)
    return graph


def same(found: Any, expected: Any, *, without: frozenset[str] = frozenset()) -> None:
    """Equal nodes with equal values of equal types, and equal edges of equal keys."""
    assert [*found.nodes] == [*expected.nodes]
    for node, values in expected.nodes(data=True):
        kept = {name: value for name, value in values.items() if name not in without}
        assert found.nodes[node] == kept
        assert {k: type(v) for k, v in found.nodes[node].items()} == {k: type(v) for k, v in kept.items()}
    keys = {
        (one, other, key): values["values"]
        for one, other, key, values in expected.edges(keys=True, data=True)
    }
    read = {(one, other, key): values for one, other, key, values in found.edges(keys=True, data=True)}
    assert read.keys() == keys.keys()
    for edge, values in keys.items():
        assert {k: v for k, v in read[edge].items() if k != "id"} == {
            k: v for k, v in values.items() if k not in {*without, "id"}
        }


@settings(max_examples=120)
@given(graphs())
def test_networkx_reads_the_graph_of_a_graphml_file(graph: tuple[list[Row], list[Row], Cleaning]) -> None:
    nodes, edges, _ = graph
    found = networkx.parse_graphml(text_of(write_graphml, nodes, edges), force_multigraph=True)
    same(found, expected_graph(nodes, edges, token))
    assert found.graph["run"] == "run-1"
    assert found.graph["cutOff"] == "2026-03-31"
    assert json.loads(found.graph["origins"]) == ["real"]
    assert found.graph["policy"] == "everyone"


@settings(max_examples=120)
@given(graphs())
def test_networkx_reads_the_graph_of_a_gexf_file(graph: tuple[list[Row], list[Row], Cleaning]) -> None:
    nodes, edges, _ = graph
    read = networkx.read_gexf(io.BytesIO(text_of(write_gexf, nodes, edges).encode()))
    expected = expected_graph(nodes, edges)
    if (
        not read.is_multigraph()
    ):  # it makes a graph without parallel edges a simple one, and edges lose their key
        simple = networkx.MultiDiGraph()
        simple.add_nodes_from(read.nodes(data=True))
        simple.add_edges_from((a, b, values["id"], values) for a, b, values in read.edges(data=True))
        read = simple
    same(read, expected, without=frozenset({"id"}))


@settings(max_examples=80)
@given(graphs())
def test_networkx_reads_the_graph_of_a_node_link_file(graph: tuple[list[Row], list[Row], Cleaning]) -> None:
    nodes, edges, _ = graph
    found = networkx.node_link_graph(json.loads(text_of(write_node_link, nodes, edges)), edges="edges")
    same(found, expected_graph(nodes, edges), without=frozenset({"id"}))
    assert found.graph == content([], []).header().entries()


@settings(max_examples=60)
@given(graphs())
def test_ids_of_graphml_are_name_tokens_and_none_is_used_twice(
    graph: tuple[list[Row], list[Row], Cleaning],
) -> None:
    nodes, edges, _ = graph
    document = ElementTree.XML(text_of(write_graphml, nodes, edges))
    name = f"{{{GRAPHML}}}"
    keys = {key.attrib["id"]: key.attrib for key in document.findall(f"{name}key")}
    assert len(keys) == len(document.findall(f"{name}key"))
    assert {key["attr.type"] for key in keys.values()} <= {"string", "long", "double", "boolean"}
    drawn = document.findall(f"{name}graph/{name}node")
    ids = [node.attrib["id"] for node in drawn]
    links = document.findall(f"{name}graph/{name}edge")
    assert len({*ids}) == len(ids) == len(nodes)
    assert len({link.attrib["id"] for link in links}) == len(links) == len(edges)
    assert all(re.fullmatch(r"[^\s/#~%<>&'\"]+", one) for one in ids)
    for link in links:
        assert link.attrib.keys() == {"id", "source", "target"}
        assert {link.attrib["source"], link.attrib["target"]} <= {*ids}
    for element, owner in [(node, "node") for node in drawn] + [(link, "edge") for link in links]:
        told = [data.attrib["key"] for data in element]
        assert len({*told}) == len(told)
        assert {keys[key]["for"] for key in told} == {owner}


@settings(max_examples=60)
@given(graphs())
def test_gexf_has_what_its_schema_asks_for_and_nothing_else(
    graph: tuple[list[Row], list[Row], Cleaning],
) -> None:
    """The demands of gexf.xsd 1.2draft on the elements that are used here."""
    nodes, edges, _ = graph
    root = ElementTree.XML(text_of(write_gexf, nodes, edges))
    allowed = {
        "gexf": ({"version"}, ["meta", "graph"]),
        "meta": ({"lastmodifieddate"}, ["creator", "description"]),
        "creator": (set(), []),
        "description": (set(), []),
        "graph": ({"mode", "defaultedgetype"}, ["attributes", "attributes", "nodes", "edges"]),
        "attributes": ({"class", "mode"}, None),
        "attribute": ({"id", "title", "type"}, []),
        "nodes": (set(), None),
        "node": ({"id", "label"}, ["attvalues"]),
        "edges": (set(), None),
        "edge": ({"id", "source", "target", "label", "weight"}, ["attvalues"]),
        "attvalues": (set(), None),
        "attvalue": ({"for", "value"}, []),
    }
    members = {"attributes": "attribute", "nodes": "node", "edges": "edge", "attvalues": "attvalue"}
    for element in root.iter():
        name = element.tag.removeprefix(f"{{{GEXF}}}")
        attributes, children = allowed[name]
        assert {*element.attrib} == attributes
        inner = [child.tag.removeprefix(f"{{{GEXF}}}") for child in element]
        assert inner == children if children is not None else {*inner} <= {members[name]}
    declared = [one.attrib for one in root.iter(f"{{{GEXF}}}attribute")]
    types = {one["id"]: one["type"] for one in declared}
    assert len(types) == len(declared)
    assert {*types.values()} <= {"string", "long", "double", "boolean"}
    forms = {
        "long": r"-?\d+",
        "boolean": "true|false",
        "string": r"(?s).*",
        "double": r"-?(INF|[\d.]+(e[+-]?\d+)?)",
    }
    for value in root.iter(f"{{{GEXF}}}attvalue"):
        assert re.fullmatch(forms[types[value.attrib["for"]]], value.attrib["value"])


@settings(max_examples=15)
@given(graphs())
def test_tables_hold_what_was_written_and_no_formula(
    tmp_path_factory: pytest.TempPathFactory, graph: tuple[list[Row], list[Row], Cleaning]
) -> None:
    nodes, edges, _ = graph
    folder = tmp_path_factory.mktemp("tables")
    assert tables.write_parquet(folder / "a.parquet", content(nodes, edges)) == (len(nodes), len(edges))
    for name, written in (("a.parquet", nodes), ("a.edges.parquet", edges)):
        found = pq.read_table(folder / name)
        assert [{k: v for k, v in row.items() if v is not None} for row in found.to_pylist()] == written
        assert json.loads(pq.read_metadata(folder / name).metadata[b"origins"]) == ["real"]
    tables.write_csv(folder / "a.csv", content(nodes, edges))
    for name, written in (("a.csv", nodes), ("a.edges.csv", edges)):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            read = [*csv.DictReader(file)]
        for row, known in zip(read, written, strict=True):
            for column, cell in row.items():
                value = known.get(column)
                plain = cell[1:] if isinstance(value, str) and value.startswith(tables.FORMULA) else cell
                assert plain == ("" if value is None else xml_files.written(value))
                assert not (isinstance(value, str) and cell.startswith(tables.FORMULA))
    assert json.loads((folder / "a.header.json").read_text())["policy"] == "everyone"


def test_a_name_of_any_characters_is_made_fit_and_counted() -> None:
    cleaning = Cleaning()
    assert cleaning.text("a\x00b\ud800\r\nc\rd\uffff\t张") == "a\ufffdb\ufffd\nc\nd\ufffd\t张"
    assert cleaning.replaced == 3
    assert cleaning.identity("line:1") == "line:1"
    one, other = cleaning.identity("line:\x01"), cleaning.identity("line:\x02")
    assert one != other
    assert one.startswith("line:\ufffd~")


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        ("whole", 3.0, 3),
        ("whole", "3", None),
        ("number", 3, 3.0),
        ("truth", True, True),
        ("text", "", None),
        ("text", 7, "7"),
        ("number", None, None),
        ("number", float("inf"), None),
    ],
)
def test_values_have_the_type_that_the_schema_gives_them(kind: Kind, stored: object, value: object) -> None:
    found = Cleaning().value(kind, stored)
    assert found == value
    assert type(found) is type(value)


def test_every_property_of_the_schema_has_one_column() -> None:
    for columns, types in ((COLUMNS.nodes, schema().nodes), (COLUMNS.edges, schema().relations)):
        names = [column.name for column in columns]
        assert len({*names}) == len(names)
        kept = {one.name for declared in types.values() for one in declared.properties.values() if one.kept}
        assert kept <= {*names}


@given(st.text(max_size=8), st.text(max_size=8))
def test_tokens_of_different_texts_differ(one: str, other: str) -> None:
    assert (token(one) == token(other)) == (one == other)
    assert TOKEN.fullmatch(token("line:simbench/MV1.1 a#2"))
    assert token("_x0020_") != token(" ")
