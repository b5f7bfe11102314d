"""Whose ledger a store shows and how far; strangers are refused before anything is changed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.schema.load import schema
from graph.state import StoreState, begin, end, prepare, read_state
from graph.store import Store
from graph.write import wipe
from ledger.database import Ledger
from terms.errors import KehutuError


def test_a_new_store_shows_nothing_of_its_ledger_yet(store: Store, ledger: Ledger) -> None:
    assert read_state(store) == StoreState(ledger.id, 0, None, schema().version)


def test_preparing_again_keeps_the_state(store: Store, ledger: Ledger) -> None:
    begin(store, 7)
    end(store, 7)
    begin(store, 9)
    assert prepare(store, schema(), ledger.id) == StoreState(ledger.id, 7, 9, schema().version)


def test_a_store_of_another_ledger_is_refused_and_left_alone(store: Store, ledger: Ledger) -> None:
    with pytest.raises(KehutuError) as refused:
        prepare(store, schema(), "another")
    assert refused.value.code == "STORE_OF_ANOTHER_LEDGER"
    assert ledger.id in str(refused.value)
    assert read_state(store) == StoreState(ledger.id, 0, None, schema().version)


def test_a_store_of_a_newer_program_is_refused_and_an_older_one_is_taken_along(
    store: Store, ledger: Ledger
) -> None:
    newer = replace(schema(), version=schema().version + 1)
    assert prepare(store, newer, ledger.id).schema_version == newer.version
    with pytest.raises(KehutuError) as refused:
        prepare(store, schema(), ledger.id)
    assert refused.value.code == "STORE_NEWER"


def test_a_wiped_store_belongs_to_no_ledger_and_can_be_taken_by_another(store: Store) -> None:
    wipe(store)
    assert read_state(store) is None
    assert prepare(store, schema(), "another").ledger_id == "another"
    wipe(store, definitions=True)
    assert store.read("MATCH (n) RETURN count(n) AS n") == [{"n": 0}]
