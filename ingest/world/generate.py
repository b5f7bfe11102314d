"""Make a world and write it down: Parquet tables, a manifest that loads them, and the truth in a folder of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ingest.world import (
    consumers,
    credit,
    enterprises,
    links,
    network,
    organisations,
    register,
    staff,
    supply,
)
from ingest.world.calendar import SHOWN, WARM_UP
from ingest.world.economy import simulate
from ingest.world.layout import TABLES
from ingest.world.supply import GRID_TABLES, Places, ServicePoint
from ingest.world.world import Output, World

ORGANISATIONS = 0.12
"""Share of the customers that are organisations."""

LEAST = 100
"""Customers of the smallest world: below that no ring of guarantees fits."""


@dataclass(frozen=True, slots=True)
class WorldReport:
    """What was made. ``rows``: by table; ``truth``: folder that no manifest names."""

    manifest: Path
    truth: Path
    customers: int
    seed: int
    rows: dict[str, int]


def generate(
    folder: Path, *, customers: int, seed: int, points: Sequence[ServicePoint] = (), months: int = SHOWN
) -> WorldReport:
    """Write the world of ``seed`` into a folder. Everything in it is invented; the manifest says ``synthetic``.

    Args:
        folder: is made when absent; files of an earlier world are replaced.
        customers: at least 100; about 88 % homes, the others sites of enterprises.
        months: the last months whose bills and payments are written, 1 to 24; fewer make a smaller load of as many
            customers.
        points: where they are supplied; empty = a plain grid of the world's own, written with it.
    Returns:
        The report; equal arguments give equal bytes.

    Memory is bounded by the enterprises (about 1.5 kB each) and one block of homes; see docs/worlds.md.
    """
    if customers < LEAST:
        raise ValueError(f"a world has at least {LEAST} customers")
    if not 1 <= months <= SHOWN:
        raise ValueError(f"bills of 1 to {SHOWN} months can be written")
    sites = round(ORGANISATIONS * customers)
    households = customers - sites
    folder.mkdir(parents=True, exist_ok=True)
    layout = TABLES if points else {**TABLES, **GRID_TABLES}
    with Output(folder, layout) as output:
        places = (
            supply.given(points, sites, seed)
            if points
            else supply.build(output.tables, customers, sites, seed)
        )
        world = _make(seed, households, sites, places, months)
        register.write(world, output)
        credit.write(world, output)
        organisations.write(world, output)
        consumers.write(world, output)
        staff.write(world, output)
        network.write(world, output, output.load)
    manifest = folder / "world.yaml"
    text = resources.files("ingest.manifests").joinpath("world/world.yaml").read_text(encoding="utf-8")
    if not points:
        text += resources.files("ingest.manifests").joinpath("world/grid.yaml").read_text(encoding="utf-8")
    manifest.write_text(text, encoding="utf-8")
    return WorldReport(manifest, folder / "truth", customers, seed, output.tables.rows)


def _make(seed: int, households: int, organisations: int, places: Places, months: int) -> World:
    firms = enterprises.make(seed, organisations)
    ties = links.make(seed, firms, households)
    residents = consumers.residents(seed, households, firms, ties.leaders)
    return World(
        seed=seed,
        firms=firms,
        links=ties,
        economy=simulate(seed, firms, ties, cut_off_month=WARM_UP + SHOWN - 1),
        places=places,
        months=months,
        residents=residents,
        register=register.register(seed, firms, ties, residents.person),
    )
