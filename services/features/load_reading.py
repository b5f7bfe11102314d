"""From load curves to the form of each customer's: readings of its service points and meters, or their profiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from algorithms.curve_grid import Curve, together
from algorithms.customer_features.load import NAMES, LoadForms, figures_of
from graph.arrays import Floats
from graph.project import NodeTable, nodes
from ledger import aliases, curves
from services.exposure.tables import read_running
from services.site import Site

YEAR: Final = 365 * 86_400
BATCH: Final = 500
"""Elements whose curves are held at once: a year of a quarter of an hour each is 17 million readings."""
POINT: Final = {"ServicePoint": ("profile", "contractedPower"), "Meter": ()}

Part = tuple[str, float]
"""Key of what a curve is read by, and what it is multiplied with."""


def load_forms(
    site: Site, table: NodeTable, customers: Sequence[str], day: np.datetime64
) -> LoadForms | None:
    """The form of each customer's load curve in the year up to a day; None where the site has no curves.

    A customer's curve is the sum of its service points'; that of a service point its own readings, else the sum of its
    meters', else its profile times its contracted power. Customers of one profile alone share one form.

    Args:
        table: the customers of the graph. ``customers``: those that are asked for.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``, ``STORE_CHANGED``, ``COLUMNS_MISSING``, ``COLUMNS_DAMAGED``.
    """
    known = curves.elements_of(site.ledger)
    if not known or not customers:
        return None
    own = aliases.ids_of(site.ledger, sorted(key for key in known if not key.startswith(curves.PREFIX)))
    keys = {str(name): key for key, name in sorted(own.items(), reverse=True)}
    parts = _parts(site, table, customers, day=day, known=known, keys=keys)
    wanted = sorted({some for some in parts if some})
    place = {some: at for at, some in enumerate(wanted)}
    form = np.array([place[some] if some else -1 for some in parts], dtype=np.int64)
    figures = np.full((len(wanted), len(NAMES)), np.nan)
    offset = _offset(site, day)
    for some, found in _curves(site, wanted, day):
        figures[place[some]] = _figures(found, some, offset)
    return LoadForms(form, figures)


def _parts(
    site: Site,
    table: NodeTable,
    customers: Sequence[str],
    *,
    day: np.datetime64,
    known: set[str],
    keys: Mapping[str, str],
) -> list[tuple[Part, ...]]:
    """What each customer's curve is the sum of, by key."""
    tables = {name: nodes(site.store, site.schema, name, columns) for name, columns in POINT.items()}
    tables["Customer"] = table
    points, meters = tables["ServicePoint"], tables["Meter"]
    has = read_running(site, tables, "HAS_METER", "ServicePoint", "Meter", day=day)
    below: dict[int, list[str]] = {}
    for point, meter in zip(has.source.tolist(), has.target.tolist(), strict=True):
        if meters.ids[meter] in keys:
            below.setdefault(point, []).append(keys[meters.ids[meter]])
    of_point = [_of_point(points, at, known, keys, below.get(at, [])) for at in range(len(points))]
    supplied = read_running(site, tables, "SUPPLIED_AT", "Customer", "ServicePoint", day=day)
    found: dict[str, list[Part]] = {}
    names = tables["Customer"].ids
    for customer, point in zip(supplied.source.tolist(), supplied.target.tolist(), strict=True):
        found.setdefault(names[customer], []).extend(of_point[point])
    return [_plain(found.get(name, [])) for name in customers]


def _of_point(
    points: NodeTable, at: int, known: set[str], keys: Mapping[str, str], meters: list[str]
) -> list[Part]:
    if points.ids[at] in keys:
        return [(keys[points.ids[at]], 1.0)]
    if meters:
        return [(key, 1.0) for key in meters]
    profile = f"{curves.PREFIX}{points.columns['profile'][at]}"
    power = float(points.columns["contractedPower"][at])
    return [(profile, power)] if profile in known and power > 0 else []


def _plain(parts: list[Part]) -> tuple[Part, ...]:
    """In one order; the form of one profile hangs on no power."""
    if len(parts) == 1:
        return ((parts[0][0], 1.0),)
    return tuple(sorted(parts))


def _curves(
    site: Site, wanted: Sequence[tuple[Part, ...]], day: np.datetime64
) -> Iterator[tuple[tuple[Part, ...], dict[str, Curve]]]:
    """The curves of each sum: of readings the year up to the day, of profiles all there is."""
    ends = int((day + np.timedelta64(1, "D")).astype("datetime64[s]").astype(np.int64))
    profiles = _read(site, {key for some in wanted for key, _ in some if key.startswith(curves.PREFIX)}, None)
    for begin in range(0, len(wanted), BATCH):
        batch = wanted[begin : begin + BATCH]
        keys = {key for some in batch for key, _ in some} - profiles.keys()
        read = _read(site, keys, (ends - YEAR, ends)) | profiles
        for some in batch:
            yield some, {key: read[key] for key, _ in some if key in read}


def _read(site: Site, keys: set[str], bounds: tuple[int, int] | None) -> dict[str, Curve]:
    found, _ = curves.read(site.ledger, keys, *(bounds or (None, None)))
    return {found.elements[at]: _curve(found, at) for at in np.unique(found.element).tolist()}


def _curve(found: curves.Intervals, at: int) -> Curve:
    first, last = np.searchsorted(found.element, [at, at + 1]).tolist()
    return Curve(found.at[first:last], found.minutes[first:last], found.value[first:last])


def _figures(found: Mapping[str, Curve], parts: tuple[Part, ...], offset: int) -> Floats:
    """Where a part is not known nothing is."""
    if len(found) < len({key for key, _ in parts}):
        return np.full(len(NAMES), np.nan)
    every = [Curve(found[key].at, found[key].minutes, factor * found[key].power) for key, factor in parts]
    ends = max(int(one.at[-1]) + 60 * int(one.minutes[-1]) for one in every)
    grid = together(every, ends - YEAR, ends)
    if grid is None:
        return np.full(len(NAMES), np.nan)
    return figures_of(grid.power, grid.minutes, grid.begins + offset)


def _offset(site: Site, day: np.datetime64) -> int:
    """Seconds of local time before UTC on the day; summer times of the year before are not told apart."""
    noon = day.astype("datetime64[s]").item().replace(hour=12, tzinfo=site.ledger.zone)
    return int(noon.utcoffset().total_seconds())
