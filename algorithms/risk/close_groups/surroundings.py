"""One close group in detail: who is in it, what enters it, and the chance of a member when others are absent.

The solver never asks this for a group as a whole; reasons and the figures of circles do, for one party at a time.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TypeAlias

import numpy as np

from algorithms.risk.close_groups.draws import Drawn, Tables, link_hashes
from algorithms.risk.close_groups.probability import Model
from algorithms.risk.close_groups.reach import reach
from graph.arrays import Floats, Ints

Members: TypeAlias = frozenset[int]


class SpentError(Exception):
    """More parties would have to be looked at than were granted."""


class Surroundings:
    """Close groups as sets, on a solved model; what was computed once is kept.

    ``work``: how many parties all chances together may look at; beyond, ``chance`` raises ``SpentError``. Unbounded
    when absent.
    """

    def __init__(self, model: Model, own: Floats, values: Floats, *, work: int | None = None) -> None:
        self.model, self.own, self.values = model, own, values
        self.work = work
        self._hashes: dict[Members, Ints] = {}
        self._into: dict[int, dict[int, tuple[float, int]]] = {}
        self._groups: dict[int, Members] = {}
        self._chances: dict[tuple[Members, Members, int | None, int], float] = {}
        self._tables: dict[tuple[int, Members], list[tuple[float, Ints]]] = {}
        self._draws: dict[tuple[int, Members], tuple[list[int], Drawn]] = {}

    def into(self, party: int) -> dict[int, tuple[float, int]]:
        """The links into a party: weight and position of the link, by source."""
        found = self._into.get(party)
        if found is None:
            links = self.model.groups.links
            first, last = int(links.ptr[party]), int(links.ptr[party + 1])
            ends, weights = links.source[first:last].tolist(), links.weight[first:last].tolist()
            found = {i: (w, first + at) for at, (i, w) in enumerate(zip(ends, weights, strict=True))}
            self._into[party] = found
        return found

    def group(self, party: int) -> Members:
        """The close group of a party; the party is among them."""
        if party not in self._groups:
            self._groups[party] = frozenset(self.model.groups.group(party).tolist())
        return self._groups[party]

    def message(self, link: int) -> float:
        """P_i[u] of a link i -> u: the chance that i fails with u absent. 0 for links that no chance reads."""
        at = int(self.model.system.message[link])
        return float(self.values[at]) if at >= 0 else 0.0

    def starts(self, party: int, group: Members, absent: int | None) -> float:
        """a_u: the chance that a member fails by itself or from outside the group, the absent party aside."""
        chance = float(self.own[party])
        for i, (weight, link) in self.into(party).items():
            if i not in group and i != absent:
                chance += weight * self.message(link) * (1.0 - chance)
        return chance

    def chance(self, party: int, present: Set[int], group: Members, absent: int | None) -> float:
        """The chance that a party fails when only some members of a group are present.

        Raises:
            SpentError: it takes more work than granted.

        What enters the group from outside stays as it is; ``absent`` is neither in the group nor outside.
        """
        behind = self._behind(party, present)
        key = behind, group, absent, party
        found = self._chances.get(key)
        if found is None:
            if self.work is not None:
                self.work -= len(behind)
                if self.work < 0:
                    raise SpentError
            found = self._by_blocks(party, behind, group, absent)
            self._chances[key] = found
        return found

    def _behind(self, party: int, present: Set[int]) -> Members:
        """The party and those present that reach it."""
        found, waiting = {party}, [party]
        while waiting:
            new = [i for i in self.into(waiting.pop()) if i in present and i not in found]
            found.update(new)
            waiting.extend(new)
        return frozenset(found)

    def _by_blocks(self, party: int, behind: Members, group: Members, absent: int | None) -> float:
        value = {u: self.starts(u, group, absent) for u in behind}
        for root, block in self._rooted_blocks(party, behind):
            # Blocks come in an order in which all that hangs behind their members is known.
            gain = self._some_reaches(root, block, value, group)
            value[root] += gain * (1.0 - value[root])
        return value[party]

    def _some_reaches(self, root: int, block: Members, value: Mapping[int, float], group: Members) -> float:
        """The chance that a member of the block that fails without it brings the root down."""
        key = root, block
        if key not in self._tables:
            others = np.array(sorted(block - {root}), dtype=np.int64)
            tables = Tables(np.array([root], dtype=np.int64), np.array([0, len(others)]), others)
            largest = self.model.groups.limits.block
            hashes = None
            if len(block) > largest:
                hashes = self._hashed(group)
            sets = reach(tables, self.model.groups.links, largest, self.model.keys, hashes=hashes)
            if sets.drawn[0]:
                self._draws[key] = others.tolist(), sets.draws
                self._tables[key] = []
            else:
                found = [
                    others[np.flatnonzero(s >> np.arange(len(others)) & 1)] for s in range(len(sets.value))
                ]
                self._tables[key] = [
                    (r, s) for r, s in zip(sets.value.tolist(), found, strict=True) if r > 0.0
                ]
        if key in self._draws:
            members, draws = self._draws[key]
            return draws.some_fail(0, np.array([value[u] for u in members]))[0]
        total = 0.0
        for share, reaching in self._tables[key]:
            some = 0.0
            for u in reaching.tolist():
                some += value[u] * (1.0 - some)
            total += share * some
        return total

    def _hashed(self, group: Members) -> Ints:
        """Hashes of the links inside a group."""
        if group not in self._hashes:
            members = np.array(sorted(group), dtype=np.int64)
            tables = Tables(members[:1], np.array([0, len(members) - 1]), members[1:])
            everything = np.ones(1, dtype=np.bool_)
            self._hashes[group] = link_hashes(tables, self.model.groups.links, everything, self.model.keys)
        return self._hashes[group]

    def _rooted_blocks(self, party: int, members: Members) -> list[tuple[int, Members]]:
        """Blocks of the links among the members, without direction: each with its party nearest to ``party``."""
        near: dict[int, set[int]] = {u: set() for u in members}
        for u in members:
            for i in self.into(u):
                if i in members:
                    near[u].add(i)
                    near[i].add(u)
        number, low = {party: 0}, {party: 0}
        path = [(party, iter(sorted(near[party])))]
        open_: list[int] = []
        blocks: list[tuple[int, Members]] = []
        while path:
            v, ahead = path[-1]
            new = None
            for k in ahead:
                if k not in number:
                    new = k
                    break
                low[v] = min(low[v], number[k])
            if new is not None:
                number[new] = low[new] = len(number)
                open_.append(new)
                path.append((new, iter(sorted(near[new]))))
                continue
            path.pop()
            if not path:
                break
            above = path[-1][0]
            low[above] = min(low[above], low[v])
            if low[v] >= number[above]:
                first = open_.index(v)
                blocks.append((above, frozenset((above, *open_[first:]))))
                del open_[first:]
        return blocks
