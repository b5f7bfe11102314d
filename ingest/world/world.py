"""The world as a whole, between being made and being written down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingest.world.calendar import MONTHS
from ingest.world.draws import Floats, Ints
from ingest.world.economy import Economy
from ingest.world.enterprises import Enterprises
from ingest.world.layout import TRUTH, Tables
from ingest.world.links import Links
from ingest.world.supply import Places


@dataclass(frozen=True, slots=True)
class Register:
    """Columns by enterprise (codes, names) and by leader (``identities``, ``persons``: their numbers)."""

    codes: pa.Array
    names: pa.Array
    persons: Ints
    identities: pa.Array


@dataclass(frozen=True, slots=True)
class Residents:
    """By consumer customer: the person behind it and the enterprise that pays the wages (-1 = none we know)."""

    person: Ints
    employer: Ints


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is not drawn block by block. ``months``: the last ones whose bills are written."""

    seed: int
    firms: Enterprises
    links: Links
    economy: Economy
    places: Places
    residents: Residents
    register: Register
    months: int

    @property
    def households(self) -> int:
        """Number of consumer customers; organisation customers are numbered after them."""
        return len(self.residents.person)

    @property
    def customers(self) -> int:
        """Number of all customers."""
        return self.households + int(self.firms.sites.sum())

    def points(self, customers: Ints) -> Ints:
        """Service points (positions in ``places``) of customers by their number."""
        homes, premises = self.places.homes, self.places.premises
        at_home = homes[np.minimum(customers, self.households) % len(homes)]
        at_work = premises[np.maximum(customers - self.households, 0) % len(premises)]
        return np.asarray(np.where(customers < self.households, at_home, at_work))


class Output:
    """Where a world is written: the tables that a manifest loads, and the truth that none does.

    ``load``: transformers x months, what the customers written so far use.
    """

    def __init__(self, folder: Path, layout: dict[str, dict[str, pa.DataType]]) -> None:
        self.tables = Tables(folder, layout)
        self.truth = Tables(folder / "truth", TRUTH)
        self.load: Floats = np.zeros((0, MONTHS))

    def add_load(self, world: World, points: Ints, energy: Floats) -> None:
        """Count the energy of customers (n x months, kWh) at the transformers of their service points."""
        if not len(self.load):
            self.load = np.zeros((len(world.places.transformers), MONTHS))
        transformer = world.places.transformer_of[points]
        known = transformer >= 0
        np.add.at(self.load, transformer[known], energy[known])

    def __enter__(self) -> Output:
        return self

    def __exit__(self, *error: object) -> None:
        self.tables.close()
        self.truth.close()
