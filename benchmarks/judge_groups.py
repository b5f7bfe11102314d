"""The chance by close groups in worlds of close groups, beside h with the same weights and beside the ceiling.

    python -m benchmarks.judge_groups [--draws 6000] [--seeds 3] [--worlds b b2] [--groups "pairs, g 10" ...]

Weights are unfitted, with guarantees called by chance .6. For every world, mean over seeds, in thousandths: how far
AUC* and AP* stay below those of the ceiling, and E* = mean of |forecast - ceiling|; then the sum of the forecasts of
the members of groups over that of their ceiling. The ceiling is scored by its own draws, so it is a little too good:
``luck`` is the AUC* that it loses when the other half of the draws judges it. Prints one Markdown table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.propagation import solve
from algorithms.risk.weights import break_weights
from benchmarks import expected_scores, worlds
from benchmarks.group_worlds import VARIANTS, Groups
from benchmarks.judge_risk import START, case
from graph.arrays import Bools, Floats

CALLED = 0.6


def members(world: worlds.World) -> Bools:
    """Firms of groups: the links of groups come after those of trade."""
    trades = VARIANTS[world.groups].trades or worlds.TRADES
    inside = np.zeros(world.size, dtype=np.bool_)
    inside[world.source[trades:]] = True
    inside[world.target[trades:]] = True
    return inside


def judge(name: worlds.Name, groups: Groups, seed: int, draws: int) -> dict[str, list[float]]:
    """Scores of both forecasts in one world, and the luck of the ceiling."""
    world = worlds.make(name, seed, groups)
    seen = case(world)
    weights = break_weights(
        world.size,
        seen.money,
        seen.evidence,
        seen.buffer,
        seen.uncertain_buffer,
        parameters=START,
        called=CALLED,
    ).csr
    judged = ~world.known
    even, odd = (half[judged] for half in worlds.ceiling(world, draws))
    chance = (even + odd) / 2
    best = expected_scores.auc(chance, chance), expected_scores.average_precision(chance, chance)
    inside = members(world)[judged]

    def scores(forecast: Floats) -> list[float]:
        forecast = forecast[judged]
        return [
            1e3 * (best[0] - expected_scores.auc(forecast, chance)),
            1e3 * (best[1] - expected_scores.average_precision(forecast, chance)),
            1e3 * expected_scores.error(forecast, chance),
            float(forecast[inside].sum() / chance[inside].sum()),
        ]

    other = (expected_scores.auc(even, odd) + expected_scores.auc(odd, even)) / 2
    model = prepare(weights)
    result = chances(model, seen.own)
    return {
        "close groups": scores(result.p),
        "h": scores(solve(weights, seen.own).h),
        "luck": [
            1e3 * (best[0] - other),
            float(model.groups.drawn.sum()),
            float(result.noise.max(initial=0.0)),
        ],
    }


def rows(names: list[worlds.Name], groups: list[Groups], seeds: int, draws: int) -> Iterator[str]:
    """Lines of the table."""
    yield "| world | | close groups: AUC*, AP*, E*, ratio | h: AUC*, AP*, E*, ratio | luck | drawn | noise |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for group in groups:
        for name in names:
            found = [judge(name, group, seed, draws) for seed in range(seeds)]
            mean = {key: np.mean([each[key] for each in found], axis=0) for key in found[0]}
            cells = [
                "{:.1f}, {:.1f}, {:.1f}, {:.2f}".format(*mean[key].tolist()) for key in ("close groups", "h")
            ]
            luck, drawn, noise = mean["luck"].tolist()
            yield f"| {group} | {name} | {cells[0]} | {cells[1]} | {luck:.1f} | {drawn:.0f} | {noise:.3f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=6_000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--worlds", nargs="+", choices=worlds.NAMES, default=["b", "b2"])
    parser.add_argument("--groups", nargs="+", choices=worlds.GROUPS, default=list(worlds.GROUPS))
    chosen = parser.parse_args()
    for line in rows(chosen.worlds, chosen.groups, chosen.seeds, chosen.draws):
        print(line, flush=True)


if __name__ == "__main__":
    main()
