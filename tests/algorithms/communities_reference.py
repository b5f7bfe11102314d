"""Communities over time, written from the text of science.md 3.4 alone: slow and plain, with sets and dictionaries."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from graph.arrays import Csr

Links = Mapping[tuple[int, int], float]
"""Weight by pair, the lower party first."""


def neighbours(links: Links, party: int) -> dict[int, float]:
    return {(b if a == party else a): w for (a, b), w in links.items() if party in (a, b)}


def strength(links: Links, party: int) -> float:
    return sum(neighbours(links, party).values())


def worth(links: Links, label: Sequence[int], party: int, community: int) -> float:
    """g(B) = w(v, B) - gamma k_v K_{B without v} / 2m, gamma = 1."""
    twice_m = 2 * sum(links.values())
    members = [u for u in range(len(label)) if label[u] == community and u != party]
    towards = sum(w for u, w in neighbours(links, party).items() if label[u] == community)
    return towards - strength(links, party) * sum(strength(links, u) for u in members) / twice_m


def continued(size: int, links: Links, before: Sequence[int], changed: Iterable[int]) -> list[int]:
    label = list(before)
    free = max([*label, -1]) + 1
    queue = deque(sorted(set(changed) | {v for v in range(size) if before[v] == -1}))
    for v in range(size):
        if label[v] == -1:
            label[v] = free
            free += 1
    while queue and links:
        v = queue.popleft()
        own = label[v]
        stays = worth(links, label, v, own)
        choices = {label[u]: worth(links, label, v, label[u]) for u in neighbours(links, v)}
        if sum(one == own for one in label) > 1:
            choices.setdefault(free, 0.0)
        choices.pop(own, None)
        if not choices:
            continue
        best = max(choices, key=lambda one: choices[one])
        if choices[best] - stays > 0.05 * strength(links, v):
            free += best == free
            label[v] = best
            queue.extend(u for u in sorted(neighbours(links, v)) if label[u] != best and u not in queue)
    return parts(size, links, label)


def parts(size: int, links: Links, label: Sequence[int]) -> list[int]:
    """Communities with their disconnected parts apart, numbered by the smallest member."""
    found = [-1] * size
    for start in range(size):
        if found[start] != -1:
            continue
        number, waiting = max(found) + 1, [start]
        while waiting:
            v = waiting.pop()
            if found[v] == -1:
                found[v] = number
                waiting += [u for u in neighbours(links, v) if label[u] == label[v]]
    return found


def groups(label: Mapping[str, int]) -> dict[int, set[str]]:
    """Members by label."""
    found: dict[int, set[str]] = {}
    for party, one in label.items():
        found.setdefault(one, set()).add(party)
    return found


class Overlaps:
    """o, J and the shares of two partitions; sizes are counted over the parties of both, ids from two members on."""

    def __init__(self, before: Mapping[str, int], now: Mapping[str, int]) -> None:
        self.before, self.now = (
            {one: members for one, members in groups(label).items() if len(members) >= 2}
            for label in (before, now)
        )
        self.both = before.keys() & now.keys()

    def o(self, i: int, j: int) -> int:
        return len(self.before[i] & self.now[j])

    def size_before(self, i: int) -> int:
        return len(self.before[i] & self.both)

    def size_now(self, j: int) -> int:
        return len(self.now[j] & self.both)

    def similarity(self, i: int, j: int) -> float:
        return self.o(i, j) / (self.size_before(i) + self.size_now(j) - self.o(i, j))


def passed(overlaps: Overlaps, names: Sequence[str]) -> dict[int, int]:
    """By label of now, the label before whose id passes."""
    found = {}
    for j in overlaps.now:
        rivals = [i for i in overlaps.before if overlaps.o(i, j)]
        if not rivals:
            continue
        i = min(rivals, key=lambda i: (-overlaps.o(i, j), -overlaps.similarity(i, j), names[i]))
        back = [k for k in overlaps.now if overlaps.o(i, k)]
        mutual = j == min(back, key=lambda k: (-overlaps.o(i, k), -overlaps.similarity(i, k), k))
        if mutual and overlaps.similarity(i, j) >= 0.3:
            found[j] = i
    return found


def events(overlaps: Overlaps, names: Sequence[str]) -> set[tuple[str, int, int]]:
    """(kind, label now, label before); -1 where the side does not know it."""
    pairs = [(i, j) for i in overlaps.before for j in overlaps.now if overlaps.o(i, j)]
    into = {
        (i, j)
        for i, j in pairs
        if overlaps.o(i, j) >= 0.5 * overlaps.size_before(i)
        and overlaps.o(i, j) >= 0.1 * overlaps.size_now(j)
    }
    outof = {
        (i, j)
        for i, j in pairs
        if overlaps.o(i, j) >= 0.5 * overlaps.size_now(j)
        and overlaps.o(i, j) >= 0.1 * overlaps.size_before(i)
    }
    merged = {j for j in overlaps.now if sum(one == j for _, one in into) >= 2}
    split = {i for i in overlaps.before if sum(one == i for one, _ in outof) >= 2}
    heirs = passed(overlaps, names)
    found = set()
    for j in overlaps.now:
        i = heirs.get(j, -1)
        if j in merged:
            found.add(("merged", j, i))
        elif i == -1:
            if not any(old in split for old, one in outof if one == j):
                found.add(("born", j, -1))
        elif i not in split:
            was, is_ = len(overlaps.before[i]), len(overlaps.now[j])
            grew, shrank = is_ >= 1.1 * was and is_ - was >= 3, is_ <= 0.9 * was and was - is_ >= 3
            found.add(("grew" if grew else "shrank" if shrank else "continued", j, i))
    for i in overlaps.before:
        j = next((j for j, old in heirs.items() if old == i), -1)
        if i in split:
            found.add(("split", j, i))
        elif j == -1 and not any(one in merged for old, one in into if old == i):
            found.add(("died", -1, i))
    return found


def refined(  # noqa: PLR0917  # as the kernel
    links: Csr,
    strength: list[float],
    label: list[int],
    order: list[int],
    draw: list[float],
    share: float,
    heat: float,
) -> list[int]:
    """The refinement of Leiden (Traag et al. 2019, algorithm A.2) with sets: who is alone joins a part by chance."""
    weight = {
        (int(a), int(b)): float(w) for a, b, w in zip(links.rows(), links.indices, links.data, strict=True)
    }
    members = {v: [v] for v in range(len(label))}
    part = list(range(len(label)))

    def between(some: list[int], others: list[int]) -> float:
        return sum(weight.get((a, b), 0.0) for a in some for b in others)

    def hangs_together(some: list[int], community: list[int]) -> bool:
        rest = [v for v in community if v not in some]
        own, others = (sum(strength[v] for v in among) for among in (some, rest))
        return between(some, rest) >= share * own * others - 1e-12

    for v in order:
        community = [u for u in range(len(label)) if label[u] == label[v]]
        if len(members[part[v]]) > 1 or not hangs_together([v], community):
            continue
        near = []  # in the order in which v's neighbours name them
        for u in links.indices[links.indptr[v] : links.indptr[v + 1]].tolist():
            if label[u] == label[v] and part[u] not in near:
                near.append(part[u])
        choices = []
        for p in near:
            gain = between([v], members[p]) - share * strength[v] * sum(strength[u] for u in members[p])
            if gain > 1e-12 and hangs_together(members[p], community):
                choices.append((p, gain))
        if choices:
            best = max(gain for _, gain in choices)
            odds = [math.exp((gain - best) / heat) for _, gain in choices]
            below = [sum(odds[: k + 1]) <= draw[v] * sum(odds) for k in range(len(odds) - 1)]
            chosen = choices[below.count(True)][0]
            members[part[v]].remove(v)
            members[chosen].append(v)
            part[v] = chosen
    return part


def traits(
    label: Sequence[int], values: Sequence[set[int]], told: Iterable[tuple[int, int]] = ()
) -> dict[tuple[int, int], tuple[float, float]]:
    """Name in words: by community and value, its share and its lift. ``values``: of each member, of one kind."""
    known = [one for one in range(len(label)) if values[one]]
    found = {}
    for community in set(label):
        members = [one for one in range(len(label)) if label[one] == community]
        among = [one for one in members if values[one]]
        for value in set().union(*(values[one] for one in among)):
            share = Fraction(sum(value in values[one] for one in among), len(among))
            lift = share / Fraction(sum(value in values[one] for one in known), len(known))
            new = share >= Fraction(1, 2) and lift >= 2 and 2 * len(among) >= len(members)
            kept = (community, value) in told and share >= Fraction(2, 5)
            if len(among) >= 5 and (new or kept):
                found[community, value] = float(share), float(lift)
    return found


def changed(size: int, before: Links, now: Links) -> list[float]:
    """By how much the links of each party differ."""
    pairs = {*before, *now}
    return [
        sum(abs(before.get(pair, 0.0) - now.get(pair, 0.0)) for pair in pairs if party in pair)
        for party in range(size)
    ]


def modularity(links: Links, label: Sequence[int]) -> float:
    twice_m = 2 * sum(links.values())
    inside = sum(2 * w for (a, b), w in links.items() if label[a] == label[b])
    members = {one: [v for v in range(len(label)) if label[v] == one] for one in set(label)}
    sizes = [sum(strength(links, v) for v in among) for among in members.values()]
    return inside / twice_m - sum(one**2 for one in sizes) / twice_m**2


def partitions(members: Sequence[int]) -> Iterable[list[list[int]]]:
    """Every way to part them."""
    if not members:
        yield []
        return
    first, *rest = members
    for parted in partitions(rest):
        yield [[first], *parted]
        for at in range(len(parted)):
            yield [*parted[:at], [first, *parted[at]], *parted[at + 1 :]]


def cut_anew(size: int, links: Links, label: Sequence[int], moved: Sequence[float]) -> list[int]:
    """Communities of which links changed by half of their strength: the best of all ways to part each, where that
    gains .01 of its share; then they and their parts join whole communities as parties do, for the same gain."""
    twice_m = 2 * sum(links.values())
    found = list(label)
    asked: set[int] = set()
    for one in sorted(set(label)):
        members = [v for v in range(size) if label[v] == one]
        own = sum(strength(links, v) for v in members)
        if not own or not sum(moved[v] for v in members) or sum(moved[v] for v in members) < 0.5 * own:
            continue
        asked |= {*members}

        def parted(parts_: list[list[int]]) -> list[int]:
            number = {v: size + at for at, part in enumerate(parts_) for v in part}
            return [number.get(v, label[v]) for v in range(size)]

        best = max(map(parted, partitions(members)), key=lambda one: modularity(links, one))
        if modularity(links, best) - modularity(links, label) > 0.01 * own / twice_m:
            start = max(found) + 1 + size
            found = [start + best[v] if v in members else found[v] for v in range(size)]
    unit = by_first(found)
    queue = deque(sorted({unit[v] for v in asked}))
    count = max(unit, default=-1) + 1
    of = list(range(count))
    while queue:
        one = queue.popleft()
        members = [v for v in range(size) if unit[v] == one]
        weight = sum(strength(links, v) for v in members)

        def joining(other: int, one: int = one, weight: float = weight) -> float:
            others = [v for v in range(size) if of[unit[v]] == other and unit[v] != one]
            towards = sum(
                w for (a, b), w in links.items() if one in (unit[a], unit[b]) and (a in others or b in others)
            )
            return towards - weight * sum(strength(links, v) for v in others) / twice_m

        near = {of[unit[u]] for v in members for u in neighbours(links, v)} - {of[one]}
        choices = {other: joining(other) for other in near}
        if sum(here == of[one] for here in of) > 1:
            choices[next(at for at in range(count + 1) if at not in of)] = 0.0
        if not choices:
            continue
        best_of = max(choices, key=lambda other: choices[other])
        if choices[best_of] - joining(of[one]) > 0.005 * weight:
            of[one] = best_of
            touched = {unit[u] for v in members for u in neighbours(links, v)} - {one}
            queue.extend(u for u in sorted(touched) if of[u] != best_of and u not in queue)
    return by_first([of[one] for one in unit])


def by_first(label: Sequence[int]) -> list[int]:
    """Labels numbered by their first member."""
    number: dict[int, int] = {}
    return [number.setdefault(one, len(number)) for one in label]
