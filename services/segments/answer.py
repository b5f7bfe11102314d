"""What answers about classes of customers hold; the names are those of the GraphQL fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from services.names import Named

LOOSE = 0.75
"""A class whose stability is below is told as loose."""


class ServiceTier(Enum):
    """How far service is made to measure."""

    STANDARD = "standard"
    DIFFERENTIATED = "differentiated"
    CUSTOMISED = "customised"


class ContributionBand(Enum):
    """A third of all customers by lifetime value."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


class Perspective(Enum):
    """A side of the balanced scorecard."""

    FINANCE = "finance"
    CUSTOMER = "customer"
    PROCESS = "process"
    GROWTH = "growth"


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """Where a customer stands in one dimension."""

    name: str
    """The dimension, in the language of the asker."""
    value: float
    """Mean rank of its features that have a better and a worse side, among all customers: 0 the worst, 0.5 the middle,
    1 the best."""


class ChangeDirection(Enum):
    """Whether a change is one to work for."""

    BETTER = "better"
    """Better for both sides: to be worked for."""
    NEITHER = "neither"
    """Neither better nor worse."""
    WORSE = "worse"
    """Worse for one side: to be kept from, no advice."""
    UNKNOWN = "unknown"
    """Nobody knows the feature yet: to be asked."""


@dataclass(frozen=True, slots=True)
class ClassChange:
    """A single feature that would put a customer into another class."""

    text: str
    """The change in words."""
    direction: ChangeDirection
    """Whether it is one to work for."""
    to: str
    """Name of the class that it would be in."""


@dataclass(frozen=True, slots=True)
class CustomerSegment:
    """The class of a customer in the current run, with its reasons."""

    id: str
    """Id of the class, the same in later runs."""
    name: str
    """Name of the class; one that is like no prototype says that it is unnamed."""
    dimensions: tuple[DimensionValue, ...]
    """Where the customer stands in each dimension."""
    reasons: tuple[str, ...]
    """The rule that it follows, then the features that speak most for its class, against the middle of all."""
    strength: float
    """Share of five refits that give it this class, 0 to 1."""
    nearest: str | None
    """Name of the nearest other class."""
    would_change: tuple[str, ...]
    """What would put it into another class, in words: each of ``changes``."""
    changes: tuple[ClassChange, ...]
    """Single features that would put it into another class, each tried: changes for the better, those that are neither,
    then those for the worse, of each kind the smallest first; and what is unknown and could."""
    tier: ServiceTier
    """Which service it gets, by the declared rule."""
    contact_person: bool
    """Whether it has a person of contact."""
    contribution: ContributionBand | None
    """Its third by lifetime value; absent where that is unknown."""
    ask: tuple[str, ...]
    """What a visit or survey should ask: features that are missing, those that could say most first."""


@dataclass(frozen=True, slots=True)
class ScorecardFigure:
    """A figure of a class: the mean of a feature over its customers."""

    perspective: Perspective
    """The side of the scorecard."""
    figure: str
    """What it is, in the language of the asker."""
    value: float | None
    """The mean; absent where it is known of nobody."""
    unit: str
    """Unit of the value."""
    movement: float | None
    """Value less that of the same class in the full run before; absent where there is none."""
    definition: str
    """How it is found: window and source."""


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """A rule that customers of the class follow."""

    text: str
    """The rule in words."""
    coverage: float
    """Share of the class's customers that follow it."""
    counter_examples: int
    """Customers that follow it and are of another class."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A class of customers. It keeps its id from run to run while most of its members stay together."""

    id: str
    """Id, the same in later runs."""
    name: str
    """Name; one that is like no prototype says that it is unnamed."""
    size: int
    """Number of customers."""
    tier: ServiceTier
    """The tier that most of its customers get."""
    scorecard: tuple[ScorecardFigure, ...]
    """Its figures."""
    rules: tuple[SegmentRule, ...]
    """Its rules, the widest first."""
    stability: float
    """Mean best Jaccard similarity over five refits, 0 to 1; from .75 on it is firm."""
    event: str | None
    """What became of it since the full run before: born, continued, grew, shrank, merged, split."""


@dataclass(frozen=True, slots=True)
class SegmentMove:
    """That a customer is in another class than in the full run before, and why."""

    customer: Named
    """Who moved."""
    from_: str
    """Name of the class before."""
    to: str
    """Name of the class now."""
    reasons: tuple[str, ...]
    """The features that moved it; or that its features stayed and the classes shifted."""
