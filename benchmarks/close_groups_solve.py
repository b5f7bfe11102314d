"""How fast close groups are found, solved and proven, beside h in the same run.

    python -m benchmarks.close_groups_solve [--parties 1000000] [--links 5] [--drawn 5000] [--worlds strong critical]

Worlds, ends uniform:
    strong     one link in ten has a weight from .1 to 1, the others below .1
    critical   weights uniform to .36: every party is behind a circle too large to be exact; told is what is cut
    bounded    as strong, links inside groups of 60 parties: what a change reaches stays small

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
from algorithms.risk.close_groups.what_if import what_if
from algorithms.risk.network import Network
from algorithms.risk.propagation import solve as solve_h
from algorithms.risk.region import region
from algorithms.risk.warm import warm
from benchmarks.risk_solve import percentiles, seeds, timed
from graph.arrays import Csr, Floats

WORLDS = ("strong", "critical", "bounded")
ASKED = 200
GROUP = 60


def world(name: str, parties: int, links: int, generator: np.random.Generator) -> Csr:
    """Weights of one world; parallel links add up, to 1 at most."""
    count = parties * links
    source, target = generator.integers(0, parties, (2, count))
    if name == "bounded":
        target = np.minimum(parties - 1, source // GROUP * GROUP + target % GROUP)
    if name != "critical":
        strong = generator.random(count) < 0.1
        weight = np.where(strong, generator.uniform(0.1, 1.0, count), generator.uniform(0.0, 0.1, count))
    else:
        weight = generator.uniform(0.0, 0.36, count)
    made = Csr.from_edges(parties, source, target, weight)
    return Csr(made.indptr, made.indices, np.minimum(1.0, made.data))


def measure(
    name: str,
    parties: int,
    links: int,
    drawn: int,
    generator: np.random.Generator,
    *,
    asked_of: int = ASKED,
) -> dict[str, Any]:
    """One world; ``asked_of`` parties are asked for reasons and what-ifs."""
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
    noise = chances(model, own).noise if model.groups.drawn.any() else np.zeros(parties)
    result = Chances(values[slot], bound[slot], noise, values, sweeps, solves + more)
    exact = np.flatnonzero((result.p > 0.0) & ~model.groups.drawn)
    asked = generator.choice(exact, min(asked_of, len(exact)), replace=False).tolist()
    tails, explaining = percentiles(partial(_tail, model, own, result, party) for party in asked)
    of_drawn: dict[str, Any] = {}
    if model.groups.drawn.any():
        some = np.flatnonzero(model.groups.drawn)[:5].tolist()
        drawn_tails, drawn_time = percentiles(partial(_tail, model, own, result, party) for party in some)
        of_drawn["ten_line_reason_of_drawn"] = drawn_time | {
            "median_tail": round(float(np.median(drawn_tails)), 4)
        }
    alone = with_proof["cpu_s"] - proof_of_h["cpu_s"]
    changes = _changes(model, own, result, network, generator, asked_of=asked_of) if name == "bounded" else {}
    return {
        "h": {"solve_cpu_s": round(alone, 3), "certificate": proof_of_h, "sweeps": h.sweeps},
        "prepare": preparing,
        "solve": solving
        | {"sweeps": sweeps, "systems": solves, "times_h": round(solving["cpu_s"] / max(alone, 1e-3), 2)},
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
        **of_drawn,
        **changes,
    }


def _changes(
    model: Model,
    own: Floats,
    result: Chances,
    network: Network,
    generator: np.random.Generator,
    *,
    asked_of: int,
) -> dict[str, Any]:
    """What-ifs of a default and of a link of one half more weight; how many parties they reach."""

    def default(party: int) -> int:
        after = own.copy()
        after[party] = 1.0
        return len(what_if(model, result, after, np.array([party]), network=network, same_links=True).parties)

    rows, columns = network.out.rows(), network.out.indices

    def larger(entry: int) -> int:
        ends = rows[entry : entry + 1], columns[entry : entry + 1]
        changed = network.changed(*ends, np.minimum(1.0, 1.5 * network.out.data[entry : entry + 1]))
        return len(what_if(model, result, own, ends[1], network=changed).parties)

    found = {}
    for title, action, count in (("default", default, network.size), ("link", larger, len(columns))):
        asked = generator.integers(0, count, asked_of).tolist()
        reached, took = percentiles(partial(action, at) for at in asked)
        found[f"what_if_{title}"] = took | {"reach_p50": int(np.median(reached)), "reach_max": max(reached)}
    return found


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
    for name in ("critical", "bounded"):  # compiles what is not
        measure(name, 300, chosen.links, 2, np.random.default_rng(0), asked_of=2)
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
