"""What a part of a run declares: its tables, how it is computed, and what it tells. All else follows from that.

``analyse`` computes every part in order, a load lets every part go on, and storage, the run's identity, the report, its
history and the figures of a monitor walk the same list (``services.risk.registry``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar, cast

import pyarrow as pa

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY, Probability
from graph.arrays import Ints
from services.engines.protocol import Engine
from services.exposure.model import Exposure
from services.site import Site

V = TypeVar("V")

Columns: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Arrays by table and column."""
Tables: TypeAlias = Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a run with the columns that a part has in it; several parts may share one, a column each its own."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """What the parts of a run are made of.

    ``parameters``: of weights and inputs. ``exposure``: the inputs of risk; absent where a run only takes another
    judgement in. ``probability``, ``fit``: g, and the version of the fit that it and the parameters come from.
    ``finder``, ``engine``: where communities are found, and its name. ``gathered``: by part, what it has read itself.
    """

    parameters: RiskParameters
    exposure: Exposure | None
    probability: Probability = IDENTITY
    fit: str | None = None
    finder: Engine | None = None
    engine: str = "local"
    gathered: Mapping[str, Any] = field(default_factory=dict)

    @property
    def inputs(self) -> Exposure:
        """The inputs of risk, for parts that are computed of them.

        Raises:
            ValueError: there are none; such a run takes those parts over as they are.
        """
        if self.exposure is None:
            raise ValueError(
                "Basis.exposure is None: a part that is computed of the inputs of risk needs them"
            )
        return self.exposure

    @property
    def community_engine(self) -> Engine:
        """Where communities are found.

        Raises:
            ValueError: there is none; only a run that is continued needs none.
        """
        if self.finder is None:
            raise ValueError("Basis.finder is None: a run that finds communities anew needs an engine")
        return self.finder


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What parts have found, by their names."""

    values: Mapping[str, Any]

    def of(self, part: Part[V]) -> V:
        """What a part has found."""
        return cast(V, self.values[part.name])

    def has(self, part: Part[Any]) -> bool:
        """Whether the part is among them: a run that was made before there was such a part lacks it."""
        return part.name in self.values


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """The run that is continued. ``place``: where each of its parties stands now, -1 where the party is gone."""

    found: Found
    place: Ints


class Part(ABC, Generic[V]):
    """One part of every run. ``V``: what it finds. One that lacks :meth:`compute`, :meth:`columns` or :meth:`read`
    cannot be made.

    ``name``: in the head of a run and in reports. ``tables``: its own, or its columns of others'. ``needed``: a run
    without its tables, which an earlier program made, cannot be read; any other is read as far as it goes.
    ``phase``: what progress is told while it is computed. ``full_only``: a full run alone computes it; a continued run
    has it where the run before has it.
    """

    name: str
    tables: tuple[Table, ...] = ()
    needed: bool = False
    phase: str = ""
    full_only: bool = False

    def __init_subclass__(cls) -> None:
        """Raises TypeError: the part has no name, by which a run's head and its reports know it."""
        if not getattr(cls, "name", ""):
            raise TypeError(f"{cls.__name__}: a part of a run has a name")
        super().__init_subclass__()

    def gather(self, site: Site, basis: Basis) -> Any:
        """What it reads besides the inputs of risk; the only step with effects. None: nothing."""
        return None

    @abstractmethod
    def compute(self, basis: Basis, found: Found) -> V:
        """What it finds; the parts before it have found theirs."""

    def go_on(self, basis: Basis, before: Before, found: Found) -> V:
        """The same after a load, from what the run before had found."""
        return self.compute(basis, found)

    @abstractmethod
    def columns(self, value: V) -> Columns:
        """What it has found as columns of its tables."""

    def kept(self, tables: Tables) -> bool:
        """Whether a run has what :meth:`read` needs; one that an earlier program made may lack it."""
        return all(
            table.name in tables and {*table.columns} <= {*tables[table.name].column_names}
            for table in self.tables
        )

    @abstractmethod
    def read(self, tables: Tables, probability: Probability) -> V:
        """The inverse of :meth:`columns`. ``probability``: g of the run, which its head holds."""

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any] | None:
        """Its ``algorithm`` and ``parameters`` for the head of a run; None: it is not listed there."""
        return None

    def report(self, basis: Basis, found: Found) -> object | None:
        """What ``analyse`` tells of it, a data class; None: nothing."""
        return None

    def digest(self, basis: Basis) -> bytes:
        """What makes another run of it though its tables are equal."""
        return b""
