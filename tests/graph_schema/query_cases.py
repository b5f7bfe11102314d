"""Arguments for every named query, on the small graph; a query without a case fails the conformance test."""

from __future__ import annotations

ONE, TWO, THREE = (f"enterprise:91440100000000000{i}" for i in (1, 2, 3))
ZHANG = "customer:4401000001"
PERSON = "person:" + "a" * 32

NO_FILTER: dict[str, object] = {"equal": {}, "starts": {}, "least": {}, "most": {}}
PLACES: list[dict[str, object]] = [
    {"type": "Line", **NO_FILTER, "property": "length"},
    {"type": "Line", **NO_FILTER, "property": "name", "first": 1},
    {
        "type": "Line",
        **NO_FILTER,
        "property": "name",
        "from_start": False,
        "after": "天河一线",
        "after_id": "line:L1",
    },
    {
        "type": "Line",
        **NO_FILTER,
        "property": "name",
        "from_start": False,
        "after": None,
        "after_id": "line:L2",
    },
    {
        "type": "Bill",
        **NO_FILTER,
        "property": "amount",
        "from_start": False,
        "after": 300,
        "after_id": "bill:B3",
    },
    {
        "type": "Bill",
        **NO_FILTER,
        "property": "amount",
        "from_start": False,
        "after": 300,
        "after_id": "bill:A",
    },
]

CASES: dict[str, list[dict[str, object]]] = {
    "entity": [
        {"type": "Customer", "id": ZHANG},
        {"type": "Person", "id": PERSON},
        {"type": "Customer", "id": "customer:none"},
    ],
    "entities": [
        {"type": "Enterprise", "ids": [TWO, ONE, ONE, "enterprise:none"]},
        {"type": "Bill", "ids": []},
    ],
    "names": [{"type": "Enterprise", "ids": [TWO, ONE]}, {"type": "Bill", "ids": ["bill:B1"]}],
    "seen_ids": [{"type": "Customer"}, {"type": "Outage"}],
    "count_entities": [{"type": "Bill"}, {"type": "Outage"}],
    "count_relations": [{"relation": "GUARANTEES"}, {"relation": "SHARES"}],
    "search_hits": [
        {"places": ["Customer"], "text": "+张伟"},
        {"places": ["Customer"], "text": "+zhang*"},
        {"places": ["Enterprise", "Customer"], "text": "+电力 +设备"},
        {"places": ["Enterprise"], "text": "+914401*", "first": 2},
        {"places": ["Enterprise"], "text": "+914401*", "after_rank": 0, "after_size": 1, "after_id": ONE},
        {"places": ["Person", "Enterprise"], "text": "+914401*", "after_rank": 1, "after_size": 1000},
        {"places": ["Enterprise"], "text": "+nothing"},
    ],
    "count_search_hits": [
        {"places": ["Enterprise"], "text": "+914401*"},
        {"places": ["Person", "Customer", "Line"], "text": "+张伟"},
    ],
    "search_ids": [{"index": "Enterprise", "text": "+914401*"}],
    "neighbour_counts": [{"type": "Enterprise", "id": THREE}, {"type": "Customer", "id": ZHANG}],
    "exported_nodes": [{"type": "Enterprise", "ids": [THREE, ONE, "enterprise:none"]}],
    "exported_relations": [
        {
            "source_type": "Enterprise",
            "relation": "GUARANTEES",
            "target_type": "Enterprise",
            "ids": [ONE, TWO],
        }
    ],
    "seen_degrees": [{"type": "Enterprise", "ids": [THREE]}, {"type": "Customer", "ids": [ZHANG]}],
    "whole_led": [{"type": "Customer", "relation": "IS", "ids": [ZHANG]}],
    "whole_come": [{"type": "Enterprise", "relation": "GUARANTEES", "ids": [ONE, TWO, THREE]}],
    "orders_assigned": [{"technician": "technician:T1"}],
    "whole_degrees": [{"type": "Enterprise", "ids": [THREE]}, {"type": "Customer", "ids": [ZHANG]}],
    "neighbours_out": [
        {"type": "Enterprise", "id": ONE, "relation": "GUARANTEES"},
        {"type": "Enterprise", "id": ONE, "relation": "GUARANTEES", "after": TWO, "after_key": "K1"},
        {"type": "Enterprise", "id": THREE, "relation": "INVESTS_IN"},
    ],
    "neighbours_in": [
        {"type": "Enterprise", "id": TWO, "relation": "GUARANTEES", "first": 1},
        {"type": "Enterprise", "id": THREE, "relation": "INVESTS_IN"},
    ],
    "relations_between": [
        {
            "source_type": "Enterprise",
            "source": ONE,
            "relation": "GUARANTEES",
            "target_type": "Enterprise",
            "target": TWO,
        }
    ],
    "people_of_enterprise": [{"enterprise": TWO}, {"enterprise": THREE}, {"enterprise": ONE}],
    "feeding": [
        {"type": "ServicePoint", "ids": ["service-point:SP1"]},
        {"type": "Line", "ids": ["line:L3", "line:L1"], "steps": 2},
        {"type": "Substation", "ids": ["substation:S1"]},
    ],
    "fed": [
        {"type": "Substation", "ids": ["substation:S1"]},
        {"type": "Line", "ids": ["line:L1", "line:L2"], "steps": 1},
    ],
    "customers_supplied_at": [{"points": ["service-point:SP2", "service-point:SP1", "service-point:none"]}],
    "devices_installed_at": [{"points": ["service-point:SP1", "service-point:SP2"]}],
    "curve_points": [{"ids": ["service-point:SP2", "service-point:SP1", "service-point:none"]}],
    "meters_at": [{"ids": ["service-point:SP1", "service-point:SP2"]}],
    "points_of_customer": [{"customer": ZHANG}, {"customer": "customer:none"}],
    "walks": [
        {"type": "Enterprise", "id": ONE, "longest": 1, "relations": ["GUARANTEES"]},
        {
            "type": "Enterprise",
            "id": ONE,
            "longest": 3,
            "relations": ["GUARANTEES", "INVESTS_IN", "IS", "DIRECTOR_OF"],
        },
        {
            "type": "Customer",
            "id": ZHANG,
            "longest": 2,
            "relations": ["IS", "LIVES_AT", "FED_BY"],
            "first": 2,
        },
        {"type": "Customer", "id": ZHANG, "longest": 2, "relations": []},
    ],
    "guarantees_given": [
        {"type": "Enterprise", "guarantor": ONE},
        {"type": "Enterprise", "guarantor": ONE, "least": 400_00, "first": 2},
        {"type": "Person", "guarantor": PERSON},
    ],
    "guarantees_received": [{"type": "Enterprise", "borrower": TWO}, {"type": "Enterprise", "borrower": ONE}],
    "customer_portrait": [
        {"id": ZHANG},
        {"id": ZHANG, "bills": 2, "first": 1},
        {"id": "customer:4401000002"},
        {"id": "customer:none"},
    ],
    "consents": [{"ids": [ZHANG, "customer:4401000002", "customer:none"]}, {"ids": []}],
    "customers_among": [{"ids": [ZHANG, "customer:4401000002", "customer:none"]}, {"ids": []}],
    "customers_after": [{}, {"after": ZHANG, "page": 1}],
    "customers_counted_after": [{}, {"after": ZHANG, "page": 1}],
    "listed": [
        {"type": "Bill", **NO_FILTER},
        {"type": "Bill", **NO_FILTER, "after": "bill:B2", "first": 2},
        {
            "type": "Bill",
            **NO_FILTER,
            "starts": {"period": "2026-0"},
            "least": {"amount": 200},
            "most": {"amount": 400},
        },
        {"type": "Enterprise", **NO_FILTER, "equal": {"name": "Delta Trading Ltd", "netAssets": 30_000_00}},
        {"type": "Enterprise", **NO_FILTER, "equal": {"industry": "retail"}},
    ],
    "listed_rising": PLACES,
    "listed_falling": PLACES,
    "count_listed": [
        {"type": "Bill", **NO_FILTER},
        {"type": "Bill", **NO_FILTER, "least": {"amount": 200}},
    ],
    "listed_among": [
        {
            "type": "Bill",
            "ids": ["bill:B4", "bill:B1", "bill:B4", "bill:none"],
            **NO_FILTER,
            "property": "amount",
        },
        {"type": "Line", "ids": ["line:L1", "line:L3"], **NO_FILTER, "property": "length"},
    ],
    "crowded_sources": [
        {"type": "Customer", "relation": "LIVES_AT", "ids": [ZHANG]},
        {
            "type": "Customer",
            "relation": "HAS_ACCOUNT",
            "ids": [ZHANG, "customer:none"],
        },
        {"type": "Customer", "relation": "HAS_ACCOUNT", "ids": []},
    ],
    "crowded_targets": [{"type": "Enterprise", "relation": "GUARANTEES", "ids": [ONE, TWO, THREE]}],
    "all_crowded_sources": [
        {"type": "Customer", "relation": "HAS_ACCOUNT", "today": "2026-01-31"},
        {"type": "Account", "relation": "BILLED", "today": "2026-01-31", "first": 1},
    ],
    "all_crowded_targets": [{"type": "Enterprise", "relation": "GUARANTEES", "today": "2026-01-31"}],
}

CASES["first_beginning"] = [{"relation": "IS"}, {"relation": "GUARANTEES"}]
CASES["first_period"] = [{}]

DAY = "2026-01-31"
DATED = (
    *(
        "customer_portrait",
        "customers_supplied_at",
        "devices_installed_at",
        "fed",
        "feeding",
        "guarantees_given",
    ),
    *("guarantees_received", "neighbour_counts", "neighbours_in", "neighbours_out", "people_of_enterprise"),
    *("meters_at", "points_of_customer", "walks", "whole_come", "whole_led"),
)
"""Queries that ask what holds on a day; of those without bounds that is every day."""

for name in DATED:
    CASES[name] = [{**case, "day": day} for case in CASES[name] for day in (DAY, "2019-12-31")]
CASES["neighbours_in"] += [{**case, "ended": True} for case in CASES["neighbours_in"]]
CASES["neighbours_out"] += [{**case, "ended": True} for case in CASES["neighbours_out"]]

SHARED: dict[str, object] = {
    "key": "person",
    "kind": "person",
    "count": 1,
    "recordId": "test/1",
    "origins": [],
}
CASES |= {
    "copy_run": [
        {"type": "Enterprise", "entries": [{"id": ONE, "risk": 0.5, "community": "community-1"}], "run": "r1"}
    ],
    "copy_shares": [
        {
            "first": "Enterprise",
            "second": "Enterprise",
            "entries": [{"a": ONE, "b": TWO, "r": SHARED}],
            "run": "r1",
        }
    ],
    "remove_other_shares": [{"run": "r2", "batch": 10}],
    "mark_shares": [{"digest": "d"}],
    "shares_mark": [{}],
}
