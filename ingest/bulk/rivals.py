"""How relations are made that several records claim: found by hash, read again, put together as everywhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import orjson

from graph.bulk import relation_line
from graph.write import stored_relation
from ingest.bulk.context import Context, Numbers
from ingest.bulk.emit import found_ends, relation_hash
from ingest.bulk.ends import Claim, Ends
from ingest.bulk.jobs import Answer
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.holding_parts import standing_of
from ingest.entities.relations import relation_row
from ingest.identity.entities_in_records import RecordSightings
from ledger.records import by_seq
from ledger.scan import Row
from terms.ids import EntityId

TOGETHER: Final = 4_000
"""Claims that are read at once, or one relation's if it has more."""
_SLICES: Final = 16
_PART: Final = 1 << 20


def write_rivals(folder: Path, ranges: int) -> tuple[int, int]:
    """Find claims that share their hash, and write ``rivals-*`` for the workers; returns files and claims.

    A slice of all hashes at a time, so that 24 bytes for each sixteenth of all claims are held.
    """
    parts = [
        (
            np.load(folder / f"relation-hash-{task}.npy", mmap_mode="r"),
            np.load(folder / f"relation-seq-{task}.npy", mmap_mode="r"),
        )
        for task in range(ranges)
    ]
    shared: list[Numbers] = []
    files = claims = 0
    for number in range(_SLICES):
        chosen = [np.flatnonzero((hashes & (_SLICES - 1)) == number) for hashes, _ in parts]
        hashes = np.concatenate([h[c] for (h, _), c in zip(parts, chosen, strict=True)])
        seqs = np.concatenate([s[c] for (_, s), c in zip(parts, chosen, strict=True)])
        order = np.lexsort((seqs, hashes))
        hashes, seqs = hashes[order], seqs[order]
        again = np.zeros(len(hashes), bool)
        again[1:] = hashes[1:] == hashes[:-1]
        again[:-1] |= again[1:]
        hashes, seqs = hashes[again], seqs[again]
        shared.append(np.unique(hashes))
        claims += len(hashes)
        for part in _whole(hashes):
            np.save(folder / f"rivals-{files}.npy", np.stack((hashes[part], seqs[part])))
            files += 1
    np.save(folder / "shared.npy", np.sort(np.concatenate(shared)))
    return files, claims


def rival(context: Context, ends: Ends, file: int) -> Answer:
    """Write ``relations-rivals-*``: what survives of the claims of a file."""
    hashes, seqs = np.load(context.folder / f"rivals-{file}.npy")
    mine = frozenset(hashes.tolist())
    claims: dict[tuple[int, int, str, str], list[RelationClaim]] = defaultdict(list)
    first: dict[tuple[int, int, str, str], Claim] = {}
    found = by_seq(context.ledger, seqs.tolist())
    for seq in sorted(found):
        record = found[seq]
        told = RecordSightings.read(record)
        row = Row(seq, record.source, record.record_id, record.origin, record.payload)
        given = [Claim(row, said) for said in orjson.loads(record.payload)["relations"]]
        statement_of = {id(c.said): s for c, s in zip(given, told.relations, strict=True)}
        for claim, source, target in found_ends(ends, given):
            said = claim.said
            if relation_hash(context.schema.relations[said["type"]], said, source, target) in mine:
                itself = (source, target, said["type"], said.get("key", ""))
                claims[itself].append(RelationClaim(record, statement_of[id(said)]))
                first.setdefault(itself, claim)
    stands = standing_of(claims, lambda itself: itself[:3], context.schema)
    with (context.folder / f"relations-rivals-{file}").open("wb") as out:
        for itself, told_by in stands.items():
            source, target, _, _ = itself
            shown = relation_row(_as_claimed(first[itself]), told_by, context.schema)
            kind = context.schema.relations[shown.type]
            stored = orjson.dumps(stored_relation(kind, shown))
            out.write(relation_line(kind, stored, source, target))
    return {"relations": len(stands)}


def _as_claimed(claim: Claim) -> RelationIdentity:
    """By the keys of its ends in one record: which entities these are is written beside what is stored."""
    said = claim.said
    source, target = EntityId(said["source"]), EntityId(said["target"])
    return RelationIdentity(
        said["type"], said["source_type"], source, said["target_type"], target, said.get("key", "")
    )


def unrivalled(folder: Path, task: int, shared: Numbers) -> Iterator[bytes]:
    """The lines of a range without those that have rivals, in large parts."""
    hashes = np.load(folder / f"relation-hash-{task}.npy")
    lengths = np.load(folder / f"relation-length-{task}.npy").astype(np.int64)
    position = np.minimum(np.searchsorted(shared, hashes), max(0, len(shared) - 1))
    out = np.flatnonzero(shared[position] == hashes) if len(shared) else np.empty(0, np.int64)
    stops = np.cumsum(lengths)
    with (folder / f"relations-{task}").open("rb") as file:
        at = 0
        for place in out.tolist():
            yield from _read(file, int(stops[place] - lengths[place]) - at)
            at = int(stops[place])
            file.seek(at)
        yield from _read(file, (int(stops[-1]) if len(stops) else 0) - at)


def _read(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        part = file.read(min(size, _PART))
        size -= len(part)
        yield part


def _whole(hashes: Numbers) -> Iterator[slice]:
    """Parts of some thousand claims that cut between two hashes."""
    start = 0
    while start < len(hashes):
        stop = min(len(hashes), start + TOGETHER)
        while stop < len(hashes) and hashes[stop] == hashes[stop - 1]:
            stop += 1
        yield slice(start, stop)
        start = stop
