"""Which statements mean the same relation, and who makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ingest.statements import RelationStatement
from ledger.records import Record
from terms.ids import EntityId


class RelationIdentity(NamedTuple):
    """What makes a relation itself: its type, the entities at its ends, the declared key (a contract number)."""

    type: str
    source_type: str
    source: EntityId
    target_type: str
    target: EntityId
    key: str


@dataclass(frozen=True, slots=True, eq=False)
class RelationClaim:
    """One record that states a relation."""

    record: Record
    statement: RelationStatement
