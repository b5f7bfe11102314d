"""Where a walk back from a party may go next, and how much work that is; walks share what one of them has found."""

from __future__ import annotations

from dataclasses import dataclass

from algorithms.risk.close_groups.surroundings import Members, Surroundings


class SpentError(Exception):
    """More parties would have to be looked at than were granted."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a walk stands, whichever way it came: at a party of a group whose members ``passed`` lie behind it.

    ``absent``: whom all chances leave out.
    """

    party: int
    group: Members
    absent: int | None
    passed: Members


@dataclass(frozen=True, slots=True)
class Move:
    """A step back in proportion to ``weight``, above 0: to ``party`` (none = the walk stops), inside the group or out
    of it."""

    weight: float
    party: int | None
    inside: bool


class Work:
    """How many parties all chances of one walk may look at; what a chance has cost once is not counted again."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._counted: set[tuple[int, Members, Members, int | None]] = set()

    def count(self, asked: tuple[int, Members, Members, int | None]) -> None:
        """Count a chance: a party, those behind it, the group, and who is absent.

        Raises:
            SpentError: it looks at more than is left.
        """
        if asked not in self._counted:
            self.left -= len(asked[1])
            if self.left < 0:
                raise SpentError
            self._counted.add(asked)


class Moves:
    """Moves on a solved model."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self._known: dict[Standing, tuple[Move, ...]] = {}
        self._asked: dict[Standing, tuple[tuple[int, Members, Members, int | None], ...]] = {}
        self._without: dict[tuple[int, int], Members] = {}

    def start(self, target: int) -> Standing:
        """At the party that is asked about."""
        return Standing(target, self.around.group(target), None, frozenset())

    def outside(self, party: int, absent: int) -> Standing:
        """At a party outside the group that the walk has left at ``absent``."""
        group = self._without.get((party, absent))
        if group is None:
            group = self._without[party, absent] = self.around.group(party) - {absent}
        return Standing(party, group, absent, frozenset())

    def of(self, at: Standing, work: Work) -> tuple[Move, ...]:
        """All moves.

        Raises:
            SpentError: they take more work than is left.
        """
        asked = self._asked.get(at)
        if asked is None:
            asked = tuple(self._chances(at, work))
            self._asked[at] = asked
        else:
            for one in asked:
                work.count(one)
        found = self._known.get(at)
        if found is None:
            found = self._known[at] = self._moves(at, asked)
        return found

    def _chances(self, at: Standing, work: Work) -> list[tuple[int, Members, Members, int | None]]:
        """The chances that tell how likely members of the group are to be next; looked at only as work is left."""
        around, found = self.around, []
        if around.own[at.party] < 1.0:
            present = at.group - at.passed - {at.party}
            for k in around.into(at.party):
                if k in present:
                    one = k, around.behind(k, present), at.group, at.absent
                    work.count(one)
                    found.append(one)
        return found

    def _moves(
        self, at: Standing, asked: tuple[tuple[int, Members, Members, int | None], ...]
    ) -> tuple[Move, ...]:
        around, found = self.around, []
        own = float(around.own[at.party])
        if own > 0.0:
            found.append(Move(own, None, inside=True))
        if own < 1.0:
            chance = {one[0]: around.chance(*one) for one in asked}
            for k, (weight, link) in around.into(at.party).items():
                if k in chance:
                    found.append(Move(weight * chance[k], k, inside=True))
                elif k not in at.group and k != at.absent:
                    found.append(Move(weight * around.message(link), k, inside=False))
        return tuple(move for move in found if move.weight > 0.0)
