"""The probability by close groups, slow and plain, as section 1.2b states it. The product is judged by it.

For graphs of up to about a dozen parties. Sets stand for groups, dictionaries for chances, and the fixed point is
reached by repeating the definition. Products lose what is below 1e-16, which the product must keep. Where the text
leaves a choice, a comment says which was taken.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations
from typing import TypeAlias

Group: TypeAlias = frozenset[int]
Links: TypeAlias = Mapping[tuple[int, int], float]
"""Break weight in (0, 1] by (source, target); no party harms itself."""

RUNGS = (0.1, 0.15, 0.2, 0.25)
CUT_RUNGS = (0.15, 0.2, 0.25, 0.35, 0.5, 0.7, 0.9)
SLACK = 1e-12
DRAWS = 4_000


@dataclass(frozen=True, eq=False)
class Reference:
    """One network and everything that 1.2b derives from it.

    ``largest`` is m, the most members of a block that is computed exactly; ``most``: members of a close group.
    ``drawn_most``: parties whose group may be drawn, in the order of ``first`` (positions when absent).
    ``keys``: names that draws are hashed from (positions as text when absent).
    """

    size: int
    links: Links
    own: Sequence[float]
    largest: int = 10
    most: int = 500
    drawn_most: int = 5_000
    first: Sequence[int] | None = None
    keys: Sequence[str] | None = None
    split: bool = True
    _kept: dict[object, dict[Group, float]] = field(default_factory=dict)

    # --- close groups -------------------------------------------------------------------------------------------

    def upstream(self, j: int, w: float) -> Group:
        """A_j(w): j and all that reach j over links of at least w."""
        return reaching(j, [(i, k) for (i, k), x in self.links.items() if x >= w - SLACK])

    def blocks(self, members: Set[int]) -> list[Group]:
        """Blocks (two-connected parts, links without direction) of all links among the members."""
        return blocks_of(members, [(i, k) for i, k in self.links if i in members and k in members])

    def fits(self, group: Group) -> bool:
        """Whether the group can be computed exactly."""
        return len(group) <= self.most and all(len(b) <= self.largest for b in self.blocks(group))

    def allowed(self, j: int, w: float) -> bool:
        """Whether raising the weight to w leaves no more than .5 of circles at any party close to j."""
        strong = [(i, k) for (i, k), x in self.links.items() if x >= RUNGS[0] - SLACK]
        return all(
            sum(
                x
                for (i, k), x in self.links.items()
                if k == u and RUNGS[0] - SLACK <= x < w - SLACK and i in together(u, strong)
            )
            <= 0.5 + SLACK
            for u in self.upstream(j, RUNGS[0])
        )

    @cached_property
    def _ladder(self) -> tuple[dict[int, float], Group]:
        rung: dict[int, float] = {}
        wanting = []
        for j in range(self.size):
            for w in RUNGS:
                if not self.allowed(j, w):
                    wanting.append(j)
                    break
                if self.fits(self.upstream(j, w)):
                    rung[j] = w
                    break
            else:
                wanting.append(j)  # choice: a ladder that ends is drawn at .1, as one that is cut off
        if self.first is not None:
            wanting.sort(key=self.first.index)
        drawn = frozenset(wanting[: self.drawn_most])
        for j in drawn:
            rung[j] = RUNGS[0]
        for j in wanting[self.drawn_most :]:
            rung[j] = next((w for w in CUT_RUNGS if self.fits(self.upstream(j, w))), math.inf)
        return rung, drawn

    def rung(self, j: int) -> float:
        """w_j; infinity = no link is strong enough, the group is j alone."""
        return self._ladder[0][j]

    @property
    def drawn(self) -> Group:
        """Parties whose group needs draws."""
        return self._ladder[1]

    @lru_cache  # noqa: B019  # a reference lives as long as one example
    def group(self, j: int) -> Group:
        """A_j, the close group."""
        return self.upstream(j, self.rung(j))

    # --- chances ------------------------------------------------------------------------------------------------

    def reach(self, members: Group, j: int, drawn: bool) -> dict[Group, float]:
        """r(S) for every S: the chance that exactly S reaches j over live links among the members."""
        key = members, j, drawn
        if key not in self._kept:
            self._kept[key] = self._frequencies(members, j) if drawn else self._exact(members, j)
        return self._kept[key]

    def _exact(self, members: Group, j: int) -> dict[Group, float]:
        def none(sources: Set[int], targets: Set[int]) -> float:
            return math.prod(1.0 - self.links.get((k, u), 0.0) for k in sources for u in targets)

        con: dict[Group, float] = {}
        r: dict[Group, float] = {}
        for s in with_member(members, j):
            con[s] = 1.0 - sum(con[t] * none(s - t, t) for t in con if t < s)
            r[s] = con[s] * none(members - s, s)
        return r

    def _frequencies(self, members: Group, j: int) -> dict[Group, float]:
        found: dict[Group, float] = {}
        for draw in range(DRAWS):
            live = [
                (i, k)
                for (i, k), w in self.links.items()
                if i in members and k in members and self.uniform(i, k, draw) < w
            ]
            s = reaching(j, live)
            found[s] = found.get(s, 0.0) + 1.0 / DRAWS
        return found

    def uniform(self, i: int, k: int, draw: int) -> float:
        """The number that a link's weight is compared with in a draw; draws count from 0."""
        names = self.keys or [str(n) for n in range(self.size)]
        return splitmix64(link_hash(names[i], names[k]) + draw * 0x9E3779B97F4A7C15) / 2.0**64

    def chance(self, j: int, x: int | None, message: Callable[[int, int], float]) -> float:
        """P_j[x] where ``message(i, u)`` is P_i[u]."""
        members = self.group(j) - {x}

        def survives(u: int) -> float:
            """1 - a_u."""
            return (1.0 - self.own[u]) * math.prod(
                1.0 - w * message(i, u)
                for (i, k), w in self.links.items()
                if k == u and i not in self.group(j) and i != x
            )

        if not self.split and j not in self.drawn:
            return sum(
                r * (1.0 - math.prod(survives(u) for u in s))
                for s, r in self.reach(members, j, False).items()
            )
        parts = self.blocks(members)

        def fails(block: Group, v: int) -> float:
            """g(b, v)."""
            draws = len(block) > self.largest
            inner = {u: survives(u) * others(u, block) for u in block - {v}}
            return sum(
                r * (1.0 - math.prod(inner[u] for u in s - {v}))
                for s, r in self.reach(block, v, draws).items()
            )

        def others(u: int, but: Group | None) -> float:
            return math.prod(1.0 - fails(block, u) for block in parts if u in block and block != but)

        return 1.0 - survives(j) * others(j, None)

    @cached_property
    def unknowns(self) -> dict[tuple[int, int | None], float]:
        """P_j as (j, None) and P_i[u] as (i, u) for each link, the least fixed point."""
        value: dict[tuple[int, int | None], float] = {}
        value.update(dict.fromkeys(self.links, 0.0))
        for _ in range(100_000):
            moved = 0.0
            for i, u in self.links:
                new = self.chance(i, u, lambda a, b: value[a, b])
                moved = max(moved, abs(new - value[i, u]))
                value[i, u] = new
            if moved <= 1e-15:
                break
        for j in range(self.size):
            value[j, None] = self.chance(j, None, lambda a, b: value[a, b])
        return value

    @property
    def p(self) -> list[float]:
        """P_j of every party."""
        return [self.unknowns[j, None] for j in range(self.size)]

    # --- caution ------------------------------------------------------------------------------------------------

    def loops_outside(self, j: int) -> bool:
        """LOOP_OUTSIDE. Choice: "whose messages P_j uses" are the groups of parties with a link into A_j."""
        used = {i for (i, k) in self.links if k in self.group(j) and i not in self.group(j)}
        return any(self._feeds_back(g) for g in (j, *used)) or self.rung(j) > RUNGS[-1]

    def _feeds_back(self, j: int) -> bool:
        group, links = self.group(j), list(self.links)
        return (
            sum(
                w
                for (i, u), w in self.links.items()
                if u in group and i not in group and i in together(u, links)
            )
            > 0.3
        )


def cascade(size: int, links: Links, own: Sequence[float]) -> list[float]:
    """D: every link is live once with chance W; all 2^links outcomes, so for up to about a dozen links."""
    total = [0.0] * size
    ends = list(links)
    for number in range(2 ** len(ends)):
        live = [e for k, e in enumerate(ends) if number >> k & 1]
        chance = math.prod(w if number >> k & 1 else 1.0 - w for k, w in enumerate(links.values()))
        for j in range(size):
            total[j] += chance * (1.0 - math.prod(1.0 - own[u] for u in reaching(j, live)))
    return total


def with_member(members: Set[int], j: int) -> Iterator[Group]:
    """Every subset that contains j, smaller ones first."""
    others = sorted(members - {j})
    for count in range(len(others) + 1):
        for chosen in combinations(others, count):
            yield frozenset((j, *chosen))


def reaching(j: int, links: Sequence[tuple[int, int]]) -> Group:
    """j and all that reach j."""
    found = {j}
    while True:
        more = {i for i, k in links if k in found} - found
        if not more:
            return frozenset(found)
        found |= more


def together(u: int, links: Sequence[tuple[int, int]]) -> Group:
    """The strong component of u."""
    return reaching(u, links) & reaching(u, [(k, i) for i, k in links])


def blocks_of(members: Set[int], links: Sequence[tuple[int, int]]) -> list[Group]:
    """Blocks by their meaning: two links are in one block when a circle holds both."""
    ends = sorted({(min(e), max(e)) for e in links})
    parent = {e: e for e in ends}

    def top(e: tuple[int, int]) -> tuple[int, int]:
        return e if parent[e] == e else top(parent[e])

    for v in members:
        # Links at v are in one block when their other ends are connected without v.
        at_v = [e for e in ends if v in e]
        rest = [e for e in ends if v not in e] + [(b, a) for a, b in ends if v not in (a, b)]
        for e, f in combinations(at_v, 2):
            if sum(f) - v in reaching(sum(e) - v, rest):
                parent[top(e)] = top(f)
    return [frozenset(n for e in ends if top(e) == t for n in e) for t in {top(e) for e in ends}]


def link_hash(source: str, target: str) -> int:
    """First eight bytes of BLAKE2b of source, zero byte, target. Choice: the first byte counts most."""
    return int.from_bytes(hashlib.blake2b(f"{source}\0{target}".encode()).digest()[:8], "big")


def splitmix64(state: int) -> int:
    """The number that follows ``state`` (Steele, Lea, Flood 2014). Choice: it adds its constant before it mixes."""
    z = (state + 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31
