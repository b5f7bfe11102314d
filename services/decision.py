"""What every answer that decides something has in common: a figure, why it is so, whence, and what would change it.

The fields of answers keep the names of their contract (``expectedLoss``, ``paths``, ``totalLoss``, ``hits``, ...). An
answer says once, in :attr:`Explained.decision`, which of them is the figure and which are its reasons, so that whoever
checks, prints or counts answers need not know each of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeAlias, TypeVar

from terms.ids import RunId
from terms.money import Money

Unit: TypeAlias = Literal["fen", "share"]
"""``fen``: an amount; ``share``: a fraction of a whole, 0 to 1."""
Amount = TypeVar("Amount", Money, float)


@dataclass(frozen=True, slots=True)
class Reason(Generic[Amount]):
    """A part of the figure, and what gives it."""

    what: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that would lower the figure, and by how much."""

    what: str
    effect: Money


@dataclass(frozen=True, slots=True)
class Decision(Generic[Amount]):
    """A figure that answers a question.

    The amounts of ``reasons`` and the ``rest``, which no reason is listed for, add up to the ``value``: of money to the
    fen. ``run``: the run that it comes from; None where it needs none. ``data_time``: the day that it is about.
    ``would_change``: the largest first; empty where the answer looks for none.
    """

    value: Amount
    unit: Unit
    reasons: tuple[Reason[Amount], ...]
    rest: Amount
    run: RunId | None
    data_time: date
    would_change: tuple[Remedy, ...] = ()


class Explained(ABC):
    """An answer that decides something, and says so in the words of all of them."""

    __slots__ = ()

    @property
    @abstractmethod
    def decision(self) -> Decision[Money] | Decision[float]:
        """Its figure with reasons, run, day and what would change it."""
