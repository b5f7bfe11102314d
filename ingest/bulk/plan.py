"""Which entities stand in one record only, which records belong together, and where every node stands in the stream.

Arrays only: about 17 bytes for each sighting and 10 for each reference of a range, 12 for each key afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ingest.bulk.context import Numbers

TOGETHER: Final = 4_000
"""Records of which the entities are made at once."""

Small = npt.NDArray[np.int8]


class KeysMetError(Exception):
    """Two different keys have one hash: another seed is needed. About once in 300,000 graphs of 10 million keys."""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What all ranges told, range after range.

    ``hash``, ``seq``, ``type``: sightings of one key, in the order of records; ``starts``: where each range begins,
    and the end. ``link_*``: the keys of other sightings, one after the other, with their numbers and records.
    ``ref_*``: bare references, each once a range; ``ref_starts`` as ``starts``.
    """

    hash: Numbers
    seq: Numbers
    type: Small
    starts: Numbers
    link_hash: Numbers
    link_count: Numbers
    link_seq: Numbers
    ref_hash: Numbers
    ref_origins: Small
    ref_type: Small
    ref_starts: Numbers
    judgements: Numbers

    @classmethod
    def read(cls, folder: Path, ranges: int) -> Surveyed:
        """Take up what the workers have written."""

        def all_of(name: str) -> tuple[npt.NDArray[Any], Numbers]:
            parts = [np.load(folder / f"{name}-{task}.npy") for task in range(ranges)]
            starts = np.concatenate(([0], np.cumsum([len(part) for part in parts], dtype=np.int64)))
            return np.concatenate(parts), starts

        (hashes, starts), (refs, ref_starts) = all_of("hash"), all_of("ref-hash")
        return cls(
            hash=hashes,
            seq=all_of("seq")[0],
            type=all_of("type")[0],
            starts=starts,
            link_hash=all_of("link-hash")[0],
            link_count=all_of("link-count")[0],
            link_seq=all_of("link-seq")[0],
            ref_hash=refs,
            ref_origins=all_of("ref-origins")[0],
            ref_type=all_of("ref-type")[0],
            ref_starts=ref_starts,
            judgements=np.load(folder / "judgements.npy"),
        )


@dataclass(frozen=True, slots=True)
class Parted:
    """Who makes which entities.

    ``alone``: of the sightings of one key, which are all that is known of their entity. ``together``: files of records
    and keys that belong together. ``referred``: references to what no record describes, each once, as places in the
    references of all ranges; ``origins``: of all references to these.
    """

    alone: npt.NDArray[np.bool_]
    together: int
    referred: Numbers
    origins: Small


def part(folder: Path, surveyed: Surveyed) -> Parted:
    """Write ``alone-*``, ``referred-*`` and ``together-*`` for the workers of the next steps."""
    s = surveyed
    ends = np.unique(s.judgements[:, :2])
    linked = np.unique(np.concatenate((s.link_hash, ends)))
    order = np.argsort(s.hash, kind="stable")
    ordered = s.hash[order]
    again = np.zeros(len(order), bool)
    again[1:] = ordered[1:] == ordered[:-1]
    again[:-1] |= again[1:]
    together = np.empty(len(order), bool)
    together[order] = again | among(ordered, linked)
    alone = ~together
    several = np.unique(np.concatenate((s.hash[together], linked)))
    label = _components(several, s)
    referred, origins, tied = _references(s, np.sort(s.hash[alone]), several, linked)
    files = _write_together(folder, s, together, several, label=label, tied=tied)
    for task, (first, last) in enumerate(zip(s.starts[:-1], s.starts[1:], strict=True)):
        np.save(folder / f"alone-{task}.npy", alone[first:last])
    for task, (first, last) in enumerate(zip(s.ref_starts[:-1], s.ref_starts[1:], strict=True)):
        mine = slice(*np.searchsorted(referred, (first, last)))
        np.save(folder / f"referred-{task}.npy", referred[mine] - first)
        np.save(folder / f"referred-origins-{task}.npy", origins[mine])
    return Parted(alone, files, referred, origins)


def places(surveyed: Surveyed, parted: Parted, first: int) -> Iterator[tuple[Numbers, Numbers]]:
    """For each range the hashes of the entities that it makes, and their places in the stream of nodes.

    Args:
        first: the place of the first of them: behind those of several records.
    In a range come the sightings, type after type in the order of their numbers, then the references likewise.
    """
    s = surveyed
    for first_one, last, first_ref, last_ref in zip(
        s.starts[:-1], s.starts[1:], s.ref_starts[:-1], s.ref_starts[1:], strict=True
    ):
        kept = np.flatnonzero(parted.alone[first_one:last]) + first_one
        mine = parted.referred[slice(*np.searchsorted(parted.referred, (first_ref, last_ref)))]
        kept = kept[np.argsort(s.type[kept], kind="stable")]
        mine = mine[np.argsort(s.ref_type[mine], kind="stable")]
        found = np.concatenate((s.hash[kept], s.ref_hash[mine]))
        yield found, np.arange(first, first + len(found))
        first += len(found)


def write_table(folder: Path, parts: list[tuple[Numbers, Numbers]]) -> int:
    """Write where the entity of each key stands, for searching; returns the number of keys.

    Raises:
        KeysMetError: two keys have one hash.
    """
    hashes = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
    found = np.concatenate([np.empty(0, np.int64), *(part[1] for part in parts)])
    order = np.argsort(hashes)
    hashes = hashes[order]
    if bool((hashes[1:] == hashes[:-1]).any()):
        raise KeysMetError
    np.save(folder / "keys.npy", hashes)
    np.save(folder / "places.npy", found[order])
    return len(hashes)


def among(values: npt.NDArray[Any], of: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which values are among some ascending ones."""
    if not len(of):
        return np.zeros(len(values), bool)
    position = np.minimum(np.searchsorted(of, values), len(of) - 1)
    return np.asarray(of[position] == values)


def _components(several: Numbers, s: Surveyed) -> npt.NDArray[np.int32]:
    """For each key the number of its component: keys that a sighting, or a judgement ``same``, links."""
    left, right = [], []
    if len(s.link_hash):
        first = np.repeat(np.cumsum(s.link_count) - s.link_count, s.link_count)
        left.append(s.link_hash[first])
        right.append(s.link_hash)
    same = s.judgements[s.judgements[:, 2] == 1]
    left.append(same[:, 0])
    right.append(same[:, 1])
    a, b = (np.searchsorted(several, np.concatenate(side)) for side in (left, right))
    graph = coo_matrix((np.ones(len(a), bool), (a, b)), shape=(len(several), len(several)))
    return np.asarray(connected_components(graph, directed=False)[1])


def _references(
    s: Surveyed, alone: Numbers, several: Numbers, linked: Numbers
) -> tuple[Numbers, Small, dict[int, int]]:
    """References to what no record describes; and those to keys that are linked, by place, with all their origins."""
    order = np.argsort(s.ref_hash, kind="stable")
    ordered = s.ref_hash[order]
    firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(ordered)])
    origins = np.bitwise_or.reduceat(s.ref_origins[order], firsts) if len(firsts) else s.ref_origins[:0]
    found, hashes = order[firsts], ordered[firsts]
    tie = among(hashes, linked)
    bare = ~(among(hashes, alone) | among(hashes, several))
    tied = dict(zip(found[tie].tolist(), origins[tie].tolist(), strict=True))
    by_place = np.argsort(found[bare])
    return found[bare][by_place], origins[bare][by_place], tied


def _write_together(
    folder: Path,
    s: Surveyed,
    together: npt.NDArray[np.bool_],
    several: Numbers,
    *,
    label: npt.NDArray[np.int32],
    tied: dict[int, int],
) -> int:
    """Write files of records and keys: whole components, some thousand records a file; returns their number."""
    firsts = np.cumsum(s.link_count) - s.link_count
    keys = np.concatenate((s.hash[together], s.link_hash[firsts] if len(firsts) else s.link_hash))
    of = label[np.searchsorted(several, keys)] if len(keys) else np.empty(0, np.int32)
    pairs = np.unique(np.stack((of, np.concatenate((s.seq[together], s.link_seq)))), axis=1)
    sizes = np.bincount(pairs[0], minlength=int(label.max()) + 1 if len(label) else 0)
    # A component begins a new file when the one before it is full, so a large one has a file of its own at its end.
    file_of = (
        np.concatenate(([0], np.cumsum(sizes)[:-1])) // TOGETHER if len(sizes) else np.empty(0, np.int64)
    )
    files, file_of = np.unique(file_of, return_inverse=True)
    key_file = file_of[label] if len(label) else np.empty(0, np.int64)
    by_file = np.argsort(key_file, kind="stable")
    key_cuts = np.searchsorted(key_file[by_file], np.arange(len(files) + 1))
    seq_cuts = np.searchsorted(file_of[pairs[0]], np.arange(len(files) + 1))
    references = _texts(folder, s, tied, several, key_file)
    for file in range(len(files)):
        seqs = pairs[1, seq_cuts[file] : seq_cuts[file + 1]]
        np.save(folder / f"together-{file}.npy", np.unique(seqs))
        np.save(folder / f"together-keys-{file}.npy", several[by_file[key_cuts[file] : key_cuts[file + 1]]])
        (folder / f"together-refs-{file}.json").write_bytes(orjson.dumps(references.get(file, [])))
    return len(files)


def _texts(
    folder: Path, s: Surveyed, tied: dict[int, int], several: Numbers, key_file: Numbers
) -> dict[int, list[tuple[str, int]]]:
    """References to linked keys, by the file of their component."""
    found: dict[int, list[tuple[str, int]]] = {}
    spots = np.array(sorted(tied), np.int64)
    tasks = np.searchsorted(s.ref_starts, spots, side="right") - 1
    for task in np.unique(tasks).tolist():
        texts = orjson.loads((folder / f"refs-{task}.json").read_bytes())
        for spot in spots[tasks == task].tolist():
            file = int(key_file[np.searchsorted(several, s.ref_hash[spot])])
            found.setdefault(file, []).append((texts[spot - int(s.ref_starts[task])], tied[spot]))
    return found
