"""How much communities move when the graph hardly changes: ``python -m benchmarks.communities FILE.edges...``.

Each file holds two columns of ids. Prints for each a table: parties that change community when one party is added (100
draws each: with links to three parties drawn by their links, and with the links of another party, hubs among them) and
when 1 % of the links are removed, and what the modularity loses against the best of five fresh runs, also in 20 rounds
in which 2 % of the links are rewired. Beside it stands a fresh run on the same graph, its communities matched with
those of before by :func:`algorithms.communities.lineage.lineage`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

from algorithms.communities.fresh import fresh
from algorithms.communities.lineage import NONE, lineage
from algorithms.communities.moving import NEW, RECUT, continued
from algorithms.communities.network import Network, hashed_order
from graph.arrays import Ints

DRAWS = 100
ROUNDS = 20
SEED = 20_261_130


def read(path: Path) -> tuple[int, Ints, Ints]:
    """Number of parties and k links, parties in hashed order."""
    text = path.read_text(encoding="utf-8").replace(",", " ")
    rows = [line.split()[:2] for line in text.splitlines() if line and not line.startswith("#")]
    names = sorted({name for row in rows for name in row})
    place = {names[at]: rank for rank, at in enumerate(hashed_order(names).tolist())}
    ends = np.array([[place[a], place[b]] for a, b in rows if a != b], dtype=np.int64)
    pairs = np.unique(np.sort(ends, axis=1), axis=0)
    return len(names), pairs[:, 0], pairs[:, 1]


def network(size: int, low: Ints, high: Ints) -> Network:
    return Network.of(size, low, high, np.ones(len(low)))


def changed_parties(before: Ints, after: Ints) -> int:
    """Parties whose community now is not the one that goes on from their community before."""
    places = np.arange(len(before))
    found = lineage(before, after, (places, places), [f"{one:09}" for one in range(int(before.max()) + 1)])
    passed = np.where(found.passed == NONE, NEW, found.passed)
    sizes = np.bincount(before)
    # Communities of one have no id; one who stays alone has not moved.
    alone = (sizes[before] == 1) & (np.bincount(after)[after] == 1)
    return int(((passed[after] != before) & ~alone).sum())


def added(low: Ints, high: Ints, size: int, near: Ints) -> Network:
    """The network with one more party, linked with those ``near``."""
    return network(size + 1, np.concatenate([low, near]), np.concatenate([high, np.full(len(near), size)]))


def measure(path: Path) -> None:
    size, low, high = read(path)
    generator = np.random.default_rng(SEED)
    whole = network(size, low, high)
    begun = time.perf_counter()
    base = fresh(whole)
    seconds = time.perf_counter() - begun
    five = fresh(whole, runs=5, seed=1000)
    print(
        f"\n{path.stem}: {size:,} parties, {len(low):,} links; {int(base.label.max()) + 1} communities, ",
        end="",
    )
    print(f"modularity {base.modularity:.4f} ({seconds:.1f} s), best of five {five.modularity:.4f}")

    for kind in ("three links", "the links of another"):
        moved, again, lost = [], [], []
        for draw, party in enumerate(generator.integers(0, size, DRAWS).tolist()):
            if kind == "three links":
                near = np.unique(generator.choice(np.concatenate([low, high]), 3))
            else:
                near = np.unique(np.concatenate([high[low == party], low[high == party]]))
            grown = added(low, high, size, near)
            after = continued(grown, np.append(base.label, NEW), near)
            moved.append(changed_parties(base.label, after[:size]))
            lost.append(five.modularity - grown.modularity(after))
            if draw < 20:
                again.append(changed_parties(base.label, fresh(grown, runs=1, seed=party).label[:size]))
        print(
            f"one party added with {kind}: {np.mean(moved):.2f} others move, at most {max(moved)}; ", end=""
        )
        print(f"a fresh run {np.mean(again):.0f}; modularity {np.mean(lost):+.4f} under the best of five")

    moved, again = [], []
    for draw in range(10):
        gone = generator.random(len(low)) < 0.01
        kept = network(size, low[~gone], high[~gone])
        after = continued(kept, base.label, np.unique(np.concatenate([low[gone], high[gone]])))
        moved.append(changed_parties(base.label, after) / size)
        again.append(changed_parties(base.label, fresh(kept, runs=1, seed=draw).label) / size)
    print(f"1 % of links removed: {np.mean(moved):.2%} move; a fresh run {np.mean(again):.0%}")

    label, now, losses, recuts = base.label, (low, high), [], 0
    for one in range(ROUNDS):
        gone = generator.random(len(now[0])) < 0.02
        ends = generator.integers(0, size, (int(gone.sum()), 2))
        ends = np.sort(ends[ends[:, 0] != ends[:, 1]], axis=1)
        touched = np.concatenate([now[0][gone], now[1][gone], ends.ravel()])
        kept = np.column_stack([now[0][~gone], now[1][~gone]])
        pairs = np.unique(np.concatenate([kept, ends]), axis=0)
        now = pairs[:, 0], pairs[:, 1]
        rewired = network(size, *now)
        label, best = continued(rewired, label, np.unique(touched)), fresh(rewired, runs=5, seed=one)
        if best.modularity - rewired.modularity(label) > RECUT:
            label, recuts = best.label, recuts + 1
        losses.append(best.modularity - rewired.modularity(label))
    print(
        f"{ROUNDS} rounds of 2 % rewiring: modularity at most {max(losses):.4f} under the best of five, ",
        end="",
    )
    print(f"{recuts} recuts")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        measure(Path(name))
