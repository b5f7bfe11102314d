"""The chance by close groups in worlds of close groups, beside h with the same weights and beside the ceiling.

    python -m benchmarks.judge_groups [--draws 20000] [--seeds 5] [--worlds b b2] [--groups "pairs, g 10" ...]

Weights are unfitted. For every world, mean over seeds, in thousandths: how far AUC* and AP* stay below those of the
ceiling, and E* = mean of |forecast - ceiling|; then the sum of the forecasts of the members of groups over that of
their ceiling. The ceiling is scored by its own draws, so it is a little too good: ``luck`` is the AUC* that it loses
when the other half of the draws judges it. Prints one Markdown table. ``benchmarks/judge_risk.py`` takes the same
figures into docs/evaluation/risk.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.joint_losses import joint_losses
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.propagation import solve
from algorithms.risk.weights import break_weights
from benchmarks import expected_scores, worlds
from benchmarks.group_page import Scores, table
from benchmarks.group_worlds import VARIANTS, Groups
from benchmarks.world_cases import case
from graph.arrays import Bools, Floats

Found: TypeAlias = dict[str, dict[str, list[Scores]]]
DRAWS = 20_000
"""Of 6,000 draws the ceiling itself is off by so much that E* of one-way rings (b2) reads 14.2 in place of 13.1."""
START = RiskParameters()


def members(world: worlds.World) -> Bools:
    """Firms of groups: the links of groups come after those of trade."""
    trades = VARIANTS[world.groups].trades or worlds.TRADES
    inside = np.zeros(world.size, dtype=np.bool_)
    inside[world.source[trades:]] = True
    inside[world.target[trades:]] = True
    return inside


def judge(name: worlds.Name, groups: Groups, seed: int, draws: int) -> Scores:
    """Scores of both forecasts in one world (``auc``, ``ap``: below the ceiling), and the luck of the ceiling."""
    world = worlds.make(name, seed, groups)
    seen = case(world)
    made = break_weights(
        world.size,
        seen.money,
        seen.evidence,
        seen.buffer,
        seen.uncertain_buffer,
        parameters=START,
        called=START.called,
    )
    weights = made.csr
    judged = ~world.known
    even, odd = (half[judged] for half in worlds.ceiling(world, draws))
    chance = (even + odd) / 2
    best = expected_scores.auc(chance, chance), expected_scores.average_precision(chance, chance)
    inside = members(world)[judged]
    found: Scores = {}

    def score(title: str, forecast: Floats) -> None:
        forecast = forecast[judged]
        found[f"{title} auc"] = best[0] - expected_scores.auc(forecast, chance)
        found[f"{title} ap"] = best[1] - expected_scores.average_precision(forecast, chance)
        found[f"{title} error"] = expected_scores.error(forecast, chance)
        found[f"{title} ratio"] = float(forecast[inside].sum() / chance[inside].sum())

    model = prepare(weights)
    result = chances(model, seen.own)
    score("groups", result.p)
    score("h", solve(weights, seen.own).h)
    raised = joint_losses(made, seen.buffer, seen.uncertain_buffer, result.p, START)
    score("joint", chances(prepare(raised), seen.own, proven=False).p)
    other = (expected_scores.auc(even, odd) + expected_scores.auc(odd, even)) / 2
    return found | {
        "luck": best[0] - other,
        "drawn": float(model.groups.drawn.sum()),
        "noise": float(result.noise.max(initial=0.0)),
        "loop_outside": float(model.loop_outside.mean()),
        "bound": float(result.bound.max()),
    }


def judge_all(
    names: Sequence[worlds.Name], groups: Sequence[Groups], seeds: Sequence[int], draws: int
) -> Found:
    """Every world: scores by variant, name and seed."""
    found: Found = {}
    for group in groups:
        found[group] = {name: [] for name in names}
        for name in names:
            for seed in seeds:
                found[group][name].append(judge(name, group, seed, draws))
            print(f"{group}, {name} judged", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=DRAWS)
    parser.add_argument("--seeds", type=int, default=len(worlds.TEST_SEEDS))
    parser.add_argument("--worlds", nargs="+", choices=worlds.NAMES, default=["b", "b2"])
    parser.add_argument("--groups", nargs="+", choices=worlds.GROUPS, default=list(worlds.GROUPS))
    chosen = parser.parse_args()
    print(table(judge_all(chosen.worlds, chosen.groups, range(chosen.seeds), chosen.draws)))


if __name__ == "__main__":
    main()
