"""How fast risk is solved, proven, explained and updated, beside plain iteration in the same run.

    python -m benchmarks.risk_solve [--parties 1000000] [--links 5] [--radius 0.9] [--worlds random heavy groups rings]

Worlds, all seeded, weights lognormal(0, 1) scaled to the spectral radius:
    random   ends uniform: one giant component
    heavy    ends in proportion to min(U^(-1/1.3), 50): a few hubs
    groups   links inside groups of 60 parties: what changes stays small
    rings    random, with one ring of 3 to 8 parties and gain 0.999 to 1 planted for every 2,000 parties; own distress
             of the sparse seeds divided by 10,000, so that the rings decide

Two sets of seeds each: 6 % and 0.05 % of the parties, own distress uniform from 0.1 to 1. Times are CPU seconds of this
process (wall seconds beside them); the solution is that of one core. Plain iteration stops when no value changes by
more than 1e-12. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from algorithms.risk.certificate import certificate
from algorithms.risk.explain import explain
from algorithms.risk.network import Network
from algorithms.risk.propagation import Propagation, solve
from algorithms.risk.region import region
from algorithms.risk.update import defaults, update
from algorithms.risk.warm import warm
from graph.arrays import Csr, Floats

WORLDS = ("random", "heavy", "groups", "rings")
GROUP = 60
PLAIN_SWEEPS = 3000


def world(name: str, parties: int, links: int, radius: float, generator: np.random.Generator) -> Csr:
    """Weights of one world."""
    count = parties * links
    if name == "heavy":
        source, target = (_by_weight(parties, count, generator) for _ in range(2))
    else:
        source = generator.integers(0, parties, count)
        target = generator.integers(0, parties, count)
        if name == "groups":
            target = np.minimum(parties - 1, source // GROUP * GROUP + target % GROUP)
    weight = generator.lognormal(0.0, 1.0, count)
    weight *= radius / _radius(Csr.from_edges(parties, source, target, weight))
    if name == "rings":
        members = generator.permutation(parties)
        extra = []
        for _ in range(parties // 2000):
            length = int(generator.integers(3, 9))
            ring, members = members[:length], members[length:]
            gain = generator.uniform(0.999, 1.0) ** (1.0 / length)
            extra += [(a, b, gain) for a, b in zip(ring, np.roll(ring, -1), strict=True)]
        a, b, w = (np.array(c) for c in zip(*extra, strict=True))
        source, target, weight = np.append(source, a), np.append(target, b), np.append(weight, w)
    return Csr.from_edges(parties, source, target, weight)


def _by_weight(parties: int, count: int, generator: np.random.Generator) -> np.ndarray[Any, Any]:
    mass = np.cumsum(np.minimum(generator.random(parties) ** (-1 / 1.3), 50.0))
    return np.minimum(np.searchsorted(mass, generator.random(count) * mass[-1]), parties - 1)


def _radius(matrix: Csr) -> float:
    """By 100 power iterations: good to 1 % here."""
    whole = csr_matrix(
        (matrix.data, matrix.indices, matrix.indptr), shape=(matrix.size, matrix.size)
    ).T.tocsr()
    vector = np.ones(matrix.size)
    ratio = 1.0
    for _ in range(100):
        after = whole @ vector
        ratio = float(np.linalg.norm(after) / np.linalg.norm(vector))
        vector = after / np.linalg.norm(after)
    return ratio


def seeds(parties: int, share: float, scale: float, generator: np.random.Generator) -> Floats:
    """Own distress."""
    return np.where(generator.random(parties) < share, generator.uniform(0.1, 1.0, parties) * scale, 0.0)


def plain_iteration(network: Network, own: Floats) -> tuple[Floats, int]:
    """h := min(1, own + W'h) until no value changes by more than 1e-12, or ``PLAIN_SWEEPS``."""
    into = network.into
    matrix = csr_matrix((into.data, into.indices, into.indptr), shape=(network.size, network.size))
    h = own.copy()
    sweeps = 0
    while sweeps < PLAIN_SWEEPS:
        sweeps += 1
        after = np.minimum(1.0, own + matrix @ h)
        change = float(np.abs(after - h).max())
        h = after
        if change <= 1e-12:
            break
    return h, sweeps


def timed(action: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """The answer, and CPU and wall seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = action()
    return answer, {
        "cpu_s": round(time.process_time() - cpu, 3),
        "wall_s": round(time.perf_counter() - wall, 3),
    }


def percentiles(actions: Iterator[Callable[[], Any]]) -> tuple[list[Any], dict[str, float]]:
    """Answers, and p50, p95, p99 of CPU milliseconds."""
    answers, took = [], []
    for action in actions:
        start = time.process_time()
        answers.append(action())
        took.append(1e3 * (time.process_time() - start))
    p50, p95, p99 = np.percentile(took, [50, 95, 99]).round(2).tolist()
    return answers, {"count": len(took), "p50_ms": p50, "p95_ms": p95, "p99_ms": p99}


def measure(name: str, weights: Csr, share: float, generator: np.random.Generator) -> dict[str, Any]:
    """One world with one set of seeds."""
    scale = 1e-4 if name == "rings" and share < 0.01 else 1.0
    own = seeds(weights.size, share, scale, generator)
    network, transposing = timed(lambda: Network.of(weights))
    result, whole = timed(lambda: solve(network, own))
    area = region(network, np.flatnonzero(own > 0.0))
    h, raw = result.h[area.parties].copy(), np.zeros(len(area.parties))
    _, proof = timed(lambda: certificate(area, own[area.parties], area.inflow_error, h, raw))
    (plain, sweeps), iteration = timed(lambda: plain_iteration(network, own))
    at_risk = np.flatnonzero(result.h > 0.0)
    asked = generator.choice(at_risk, min(200, len(at_risk)), replace=False).tolist()
    tails, reasons = percentiles((lambda p=p: explain(network, own, result, p).tail) for p in asked)
    return {
        "seeds": share,
        "reached": int(result.reached.sum()),
        "largest_component": int(np.diff(area.starts).max(initial=0)),
        "capped": round(float((result.h >= 1.0).mean()), 4),
        "transpose_once": transposing,
        "solve_with_certificate": whole,
        "certificate": proof,
        "solve_alone_cpu_s": round(whole["cpu_s"] - proof["cpu_s"], 3),
        "sweeps": result.sweeps,
        "systems": result.solves,
        "worst_bound": float(result.bound.max()),
        "plain_iteration": iteration
        | {"sweeps": sweeps, "worst_difference": float(np.abs(plain - result.h).max())},
        "ten_line_reason": reasons | {"median_tail": round(float(np.median(tails)), 3)},
        **changes(network, own, result, generator),
    }


def changes(
    network: Network, own: Floats, result: Propagation, generator: np.random.Generator
) -> dict[str, Any]:
    """What-if and one-edge updates; where much is reached only a few are made."""
    rows, columns = network.out.rows(), network.out.indices
    parties = generator.integers(0, network.size, 200).tolist()
    entries = generator.integers(0, len(columns), 200).tolist()
    first = defaults(network, own, result, parties[:1])
    few = 3 if len(first.parties) > 10_000 else 200

    def one_edge(entry: int, factor: float) -> Any:
        ends = np.array([rows[entry]]), np.array([columns[entry]])
        changed = network.changed(*ends, network.out.data[entry : entry + 1] * factor)
        return changed, update(result, changed, own, ends[1])

    answer = {}
    hits, took = percentiles(
        (lambda p=p: len(defaults(network, own, result, [p]).parties)) for p in parties[:few]
    )
    answer["what_if_default"] = took | reach(hits)
    for word, factor in (("increase", 1.5), ("decrease", 0.5)):
        # Only the reach is kept: two hundred networks with their patches would fill the memory.
        made, took = percentiles(
            (lambda e=e, f=factor: len(one_edge(e, f)[1].parties)) for e in entries[:few]
        )
        changed, last = one_edge(entries[0], factor)
        again = solve(changed.plain(), own)
        gap = float(np.abs(last.apply(result).h - again.h).max())
        answer[f"one_edge_{word}"] = took | reach(made) | {"difference_to_solving": gap}
    return answer


def reach(counts: list[int]) -> dict[str, int]:
    """How many parties changes could touch."""
    return {"reach_p50": int(np.median(counts)), "reach_max": max(counts)}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=5, help="per party")
    parser.add_argument("--radius", type=float, default=0.9)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=WORLDS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    _, compiling = timed(warm)
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "parties": chosen.parties,
        "links": chosen.parties * chosen.links,
        "radius": chosen.radius,
        "kernels_ready": compiling,
        "worlds": {},
    }
    for name in chosen.worlds:
        generator = np.random.default_rng(chosen.seed)
        weights = world(name, chosen.parties, chosen.links, chosen.radius, generator)
        report["worlds"][name] = [measure(name, weights, share, generator) for share in (0.06, 0.0005)]
    report["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
