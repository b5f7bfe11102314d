"""What answers about communities hold; the names are those of the GraphQL fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from algorithms.communities.stability import LOOSE
from services.arrears.answer.model import RunName
from services.community_names import SharedTrait, TraitKind
from terms.money import Money

__all__ = [
    "LOOSE",
    "Community",
    "CommunityChange",
    "CommunityEvent",
    "CommunityEventKind",
    "CommunityOf",
    "MovePart",
    "MoveReason",
    "OtherCommunity",
    "SharedTrait",
    "TraitKind",
]


class CommunityEventKind(Enum):
    """What became of a community since the full run before."""

    BORN = "born"
    CONTINUED = "continued"
    GREW = "grew"
    SHRANK = "shrank"
    MERGED = "merged"
    SPLIT = "split"
    DIED = "died"


class CommunityOf(Enum):
    """Whose communities."""

    PARTIES = "parties"
    """Persons, enterprises, and customers whose party is unknown, linked by risk."""
    CUSTOMERS = "customers"
    """Contracts of supply, linked by what they share: the party, a place, a contact, a transformer."""


class MoveReason(Enum):
    """What speaks for another community than before."""

    OWN_LINKS = "own_links"
    """Links of the party came, went or changed their weight."""
    NEIGHBOURS = "neighbours"
    """Parties that it is linked with are in another community than before."""
    SIZE = "size"
    """The communities, or the network as a whole, grew or shrank."""


@dataclass(frozen=True, slots=True)
class Community:
    """A community of parties or customers. It keeps its id from run to run while most of its members stay together."""

    id: str
    """Id, the same in later runs."""
    name: str
    """What its members have in common, at most two things, and the member that stands for it: at first the one with
    the largest expected loss. It stays from run to run as long as that holds. Nothing is named that the asker does not
    see in clear; one with members that the asker does not see is named by its id."""
    description: str | None
    """What its members have in common, in a sentence; absent where the asker does not see all of them."""
    traits: tuple[SharedTrait, ...]
    """The same as values: at least half of five or more members have each, twice as many as elsewhere."""
    of: CommunityOf
    """Whether it is one of parties or of customers."""
    size: int
    """Number of members."""
    risk: float
    """Mean score of its members; a customer has its party's."""
    expected_loss: Money
    """Sum of its members' expected losses; a customer has its part of its party's."""
    stability: float | None
    """How well it comes back when a few links are missing, 0 to 1; below 0.6 it is loose. Absent for one that a load
    has brought since the last full run, and where the asker does not see all members."""


@dataclass(frozen=True, slots=True)
class OtherCommunity:
    """A community that another one was merged from or split into."""

    id: str
    """Id of the community."""
    name: str
    """Named as in the run that had it; its id where that run cannot be read."""


@dataclass(frozen=True, slots=True)
class CommunityEvent:
    """What became of a community from one full run to the next; once for each that it came from or went to."""

    event: CommunityEventKind
    """What became of it."""
    run: RunName
    """The run in which it was so first."""
    other: OtherCommunity | None
    """One that it was merged from or split into."""
    share: float | None
    """Merged: the share of the other's members that came. Split: the share of its own that went there."""


@dataclass(frozen=True, slots=True)
class MovePart:
    """One reason for a move. The shares of all reasons add up to 1, but for one that there is nothing to share of."""

    reason: MoveReason
    """What changed."""
    share: float
    """Its part of the change; below 0 where it speaks against the move."""
    weight: float
    """The same in weight of links."""


@dataclass(frozen=True, slots=True)
class CommunityChange:
    """That a party is in another community than in the full run before, and why."""

    from_: str
    """Id of its community before."""
    to: str
    """Id of its community now."""
    run: RunName
    """The run in which it moved."""
    parts: tuple[MovePart, ...]
    """Why, the largest share first."""
