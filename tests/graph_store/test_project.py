"""Columns read from the store say what the graph says, whatever the ranges and the order of writing."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from graph import state
from graph.dialects import columns, neo4j
from graph.project import nodes, relations
from graph.schema.load import schema
from graph.store import Store
from graph.write import GraphChange, NodeRow, RelationRow, apply
from terms.errors import KehutuError

# Fullwidth brackets, private-use and supplementary characters: stores disagree on how these are ordered.
AWKWARD = ["（东莞）", "𠮷野", "\ue000", "￮", "a", "A", "电力", "é", "z", "0", "~", "\uffee𠮷", "龥", "🙂"]


def enterprise(number: str, **values: object) -> NodeRow:
    key = f"enterprise:{number}"
    return NodeRow(
        "Enterprise", key, (key, f"{key}/2"), ("real", "synthetic"), {"creditCode": number, **values}
    )


def guarantee(source: str, target: str, contract: str, **values: object) -> RelationRow:
    ends = (f"enterprise:{source}", "Enterprise", f"enterprise:{target}")
    return RelationRow("GUARANTEES", "Enterprise", *ends, contract, f"l/{contract}", ("real",), values)


def load(store: Store, rows: list[NodeRow], links: list[RelationRow], watermark: int = 1) -> None:
    random.Random(7).shuffle(rows)
    random.Random(8).shuffle(links)
    apply(
        store,
        schema(),
        GraphChange(watermark, create_nodes=rows, create_relations=links),
        recovering=False,
    )


def test_columns_hold_every_value_and_say_which_are_absent(store: Store) -> None:
    load(store, [enterprise("b", name="B", netAssets=-5, status="active"), enterprise("a")], [])
    table = nodes(store, schema(), "Enterprise", ["name", "netAssets", "status", "origins", "keys"])
    assert table.ids == ["enterprise:a", "enterprise:b"]
    assert list(table.columns["name"]) == ["", "B"]
    assert list(table.columns["status"]) == ["", "active"]
    assert math.isnan(table.columns["netAssets"][0])
    assert table.columns["netAssets"][1] == -5
    assert list(table.columns["origins"]) == [("real", "synthetic")] * 2
    assert table.columns["keys"][0] == ("enterprise:a", "enterprise:a/2")
    assert len(nodes(store, schema(), "Person", ["name"])) == 0


def test_a_type_or_property_that_the_schema_lacks_is_a_fault_of_the_caller(store: Store) -> None:
    with pytest.raises(KeyError):
        nodes(store, schema(), "Enterprise", ["nme"])
    with pytest.raises(KeyError):
        nodes(store, schema(), "Enterprse")


def test_small_parts_give_the_same_tables_as_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{a}{b}{n}" for a in AWKWARD for b in AWKWARD for n in (1, 2)]
    chance = random.Random(5)
    links = [
        guarantee(chance.choice(names), chance.choice(names[:40]), f"{i % 90}电{i}", amount=i)
        for i in range(900)
    ]
    # Values are scarce, so that small parts hold none of some column.
    worth = {f"enterprise:{name}": float(i) for i, name in enumerate(names) if i % 50 == 0}
    rows = [enterprise(name, **{"netAssets": i} if i % 50 == 0 else {}) for i, name in enumerate(names)]
    load(store, rows, links)
    tables = []
    for size in (20_000, 70, 7):
        monkeypatch.setattr(columns, "ROWS", size)
        monkeypatch.setattr(neo4j, "SCAN_VALUES", size)
        table = nodes(store, schema(), "Enterprise", ["netAssets", "status", "proxies", "keys"])
        links_ = relations(
            store, schema(), "GUARANTEES", table, table, properties=["amount", "key", "recordId"]
        )
        tables.append((table, links_))
    position = {name: i for i, name in enumerate(sorted(f"enterprise:{n}" for n in names))}
    wanted = sorted(
        (position[r.source], position[r.target], r.key, r.properties["amount"], r.record_id) for r in links
    )
    for table, links_ in tables:
        assert table.ids == list(position)
        known = dict(zip(table.ids, table.columns["netAssets"].tolist(), strict=True))
        assert {name: value for name, value in known.items() if not math.isnan(value)} == worth
        assert list(table.columns["status"]) == [""] * len(names)
        assert list(table.columns["proxies"]) == [()] * len(names)
        assert list(table.columns["keys"]) == [(name, f"{name}/2") for name in table.ids]
        values = (links_.columns[name] for name in ("key", "amount", "recordId"))
        assert list(zip(links_.source, links_.target, *values, strict=True)) == wanted


def test_relations_between_two_types_name_positions_in_each(store: Store) -> None:
    person = NodeRow("Person", "person:1", ("person:1",), ("real",), {})
    rows = [enterprise("a"), enterprise("b"), person]
    ends = [("Person", "person:1", "enterprise:b"), ("Enterprise", "enterprise:a", "enterprise:b")]
    links = [
        RelationRow("INVESTS_IN", kind, source, "Enterprise", target, "", "r/1", ("real",), {"share": 0.5})
        for kind, source, target in ends
    ]
    load(store, rows, links)
    people, firms = nodes(store, schema(), "Person"), nodes(store, schema(), "Enterprise")
    held = relations(store, schema(), "INVESTS_IN", people, firms, properties=["share", "recordId"])
    assert (held.source.tolist(), held.target.tolist()) == ([0], [1])
    assert held.columns["share"].tolist() == [0.5]
    assert len(relations(store, schema(), "INVESTS_IN", firms, firms)) == 1
    assert len(relations(store, schema(), "INVESTS_IN", firms, people)) == 0


def test_a_table_of_an_earlier_state_is_refused(store: Store) -> None:
    load(store, [enterprise("a"), enterprise("b")], [])
    table = nodes(store, schema(), "Enterprise")
    load(store, [enterprise("c")], [guarantee("a", "c", "1")], watermark=2)
    with pytest.raises(KehutuError) as refused:
        relations(store, schema(), "GUARANTEES", table, table)
    assert refused.value.code == "STORE_CHANGED"


def test_a_graph_that_is_being_written_is_not_read(store: Store) -> None:
    load(store, [enterprise("a")], [])
    state.begin(store, 2)
    with pytest.raises(KehutuError) as refused:
        nodes(store, schema(), "Enterprise")
    assert refused.value.code == "STORE_CHANGED"


def test_equal_graphs_give_equal_tables_on_both_stores(stores: tuple[Store, Store]) -> None:
    rows = [enterprise(name, name=name, netAssets=i) for i, name in enumerate(AWKWARD)]
    links = [guarantee(AWKWARD[i % 14], AWKWARD[i * i % 14], str(i), amount=i) for i in range(50)]
    read = []
    for store in stores:
        load(store, rows, links)
        table = nodes(store, schema(), "Enterprise", ["name", "netAssets"])
        link = relations(store, schema(), "GUARANTEES", table, table, properties=["amount", "key"])
        read.append((table, link))
    (first, links_), (second, others) = read
    assert first.ids == second.ids
    for name, column in first.columns.items():
        np.testing.assert_array_equal(column, second.columns[name])
    np.testing.assert_array_equal(links_.source, others.source)
    np.testing.assert_array_equal(links_.target, others.target)
    for name, column in links_.columns.items():
        np.testing.assert_array_equal(column, others.columns[name])
