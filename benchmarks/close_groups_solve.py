"""How fast close groups are found, solved and proven, beside h in the same run.

    python -m benchmarks.close_groups_solve [--parties 1000000] [--links 5] [--drawn 5000] [--worlds strong critical]

Worlds, ends uniform:
    strong     one link in ten has a weight from .1 to 1, the others below .1
    critical   weights uniform to .36: every party is behind a circle too large to be exact; told is what is cut

Own distress: 6 % of the parties, uniform from .05 to .5. Times are CPU seconds of this process, with wall seconds
beside them. The groups and the system depend on weights alone and serve any number of solutions. Prints one JSON
document.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
from functools import partial
from typing import Any

import numpy as np

from algorithms.risk.certificate import certificate as certificate_of_h
from algorithms.risk.close_groups.certificate import certificate
from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from algorithms.risk.close_groups.solve import solve
from algorithms.risk.network import Network
from algorithms.risk.propagation import solve as solve_h
from algorithms.risk.region import region
from algorithms.risk.warm import warm
from benchmarks.risk_solve import percentiles, seeds, timed
from graph.arrays import Csr, Floats

WORLDS = ("strong", "critical")
ASKED = 200


def world(name: str, parties: int, links: int, generator: np.random.Generator) -> Csr:
    """Weights of one world; parallel links add up, to 1 at most."""
    count = parties * links
    source, target = generator.integers(0, parties, (2, count))
    if name == "strong":
        strong = generator.random(count) < 0.1
        weight = np.where(strong, generator.uniform(0.1, 1.0, count), generator.uniform(0.0, 0.1, count))
    else:
        weight = generator.uniform(0.0, 0.36, count)
    made = Csr.from_edges(parties, source, target, weight)
    return Csr(made.indptr, made.indices, np.minimum(1.0, made.data))


def measure(
    name: str, parties: int, links: int, drawn: int, generator: np.random.Generator
) -> dict[str, Any]:
    """One world."""
    weights = world(name, parties, links, generator)
    own = seeds(parties, 0.06, 0.5, generator)
    network = Network.of(weights)
    h, with_proof = timed(lambda: solve_h(network, own))
    area = region(network, np.flatnonzero(own > 0.0))
    at = h.h[area.parties].copy()
    _, proof_of_h = timed(
        lambda: certificate_of_h(area, own[area.parties], area.inflow_error, at, np.zeros(len(at)))
    )
    model, preparing = timed(lambda: prepare(network, limits=Limits(drawn=drawn)))
    (values, sweeps, solves), solving = timed(lambda: solve(model.system, own))
    (bound, more), proving = timed(lambda: certificate(model.system, own, values))
    slot = model.system.party_slot
    noise = chances(model, own, proven=False).noise if model.groups.drawn.any() else np.zeros(parties)
    result = Chances(values[slot], bound[slot], noise, values, sweeps, solves + more)
    asked = generator.choice(np.flatnonzero(result.p > 0.0), ASKED, replace=False).tolist()
    tails, explaining = percentiles(partial(_tail, model, own, result, party) for party in asked)
    alone = with_proof["cpu_s"] - proof_of_h["cpu_s"]
    return {
        "h": {"solve_cpu_s": round(alone, 3), "certificate": proof_of_h, "sweeps": h.sweeps},
        "prepare": preparing,
        "solve": solving
        | {"sweeps": sweeps, "systems": solves, "times_h": round(solving["cpu_s"] / alone, 2)},
        "certificate": proving | {"systems": more, "worst_bound": float(result.bound.max())},
        "slots": model.system.slots,
        "rungs": {
            str(w): int(n) for w, n in zip(*np.unique(model.groups.rung, return_counts=True), strict=True)
        },
        "drawn": int(model.groups.drawn.sum()),
        "cut_share": round(float(model.groups.cut.mean()), 4),
        "loop_outside_share": round(float(model.loop_outside.mean()), 4),
        "worst_noise": float(noise.max(initial=0.0)),
        "mean": {"h": float(h.h.mean()), "close_groups": float(result.p.mean())},
        "ten_line_reason": explaining | {"median_tail": round(float(np.median(tails)), 4)},
    }


def _tail(model: Model, own: Floats, result: Chances, party: int) -> float:
    return reasons(model, own, result, party).tail


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parties", type=int, default=1_000_000)
    parser.add_argument("--links", type=int, default=5, help="per party")
    parser.add_argument("--drawn", type=int, default=Limits().drawn, help="groups that may be drawn")
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=WORLDS)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    warm()
    measure("critical", 300, chosen.links, 2, np.random.default_rng(0))  # compiles what is not
    report: dict[str, Any] = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "parties": chosen.parties,
        "links": chosen.parties * chosen.links,
        "worlds": {
            name: measure(
                name, chosen.parties, chosen.links, chosen.drawn, np.random.default_rng(chosen.seed)
            )
            for name in chosen.worlds
        },
    }
    report["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
