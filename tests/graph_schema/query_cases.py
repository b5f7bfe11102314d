"""Arguments for every named query, on the small graph; a query without a case fails the conformance test."""

from __future__ import annotations

ONE, TWO, THREE = (f"enterprise:91440100000000000{i}" for i in (1, 2, 3))
ZHANG = "customer:4401000001"
PERSON = "person:" + "a" * 32

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
    "page_of_entities": [{"type": "Bill"}, {"type": "Bill", "after": "bill:B2", "first": 2}],
    "count_entities": [{"type": "Bill"}, {"type": "Outage"}],
    "count_relations": [{"relation": "GUARANTEES"}, {"relation": "SHARES"}],
    "search_hits": [
        {"index": "Customer", "text": "+张伟"},
        {"index": "Customer", "text": "+zhang*"},
        {"index": "Enterprise", "text": "+电力 +设备"},
        {"index": "Enterprise", "text": "+914401*", "first": 2},
        {"index": "Enterprise", "text": "+nothing"},
    ],
    "count_search_hits": [{"index": "Enterprise", "text": "+914401*"}],
    "neighbour_counts": [{"type": "Enterprise", "id": THREE}, {"type": "Customer", "id": ZHANG}],
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
        {"type": "ServicePoint", "id": "service-point:SP1"},
        {"type": "Line", "id": "line:L3", "first": 2},
        {"type": "Substation", "id": "substation:S1"},
    ],
    "fed": [{"type": "Substation", "id": "substation:S1"}, {"type": "Line", "id": "line:L1"}],
    "customers_fed": [
        {"type": "Substation", "id": "substation:S1"},
        {"type": "Transformer", "id": "transformer:T1", "after": ZHANG, "after_point": "service-point:SP1"},
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
}
