"""Blocks put together from others hold what the others hold, for who sees everything and for who does not."""

from __future__ import annotations

from typing import Any

import pytest

from graph import seen_queries
from graph.blocks import Conditions, StoreReader
from graph.narrowing import Column, beside, collected
from graph.schema.load import schema
from graph.seen_queries import BLOCKS
from graph.store import Store
from graph.write import apply
from tests.graph_schema.query_cases import DAY, ZHANG
from tests.graph_schema.small_graph import small_graph


@pytest.fixture
def filled(store: Store) -> Store:
    """The small graph on each store."""
    apply(store, schema(), small_graph(schema()), recovering=False)
    return store


PORTRAIT = BLOCKS["customer_portrait"]
NAMES = tuple(name for name in seen_queries.CustomerPortrait.__dataclass_fields__ if name != "id")
LENGTHS = {f"longest_{name}": 100 for name in NAMES}


def rows(reader: StoreReader, columns: tuple[Column, ...], **lengths: int) -> list[dict[str, Any]]:
    block = beside(BLOCKS["customers_among"], PORTRAIT, columns)
    asked = {"ids": [ZHANG, "customer:none"], "day": DAY, **LENGTHS, **lengths}
    found = reader.rows(block, {}, asked)
    assert reader.rows(collected(block), {}, asked) == [{"rows": found}]
    return found


def test_all_columns_beside_are_the_portrait(filled: Store) -> None:
    reader = StoreReader(filled)
    (found,) = rows(reader, tuple(map(Column, NAMES)))
    whole = seen_queries.customer_portrait(reader, id=ZHANG, day=DAY, bills=100)
    assert whole == seen_queries.CustomerPortrait(**found)


def test_some_columns_hold_some_properties_of_so_many_entries(filled: Store) -> None:
    reader = StoreReader(filled)
    (found,) = rows(reader, (Column("bills", ("period",)), Column("bill_count")), longest_bills=1)
    whole = seen_queries.customer_portrait(reader, id=ZHANG, day=DAY)
    assert whole is not None
    assert found.keys() == {"id", "bills", "bill_count"}
    assert found["bill_count"] == whole.bill_count > 1
    (bill,) = found["bills"]
    assert bill["properties"] == {"period": whole.bills[0]["properties"]["period"]}


def test_conditions_and_forms_go_along(filled: Store) -> None:
    def shown(kind: str, names: tuple[str, ...], value: object) -> object:
        return f"{kind}.{names[0]}" if value is not None else None

    hidden = Conditions(lambda _kind, node: f"{node}.id <> $asker_hidden", {"asker_hidden": ZHANG}, shown)
    assert rows(StoreReader(filled, hidden), (Column("bills"),)) == []
    every = Conditions(lambda _kind, _node: "", {}, shown)
    (found,) = rows(
        StoreReader(filled, every), (Column("properties", ("name",)), Column("bills", ("amount",)))
    )
    assert found["properties"] == {"name": "Customer.name"}
    assert {tuple(bill["properties"].items()) for bill in found["bills"]} == {(("amount", "Bill.amount"),)}


def test_a_column_that_nobody_declared_is_none() -> None:
    with pytest.raises(KeyError, match="nothing"):
        beside(BLOCKS["customers_among"], PORTRAIT, (Column("nothing"),))
