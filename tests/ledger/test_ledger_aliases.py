"""Ids are resolved through aliases."""

from __future__ import annotations

import pytest

from ledger.aliases import clear, ids_of, keys_of, put, remove, resolve, starting
from ledger.database import Ledger
from terms.ids import EntityId

FIRM = EntityId("enterprise:91370000MA3C00001X")
SHOP = EntityId("customer:1000000001")


@pytest.fixture
def named(ledger: Ledger) -> Ledger:
    """Two entities, one with an old id and a local key."""
    put(ledger, {FIRM: FIRM, "enterprise:registry/17": FIRM, "enterprise:registry/17%": FIRM, SHOP: SHOP})
    return ledger


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        (FIRM, FIRM),
        ("enterprise:registry/17", FIRM),
        (" 1000000001\n", SHOP),
        ("91370000MA3C00001X", FIRM),
        ("1000000002", None),
        ("", None),
    ],
)
def test_a_text_resolves_to_the_entity_that_it_names(
    named: Ledger, text: str, entity: EntityId | None
) -> None:
    assert resolve(named, text, ("customer", "enterprise")) == entity


def test_a_bare_number_needs_a_prefix(named: Ledger) -> None:
    assert resolve(named, "1000000001") is None


def test_prefixes_are_tried_in_their_order(named: Ledger) -> None:
    put(named, {"enterprise:1000000001": FIRM})
    assert resolve(named, "1000000001", ("customer", "enterprise")) == SHOP
    assert resolve(named, "1000000001", ("enterprise", "customer")) == FIRM


def test_after_a_merge_the_old_id_leads_to_the_new_entity(named: Ledger) -> None:
    put(named, {SHOP: FIRM})
    assert resolve(named, SHOP) == FIRM
    assert keys_of(named, FIRM) == sorted([FIRM, SHOP, "enterprise:registry/17", "enterprise:registry/17%"])
    assert keys_of(named, SHOP) == []


def test_beginnings_are_completed_literally(named: Ledger) -> None:
    assert starting(named, "enterprise:registry/") == [
        ("enterprise:registry/17", FIRM),
        ("enterprise:registry/17%", FIRM),
    ]
    assert starting(named, "enterprise:registry/17%") == [("enterprise:registry/17%", FIRM)]
    assert starting(named, "enterprise:%") == []
    assert len(starting(named, "", first=2)) == 2


def test_many_keys_are_resolved_at_once(ledger: Ledger) -> None:
    put(ledger, {f"customer:{n}": EntityId(f"customer:{n}") for n in range(1_200)})
    asked = [f"customer:{n}" for n in range(2_000)]
    assert ids_of(ledger, asked) == {key: key for key in asked[:1_200]}
    remove(ledger, asked[:1_199])
    assert list(ids_of(ledger, asked)) == ["customer:1199"]
    clear(ledger)
    assert ids_of(ledger, asked) == {}
