"""Every named query on both stores: the same values, and the right ones."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from graph import queries as named
from graph.query_files import queries
from graph.schema.ddl import fulltext_index
from graph.schema.load import schema
from graph.search_text import search_query
from graph.store import Store
from graph.write import apply
from tests.graph_schema.query_cases import CASES, ONE, PERSON, THREE, TWO, ZHANG
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
            first, second = (_plain(getattr(named, name)(opened, **_on(opened, case))) for opened in stores)
            assert first == second, (name, case)


def test_a_portrait_holds_everything_around_a_customer(filled: Store) -> None:
    portrait = named.customer_portrait(filled, id=ZHANG, bills=3)
    assert portrait is not None
    assert portrait.properties["name"] == "张伟"
    assert [(p["id"], p["type"], p["since"]) for p in portrait.parties] == [(PERSON, "Person", "2020-01-01")]
    assert [a["text"] for a in portrait.addresses] == ["广州市天河区体育西路 12 号"]
    (point,) = portrait.service_points
    assert point["meters"] == ["meter:M1"]
    assert [(e["id"], e["distance"]) for e in point["fed_by"]] == [
        ("line:L3", 1),
        ("transformer:T1", 2),
        ("line:L1", 3),
        ("line:L2", 3),
        ("substation:S1", 4),
    ]
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
    assert named.customer_portrait(filled, id="customer:none") is None


def test_parallel_contracts_are_rows_of_their_own_and_unknown_amounts_come_last(filled: Store) -> None:
    rows = named.guarantees_given(filled, type="Enterprise", guarantor=ONE)
    assert [(r.borrower, r.contract, r.amount) for r in rows] == [
        (TWO, "K1", 500_00),
        (TWO, "K2", 300_00),
        (THREE, "K3", None),
    ]


def test_a_page_boundary_between_parallel_relations_loses_none(filled: Store) -> None:
    seen: list[tuple[str, str]] = []
    after = ("", "")
    while page := named.neighbours_out(
        filled, type="Enterprise", id=ONE, relation="GUARANTEES", after=after[0], after_key=after[1], first=1
    ):
        after = (page[-1].neighbour, page[-1].key)
        seen.append(after)
    assert seen == [(TWO, "K1"), (TWO, "K2"), (THREE, "K3")]


def test_a_relation_to_itself_counts_out_and_in(filled: Store) -> None:
    rows = named.neighbour_counts(filled, type="Enterprise", id=THREE)
    own = [(r.direction, r.neighbour, r.count) for r in rows if r.relation == "INVESTS_IN"]
    assert own == [("in", "Enterprise", 1), ("in", "Person", 1), ("out", "Enterprise", 1)]


def test_an_element_that_feeds_over_two_ways_is_named_once_with_the_shorter(filled: Store) -> None:
    rows = named.feeding(filled, type="Line", id="line:L3")
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
    index = filled.dialect.fulltext_index_name(fulltext_index(schema(), "Customer"))
    hits = named.search_hits(filled, index=index, text=text) if text else []
    assert [hit.id for hit in hits] == found


def test_a_type_name_that_the_schema_lacks_never_reaches_a_query(filled: Store) -> None:
    with pytest.raises(KeyError):
        named.count_entities(filled, type="Customer) DETACH DELETE (n")


def _on(store: Store, case: dict[str, object]) -> dict[str, object]:
    """The case with the store's own name of the index that it names by type."""
    if "index" not in case:
        return case
    index = fulltext_index(schema(), str(case["index"]))
    return {**case, "index": store.dialect.fulltext_index_name(index)}


def _plain(answer: Any) -> Any:
    if isinstance(answer, list):
        return [_plain(item) for item in answer]
    return None if answer is None else asdict(answer)
