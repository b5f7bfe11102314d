"""Named queries as an asker sees the graph: as if what it does not see were not there, each value with its property."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from graph import seen_queries
from graph.blocks import Conditions, Reader, StoreReader
from graph.query_files import queries
from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store
from graph.write import GraphChange, apply, wipe
from ledger.database import Ledger
from tests.graph_schema.query_cases import CASES, DAY, ONE, PERSON, THREE, TWO, ZHANG
from tests.graph_schema.small_graph import small_graph
from tests.graph_schema.test_named_queries import on, plain

WORKS = "customer:4401000002"
SEEN = [query.name for query in queries(schema()) if query.sees]


def hiding(ids: Sequence[str]) -> Conditions:
    """Everything is seen but some entities, in clear."""
    return Conditions(
        of=lambda _, node: f"NOT {node}.id IN $asker_hidden",
        parameters={"asker_hidden": list(ids)},
        shown=lambda _type, _names, value: value,
    )


def without(graph: GraphChange, ids: Sequence[str]) -> GraphChange:
    return replace(
        graph,
        create_nodes=tuple(n for n in graph.create_nodes if n.id not in ids),
        create_relations=tuple(
            r for r in graph.create_relations if r.source not in ids and r.target not in ids
        ),
    )


def answers(reader: Reader, store: Store) -> dict[tuple[str, int], Any]:
    return {
        (name, number): plain(getattr(seen_queries, name)(reader, **on(store, case)))
        for name in SEEN
        for number, case in enumerate(CASES[name])
    }


@pytest.mark.parametrize(
    "hidden",
    [
        [ZHANG],
        [PERSON, "bill:B4", "meter:M1"],
        [TWO, "account:A1", "device:D1"],
        [ONE, WORKS, "transformer:T1"],
        [THREE, "address:" + "b" * 32, "line:L1", "work-order:W1", "interaction:I1"],
    ],
    ids=lambda ids: ids[0],
)
def test_what_is_not_seen_is_as_if_it_did_not_exist(store: Store, ledger: Ledger, hidden: list[str]) -> None:
    graph = small_graph(schema())
    assert set(hidden) <= {node.id for node in graph.create_nodes}
    apply(store, schema(), without(graph, hidden), recovering=False)
    expected = answers(StoreReader(store), store)
    wipe(store)
    prepare(store, schema(), ledger.id)
    apply(store, schema(), graph, recovering=False)
    assert answers(StoreReader(store), store) != expected
    assert answers(StoreReader(store, hiding(hidden)), store) == expected


def test_each_value_of_a_portrait_comes_with_its_property(store: Store) -> None:
    apply(store, schema(), small_graph(schema()), recovering=False)
    asked: list[tuple[str, tuple[str, ...]]] = []

    def shown(kind: str, names: tuple[str, ...], value: object) -> object:
        asked.append((kind, names))
        return "***" if names == ("phone",) else value

    found = seen_queries.customer_portrait(
        StoreReader(store, Conditions(lambda _type, _node: "", {}, shown)), id=ZHANG, day=DAY
    )
    assert found is not None
    assert found.properties["phone"] == found.parties[0]["properties"]["phone"] == "***"
    assert found.properties["name"] == "张伟"
    assert {("Customer", ("phone",)), ("Person", ("phone",)), ("Person", ("name",))} <= set(asked)
    assert {("Bill", ("amount",)), ("Address", ("text",)), ("LIVES_AT", ("since",))} <= set(asked)
    known = schema().nodes | schema().relations
    assert {kind for kind, _ in asked} <= set(known)


def test_a_value_in_the_order_of_a_list_comes_with_its_property(store: Store) -> None:
    apply(store, schema(), small_graph(schema()), recovering=False)
    asked: set[tuple[str, tuple[str, ...]]] = set()

    def shown(kind: str, names: tuple[str, ...], value: object) -> object:
        asked.add((kind, names))
        return value

    reader = StoreReader(store, Conditions(lambda _type, _node: "", {}, shown))
    fitting: dict[str, dict[str, object]] = {"equal": {}, "starts": {}, "least": {}, "most": {}}
    seen_queries.listed_among(reader, type="Bill", ids=["bill:B1"], **fitting, property="amount")
    seen_queries.neighbours_out(reader, type="Enterprise", id=ONE, relation="GUARANTEES", day=DAY)
    assert ("Bill", ("amount",)) in asked
    assert ("Enterprise", ("name", "title", "summary", "text")) in asked
    assert ("GUARANTEES", ("contractNo",)) in asked


def test_conditions_leave_no_trace_for_who_sees_everything() -> None:
    for block in (getattr(seen_queries, f"_{name.upper()}") for name in SEEN):
        assert "sees(" in block.text
        assert "sees(" not in block.whole
        assert "asker" not in block.whole
