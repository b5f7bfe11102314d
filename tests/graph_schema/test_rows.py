"""A row's values are checked against the schema, each fault with field, found and expected."""

from __future__ import annotations

import pytest

from graph.schema.load import schema
from graph.schema.model import LONGEST_TEXT, NodeType, RelationType
from graph.schema.rows import check


def _type(name: str) -> NodeType | RelationType:
    return schema().nodes.get(name) or schema().relations[name]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Customer", {}),
        (
            "Customer",
            {"customerNo": "4401000001", "name": "张伟", "kind": "consumer", "openedOn": "2024-02-29"},
        ),
        ("Bill", {"period": "2026-01", "amount": -500, "energy": 12.5, "periodDays": 31}),
        ("Interaction", {"at": "2026-01-31T08:00:00Z"}),
        ("INVESTS_IN", {"share": 1, "amount": 0}),
        ("Enterprise", {"netAssets": -1}),
        ("Line", {"length": 3}),
        ("Area", {"path": "CN/44/01/"}),
    ],
)
def test_right_values_have_no_fault(name: str, values: dict[str, object]) -> None:
    assert check(_type(name), values) == []


@pytest.mark.parametrize(
    ("name", "field", "found", "expected"),
    [
        ("Customer", "customerNo", "4401-7 3", "10 digits"),
        ("Customer", "customerNo", "４４０１０００００１", "10 digits"),
        ("Customer", "customerNo", 4401000001, "10 digits"),
        ("Customer", "kind", "firm", "one of consumer, organisation"),
        ("Customer", "name", "", "a text"),
        ("Customer", "name", None, "a text"),
        ("Customer", "nam", "x", "a property of Customer"),
        ("Customer", "risk", 0.5, "nothing: it is computed, never stated"),
        ("Customer", "openedOn", "2026-02-30", "a day as 2026-01-31"),
        ("Customer", "openedOn", "2026-W01-1", "a day as 2026-01-31"),
        ("Customer", "critical", 1, "true or false"),
        ("Enterprise", "creditCode", "91370000", "18 digits or capital letters"),
        ("Enterprise", "netAssets", 1.5, "a whole number of fen"),
        ("Enterprise", "netAssets", True, "a whole number of fen"),
        ("Enterprise", "netAssets", 2**53 + 1, "a whole number of fen"),
        ("Enterprise", "totalAssets", -1, "a whole number of fen, at least 0"),
        ("Bill", "period", "2026-13", "a month as 2026-01"),
        ("Bill", "periodDays", 0, "a whole number from 1 to 400"),
        ("Bill", "energy", float("nan"), "a number"),
        ("Bill", "energy", float("inf"), "a number"),
        ("Interaction", "at", "2026-01-31T08:00:00", "an instant as 2026-01-31T08:00:00Z"),
        ("Interaction", "at", "2026-01-31T25:00:00Z", "an instant as 2026-01-31T08:00:00Z"),
        ("INVESTS_IN", "share", 1.5, "a fraction from 0 to 1"),
        ("Customer", "name", "x" * (LONGEST_TEXT + 1), "a text"),
        ("Area", "path", "CN/44", "a path whose every step ends with a slash, as CN/44/01/"),
    ],
)
def test_a_wrong_value_is_one_fault(name: str, field: str, found: object, expected: str) -> None:
    (fault,) = check(_type(name), {field: found})
    assert (fault.field, fault.expected) == (field, expected)
    assert fault.found is found


def test_all_faults_of_a_row_are_named() -> None:
    faults = check(_type("Customer"), {"customerNo": "1", "kind": "x", "name": "right"})
    assert [fault.field for fault in faults] == ["customerNo", "kind"]
