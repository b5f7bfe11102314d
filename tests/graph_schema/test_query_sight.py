"""What a block shows is declared, marked and typed; a block that forgets it does not load."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.query_files import queries
from graph.query_shapes import Query
from graph.query_sight import shows
from graph.schema.load import schema
from terms.errors import KehutuError

GOOD = """\
// name: around
// Entities that a relation leads to, and how many guarantee for each; by id.
// param type: NodeType
// param id: EntityId
// param relation: RelationType
// sees: n $type
// sees: m any
// sees: g Enterprise
// row id: EntityId, kind: Text, name: Text? of kind.name|title, properties: Map of $relation, guarantors: Int
MATCH (n:$type {id: $id})-[r:$relation]->(m)
WHERE sees(n, m) AND m.id <> $id
RETURN m.id AS id, labels(m)[0] AS kind, coalesce(m.name, m.title) AS name, properties(r) AS properties,
  COUNT {
    MATCH (m)<-[:GUARANTEES]-(g:Enterprise)
    WHERE sees(g)
  } AS guarantors
ORDER BY id
"""

PATH = """\
// name: ways
// Entities at the end of ways; by id.
// param id: EntityId
// sees: path any
// row id: EntityId
MATCH path = (:Line {id: $id})-[:FED_BY*1..3]->(e)
WHERE sees(path) AND all(r IN relationships(path) WHERE r.since IS NULL)
RETURN DISTINCT e.id AS id
ORDER BY id
"""


def _read(folder: Path, text: str) -> Query:
    (folder / "some.cypher").write_text(text, encoding="utf-8")
    (query,) = queries(schema(), folder)
    return query


def _fault(folder: Path, text: str) -> KehutuError:
    with pytest.raises(KehutuError) as caught:
        _read(folder, text)
    return caught.value


def test_a_block_says_what_it_shows_and_whose_values_it_holds(tmp_path: Path) -> None:
    query = _read(tmp_path, GOOD)
    assert query.sees == {"n": "$type", "m": "any", "g": "Enterprise"}
    assert [(s.path, s.type, s.names) for s in shows(query)] == [
        (("name",), "kind", ("name", "title")),
        (("properties",), "$relation", ()),
    ]


def test_the_nodes_of_a_declared_path_need_no_names(tmp_path: Path) -> None:
    assert _read(tmp_path, PATH).paths == {"path"}


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("// sees: m any\n", "", 9, "the node 'm' is not declared: '// sees: m any'"),
        ("// sees: g Enterprise\n", "", 13, "the node 'g' is not declared: '// sees: g Enterprise'"),
        ("(g:Enterprise)", "(:Enterprise)", 14, "a node of the pattern has no name"),
        ("sees: g Enterprise", "sees: g Enterprize", 1, "no node type 'Enterprize' (nearest: 'Enterprise')"),
        ("sees: n $type", "sees: n $kind", 1, "'$kind' is no parameter of type NodeType"),
        ("sees: n $type", "sees: n Customer", 10, "'n' is declared as Customer and bound as $type"),
        ("(g:Enterprise)", "(g)", 14, "'g' is declared as Enterprise and bound as any"),
        ("sees: g Enterprise", "sees: g Enterprise\n// sees: g Person", 9, "'g' is declared twice"),
        ("sees: g Enterprise", "sees: g Enterprise\n// sees: x Person", 1, "'x' is declared and no pattern"),
        ("sees: g Enterprise", "sees: g", 8, "not of the form"),
        ("sees(n, m) AND m", "m", 11, "WHERE sees(n, m) is expected"),
        ("sees(n, m)", "sees(m)", 11, "WHERE sees(n, m) is expected"),
        ("sees(n, m) AND m.id <> $id", "m.id <> $id AND sees(n, m)", 11, "WHERE sees(n, m) is expected"),
        ("m.id <> $id", "m.id <> $id AND sees(n)", 1, "elsewhere than first in the WHERE"),
        ("m.id <> $id", "m.id <> $id AND (m)--()", 11, "a pattern outside of MATCH"),
        ("Map of $relation", "Map", 1, "does not say whose properties it holds"),
        ("Map of $relation", "Map of $id", 1, "'$id' is no type"),
        ("Map of $relation", "Map of kinds", 1, "'kinds' is no type"),
        ("of kind.name|title", "of kind.name|titel", 1, "'kind' has no property 'titel'"),
        (" of kind.name|title", " of kind", 1, "a value 'of TYPE.property'"),
        (" of kind.name|title", "", 12, "the column of m.name does not say 'of TYPE.name', personal data"),
    ],
)
def test_what_is_forgotten_is_named_by_line(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert old in GOOD
    error = _fault(tmp_path, GOOD.replace(old, new, 1))
    assert error.code == "QUERY_FAULT"
    assert (error.details["file"], error.details["query"]) == ("some.cypher", "around")
    assert reason in str(error.details["reason"])
    assert error.details["line"] == line


def test_a_block_that_says_nothing_learns_both_ways(tmp_path: Path) -> None:
    silent = "// name: some\n// How many.\n// one count: Int\nMATCH (b:Bill)\nRETURN count(b) AS count\n"
    reason = str(_fault(tmp_path, silent).details["reason"])
    assert "the node 'b' is not declared: '// sees: b Bill', or '// whole: why'" in reason
    assert _read(tmp_path, silent.replace("// one", "// whole: a figure\n// one")).whole == "a figure"


def test_a_block_for_the_whole_graph_has_no_marks(tmp_path: Path) -> None:
    text = GOOD.replace("// sees: n $type", "// whole: loading compares")
    assert "in a block that no answer reads" in str(_fault(tmp_path, text).details["reason"])


def test_a_path_without_its_mark_does_not_load(tmp_path: Path) -> None:
    error = _fault(tmp_path, PATH.replace("sees(path) AND ", ""))
    assert "WHERE sees(path) is expected" in str(error.details["reason"])


def test_a_path_is_of_any_type(tmp_path: Path) -> None:
    error = _fault(tmp_path, PATH.replace("sees: path any", "sees: path Line"))
    assert "the path 'path' is declared as any" in str(error.details["reason"])


def test_names_of_the_conditions_are_not_for_blocks(tmp_path: Path) -> None:
    text = GOOD.replace("$id", "$asker_id").replace("param id", "param asker_id")
    assert "those of the asker's conditions" in str(_fault(tmp_path, text).details["reason"])
