"""A block of a close group seen from its root: the chance that some member that fails by itself fells the root."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from algorithms.risk.close_groups.draws import Drawn
from graph.arrays import Floats


class Behind(ABC):
    """What stands behind a root in one block."""

    @property
    def size(self) -> int:
        """How many numbers it keeps."""
        return 1

    @abstractmethod
    def some_reach(self, value: Mapping[int, float]) -> float:
        """The chance that a member that fails by itself reaches the root.

        Args:
            value: the chance of each member that it fails without the block.
        """


@dataclass(frozen=True, slots=True)
class One(Behind):
    """A single party with its link to the root."""

    party: int
    weight: float

    def some_reach(self, value: Mapping[int, float]) -> float:
        return self.weight * value[self.party]


@dataclass(frozen=True, slots=True, eq=False)
class Counted(Behind):
    """The chance of each set of the others that reaches the root, by bits: bit i tells ``others[i]``."""

    others: list[int]
    share: Floats

    @property
    def size(self) -> int:
        return len(self.share)

    def some_reach(self, value: Mapping[int, float]) -> float:
        some = np.zeros(len(self.share))
        for bit, u in enumerate(self.others):
            half = 1 << bit
            some[half : 2 * half] = some[:half] + value[u] * (1.0 - some[:half])
        return float(self.share @ some)


@dataclass(frozen=True, slots=True, eq=False)
class DrawnSets(Behind):
    """A large block: who reaches the root in each draw."""

    others: list[int]
    draws: Drawn

    @property
    def size(self) -> int:
        return len(self.draws.parent) + len(self.draws.run)

    def some_reach(self, value: Mapping[int, float]) -> float:
        failing = np.array([value[u] for u in self.others])
        return self.draws.some_fail(0, failing)[0]
