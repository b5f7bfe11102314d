"""What holds on a day by the named queries is what holds by definition, on both stores."""

from __future__ import annotations

import itertools

import pytest

from graph import queries as whole
from graph import seen_queries as named
from graph.blocks import StoreReader
from graph.schema.load import schema
from graph.store import Store
from graph.validity import Span, running, stored_spans
from graph.write import GraphChange, NodeRow, RelationRow, apply

CUSTOMER = "customer:4401000001"
DAYS = ("2018-12-31", "2019-01-01", "2020-06-30", "2020-12-31", "2021-01-01", "2026-01-31")
BOUNDS = ("", *DAYS[1:])
SPANS = [
    *([Span(since, until)] for since, until in itertools.product(BOUNDS, BOUNDS)),
    [Span("", "2019-01-01"), Span("2020-06-30", "2021-01-01")],
    [Span("2019-01-01", "2020-06-30"), Span("2021-01-01", "")],
    [Span("", "2019-01-01"), Span("2020-06-30", "2020-12-31"), Span("2021-01-01", "2026-01-31")],
]


def address(number: int) -> str:
    return f"address:{number:032}"


@pytest.fixture
def dated(store: Store) -> Store:
    """A customer with an address for every choice of spans."""
    where = [NodeRow("Address", address(k), (address(k),), ("real",), {}) for k in range(len(SPANS))]
    who = NodeRow("Customer", CUSTOMER, (CUSTOMER,), ("real",), {"customerNo": "4401000001"})
    lives = [
        RelationRow("LIVES_AT", "Customer", CUSTOMER, "Address", address(k), "", f"test/{k}", ("real",), told)
        for k, told in enumerate(stored_spans(spans) for spans in SPANS)
    ]
    apply(
        store,
        schema(),
        GraphChange(watermark=1, create_nodes=(who, *where), create_relations=tuple(lives)),
        recovering=False,
    )
    return store


@pytest.mark.parametrize("day", DAYS)
def test_the_stores_know_what_runs_on_a_day(dated: Store, day: str) -> None:
    expected = {
        address(k)
        for k, told in enumerate(stored_spans(spans) for spans in SPANS)
        if running(told.get("since"), told.get("until"), told.get("periods"), day)
    }
    asked = {"type": "Customer", "id": CUSTOMER, "relation": "LIVES_AT", "day": day}
    assert {row.neighbour for row in named.neighbours_out(StoreReader(dated), **asked)} == expected
    assert len(named.neighbours_out(StoreReader(dated), **asked, ended=True)) == len(SPANS)
    (counted,) = named.neighbour_counts(StoreReader(dated), type="Customer", id=CUSTOMER, day=day)
    assert (counted.count, counted.ended) == (len(expected), len(SPANS) - len(expected))
    walks = named.walks(
        StoreReader(dated), type="Customer", id=CUSTOMER, day=day, longest=1, relations=["LIVES_AT"]
    )
    assert {row.ids[-1] for row in walks} == expected
    portrait = named.customer_portrait(StoreReader(dated), id=CUSTOMER, day=day)
    assert portrait is not None
    assert {place["id"] for place in portrait.addresses if not place["ended"]} == expected
    assert len(portrait.addresses) == len(SPANS)


def test_the_earliest_beginning_is_found_among_all_spans(dated: Store) -> None:
    found = whole.first_beginning(dated, relation="LIVES_AT")
    assert found is not None
    assert (found.since, found.period) == ("2019-01-01", "/2019-01-01")
