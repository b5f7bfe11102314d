"""Other readings of the rules of the worlds, one at a time: none of them gives the figures stated with the rules.

    python -m benchmarks.readings [--draws 2000]

The rules were written down with base rates, shares of contagion and scores of another implementation of them. Those of
``benchmarks/worlds.py`` differ. Each reading here changes one rule that its words leave open, or that a slip could
change, and measures what that would give.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks import expected_scores, worlds
from benchmarks.worlds import FIRMS, IN_RINGS, SETTINGS, TRADES, Ints, Name, World

SEEDS = (0, 1, 2)


@dataclass(frozen=True, slots=True)
class Reading:
    """What differs from the rules as ``worlds`` reads them.

    ``median``: M is the median of the leverage, not its mean. ``one_size``: a firm's x is the same out and in.
    ``pairs``: of the 9,000 pairs drawn, repeated ones are drawn again, dropped, or kept as further links.
    ``cap``: of x. ``less``: subtracted from x, 1 makes it a Lomax variable. ``links``: trade links.
    ``logit_of_mean``: the centre of own distress is logit(m), not such that its mean is m. ``variances``: the second
    numbers of the lognormals are variances. ``spread``: factor of the log-sd of leverage.
    """

    median: bool = False
    one_size: bool = False
    pairs: Literal["again", "dropped", "kept"] = "again"
    cap: float = 50.0
    less: float = 0.0
    links: int = TRADES
    logit_of_mean: bool = False
    variances: bool = False
    spread: float = 1.0


AS_WRITTEN = Reading()
READINGS: dict[str, Reading] = {
    "as in `worlds.py`": AS_WRITTEN,
    "M is the median of the leverage": Reading(median=True),
    "one x for out and in": Reading(one_size=True),
    "one x, and M the median": Reading(one_size=True, median=True),
    "repeated pairs dropped": Reading(pairs="dropped"),
    "repeated pairs kept": Reading(pairs="kept"),
    "repeated pairs kept, one x, M the median": Reading(pairs="kept", one_size=True, median=True),
    "own distress centred at logit(m)": Reading(logit_of_mean=True),
    "log-sds of leverage and guarantee are variances": Reading(variances=True),
    "x without a cap (not the rule)": Reading(cap=np.inf),
    "x less 1, Lomax (not the rule)": Reading(less=1.0),
    "x less 1, one x, M the median (not the rule)": Reading(less=1.0, one_size=True, median=True),
    "leverage with log-sd 1 (not the rule)": Reading(spread=1 / 0.6),
    "4,500 links (not the rule)": Reading(links=4_500),
    "4,500 links, one x, M the median (not the rule)": Reading(links=4_500, one_size=True, median=True),
}
STATED: dict[str, dict[str, float]] = {
    "b": {"base": 0.061, "contagion": 0.60, "own": 0.556, "ceiling": 0.833, "ceiling_ap": 0.439},
    "b2": {"base": 0.047, "contagion": 0.32, "own": 0.687, "ceiling": 0.796, "ceiling_ap": 0.230},
}


def make(name: Name, seed: int, reading: Reading) -> World:
    """The world of a seed under a reading; under ``AS_WRITTEN`` that of ``worlds.make``."""
    setting = SETTINGS[name]
    generator = worlds._generator(name, "standard", seed, worlds._WORLD)
    source, target = _trades(generator, reading)
    amount = generator.lognormal(0.0, 1.0, len(source))
    sd = 0.6**0.5 if reading.variances else 0.6 * reading.spread
    centre = np.log(setting.leverage) - (0.0 if reading.median else sd**2 / 2)
    leverage = generator.lognormal(centre, sd, FIRMS)
    receivable = np.bincount(target, weights=amount, minlength=FIRMS)
    buffer = np.where(receivable > 0.0, receivable / leverage, 1.0)
    member, following = worlds._rings(generator)
    sd = 0.5**0.5 if reading.variances else 0.5
    guaranteed = buffer[following] * generator.lognormal(np.log(setting.guarantee), sd, IN_RINGS)
    mean = setting.distress
    logit = np.log(mean / (1 - mean)) if reading.logit_of_mean else worlds._centre(mean, setting.spread)
    own = np.minimum(
        0.4, worlds._logistic(np.asarray(logit + setting.spread * generator.standard_normal(FIRMS)))
    )
    known = generator.random(FIRMS) < setting.known
    return World(
        name=name,
        seed=seed,
        source=np.concatenate([source, member]),
        target=np.concatenate([target, following]),
        relation=np.repeat(np.array([worlds.TRADE, worlds.GUARANTEE]), [len(source), IN_RINGS]),
        amount=np.concatenate([amount, guaranteed]),
        buffer=buffer,
        own=np.where(known, 1.0, own),
        known=known,
        exposure=generator.lognormal(0.0, 1.2, FIRMS),
    )


def _trades(generator: np.random.Generator, reading: Reading) -> tuple[Ints, Ints]:
    """Ends of the trade links."""
    size = [np.minimum(generator.random(FIRMS) ** (-1 / 1.3), reading.cap) - reading.less for _ in range(2)]
    mass = [np.cumsum(x) for x in (size[0], size[0] if reading.one_size else size[1])]
    pairs = np.zeros(0, dtype=np.int64)
    while len(pairs) < TRADES:
        source, target = (
            np.minimum(np.searchsorted(m, generator.random(TRADES) * m[-1], side="right"), FIRMS - 1)
            for m in mass
        )
        drawn = (source * FIRMS + target)[source != target]
        if reading.pairs == "kept":
            pairs = drawn
            break
        found = np.concatenate([pairs, drawn])
        _, first = np.unique(found, return_index=True)
        pairs = found[np.sort(first)]
        if reading.pairs == "dropped":
            break
    pairs = pairs[: reading.links]
    return pairs // FIRMS, pairs % FIRMS


def measure(reading: Reading, draws: int) -> dict[Name, dict[str, float]]:
    """Base rate, share of new defaults by contagion, AUC* of the own record, ceiling: means over three seeds."""
    report: dict[Name, dict[str, float]] = {}
    names: tuple[Name, ...] = ("b", "b2")
    for name in names:
        found = []
        for seed in SEEDS:
            world = make(name, seed, reading)
            judged = ~world.known
            chance = np.mean(worlds.ceiling(world, draws), axis=0)[judged]
            happened = worlds.outcomes(world, draws)
            failed, alone = happened.failed[:, judged].sum(), happened.alone[:, judged].sum()
            found.append(
                {
                    "base": float(chance.mean()),
                    "contagion": 1.0 - float(alone / failed),
                    "own": expected_scores.auc(world.own[judged], chance),
                    "ceiling": expected_scores.auc(chance, chance),
                    "ceiling_ap": expected_scores.average_precision(chance, chance),
                }
            )
        report[name] = {key: float(np.mean([each[key] for each in found])) for key in found[0]}
    return report


def table(draws: int) -> dict[str, dict[Name, dict[str, float]]]:
    """Every reading, measured."""
    return {title: measure(reading, draws) for title, reading in READINGS.items()}


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=2_000)
    print(json.dumps(table(parser.parse_args().draws), indent=1))


if __name__ == "__main__":
    main()
