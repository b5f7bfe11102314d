"""A graph created at once in Neo4j: equal to one that is written in steps, whole or refused."""

from __future__ import annotations

import pytest

from graph.bulk import node_line, relation_line
from graph.create import create
from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store
from graph.write import NodeRow, apply, contents, counts, wipe
from terms.errors import KehutuError
from tests.graph_schema.small_graph import small_graph
from tests.graph_store.test_bulk import lines

LINE = schema().nodes["Line"]
FED_BY = schema().relations["FED_BY"]


@pytest.fixture
def empty(neo4j_store: Store) -> Store:
    """A Neo4j that waits for its graph."""
    wipe(neo4j_store)
    prepare(neo4j_store, schema(), "whole")
    return neo4j_store


def line(number: int, **values: object) -> bytes:
    """A node's line."""
    return node_line(LINE, NodeRow("Line", f"line:{number}", (f"line:{number}",), (), values))


def fed(number: int, by: int) -> bytes:
    """A relation's line, by the places of its ends."""
    return relation_line(FED_BY, b'{"recordId":"grid/%d"}' % number, number, by)


def test_a_graph_of_every_type_is_the_one_that_is_written_in_steps(empty: Store) -> None:
    change = small_graph(schema())
    apply(empty, schema(), change, recovering=False)
    stepwise = contents(empty)
    wipe(empty)
    prepare(empty, schema(), "whole")
    text = b"".join(lines(change))
    parts = [text[at : at + 1_000] for at in range(0, len(text), 1_000)]
    written = create(empty, schema(), parts, nodes=len(change.create_nodes))
    assert written == (len(change.create_nodes), len(change.create_relations))
    assert contents(empty) == stepwise


def test_relations_find_their_ends_among_many_batches(empty: Store) -> None:
    # The first three batches share all their ends with each other.
    given = [line(n) for n in range(11_000)] + [fed(n, n * 7 % 10) for n in range(1, 11_000)]
    assert create(empty, schema(), given, nodes=11_000) == (11_000, 10_999)
    found = empty.read(
        "MATCH (a)-[r:FED_BY]->(b) RETURN a.id AS source, r.recordId AS record, b.id AS target"
    )
    assert {(row["source"], row["record"], row["target"]) for row in found} == {
        (f"line:{n}", f"grid/{n}", f"line:{n * 7 % 10}") for n in range(1, 11_000)
    }


@pytest.mark.parametrize("place", [2, 1_000])
def test_a_relation_whose_end_is_missing_is_refused(empty: Store, place: int) -> None:
    with pytest.raises(KehutuError) as refused:
        create(empty, schema(), [line(0), line(1), fed(0, 1), fed(0, place)], nodes=3)
    assert refused.value.code == "STORE_DAMAGED"
    assert "1 relation FED_BY lacks an end" in refused.value.message()
    assert counts(empty, schema())["Line"] == 2


def test_long_values_travel_in_messages_of_a_bounded_size_and_longer_ones_are_refused_by_name(
    empty: Store,
) -> None:
    given = [line(n, name="x" * 3_000_000) for n in range(5)]
    assert create(empty, schema(), given, nodes=5) == (5, 0)
    with pytest.raises(KehutuError) as refused:
        create(empty, schema(), [line(7, name="x" * 9_000_000)], nodes=1)
    assert refused.value.code == "VALUE_TOO_LARGE"
    assert "line:7" in refused.value.message()
