"""How much communities move when a network hardly changes, and what their modularity loses (science.md 3.4).

All on arrays: the continued partition, and beside it a fresh run on the same network, its communities matched with
those of before by :func:`algorithms.communities.lineage.lineage`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from algorithms.communities.cut_anew import went_on
from algorithms.communities.fresh import fresh
from algorithms.communities.lineage import NONE, lineage
from algorithms.communities.moving import NEW, RECUT
from algorithms.communities.network import Network, changed_weight, hashed_order
from graph.arrays import Floats, Ints

DRAWS = 100
FRESH_DRAWS = 10
REMOVALS = 10
ROUNDS = 20
SEED = 20_261_130


@dataclass(frozen=True, eq=False)
class Links:
    """n parties in hashed order and k links between them, lower end first."""

    name: str
    size: int
    low: Ints
    high: Ints
    weight: Floats

    @classmethod
    def of(cls, name: str, names: list[str], ends: list[tuple[str, str]], weight: Floats) -> Links:
        """From ids. Parallel links add up; those with itself are left out."""
        place = {names[at]: rank for rank, at in enumerate(hashed_order(names).tolist())}
        pairs = np.sort(np.array([[place[a], place[b]] for a, b in ends], dtype=np.int64), axis=1)
        kept = pairs[:, 0] != pairs[:, 1]
        both, at = np.unique(pairs[kept], axis=0, return_inverse=True)
        total = np.bincount(at.ravel(), weight[kept], len(both)).astype(np.float64)
        return cls(name, len(names), both[:, 0], both[:, 1], total)

    @classmethod
    def read(cls, path: Path) -> Links:
        """Two columns of ids; a pair is linked or not."""
        rows = [line.replace(",", " ").split()[:2] for line in path.read_text(encoding="utf-8").splitlines()]
        ends = sorted({(min(a, b), max(a, b)) for a, b in (row for row in rows if row and row[0][0] != "#")})
        names = sorted({name for pair in ends for name in pair})
        return cls.of(path.stem, names, ends, np.ones(len(ends)))

    def network(self) -> Network:
        """The network of all of them."""
        return Network.of(self.size, self.low, self.high, self.weight)

    def changed(self, now: Network) -> Floats:
        """By how much the links of each party differ in a later network, which may have more parties."""
        return changed_weight((self.low, self.high, self.weight), now)


@dataclass(frozen=True)
class Moves:
    """How many others change community when one party is added, and with a fresh run; modularity under the best of
    five fresh runs, the mean. By default over 100 draws."""

    mean: float
    most: int
    fresh: float
    lost: float


@dataclass(frozen=True)
class Trial:
    """What was found of one network. ``removed``, ``removed_fresh``: shares that move when 1 % of the links go."""

    links: Links
    communities: int
    modularity: float
    best_of_five: float
    three: Moves
    another: Moves
    removed: float
    removed_fresh: float
    rewired: float
    recuts: int


def changed_parties(before: Ints, after: Ints) -> int:
    """Parties whose community now is not the one that goes on from their community before."""
    places = np.arange(len(before))
    found = lineage(before, after, (places, places), [f"{one:09}" for one in range(int(before.max()) + 1)])
    passed = np.where(found.passed == NONE, NEW, found.passed)
    sizes = np.bincount(before)
    # Communities of one have no id; one who stays alone has not moved.
    alone = (sizes[before] == 1) & (np.bincount(after)[after] == 1)
    return int(((passed[after] != before) & ~alone).sum())


def tried(links: Links) -> Trial:
    """All trials of one network, by a fixed seed."""
    draw, whole = np.random.default_rng(SEED), links.network()
    base, five = fresh(whole), fresh(whole, runs=5, seed=1000)
    three, another = (
        _added(links, base.label, five.modularity, draw, as_another=as_another)
        for as_another in (False, True)
    )
    removed = [_removed(links, base.label, draw, seed) for seed in range(REMOVALS)]
    rewired, recuts = _rewired(links, base.label, draw)
    return Trial(
        links=links,
        communities=int(base.label.max()) + 1,
        modularity=base.modularity,
        best_of_five=five.modularity,
        three=three,
        another=another,
        removed=float(np.mean([one for one, _ in removed])),
        removed_fresh=float(np.mean([one for _, one in removed])),
        rewired=rewired,
        recuts=recuts,
    )


def _added(links: Links, label: Ints, best: float, draw: np.random.Generator, *, as_another: bool) -> Moves:
    """One party more: with links to three parties drawn by their links, or with all links of another party."""
    moved, again, lost = [], [], []
    size, typical = links.size, float(np.median(links.weight))
    linked = np.unique(np.concatenate([links.low, links.high]))
    for trial, party in enumerate(draw.choice(linked, DRAWS).tolist()):
        if as_another:
            near = np.concatenate([links.high[links.low == party], links.low[links.high == party]])
            weight = np.concatenate([links.weight[links.low == party], links.weight[links.high == party]])
        else:
            near = np.unique(draw.choice(np.concatenate([links.low, links.high]), 3))
            weight = np.full(len(near), typical)
        grown = Network.of(
            size + 1,
            np.concatenate([links.low, near]),
            np.concatenate([links.high, np.full(len(near), size)]),
            np.concatenate([links.weight, weight]),
        )
        after = went_on(grown, np.append(label, NEW), links.changed(grown))
        moved.append(changed_parties(label, after[:size]))
        lost.append(best - grown.modularity(after))
        if trial < FRESH_DRAWS:
            again.append(changed_parties(label, fresh(grown, runs=1, seed=party).label[:size]))
    return Moves(float(np.mean(moved)), max(moved), float(np.mean(again)), float(np.mean(lost)))


def _removed(links: Links, label: Ints, draw: np.random.Generator, seed: int) -> tuple[float, float]:
    gone = draw.random(len(links.low)) < 0.01
    kept = Network.of(links.size, links.low[~gone], links.high[~gone], links.weight[~gone])
    after = went_on(kept, label, links.changed(kept))
    again = fresh(kept, runs=1, seed=seed).label
    return changed_parties(label, after) / links.size, changed_parties(label, again) / links.size


def _rewired(links: Links, label: Ints, draw: np.random.Generator) -> tuple[float, int]:
    """The largest loss of modularity in rounds that rewire 2 % of the links each, and how often a run was recut."""
    now, losses, recuts = links, [], 0
    for one in range(ROUNDS):
        gone = draw.random(len(now.low)) < 0.02
        ends = draw.integers(0, links.size, (int(gone.sum()), 2))
        apart = ends[:, 0] != ends[:, 1]
        ends, weight = np.sort(ends[apart], axis=1), now.weight[gone][apart]
        pairs, at = np.unique(
            np.concatenate([np.column_stack([now.low[~gone], now.high[~gone]]), ends]),
            axis=0,
            return_inverse=True,
        )
        total = np.bincount(at.ravel(), np.concatenate([now.weight[~gone], weight]), len(pairs)).astype(
            np.float64
        )
        earlier, now = now, Links(links.name, links.size, pairs[:, 0], pairs[:, 1], total)
        rewired = now.network()
        label = went_on(rewired, label, earlier.changed(rewired))
        best = fresh(rewired, runs=5, seed=one)
        if best.modularity - rewired.modularity(label) > RECUT:
            label, recuts = best.label, recuts + 1
        losses.append(best.modularity - rewired.modularity(label))
    return max(losses), recuts
