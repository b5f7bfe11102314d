"""From load curves to the form of each customer's: the readings of its service points and meters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
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
POINTS: Final = ("ServicePoint", "Meter")


def load_forms(
    site: Site, table: NodeTable, customers: Sequence[str], day: np.datetime64
) -> LoadForms | None:
    """The form of each customer's load curve in the year up to a day; None where the site has no curves.

    A customer's curve is its own readings, else the sum of its service points'; that of a service point its own
    readings, else the sum of its meters'. A profile is no reading: it is the same for all who were given it, and says
    nothing of any of them.

    Args:
        table: the customers of the graph. ``customers``: those that are asked for.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``, ``STORE_CHANGED``, ``COLUMNS_MISSING``, ``COLUMNS_DAMAGED``.
    """
    known = curves.elements_of(site.ledger)
    if not known or not customers:
        return None
    own = aliases.ids_of(site.ledger, sorted(key for key in known if not key.startswith(curves.PREFIX)))
    keys: dict[str, list[str]] = {}
    for key, name in sorted(own.items()):
        keys.setdefault(name, []).append(key)
    parts = _parts(site, table, customers, day=day, known=keys.keys())
    wanted = sorted({some for some in parts if some})
    place = {some: at for at, some in enumerate(wanted)}
    form = np.array([place[some] if some else -1 for some in parts], dtype=np.int64)
    figures = np.full((len(wanted), len(NAMES)), np.nan)
    offset = _offset(site, day)
    ends = int((day + np.timedelta64(1, "D")).astype("datetime64[s]").astype(np.int64)) - offset
    for some, found in _curves(site, wanted, keys, ends):
        figures[place[some]] = _figures(found, some, offset)
    return LoadForms(form, figures)


def _parts(
    site: Site,
    table: NodeTable,
    customers: Sequence[str],
    *,
    day: np.datetime64,
    known: Set[str],
) -> list[tuple[str, ...]]:
    """Ids of what each customer's curve is the sum of; nothing where one of its points or meters has none."""
    tables = {name: nodes(site.store, site.schema, name) for name in POINTS}
    tables["Customer"] = table
    points, meters = tables["ServicePoint"], tables["Meter"]
    has = read_running(site, tables, "HAS_METER", "ServicePoint", "Meter", day=day)
    below: dict[int, list[list[str]]] = {}
    for point, meter in zip(has.source.tolist(), has.target.tolist(), strict=True):
        below.setdefault(point, []).append(_own(known, meters.ids[meter]))
    of_point = [_own(known, name) or list(_sum(below.get(at, []))) for at, name in enumerate(points.ids)]
    supplied = read_running(site, tables, "SUPPLIED_AT", "Customer", "ServicePoint", day=day)
    found: dict[str, list[list[str]]] = {}
    names = tables["Customer"].ids
    for customer, point in zip(supplied.source.tolist(), supplied.target.tolist(), strict=True):
        found.setdefault(names[customer], []).append(of_point[point])
    return [tuple(_own(known, name)) or _sum(found.get(name, [])) for name in customers]


def _own(known: Set[str], name: str) -> list[str]:
    return [name] if name in known else []


def _sum(points: Sequence[Sequence[str]]) -> tuple[str, ...]:
    return tuple(sorted({one for some in points for one in some})) if all(points) else ()


def _curves(
    site: Site, wanted: Sequence[tuple[str, ...]], keys: Mapping[str, Sequence[str]], ends: int
) -> Iterator[tuple[tuple[str, ...], dict[str, Curve]]]:
    """The curves of each sum in the year that ends with a second."""
    for begin in range(0, len(wanted), BATCH):
        batch = wanted[begin : begin + BATCH]
        read = _read(site, {key: one for some in batch for one in some for key in keys[one]}, ends)
        for some in batch:
            yield some, {one: read[one] for one in some if one in read}


def _read(site: Site, names: Mapping[str, str], ends: int) -> dict[str, Curve]:
    found, _ = curves.read(site.ledger, names, ends - YEAR, ends)
    return {found.elements[at]: _curve(found, at) for at in np.unique(found.element).tolist()}


def _curve(found: curves.Intervals, at: int) -> Curve:
    first, last = np.searchsorted(found.element, [at, at + 1]).tolist()
    return Curve(found.at[first:last], found.minutes[first:last], found.value[first:last])


def _figures(found: Mapping[str, Curve], parts: tuple[str, ...], offset: int) -> Floats:
    """Where a part is not known nothing is."""
    if len(found) < len(parts):
        return np.full(len(NAMES), np.nan)
    every = [found[one] for one in parts]
    ends = max(int(one.at[-1]) + 60 * int(one.minutes[-1]) for one in every)
    grid = together(every, ends - YEAR, ends)
    if grid is None:
        return np.full(len(NAMES), np.nan)
    return figures_of(grid.power, grid.minutes, grid.begins + offset)


def _offset(site: Site, day: np.datetime64) -> int:
    """Seconds of local time before UTC on the day; summer times of the year before are not told apart."""
    noon = day.astype("datetime64[s]").item().replace(hour=12, tzinfo=site.ledger.zone)
    return int(noon.utcoffset().total_seconds())
