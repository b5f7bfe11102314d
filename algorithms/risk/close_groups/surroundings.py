"""One close group in detail: who is in it, what enters it, and the chance of a member when others are absent.

The solver never asks this for a group as a whole; reasons and the figures of circles do, for one party at a time.
Nothing here hangs on who asks, so the reasons of many parties share what one of them has found.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TypeAlias

import numpy as np

from algorithms.risk.close_groups.block import Behind, Counted, DrawnSets, One
from algorithms.risk.close_groups.draws import Tables, link_hash
from algorithms.risk.close_groups.probability import Model
from algorithms.risk.close_groups.reach import reach
from graph.arrays import Floats

Members: TypeAlias = frozenset[int]

MOST_KEPT = 20_000_000
"""Numbers that are kept of blocks, some 200 MB; beyond, all is forgotten."""


class Surroundings:
    """Close groups as sets, on a solved model; what was computed once is kept."""

    def __init__(self, model: Model, own: Floats, values: Floats) -> None:
        self.model, self.own, self.values = model, own, values
        links = model.groups.links
        self._hash = np.zeros(len(links.weight), dtype=np.int64)
        self._hashed: set[int] = set()
        self._into: dict[int, dict[int, tuple[float, int]]] = {}
        self._groups: dict[int, Members] = {}
        self._starts: dict[tuple[Members, int | None], dict[int, float]] = {}
        self._behind: dict[tuple[int, Members], Members] = {}
        self._blocks: dict[tuple[int, Members], list[tuple[int, Behind]]] = {}
        self._tables: dict[tuple[int, Members], Behind] = {}
        self._chances: dict[tuple[int, Members, Members, int | None], float] = {}
        self._kept = 0

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
        known = self._starts.setdefault((group, absent), {})
        chance = known.get(party)
        if chance is None:
            chance = float(self.own[party])
            for i, (weight, link) in self.into(party).items():
                if i not in group and i != absent:
                    chance += weight * self.message(link) * (1.0 - chance)
            known[party] = chance
        return chance

    def behind(self, party: int, present: Members) -> Members:
        """The party and those present that reach it."""
        found = self._behind.get((party, present))
        if found is None:
            reached, waiting = {party}, [party]
            while waiting:
                new = [i for i in self.into(waiting.pop()) if i in present and i not in reached]
                reached.update(new)
                waiting.extend(new)
            found = self._behind[party, present] = frozenset(reached)
        return found

    def chance(self, party: int, behind: Members, group: Members, absent: int | None) -> float:
        """The chance that a party fails when only some members of a group are present: those ``behind`` it.

        What enters the group from outside stays as it is; ``absent`` is neither in the group nor outside.
        """
        key = party, behind, group, absent
        found = self._chances.get(key)
        if found is None:
            value = {u: self.starts(u, group, absent) for u in behind}
            for root, block in self._rooted(party, behind):
                # Blocks come in an order in which all that hangs behind their members is known.
                value[root] += block.some_reach(value) * (1.0 - value[root])
            found = self._chances[key] = value[party]
        return found

    def _rooted(self, party: int, members: Members) -> list[tuple[int, Behind]]:
        """The blocks among the members, each with its party nearest to ``party`` and what reaches that one."""
        found = self._blocks.get((party, members))
        if found is None:
            if self._kept > MOST_KEPT:
                self._blocks.clear()
                self._tables.clear()
                self._kept = 0
            rooted = self._rooted_blocks(party, members)
            self._count([key for key in dict.fromkeys(rooted) if key not in self._tables])
            found = self._blocks[party, members] = [
                (root, self._tables[root, block]) for root, block in rooted
            ]
        return found

    def _count(self, blocks: list[tuple[int, Members]]) -> None:
        """Find for some blocks who reaches their roots, all at once."""
        several: list[tuple[int, list[int]]] = []
        largest, links = self.model.groups.limits.block, self.model.groups.links
        for root, block in blocks:
            others = sorted(block - {root})
            if len(others) == 1 < largest:
                weight, _ = self.into(root).get(others[0], (0.0, -1))
                self._tables[root, block] = One(others[0], weight)
            else:
                several.append((root, others))
        if not several:
            return
        for root, others in several:
            if len(others) + 1 > largest:
                self._hash_links({root, *others})
        sizes = np.cumsum([0, *(len(others) for _, others in several)])
        roots = np.array([root for root, _ in several], dtype=np.int64)
        members = np.array([u for _, others in several for u in others], dtype=np.int64)
        sets = reach(Tables(roots, sizes, members), links, largest, self.model.keys, hashes=self._hash)
        for number, (root, others) in enumerate(several):
            at = int(sets.at[number])
            kept: Behind
            if sets.drawn[number]:
                kept = DrawnSets(others, sets.draws.table(at))
            else:
                kept = Counted(others, sets.value[at : at + (1 << len(others))])
            self._tables[root, frozenset((root, *others))] = kept
            self._kept += kept.size

    def _hash_links(self, members: Set[int]) -> None:
        """Know the hashes of the links among some members."""
        keys = self.model.keys
        for u in members:
            for i, (_, link) in self.into(u).items():
                if i in members and link not in self._hashed:
                    ends = (str(i), str(u)) if keys is None else (keys[i], keys[u])
                    self._hash[link] = link_hash(*ends)
                    self._hashed.add(link)

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
