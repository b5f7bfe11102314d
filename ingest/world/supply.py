"""Where the customers are supplied: at service points that are given, or in a plain grid of the world's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.world.draws import Ints, stream
from ingest.world.layout import Tables
from ingest.world.numbers import prefixed

_T, _F = pa.string(), pa.float64()

GRID_TABLES: dict[str, dict[str, pa.DataType]] = {
    "areas": {"area_code": _T, "name": _T, "path": _T, "part_of": _T},
    "substations": {"substation_no": _T, "name": _T, "region": _T},
    "feeders": {"line_no": _T, "name": _T, "region": _T, "length": _F, "substation_no": _T},
    "transformers": {"transformer_no": _T, "region": _T, "rated_power": _F, "line_no": _T},
    "service_points": {
        "service_point_no": _T, "region": _T, "contracted_power": _F, "transformer_no": _T,
    },
}  # fmt: skip
"""Tables of a grid of the world's own; every element names the one that feeds it."""

_POINTS, _TRANSFORMERS, _FEEDERS = 60, 12, 8  # of a transformer, a feeder, a substation


@dataclass(frozen=True, slots=True)
class ServicePoint:
    """A place where a customer can be supplied. ``region``: path of its area. ``business``: meant for one.
    ``transformer``: number of the one that feeds it, where known."""

    number: str
    region: str = ""
    business: bool = False
    transformer: str = ""


@dataclass(frozen=True, slots=True)
class Places:
    """Service points as columns. ``region_of``, ``transformer_of``: positions in ``regions``, ``transformers``
    (-1 = not known)."""

    numbers: pa.Array
    regions: list[str]
    region_of: Ints
    transformers: pa.Array
    transformer_of: Ints
    homes: Ints  # positions for homes, the ones nobody else takes first
    premises: Ints  # positions for organisations


def given(points: Sequence[ServicePoint], organisations: int, seed: int) -> Places:
    """Points that exist already; businesses take theirs first and no two share one while there are enough."""
    regions = sorted({p.region for p in points})
    position = {region: i for i, region in enumerate(regions)}
    business = np.array([p.business for p in points])
    transformers = sorted({p.transformer for p in points} - {""})
    feeder = {number: i for i, number in enumerate(transformers)}
    rng = stream(seed, "places")
    order = np.concatenate(
        [rng.permutation(np.flatnonzero(business)), rng.permutation(np.flatnonzero(~business))]
    )
    return Places(
        numbers=pa.array([p.number for p in points], pa.string()),
        regions=regions,
        region_of=np.array([position[p.region] for p in points], dtype=np.int64),
        transformers=pa.array(transformers, pa.string()),
        transformer_of=np.array([feeder.get(p.transformer, -1) for p in points], dtype=np.int64),
        homes=_rest(order, organisations),
        premises=order[:organisations] if organisations <= len(order) else np.resize(order, organisations),
    )


def build(tables: Tables, customers: int, organisations: int, seed: int) -> Places:
    """A grid of the world's own: substations, feeders, transformers and a point for each customer, written down."""
    points = np.arange(customers, dtype=np.int64)
    transformers = np.arange(-(-customers // _POINTS), dtype=np.int64)
    feeders = np.arange(-(-len(transformers) // _TRANSFORMERS), dtype=np.int64)
    substations = np.arange(-(-len(feeders) // _FEEDERS), dtype=np.int64)
    rng = stream(seed, "grid")
    regions = [f"yunze/{i + 1:04d}/" for i in range(len(substations))]
    region_names = pa.array(regions)
    tables.write(
        "areas",
        {
            "area_code": ["yunze", *(f"{i + 1:04d}" for i in substations)],
            "name": ["云泽市", *(f"云泽第{i + 1}供电所" for i in substations)],
            "path": ["yunze/", *regions],
            "part_of": ["", *("yunze" for _ in substations)],
        },
    )
    numbers = {
        "substation": prefixed("S", substations, 5),
        "feeder": prefixed("F", feeders, 6),
        "transformer": prefixed("T", transformers, 7),
        "point": prefixed("P", points, 9),
    }
    tables.write(
        "substations",
        {
            "substation_no": numbers["substation"],
            "name": [f"云泽{i + 1}号变电站" for i in substations],
            "region": region_names,
        },
    )
    tables.write(
        "feeders",
        {
            "line_no": numbers["feeder"],
            "name": [f"云泽{i // _FEEDERS + 1}站{i % _FEEDERS + 1}线" for i in feeders],
            "region": region_names.take(pa.array(feeders // _FEEDERS)),
            "length": np.round(rng.uniform(800, 12_000, len(feeders))),
            "substation_no": numbers["substation"].take(pa.array(feeders // _FEEDERS)),
        },
    )
    feeder_of = transformers // _TRANSFORMERS
    tables.write(
        "transformers",
        {
            "transformer_no": numbers["transformer"],
            "region": region_names.take(pa.array(feeder_of // _FEEDERS)),
            "rated_power": rng.choice([200.0, 315.0, 400.0, 630.0], len(transformers)),
            "line_no": numbers["feeder"].take(pa.array(feeder_of)),
        },
    )
    region_of = points // (_POINTS * _TRANSFORMERS * _FEEDERS)
    for start in range(0, customers, 100_000):
        part = points[start : start + 100_000]
        tables.write(
            "service_points",
            {
                "service_point_no": numbers["point"].take(pa.array(part)),
                "region": region_names.take(pa.array(region_of[part])),
                "contracted_power": rng.choice([4.0, 6.0, 8.0, 20.0], len(part), p=[0.3, 0.4, 0.2, 0.1]),
                "transformer_no": numbers["transformer"].take(pa.array(part // _POINTS)),
            },
        )
    order = rng.permutation(points)
    return Places(
        numbers=numbers["point"],
        regions=regions,
        region_of=region_of,
        transformers=numbers["transformer"],
        transformer_of=points // _POINTS,
        homes=_rest(order, organisations),
        premises=order[:organisations],
    )


def _rest(order: Ints, taken: int) -> Ints:
    return order[taken:] if taken < len(order) else order
