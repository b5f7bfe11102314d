"""Load curves: mean power by interval, in Parquet files ``home/columns/curves/<digest>.parquet``.

A file is named by its content. A load of curves writes its file and names it in its own entry, so loads decide what
counts: a file counts as long as one load stands that names it, and the same input loaded again names the same file.
Where two loads tell an interval differently the one that was stated later counts, then the larger value: the order of
arrival changes nothing.
"""

from __future__ import annotations

import hashlib
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from ledger import columns, loads
from ledger.columns import ColumnFile
from ledger.database import Ledger
from terms.arrow import pa

FOLDER: Final = "curves"
PREFIX: Final = "profile:"
"""Begins the key of a profile: power for each kW of contracted power, which elements name."""
_ALL: Final = 1_000_000
_GROUP: Final = 100_000
"""Intervals of one row group: what one element's curve is found by without reading all others."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_NONE: Final[Ints] = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """m intervals by element, then by time.

    ``elements``: keys; ``element``: position of each interval's among them. ``at``: when it begins, seconds since 1970
    in UTC. ``minutes``: how long it is. ``value``: mean power in kW; of a profile, for each kW of contracted power.
    ``stated``: when this was said, microseconds since 1970.
    """

    elements: tuple[str, ...]
    element: Ints
    at: Ints
    minutes: Ints
    value: Floats
    stated: Ints

    @classmethod
    def none(cls) -> Intervals:
        """No interval."""
        return cls((), _NONE, _NONE, _NONE, np.zeros(0), _NONE)

    def __len__(self) -> int:
        return len(self.at)

    def rows(self, chosen: npt.NDArray[Any]) -> Intervals:
        """Some of them, in the order asked for."""
        return Intervals(
            self.elements,
            self.element[chosen],
            self.at[chosen],
            self.minutes[chosen],
            self.value[chosen],
            self.stated[chosen],
        )


@dataclass(frozen=True, slots=True)
class CurveFile:
    """A file that counts. ``sha256``: as it was written last. ``begins``, ``ends``: of its intervals, seconds since
    1970. ``load``, ``source``, ``channel``, ``origin``: where it comes from; of several loads the first one.
    ``started_at``: when that load began."""

    name: str
    sha256: str
    begins: int
    ends: int
    load: str
    source: str
    channel: str
    origin: str
    started_at: datetime

    @property
    def path(self) -> str:
        """Relative to the home."""
        return f"{columns.FOLDER}/{FOLDER}/{self.name}.parquet"


def name_of(intervals: Intervals, told: npt.NDArray[np.bool_]) -> str:
    """The name of the file of some intervals.

    Args:
        told: of which intervals somebody said when they were stated. Of others the time of the load stands in, which is
            no content.
    """
    digest = hashlib.sha256("\0".join(intervals.elements).encode())
    columns_ = [intervals.element, intervals.at, intervals.minutes, intervals.value]
    for column in [*columns_, np.where(told, intervals.stated, 0)] if told.any() else columns_:
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()[:32]


def is_whole(home: Path, file: CurveFile) -> bool:
    """Whether a file is there as it was written."""
    return columns.sha256_of(home, FOLDER, file.name) == file.sha256


def keep(home: Path, name: str, intervals: Intervals) -> ColumnFile:
    """Write intervals.

    Raises:
        KehutuError: COLUMNS_UNWRITABLE.
    """
    words = pa.array(intervals.elements, pa.string())
    table = pa.table(
        {
            "element": pa.DictionaryArray.from_arrays(pa.array(intervals.element.astype(np.int32)), words),
            "at": pa.array(intervals.at),
            "minutes": pa.array(intervals.minutes.astype(np.int16)),
            "value": pa.array(intervals.value),
            "stated": pa.array(intervals.stated),
        }
    )
    return columns.write(home, FOLDER, name, table, rows_together=_GROUP)


def standing(ledger: Ledger) -> list[CurveFile]:
    """The files that count, by name."""
    found: dict[str, CurveFile] = {}
    for load in reversed(loads.listing(ledger, _ALL)):
        if load.finished_at is None or load.withdrawal_began_at is not None:
            continue
        for source in load.sources:
            kept = source.get("curve")
            if kept is not None:
                one = CurveFile(load=load.id, source=source["name"], started_at=load.started_at, **kept)
                found[one.name] = replace(found.get(one.name, one), sha256=one.sha256)
    return [found[name] for name in sorted(found)]


def read(
    ledger: Ledger, names: Mapping[str, str], begins: int | None = None, ends: int | None = None
) -> tuple[Intervals, list[CurveFile]]:
    """The intervals of some elements that begin in a time, and the files that they come from.

    Args:
        names: of each key the name of the element that it is of; readings of all its keys are the element's.
        ``begins``, ``ends``: seconds since 1970, the end not included; None: no bound.
    Raises:
        KehutuError: COLUMNS_MISSING, COLUMNS_DAMAGED.
    """
    parts, files = [], []
    for file in standing(ledger) if names else []:
        if (begins is not None and file.ends <= begins) or (ends is not None and file.begins >= ends):
            continue
        part = _read(ledger.home, file, names, begins, ends)
        if len(part):
            parts.append(part)
            files.append(file)
    return (resolved(parts), files) if parts else (Intervals.none(), [])


def elements_of(ledger: Ledger) -> set[str]:
    """The keys of all elements that have a curve."""
    found: set[str] = set()
    for file in standing(ledger):
        table = columns.read(ledger.home, FOLDER, file.name, only=["element"])
        found.update(table["element"].unique().to_pylist())
    return found


def _read(
    home: Path, file: CurveFile, names: Mapping[str, str], begins: int | None, ends: int | None
) -> Intervals:
    where: list[tuple[str, str, Any]] = [("element", "in", sorted(names))]
    where += [("at", ">=", begins)] if begins is not None else []
    where += [("at", "<", ends)] if ends is not None else []
    table = columns.read(home, FOLDER, file.name, where=where).combine_chunks()
    if not len(table):
        return Intervals.none()
    coded = table["element"].cast(pa.string()).combine_chunks().dictionary_encode()
    elements = sorted(set(names.values()))
    at = {name: place for place, name in enumerate(elements)}
    own = np.array([at[names[key]] for key in coded.dictionary.to_pylist()], dtype=np.int64)
    return Intervals(
        tuple(elements),
        own[coded.indices.to_numpy()],
        table["at"].to_numpy().astype(np.int64),
        table["minutes"].to_numpy().astype(np.int64),
        table["value"].to_numpy().astype(np.float64),
        table["stated"].to_numpy().astype(np.int64),
    )


def resolved(parts: Sequence[Intervals]) -> Intervals:
    """One interval at a time: of those that overlap the one stated last stands, then the larger value, then the shorter
    interval, then the earlier one.

    Args:
        parts: with the same ``elements``.
    """
    element, at, minutes, stated = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("element", "at", "minutes", "stated")
    )
    every = Intervals(
        parts[0].elements, element, at, minutes, np.concatenate([p.value for p in parts]), stated
    )
    order = np.lexsort((every.minutes, -every.value, -every.stated, every.at, every.element))
    every = every.rows(order)
    same = every.element[1:] == every.element[:-1]
    together = same & (every.at[1:] == every.at[:-1])
    # Where an element's intervals are of one length and none begins within another, the best that begin together stand.
    ends = every.at + 60 * every.minutes
    odd = same & ~together & ((every.minutes[1:] != every.minutes[:-1]) | (every.at[1:] < ends[:-1]))
    odd |= together & (every.minutes[1:] != every.minutes[:-1])
    stands = np.ones(len(every), dtype=np.bool_)
    stands[1:] = ~together
    for element in np.unique(every.element[1:][odd]).tolist():
        own = np.flatnonzero(every.element == element)
        stands[own] = _apart(every.rows(own))
    return every.rows(stands)


def _apart(every: Intervals) -> npt.NDArray[np.bool_]:
    """Which of the intervals of one element stand: the best first, each that overlaps none that stands already."""
    stands = np.zeros(len(every), dtype=np.bool_)
    begin, end = every.at.tolist(), (every.at + 60 * every.minutes).tolist()
    begins: list[int] = []
    ends: list[int] = []
    for one in np.lexsort((every.at, every.minutes, -every.value, -every.stated)).tolist():
        place = bisect(begins, begin[one])
        before = place > 0 and ends[place - 1] > begin[one]
        if not before and not (place < len(begins) and begins[place] < end[one]):
            begins.insert(place, begin[one])
            ends.insert(place, end[one])
            stands[one] = True
    return stands
