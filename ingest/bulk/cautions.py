"""What does not fit together in the graph: contracts that look like one, entities with too many relations.

While relations are written, those that may be in such a group leave the hash of the group. Groups in which different
relations meet are few; their claims are read again, and told apart by the functions that every load asks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson

from graph.schema.model import Schema
from graph.store import Store
from ingest.bulk.context import Context, Numbers
from ingest.bulk.emit import SIDES, Group, found_ends, relation_hash
from ingest.bulk.ends import Claim, Ends
from ingest.bulk.jobs import Answer
from ingest.bulk.plan import among
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.relations import Warned, doubled
from ingest.identity.entities_in_records import RecordSightings
from ingest.projection.cardinality import Crowded, crowded_among
from ledger.database import Ledger
from ledger.records import by_seq
from ledger.scan import Row
from terms.ids import EntityId

MOST: Final = 100
"""Groups of a kind that are told: the earliest in the ledger."""
_SLICES: Final = 16


def write_cautions(folder: Path, ranges: int, kind: Group) -> int:
    """Write ``caution-*``: records and hashes of the relations in the first groups where several meet; their number."""
    parts = [np.load(folder / f"group-{kind}-{task}.npy", mmap_mode="r") for task in range(ranges)]
    found: list[tuple[int, Numbers]] = []
    for number in range(_SLICES):
        slice_ = np.concatenate([part[:, (part[0] & (_SLICES - 1)) == number] for part in parts], axis=1)
        groups, relations, seqs = slice_[:, np.lexsort((slice_[2], slice_[1], slice_[0]))]
        meets = (groups[1:] == groups[:-1]) & (relations[1:] != relations[:-1])
        for group in np.unique(groups[1:][meets]).tolist():
            mine = slice(*(np.searchsorted(groups, group, side) for side in ("left", "right")))
            found.append((int(seqs[mine].min()), relations[mine]))
        found = sorted(found, key=lambda one: one[0])[:MOST]
    wanted = np.unique(np.concatenate([np.empty(0, np.int64), *(relations for _, relations in found)]))
    chosen = []
    for task in range(ranges):
        hashes = np.load(folder / f"relation-hash-{task}.npy", mmap_mode="r")
        chosen.append(np.load(folder / f"relation-seq-{task}.npy", mmap_mode="r")[among(hashes, wanted)])
    np.save(folder / f"caution-{kind}-hashes.npy", wanted)
    np.save(folder / f"caution-{kind}-seqs.npy", np.unique(np.concatenate(chosen)))
    return len(found)


def caution(context: Context, ends: Ends, kind: Group) -> Answer:
    """Doubled contracts; or the ends at which to look for crowds, as relation type, side, node type and id."""
    wanted = frozenset(np.load(context.folder / f"caution-{kind}-hashes.npy").tolist())
    claims: dict[RelationIdentity, list[RelationClaim]] = defaultdict(list)
    records = by_seq(context.ledger, np.load(context.folder / f"caution-{kind}-seqs.npy").tolist())
    for seq in sorted(records):
        record = records[seq]
        told = RecordSightings.read(record)
        row = Row(seq, record.source, record.record_id, record.origin, record.payload)
        given = [Claim(row, said) for said in orjson.loads(record.payload)["relations"]]
        statement_of = {id(c.said): s for c, s in zip(given, told.relations, strict=True)}
        for claim, source, target in found_ends(ends, given):
            declared = context.schema.relations[claim.said["type"]]
            if relation_hash(declared, claim.said, source, target) in wanted:
                a, b = (EntityId(ends.id(claim, side)) for side in SIDES)
                said = statement_of[id(claim.said)]
                identity = RelationIdentity(said.type, said.source_type, a, said.target_type, b, said.key)
                claims[identity].append(RelationClaim(record, said))
    if kind == "double":
        return {
            "found": [
                (w.type, w.source, w.target, w.amount, w.records, w.channels)
                for w in doubled(claims, context.schema)[:MOST]
            ]
        }
    asked = dict.fromkeys(
        (i.type, i.source_type, i.source) if declared.one == "source" else (i.type, i.target_type, i.target)
        for i in claims
        if (declared := context.schema.relations[i.type]).one is not None
    )
    return {"found": list(asked)}


def told(
    ledger: Ledger, store: Store, schema: Schema, doubles: Sequence[Any], crowds: Sequence[Any]
) -> tuple[Warned | Crowded, ...]:
    """Cautions in their own words; the store is asked who stands at crowded ends."""
    found: list[Warned | Crowded] = [
        Warned(type_, source, target, amount, tuple(records), tuple(channels))
        for type_, source, target, amount, records, channels in doubles
    ]
    for type_, kind, entity in crowds:
        declared = schema.relations[type_]
        if declared.one is not None:
            found += crowded_among(
                ledger, store, schema, declared, side=declared.one, kind=kind, ids=[entity]
            )
    return tuple(found[:MOST])
