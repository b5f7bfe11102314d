"""Load curves of elements, by their ids; who may ask for whom is for the answer to see to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np

from algorithms.curve_grid import Curve
from ledger import curves
from ledger.aliases import keys_of
from services.seen import Seen
from services.site import whole_ledger


@dataclass(frozen=True, slots=True)
class CurveOrigin:
    """Where readings come from."""

    source: str
    """Name of the source."""
    load: str
    """Id of the load that brought them."""
    channel: str
    """By which channel they came."""
    origin: str
    """real, benchmark or synthetic."""


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """``by``: the curve of each element that has readings. ``origins``: where they come from."""

    by: dict[str, Curve]
    origins: tuple[CurveOrigin, ...]


def zone_of_home(seen: Seen) -> tzinfo:
    """The business zone, in which times without one are meant."""
    return whole_ledger(seen).zone


def readings_of(seen: Seen, ids: Sequence[str], begins: int | None, ends: int | None) -> Readings:
    """Readings of some elements of one time (seconds since 1970), under whatever keys they came.

    Raises:
        KehutuError: ``COLUMNS_MISSING``, ``COLUMNS_DAMAGED``.
    """
    ledger = whole_ledger(seen)
    names = {str(key): str(one) for one in ids for key in (one, *keys_of(ledger, one))}
    seen.note(ids, ["usage"])
    return _read(seen, names, begins, ends)


def profiles_of(seen: Seen, names: Sequence[str], begins: int | None, ends: int | None) -> Readings:
    """Power of some profiles for each kW of contracted power.

    Raises:
        KehutuError: ``COLUMNS_MISSING``, ``COLUMNS_DAMAGED``.
    """
    return _read(seen, {f"{curves.PREFIX}{name}": name for name in names}, begins, ends)


def _read(seen: Seen, names: dict[str, str], begins: int | None, ends: int | None) -> Readings:
    found, files = curves.read(whole_ledger(seen), names, begins, ends)
    by: dict[str, Curve] = {}
    for place, name in enumerate(found.elements):
        rows = np.flatnonzero(found.element == place)
        if len(rows):
            by[name] = Curve(found.at[rows], found.minutes[rows], found.value[rows])
    origins = tuple(CurveOrigin(one.source, one.load, one.channel, one.origin) for one in files)
    return Readings(by, origins)
