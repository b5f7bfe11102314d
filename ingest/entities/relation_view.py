"""What the ledger tells of relations today: who states each, for which time, and which of it the graph shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from graph.schema.model import Schema
from graph.validity import BOUNDS, Span
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.entity_view import View
from ingest.entities.periods import periods_of, span_told
from ingest.entities.relations import identity_of, mentions_of, relation_row
from ingest.entities.surviving_values import preference
from ledger.database import Ledger
from ledger.records import mentioning
from terms.ids import Key


@dataclass(frozen=True, slots=True)
class Stated:
    """One record's statement of a relation.

    ``span``: the time that it tells; None where it tells none, and of events. ``current``: whether that time counts;
    a statement that tells none takes nothing from those that do. ``shown``: properties of which the value is the one
    that the relation shows.
    """

    claim: RelationClaim
    span: Span | None
    current: bool
    shown: frozenset[str]


def stated_of(
    ledger: Ledger, schema: Schema, relations: Collection[RelationIdentity]
) -> dict[RelationIdentity, tuple[Stated, ...]]:
    """Who states relations between entities of today, for each relation the most preferred record first.

    Reads all records that describe the ends, about 0.1 ms each, and those that state the relations.
    """
    view = View(ledger, schema, sorted({Key(end) for r in relations for end in (r.source, r.target)}))
    names = {
        name
        for relation in relations
        for name in mentions_of(relation, _keys(view, relation.source), _keys(view, relation.target))
    }
    mentioned = mentioning(ledger, names, roles=("relation",))
    claims: dict[RelationIdentity, list[RelationClaim]] = defaultdict(list)
    for ref in sorted(view.around.read_numbers(seq for seqs in mentioned.values() for seq in seqs)):
        told = view.around.told[ref][0]
        if told is None:
            continue
        for statement in told.relations:
            relation = identity_of(statement, told, view.identity)
            if relation is not None and relation in relations:
                claims[relation].append(RelationClaim(told.record, statement))
    return {relation: _stated(relation, found, schema) for relation, found in claims.items()}


def _keys(view: View, entity: str) -> list[Key]:
    cluster = view.cluster(Key(entity))
    return [] if cluster is None else sorted(cluster.stated)


def _stated(relation: RelationIdentity, claims: list[RelationClaim], schema: Schema) -> tuple[Stated, ...]:
    ordered = sorted(claims, key=lambda claim: preference(claim.record, None, schema))
    spans = schema.relations[relation.type].spans
    standing = {id(period.claim) for period in periods_of(ordered)} if spans else set[int]()
    row = relation_row(relation, claims, schema).properties
    found = []
    for claim in ordered:
        span = span_told(claim.statement.set) if spans else None
        values = claim.statement.set.items()
        found.append(
            Stated(
                claim,
                span,
                span is None or id(claim) in standing,
                frozenset(name for name, value in values if name not in BOUNDS and row.get(name) == value),
            )
        )
    return tuple(found)
