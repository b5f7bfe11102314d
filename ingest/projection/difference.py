"""What a batch of records changes in the graph: the graph before it compared with the graph after it.

Both sides are computed from the ledger alone, so the difference is the same whenever it is computed: a batch that was
cut short is written again by computing it again, and the store is never asked what it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from graph.schema.model import Schema
from graph.write import GraphChange, NodeRow, RelationRow
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.holding_parts import standing
from ingest.entities.large_entities import Recall
from ingest.entities.neighbourhood import Neighbourhood
from ingest.entities.relations import Warned, doubled, identity_of, mentions_of, relation_row
from ingest.entities.surviving_values import node_row
from ingest.identity.clusters import Cluster, Identity
from ingest.identity.entities_in_records import RecordSightings
from ledger import judgements as judged
from ledger.as_it_was import Moment
from ledger.database import Ledger
from ledger.records import Record, Ref, mentioning
from terms.ids import EntityId, Key

_BEFORE, _AFTER = 0, 1


@dataclass(frozen=True, slots=True)
class Names:
    """What changes in the names by which entities are found.

    ``named``: keys and old ids that name another entity than before. ``forgotten``: those that name none any more.
    ``heirs``: entities that are no more, with the one that all other old ids of theirs name now.
    """

    named: dict[str, EntityId]
    forgotten: frozenset[str]
    heirs: dict[EntityId, EntityId | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What records make of the graph and of names. ``warnings``: relations of the change that look like another."""

    change: GraphChange
    names: Names
    warnings: tuple[Warned, ...]


def difference(
    ledger: Ledger, schema: Schema, batch: Sequence[Record], recall: Recall | None = None
) -> Difference:
    """The change that consecutive records make (at least one), those before the first having been written.

    Args:
        recall: what the step before remembered of large entities; brought up to date for the next.
    """
    return _Step(ledger, schema, batch, recall).difference()


class _Step:
    def __init__(
        self, ledger: Ledger, schema: Schema, batch: Sequence[Record], recall: Recall | None
    ) -> None:
        self.ledger = ledger
        self.schema = schema
        self.batch = batch
        self.before, self.after = batch[0].seq - 1, batch[-1].seq
        moments = (Moment(until=self.before), Moment(until=self.after))
        self.recall = Recall() if recall is None else recall
        self.around = Neighbourhood(ledger, schema, moments, self.recall)
        self.changed: set[Ref] = set()
        self.identities: tuple[Identity, Identity] = (Identity(), Identity())
        self.referred: tuple[dict[Key, frozenset[str]], dict[Key, frozenset[str]]] = ({}, {})

    def difference(self) -> Difference:
        self.changed = self._changed()
        self.around.changes(self.changed)
        self.around.reach(self._touched(self.changed))
        self._identify()
        moved = self._read_moved()
        affected = self._affected(self.changed) | self._affected(moved)
        relations = self._relation_rows(affected)
        self.around.remember(self.identities[_AFTER])
        change = self._change(relations)
        return Difference(change, self._names(), self._warnings(change))

    def _changed(self) -> set[Ref]:
        """Records whose current version is another one after the batch."""
        refs = {record.ref for record in self.batch if not judged.is_judgement(record)}
        self.around.read(refs)
        told = self.around.told
        return {ref for ref in refs if told[ref][_BEFORE] is not told[ref][_AFTER]}

    def _touched(self, changed: set[Ref]) -> set[Key]:
        keys: set[Key] = set()
        for told in self._versions(changed):
            keys |= told.references
            for sighting in told.sightings:
                keys.update(sighting.keys)
        for record in self.batch:
            if judged.is_judgement(record):
                judgement = judged.read(record)
                self.recall.forget(self.around.keys_of((judgement.left, judgement.right)))
                keys |= {judgement.left, judgement.right}
        return keys

    def _versions(self, refs: Iterable[Ref]) -> Iterable[RecordSightings]:
        return (told for ref in refs for told in self.around.told[ref] if told is not None)

    def _identify(self) -> None:
        around = self.around
        was = around.referred(_BEFORE, around.unstated(_BEFORE))
        self.referred = (was, self._referred_after(was))
        self.identities = (
            around.identity(_BEFORE, self.referred[_BEFORE]),
            around.identity(_AFTER, self.referred[_AFTER]),
        )

    def _referred_after(self, was: dict[Key, frozenset[str]]) -> dict[Key, frozenset[str]]:
        """What is referred to after the batch, from what was before it, asking the ledger where a reference went."""
        added: dict[Key, set[str]] = defaultdict(set)
        asked: set[Key] = set()
        for ref in self.changed:
            old, new = self.around.told[ref]
            if new is not None:
                for key in new.references:
                    added[key].add(new.record.origin)
            if old is not None:
                asked |= old.references
        unstated = self.around.unstated(_AFTER)
        asked = (asked & unstated) | (unstated - self.around.unstated(_BEFORE))
        now = self.around.referred(_AFTER, asked)
        for key in unstated - asked:
            if origins := was.get(key, frozenset()) | added.get(key, set()):
                now[key] = origins
        return now

    def _read_moved(self) -> set[Ref]:
        """Unchanged records with a relation whose end belongs to another entity now."""
        before, after = self.identities
        keys = [k for k, entity in before.of_key.items() if after.of_key.get(k, entity) != entity]
        sightings = [
            s for s, entity in before.of_sighting.items() if after.of_sighting.get(s, entity) != entity
        ]
        if not keys and not sightings:
            return set()
        mentioned = mentioning(self.ledger, keys, roles=("node", "end"))
        refs = self.around.read_numbers(seq for seqs in mentioned.values() for seq in seqs)
        refs |= {(sighting.source, sighting.record_id) for sighting in sightings}
        ends = {end for told in self._versions(refs) for r in told.relations for end in (r.source, r.target)}
        if ends - self.around.keys:
            self.around.reach(ends)
            self._identify()
        return refs

    def _affected(self, refs: set[Ref]) -> set[RelationIdentity]:
        """Relations that the records state, before or after."""
        found: set[RelationIdentity | None] = set()
        for ref in refs:
            for told, identity in zip(self.around.told[ref], self.identities, strict=True):
                if told is not None:
                    found.update(identity_of(statement, told, identity) for statement in told.relations)
        return {relation for relation in found if relation is not None}

    def _nodes(self) -> tuple[list[NodeRow], list[NodeRow], list[tuple[str, str]]]:
        """Nodes to create, to change and to remove."""
        before, after = (identity.clusters for identity in self.identities)
        new: list[NodeRow] = []
        other: list[NodeRow] = []
        for entity in sorted(after):
            old = before.get(entity)
            if old is None:
                new.append(self._node(after[entity], _AFTER))
            elif not self._unchanged(old, after[entity]):
                row = self._node(after[entity], _AFTER)
                if row != self._node(old, _BEFORE):
                    other.append(row)
        return new, other, [(before[entity].type, entity) for entity in sorted(before.keys() - after.keys())]

    def _node(self, cluster: Cluster, place: int) -> NodeRow:
        return node_row(cluster, self.schema, self._origins(cluster, place))

    def _origins(self, cluster: Cluster, place: int) -> frozenset[str]:
        referred = self.referred[place]
        return frozenset().union(*(referred.get(key, ()) for key in cluster.keys))

    def _unchanged(self, old: Cluster, new: Cluster) -> bool:
        """Whether an entity is made of the very same things; most ends of a batch's relations are."""
        return old == new and (
            bool(new.sightings) or self._origins(old, _BEFORE) == self._origins(new, _AFTER)
        )

    def _relation_rows(
        self, affected: set[RelationIdentity]
    ) -> tuple[dict[RelationIdentity, RelationRow], dict[RelationIdentity, RelationRow]]:
        # Whether a part stands depends on all that is told of its pair.
        pairs = {r._replace(key="") for r in affected if self.schema.relations[r.type].parts}
        refs = self._stating(affected | pairs)

        def wanted(relation: RelationIdentity) -> bool:
            return relation in affected or relation._replace(key="") in pairs

        rows = [
            {
                relation: relation_row(relation, claims, self.schema)
                for relation, claims in standing(self._claims(refs, place, wanted), self.schema).items()
            }
            for place in (_BEFORE, _AFTER)
        ]
        return rows[_BEFORE], rows[_AFTER]

    def _stating(self, relations: Iterable[RelationIdentity]) -> list[Ref]:
        """The records that may state one of the relations, in order."""
        names = {name for relation in relations for name in self._mentions(relation)}
        mentioned = mentioning(self.ledger, names, roles=("relation",))
        return sorted(self.around.read_numbers(seq for seqs in mentioned.values() for seq in seqs))

    def _claims(
        self, refs: Iterable[Ref], place: int, wanted: Callable[[RelationIdentity], bool]
    ) -> dict[RelationIdentity, list[RelationClaim]]:
        identity = self.identities[place]
        claims: dict[RelationIdentity, list[RelationClaim]] = defaultdict(list)
        for ref in refs:
            told = self.around.told[ref][place]
            if told is None:
                continue
            for statement in told.relations:
                relation = identity_of(statement, told, identity)
                if relation is not None and wanted(relation):
                    claims[relation].append(RelationClaim(told.record, statement))
        return claims

    def _warnings(self, change: GraphChange) -> tuple[Warned, ...]:
        """What the contracts written look like, among all contracts between the same two."""
        written = {
            RelationIdentity(
                r.type, r.source_type, EntityId(r.source), r.target_type, EntityId(r.target), r.key
            )
            for r in (*change.create_relations, *change.update_relations)
            if r.key and "amount" in r.properties and not self.schema.relations[r.type].parts
        }
        pairs = {relation._replace(key="") for relation in written}
        claims = self._claims(self._stating(pairs), _AFTER, lambda r: r._replace(key="") in pairs)
        records = {c.record.id for relation in written for c in claims.get(relation, ())}
        return tuple(w for w in doubled(claims, self.schema) if not records.isdisjoint(w.records))

    def _mentions(self, relation: RelationIdentity) -> list[str]:
        return mentions_of(relation, self._stated(relation.source), list(self._stated(relation.target)))

    def _stated(self, entity: EntityId) -> set[Key]:
        return {
            key
            for identity in self.identities
            if (cluster := identity.clusters.get(entity)) is not None
            for key in cluster.stated
        }

    def _change(
        self, relations: tuple[dict[RelationIdentity, RelationRow], dict[RelationIdentity, RelationRow]]
    ) -> GraphChange:
        had, has = relations
        new, other, removed = self._nodes()
        gone = {entity for _, entity in removed}
        return GraphChange(
            watermark=self.after,
            recorded_at=self.batch[-1].recorded_at.isoformat(),
            create_nodes=new,
            update_nodes=other,
            remove_nodes=removed,
            create_relations=[row for relation, row in sorted(has.items()) if relation not in had],
            update_relations=[
                row for relation, row in sorted(has.items()) if relation in had and had[relation] != row
            ],
            # A removed node takes its relations with it.
            remove_relations=[
                row
                for relation, row in sorted(had.items())
                if relation not in has and relation.source not in gone and relation.target not in gone
            ],
        )

    def _names(self) -> Names:
        before, after = self.identities
        named: dict[str, EntityId] = {k: e for k, e in after.of_key.items() if before.of_key.get(k) != e}
        forgotten: set[str] = set()
        for key in before.of_key.keys() - after.of_key.keys():
            heir = self._heir(before.clusters[before.of_key[key]]) if "~" in key else None
            if heir is None:
                forgotten.add(key)
            else:
                named[key] = heir
        gone = before.clusters.keys() - after.clusters.keys()
        return Names(
            named, frozenset(forgotten), {entity: self._heir(before.clusters[entity]) for entity in gone}
        )

    def _heir(self, cluster: Cluster) -> EntityId | None:
        """The entity that replaced a merged one: that of its records, else that of its keys."""
        after = self.identities[_AFTER]
        found = [after.of_sighting.get(sighting.ref) for sighting in cluster.sightings]
        found += [after.of_key.get(key) for key in cluster.keys]
        return next((entity for entity in found if entity is not None), None)
