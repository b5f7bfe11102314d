"""The load curve of a customer, a service point, a meter or another element: readings, or what stands in for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import Enum
from typing import Final

import numpy as np

from algorithms.curve_grid import MINUTE, Curve, Grid, longest, narrowed, together
from graph import seen_queries
from graph.schema.keys import type_of
from services.names import names_of
from services.reading.curves import CurveOrigin, profiles_of, readings_of, zone_of_home
from services.reading.days import day_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import EntityId
from terms.texts import Texts

MOST: Final = 40_000
"""Intervals of one answer: a year of a quarter of an hour each, and some more."""
USUAL: Final = timedelta(days=7)
"""Of which time an answer is that is not told any."""


class CurveBasis(Enum):
    """What a load curve rests on."""

    MEASURED = "measured"
    """Readings."""
    PROFILE = "profile"
    """In whole or in part the profile that its service points name, times their contracted power."""


@dataclass(frozen=True, slots=True)
class LoadPoint:
    """Mean power of one interval."""

    at: datetime
    """When the interval begins."""
    power: float | None
    """Mean power in kW; absent where it is not known, or not shown."""


@dataclass(frozen=True, slots=True)
class LoadCurve:
    """Power by interval, and what it comes to."""

    id: EntityId
    """Canonical id of whose curve it is."""
    name: str
    """What people call it; its id where it has no name."""
    basis: CurveBasis | None
    """What it rests on; absent where nothing is known."""
    minutes: int | None
    """Length of an interval; of readings of several lengths the longest."""
    begins: datetime | None
    """From when; absent where no time was asked for and nothing is known."""
    ends: datetime | None
    """Until when, not included; absent likewise."""
    points: tuple[LoadPoint, ...]
    """Each interval of the time, in order; from the first to the last that is known."""
    known: float
    """Share of the time that is known, 0 to 1."""
    energy: float | None
    """kWh of all intervals that are known."""
    mean: float | None
    """Mean power of these, kW."""
    peak: float | None
    """Largest mean power of an interval, kW."""
    peak_at: datetime | None
    """When the first interval of that power begins."""
    lowest: float | None
    """Smallest mean power of an interval, kW."""
    load_factor: float | None
    """Mean by peak, where the peak is above 0."""
    sources: tuple[CurveOrigin, ...]
    """Where the readings come from."""


def load_curve(seen: Seen, text: str, begins: str | None = None, ends: str | None = None) -> LoadCurve:
    """The curve of an element in a time.

    An element has its own readings. A service point without any has the sum of its meters', and without these its
    profile's. A customer without any has the sum of its service points' on the day of the answer. A sum is known where
    each of its parts is: where one has nothing in the time, nothing is known.

    Args:
        text: id, old id or number.
        begins, ends: days or instants (ISO); the last week that is known where both are absent, a week where one is.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``CURVE_TIME_INVALID``, ``CURVE_TOO_LONG``, ``COLUMNS_MISSING``,
            ``COLUMNS_DAMAGED``.
    """
    entity = seen.entity(text)
    zone = zone_of_home(seen)
    since, until = _seconds(begins, zone), _seconds(ends, zone)
    if since is not None and until is not None and until <= since:
        raise KehutuError("CURVE_TIME_INVALID", found=f"{begins} – {ends}", expected=_LATER)
    if since is not None and until is None:
        until = since + int(USUAL.total_seconds())
    if since is None and until is not None:
        since = until - int(USUAL.total_seconds())
    parts = _parts(seen, entity, since, until)
    name = names_of(seen, [entity])[entity].name
    every = [one for one, _ in parts.curves]
    if not every or parts.lacking:
        return _unknown(entity, name, (since, until), parts.origins)
    if since is None or until is None:
        until = min(int(one.at[-1] + MINUTE * one.minutes[-1]) for one in every)
        since = until - int(USUAL.total_seconds())
    begin, end = narrowed(every, since, until)
    # What is known lies between: an answer is refused before there is room for it.
    many = (end - begin) // (MINUTE * longest(every))
    if many > MOST:
        raise KehutuError("CURVE_TOO_LONG", found=many, most=MOST)
    grid = together(every, begin, end)
    basis = CurveBasis.PROFILE if any(stands_in for _, stands_in in parts.curves) else CurveBasis.MEASURED
    return _told(seen, entity, grid, name=name, basis=basis, asked=(since, until), origins=parts.origins)


_LATER: Final = Texts("an end after the beginning", "晚于起点的终点")
_TIME: Final = Texts(
    "a day or an instant like 2026-01-31 or 2026-01-31T08:00:00+08:00",
    "日期或时刻，形如 2026-01-31 或 2026-01-31T08:00:00+08:00",
)


def _seconds(text: str | None, zone: tzinfo) -> int | None:
    if text is None:
        return None
    try:
        if len(text) == 10:
            at = datetime.combine(date.fromisoformat(text), time(), zone)
        else:
            at = datetime.fromisoformat(text)
            at = at.replace(tzinfo=zone) if at.tzinfo is None else at
        at = at.astimezone(UTC)
        # A week about it is a time too: not for the first and the last days of the calendar.
        _ = at - USUAL, at + USUAL
        return int(at.timestamp())
    except (ValueError, OverflowError):
        raise KehutuError("CURVE_TIME_INVALID", found=text, expected=_TIME) from None


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _unknown(
    entity: EntityId, name: str, asked: tuple[int | None, int | None], origins: tuple[CurveOrigin, ...]
) -> LoadCurve:
    """Where nothing is known of a time."""
    return LoadCurve(
        id=entity,
        name=name,
        basis=None,
        minutes=None,
        begins=None if asked[0] is None else _instant(asked[0]),
        ends=None if asked[1] is None else _instant(asked[1]),
        points=(),
        known=0.0,
        energy=None,
        mean=None,
        peak=None,
        peak_at=None,
        lowest=None,
        load_factor=None,
        sources=origins,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Curves that add up, each with whether it stands in for readings. ``lacking``: a part of the sum has none."""

    curves: list[tuple[Curve, bool]]
    origins: tuple[CurveOrigin, ...]
    lacking: bool = False


def _parts(seen: Seen, entity: EntityId, since: int | None, until: int | None) -> _Parts:
    kind, day = type_of(entity, seen.schema).name, day_of(seen)
    points: list[str] = [entity] if kind == "ServicePoint" else []
    if kind != "ServicePoint":
        own = readings_of(seen, [entity], since, until)
        if kind == "Customer" and not own.by:
            points = [
                row.id for row in seen_queries.points_of_customer(seen, customer=entity, day=day.isoformat())
            ]
        if not points:
            return _Parts([(one, False) for one in own.by.values()], own.origins)
    meters: dict[str, list[str]] = {}
    for row in seen_queries.meters_at(seen, ids=points, day=day.isoformat()):
        meters.setdefault(row.point, []).append(row.id)
    asked = [*points, *(one for some in meters.values() for one in some)]
    read = readings_of(seen, asked, since, until)
    found: list[tuple[Curve, bool]] = []
    bare, lacking = [], False
    for point in points:
        parts = [point] if point in read.by else meters.get(point, [])
        known = [read.by[one] for one in parts if one in read.by]
        if known:
            found += [(one, False) for one in known]
            lacking |= len(known) < len(parts)
        else:
            bare.append(point)
    origins = read.origins
    if bare:
        stands, more = _profiles(seen, bare, since, until)
        found += [(one, True) for one in stands]
        lacking |= len(stands) < len(bare)
        origins += tuple(one for one in more if one not in origins)
    return _Parts(found, origins, lacking)


def _profiles(
    seen: Seen, points: list[str], since: int | None, until: int | None
) -> tuple[list[Curve], tuple[CurveOrigin, ...]]:
    """What stands in for the readings of service points: their profile times their contracted power."""
    wanted: Mapping[str, tuple[str, float]] = {
        row.id: (row.profile, float(row.power))
        for row in seen_queries.curve_points(seen, ids=points)
        if row.profile and row.power is not None
    }
    read = profiles_of(seen, sorted({profile for profile, _ in wanted.values()}), since, until)
    found = []
    for profile, power in wanted.values():
        curve = read.by.get(profile)
        if curve is not None:
            found.append(Curve(curve.at, curve.minutes, curve.power * power))
    return found, read.origins


def _told(
    seen: Seen,
    entity: EntityId,
    grid: Grid | None,
    *,
    name: str,
    basis: CurveBasis,
    asked: tuple[int, int],
    origins: tuple[CurveOrigin, ...],
) -> LoadCurve:
    power = np.zeros(0) if grid is None else grid.power
    known = np.flatnonzero(~np.isnan(power))
    if grid is None or not len(known):
        return _unknown(entity, name, asked, origins)
    at = grid.at
    some = power[known]
    peak = int(known[np.argmax(some)])
    shown = "usage" not in seen.masked
    hours = grid.minutes / 60
    top, mean = float(some.max()), float(some.mean())
    return LoadCurve(
        id=entity,
        name=name,
        basis=basis,
        minutes=grid.minutes,
        begins=_instant(asked[0]),
        ends=_instant(asked[1]),
        points=tuple(
            LoadPoint(
                _instant(int(at[k])),
                float(power[k]) if shown and not np.isnan(power[k]) else None,
            )
            for k in range(int(known[0]), int(known[-1]) + 1)
        ),
        known=min(float(len(known) * grid.minutes * MINUTE / (asked[1] - asked[0])), 1.0),
        energy=float(some.sum() * hours) if shown else None,
        mean=mean if shown else None,
        peak=top if shown else None,
        peak_at=_instant(int(at[peak])) if shown else None,
        lowest=float(some.min()) if shown else None,
        load_factor=mean / top if shown and top > 0 else None,
        sources=origins,
    )
