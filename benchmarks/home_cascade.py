"""The chance by close groups of every party of a home, against the full cascade of the same weights by draws.

    python -m benchmarks.home_cascade --home HOME [--draws 1000000] [--seed 1]

Full cascade: every link is live once with the chance W, who fails by itself brings down all that it reaches over live
links. The chance by close groups is never below it, and should be at most 1.06 times it, beyond the error of the draws.
Prints one JSON document; tells which parties are further off, and how many carry the caution LOOP_OUTSIDE.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from algorithms.risk.close_groups.links import Links
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.weights import break_weights
from graph.arrays import Csr, Floats
from services.risk.fitted import in_force
from services.risk.inputs import exposure
from services.risk.weights import edges
from services.runs.days import latest_day
from services.settings import settings
from services.site import Site, open_site

Words: TypeAlias = npt.NDArray[np.uint64]

MOST_ABOVE = 1.06
ERRORS = 4.0
AT_ONCE = 256
"""Words of 64 draws that are made together."""
DIGITS = 32
"""Binary digits to which a chance is drawn."""


def cascade(weights: Csr, own: Floats, draws: int, seed: int) -> Floats:
    """How often each of n parties fails when every link is live once.

    Args:
        weights: n x n break weights, row harms column.
        own: n, own distress.
        draws: rounded up to a multiple of 64.
        seed: of the draws.
    """
    links = Links.of(weights)
    target = links.targets()
    entered, first = np.unique(target, return_index=True)
    generator = np.random.default_rng(seed)
    count = np.zeros(links.size, dtype=np.int64)
    words = -(-draws // 64)
    for begin in range(0, words, AT_ONCE):
        made = min(AT_ONCE, words - begin)
        failing = _drawn(generator, own, made)
        live = _drawn(generator, links.weight, made)
        while len(entered):
            before = failing[entered]
            after = before | np.bitwise_or.reduceat(failing[links.source] & live, first, axis=0)
            if np.array_equal(before, after):
                break
            failing[entered] = after
        count += np.bitwise_count(failing).sum(axis=1, dtype=np.int64)
    return np.asarray(count / (64 * words), dtype=np.float64)


def _drawn(generator: np.random.Generator, chance: Floats, words: int) -> Words:
    """Rows of bits, each set with the row's chance: its binary digits, the lowest first, choose between or and and."""
    digits = np.minimum(np.floor(chance * 2.0**DIGITS), 2.0**DIGITS - 1.0).astype(np.uint64)
    bits = np.zeros((len(chance), words), dtype=np.uint64)
    for digit in range(DIGITS):
        some = generator.integers(0, 2**64, bits.shape, dtype=np.uint64)
        set_here = (digits >> np.uint64(digit) & np.uint64(1)).astype(np.bool_)[:, None]
        bits = np.where(set_here, bits | some, bits & some)
    bits[chance >= 1.0] = ~np.uint64(0)
    return bits


def measure(site: Site, draws: int, seed: int) -> dict[str, Any]:
    """Compare both on what an analysis of the site would see."""
    fitted = in_force(site.home)
    parameters = fitted.parameters if fitted else RiskParameters()
    inputs = exposure(site, np.datetime64(latest_day(site)), parameters)
    parties = inputs.parties
    money, evidence = edges(inputs)
    weights = break_weights(
        len(parties.ids),
        money,
        evidence,
        parties.buffer / 100,
        parties.uncertain_buffer,
        parameters=parameters,
        called=parameters.called,
    ).csr
    begun = time.process_time()
    model = prepare(weights, priority=parties.lgd * parties.exposure, keys=parties.ids)
    result = chances(model, parties.own)
    took = time.process_time() - begun
    truth = cascade(weights, parties.own, draws, seed)
    error = np.sqrt(truth * (1.0 - truth) / draws)
    seen = truth > 0.0
    # Where all draws agree their spread is 0, yet a chance of 1e-6 beside them may go unseen.
    error = np.maximum(error, 1.0 / draws)
    above = result.p > MOST_ABOVE * truth + ERRORS * error
    # Groups that are drawn are off by luck as well: their noise is two standard deviations.
    below = result.p < truth - ERRORS * error - 2.0 * result.noise
    return {
        "parties": len(parties.ids),
        "links": len(weights.data),
        "draws": draws,
        "seed": seed,
        "parameters": parameters.status,
        "close_groups_cpu_s": round(took, 3),
        "highest_ratio": float((result.p[seen] / truth[seen]).max(initial=1.0)),
        "highest_ratio_where_draws_are_exact_to_1_percent": float(
            (result.p / np.maximum(truth, 1e-300))[seen & (error < 0.01 * truth)].max(initial=1.0)
        ),
        "above": [parties.ids[at] for at in np.flatnonzero(above).tolist()],
        "below": [parties.ids[at] for at in np.flatnonzero(below).tolist()],
        "drawn": int(model.groups.drawn.sum()),
        "cut": int(model.groups.cut.sum()),
        "loop_outside": int(model.loop_outside.sum()),
        "loop_outside_of_linked": round(
            float(model.loop_outside.sum() / max(1, np.count_nonzero(np.diff(model.groups.links.ptr)))), 4
        ),
        "worst_bound": float(result.bound.max(initial=0.0)),
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with open_site(settings(chosen.home)) as site:
        print(json.dumps(measure(site, chosen.draws, chosen.seed), indent=1))


if __name__ == "__main__":
    main()
