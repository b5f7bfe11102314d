"""What answers say of parties that fail together: a mutual set, or a guarantee circle."""

from __future__ import annotations

from dataclasses import dataclass

from services.names import Named
from terms.money import Money


@dataclass(frozen=True, slots=True)
class Sampling:
    """Between which limits a chance lies that was found by draws: two standard deviations on either side."""

    low: float
    """The lower limit, 0 to 1."""
    high: float
    """The upper limit, 0 to 1."""
    draws: int
    """Number of draws."""


@dataclass(frozen=True, slots=True)
class EverythingJoint:
    """The chance of a party when all that reaches it is drawn together, so that no circle is left out."""

    chance: float
    """The chance that the party fails, 0 to 1."""
    sampling: Sampling
    """Between which limits it lies."""


@dataclass(frozen=True, slots=True)
class FirstMover:
    """A member that fails by itself or from outside, before the others do."""

    party: Named
    """The member."""
    share: float
    """How often it starts where at least one fails; several may start at once, so shares may add up to more than 1."""


@dataclass(frozen=True, slots=True)
class Release:
    """What changes if one party no longer guarantees for another."""

    guarantor: Named
    """The party that would be released."""
    borrower: Named
    """The party that it guarantees for."""
    all_fail: float
    """The chance that all members fail then."""
    failures_if_any: float
    """How many members fail on average then, where at least one does."""
    effect: Money
    """By how much the utility's expected loss would fall, over all parties."""


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """Parties that hang on each other closely, and what they do together. Members in default already are not counted
    in the figures."""

    id: str
    """Id of the group: that of its first member."""
    size: int
    """Number of members."""
    members: tuple[Named, ...]
    """The members, by id."""
    any_fails: float
    """The chance that at least one member fails within twelve months."""
    all_fail: float
    """The chance that all members fail."""
    failures_if_any: float
    """How many fail on average where at least one does."""
    first_movers: tuple[FirstMover, ...]
    """Who starts, the most frequent first."""
    releases: tuple[Release, ...]
    """What releasing a guarantee among the members would change, the largest effect first; of many guarantees those
    that weigh most are tried."""
    sampling: Sampling | None
    """Limits of the chance that at least one fails, where outcomes were drawn; absent where they are exact."""
