"""Every named query on both stores: the same values, and the right ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from graph import queries as whole
from graph import seen_queries as named
from graph.blocks import StoreReader
from graph.query_files import queries
from graph.schema.ddl import fulltext_index
from graph.schema.load import schema
from graph.search_text import search_query
from graph.store import Store
from graph.write import apply
from tests.graph_schema.query_cases import CASES, DAY, ONE, PERSON, THREE, TWO, ZHANG
from tests.graph_schema.small_graph import small_graph


@pytest.fixture
def filled(store: Store) -> Store:
    apply(store, schema(), small_graph(schema()), recovering=False)
    return store


def test_every_query_has_a_case() -> None:
    assert set(CASES) == {query.name for query in queries(schema())}


def test_both_stores_answer_every_query_alike(stores: tuple[Store, Store]) -> None:
    for opened in stores:
        apply(opened, schema(), small_graph(schema()), recovering=False)
    for name, cases in CASES.items():
        for case in cases:
            first, second = (plain(asked(name, opened, case)) for opened in stores)
            assert first == second, (name, case)


def test_a_portrait_holds_everything_around_a_customer(filled: Store) -> None:
    portrait = named.customer_portrait(StoreReader(filled), id=ZHANG, day=DAY, bills=3)
    assert portrait is not None
    assert portrait.properties["name"] == "张伟"
    assert [(p["id"], p["type"], p["since"]) for p in portrait.parties] == [(PERSON, "Person", "2020-01-01")]
    assert [a["text"] for a in portrait.addresses] == ["广州市天河区体育西路 12 号"]
    (point,) = portrait.service_points
    assert point["meters"] == ["meter:M1"]
    assert [a["id"] for a in portrait.accounts] == ["account:A1", "account:A2"]
    assert [(b["id"], b["account"]) for b in portrait.bills] == [
        ("bill:B5", "account:A2"),
        ("bill:B4", "account:A1"),
        ("bill:B3", "account:A2"),
    ]
    assert (portrait.bill_count, portrait.payment_count) == (5, 1)
    assert [len(x) for x in (portrait.devices, portrait.work_orders, portrait.interactions)] == [1, 1, 1]
    assert [len(x) for x in (portrait.arrears_cases, portrait.credit_records, portrait.payments)] == [1, 1, 1]


def test_an_unknown_customer_has_no_portrait(filled: Store) -> None:
    assert named.customer_portrait(StoreReader(filled), id="customer:none", day=DAY) is None


def test_parallel_contracts_are_rows_of_their_own_and_unknown_amounts_come_last(filled: Store) -> None:
    rows = named.guarantees_given(StoreReader(filled), type="Enterprise", guarantor=ONE, day=DAY)
    assert [(r.borrower, r.contract, r.amount) for r in rows] == [
        (TWO, "K1", 500_00),
        (TWO, "K2", 300_00),
        (THREE, "K3", None),
    ]


def test_a_page_boundary_between_parallel_relations_loses_none(filled: Store) -> None:
    seen: list[tuple[str, str]] = []
    after = ("", "")
    while page := named.neighbours_out(
        StoreReader(filled),
        type="Enterprise",
        id=ONE,
        relation="GUARANTEES",
        day=DAY,
        after=after[0],
        after_key=after[1],
        first=1,
    ):
        after = (page[-1].neighbour, page[-1].key)
        seen.append(after)
    assert seen == [(TWO, "K1"), (TWO, "K2"), (THREE, "K3")]


def test_a_relation_to_itself_counts_out_and_in(filled: Store) -> None:
    rows = named.neighbour_counts(StoreReader(filled), type="Enterprise", id=THREE, day=DAY)
    own = [(r.direction, r.neighbour, r.count) for r in rows if r.relation == "INVESTS_IN"]
    assert own == [("in", "Enterprise", 1), ("in", "Person", 1), ("out", "Enterprise", 1)]


def test_an_element_that_feeds_over_two_ways_is_named_once_with_the_shorter(filled: Store) -> None:
    rows = named.feeding(StoreReader(filled), type="Line", ids=["line:L3"], day=DAY, steps=10)
    assert [(r.id, r.distance) for r in rows] == [
        ("transformer:T1", 1),
        ("line:L1", 2),
        ("line:L2", 2),
        ("substation:S1", 3),
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("张伟", [ZHANG]),
        ("張偉", [ZHANG]),
        ("zhangwei", [ZHANG]),
        ("ZW", [ZHANG]),
        ("zhang wei", [ZHANG]),
        ("wei 8000", [ZHANG]),
        ("１３８００", [ZHANG]),
        ("4401000002", ["customer:4401000002"]),
        ("电力设备", ["customer:4401000002"]),
        ("广", ["customer:4401000002"]),
        ("gzdl", ["customer:4401000002"]),
        ("设备 +张伟", []),
        ("*", []),
        ("[a TO z] OR name:*", []),
    ],
)
def test_search_finds_what_people_type(filled: Store, typed: str, found: list[str]) -> None:
    text = search_query(typed)
    places = on(filled, {"places": ["Customer"]})["places"]
    hits = named.search_hits(StoreReader(filled), places=places, text=text) if text else []
    assert [hit.id for hit in hits] == found


def test_a_type_name_that_the_schema_lacks_never_reaches_a_query(filled: Store) -> None:
    with pytest.raises(KeyError):
        named.count_entities(StoreReader(filled), type="Customer) DETACH DELETE (n")


@pytest.mark.parametrize("hops", [0, 101])
def test_a_path_of_unbounded_length_never_reaches_a_query(filled: Store, hops: int) -> None:
    with pytest.raises(ValueError, match=str(hops)):
        named.walks(
            StoreReader(filled), type="Enterprise", id=ONE, day=DAY, longest=hops, relations=["GUARANTEES"]
        )


def test_walks_go_either_way_and_never_twice_through_an_entity(filled: Store) -> None:
    rows = named.walks(
        StoreReader(filled), type="Enterprise", id=TWO, day=DAY, longest=3, relations=["GUARANTEES"]
    )
    assert [(row.ids, row.keys, row.sources) for row in rows[:3]] == [
        ([TWO, ONE], ["K1"], [ONE]),
        ([TWO, ONE], ["K2"], [ONE]),
        ([TWO, ONE, THREE], ["K1", "K3"], [ONE, ONE]),
    ]
    assert len(rows) == 6  # over K1 or K2 to the first, then nowhere, over K3 or over K4 to the third
    assert all(len(set(row.ids)) == len(row.ids) for row in rows)


def asked(name: str, store: Store, case: dict[str, Any]) -> Any:
    """What a query answers to who sees everything."""
    if hasattr(whole, name):
        return getattr(whole, name)(store, **on(store, case))
    return getattr(named, name)(StoreReader(store), **on(store, case))


def on(store: Store, case: dict[str, Any]) -> dict[str, Any]:
    """The case with the store's own names of the indexes that it names by type."""

    def index(name: str) -> str:
        return store.dialect.fulltext_index_name(fulltext_index(schema(), name))

    if "index" in case:
        return {**case, "index": index(case["index"])}
    if "places" in case:
        return {
            **case,
            "places": [{"rank": rank, "index": index(name)} for rank, name in enumerate(case["places"])],
        }
    return case


def plain(answer: Any) -> Any:
    if isinstance(answer, list):
        return [plain(item) for item in answer]
    return None if answer is None else asdict(answer)
