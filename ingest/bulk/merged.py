"""How entities are made that several records describe, or that a judgement touches.

The same functions as for the incremental projection say what they are; here whole components come at once. One that
is larger than memory should hold is read in rounds, of which each keeps what
:func:`ingest.entities.large_entities.needed` says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import numpy as np
import orjson

from graph.bulk import node_line
from ingest.bulk.context import Context, Numbers
from ingest.bulk.emit import ORIGINS
from ingest.bulk.jobs import Answer
from ingest.entities.large_entities import needed
from ingest.entities.surviving_values import node_row
from ingest.identity.clusters import Identity, clusters
from ingest.identity.entities_in_records import RecordSightings, Sighting, sightings_among
from ledger.judgements import Judgement
from ledger.records import Record, by_seq
from terms.ids import EntityId, Key

_ROUND: Final = 20_000
"""Records that are held at once, unless a judgement touches them."""


def merge(context: Context, file: int) -> Answer:
    """Write ``nodes-together-*``, the hashes of the entities' keys with the places of these, and names, of a file."""
    folder = context.folder
    seqs = np.load(folder / f"together-{file}.npy")
    mine = frozenset(np.load(folder / f"together-keys-{file}.npy").tolist())
    referred = {
        Key(k): ORIGINS[b] for k, b in orjson.loads((folder / f"together-refs-{file}.json").read_bytes())
    }
    judgements = _judgements(context, mine)
    sightings: list[Sighting] = []
    last: list[RecordSightings] = []

    def mine_of(keys: Sequence[str]) -> bool:
        return hash(keys[0]) in mine or (len(keys) > 1 and not mine.isdisjoint(map(hash, keys)))

    for records in _rounds(context, seqs):
        for record in records:
            if judgements:
                last.append(RecordSightings.read(record))
                sightings += [s for s in last[-1].sightings if mine_of(s.keys)]
            else:
                sightings += sightings_among(record, mine_of)
        if len(sightings) > _ROUND and not judgements:
            sightings = _fewer(context, sightings)
    # A key that a sighting states is no mere reference, even where a judgement leaves it to nobody.
    for key in referred.keys() & {key for sighting in sightings for key in sighting.keys}:
        del referred[key]
    identity = clusters(sightings, judgements, schema=context.schema, referred=referred)
    number = context.number
    ordered = sorted(identity.clusters, key=lambda entity: (number[identity.clusters[entity].type], entity))
    with (folder / f"nodes-together-{file}").open("wb") as out:
        for entity in ordered:
            cluster = identity.clusters[entity]
            origins = frozenset(origin for key in cluster.keys for origin in referred.get(key, ()))
            row = node_row(cluster, context.schema, origins)
            out.write(node_line(context.schema.nodes[cluster.type], row))
    place = {entity: number for number, entity in enumerate(ordered)}
    keys = list(identity.of_key.items())
    np.save(folder / f"keys-{file}.npy", np.fromiter((hash(key) for key, _ in keys), np.int64, len(keys)))
    np.save(folder / f"places-{file}.npy", np.fromiter((place[e] for _, e in keys), np.int64, len(keys)))
    others = {str(key): str(entity) for key, entity in keys if str(key) != entity}
    (folder / f"ids-{file}.json").write_bytes(orjson.dumps(others))
    if context.named:
        (folder / f"names-together-{file}.json").write_bytes(orjson.dumps(dict(keys)))
    return {"nodes": len(ordered), "apart": list(_apart(identity, last, place))}


def _rounds(context: Context, seqs: Numbers) -> Iterator[list[Record]]:
    for start in range(0, len(seqs), _ROUND):
        found = by_seq(context.ledger, seqs[start : start + _ROUND].tolist())
        yield [found[seq] for seq in sorted(found)]


def _fewer(context: Context, sightings: list[Sighting]) -> list[Sighting]:
    """Those that tell as much of their entities as all of them."""
    found = clusters(sightings, (), schema=context.schema)
    kept = {ref for cluster in found.clusters.values() for ref in needed(cluster, context.schema)}
    return [sighting for sighting in sightings if sighting.ref in kept]


def _judgements(context: Context, mine: frozenset[int]) -> list[Judgement]:
    """All judgements that touch one of the keys, or sightings, of the file."""
    if not len(context.load("judgements")):
        return []
    return [j for j in context.judgements if mine.intersection((hash(j.left), hash(j.right)))]


def _apart(
    identity: Identity, told: Iterable[RecordSightings], place: dict[EntityId, int]
) -> Iterator[tuple[int, str, str, int, EntityId]]:
    """Ends of relations in records that belong to another entity than their key does."""
    for one in told:
        for relation in one.relations:
            for type_name, key in (
                (relation.source_type, relation.source),
                (relation.target_type, relation.target),
            ):
                sighting = one.end(type_name, key)
                entity = None if sighting is None else identity.of_sighting.get(sighting)
                if entity is not None and identity.of_key.get(key) != entity:
                    yield one.record.seq, type_name, key, place[entity], entity
