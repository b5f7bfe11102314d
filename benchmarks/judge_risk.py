"""The model of contagion against simple ones, and against the best that any could do.

    python -m benchmarks.judge_risk [--draws 20000] [--group-draws 20000] [--isolation-years 1000]
        [--isolation-seeds 20] [--world-customers 700] [--contagion-small FOLDER] [--keep FILE]
        [--page docs/evaluation/risk.md]

Worlds, seeds and years are those of ``benchmarks/worlds.py``. Parameters are the start values, or fitted by maximum
likelihood on the fitting seeds; every forecast is also calibrated there (isotonic). Trees learn there too. Scores are
those of ``benchmarks/expected_scores.py``. Prints one JSON document, and writes the page where asked. ``--keep`` holds
what is measured section by section, so that a run that was cut short goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from algorithms.risk.close_groups.steering import ring_fence
from algorithms.risk.fitting import Case, Forecast, called_weights, failing, fit
from algorithms.risk.network import Network
from algorithms.risk.parameters import AT_FACE_VALUE, RiskParameters
from benchmarks import contagion_small, expected_scores, judge_groups, judge_world, trees, worlds
from benchmarks.contagion_models import (
    MODELS,
    after_rounds,
    distress_by_loss,
    loss_matrix,
    passing_most,
)
from benchmarks.risk_page import FITTED, TREES, page
from benchmarks.world_cases import case
from graph.arrays import Floats, Ints

START = RiskParameters()
ISOLATED = 30


def judge(name: worlds.Name, draws: int) -> dict[str, Any]:
    """All models in one world; every score is a list by test seed."""
    learnt = [case(worlds.make(name, seed), worlds.FITTING_YEARS) for seed in worlds.FITTING_SEEDS]
    ready: list[tuple[str, Forecast, RiskParameters, tuple[Floats, Floats]]] = []
    fits = {}
    for title, forecast, names in MODELS:
        parameters = START
        if names:
            found = fit(learnt, START, names, forecast=forecast)
            parameters = found.parameters
            fits[title] = {n: round(getattr(parameters, n), 4) for n in names} | {
                "nats_before": round(found.before, 6),
                "nats_after": round(found.after, 6),
            }
        forecasts = np.concatenate([forecast(seen, parameters)[seen.judged] for seen in learnt])
        rates = np.concatenate([seen.failures[seen.judged] / seen.years for seen in learnt])
        ready.append((title, forecast, parameters, expected_scores.calibration(forecasts, rates)))
        say(f"{name}: {title} ready")
    learnt_trees = {}
    for title, columns in tree_columns(next(p for title, _, p, _ in ready if title == FITTED)).items():
        grown = trees.learn(learnt, columns)
        learnt_trees[title] = grown.setting
        ready.append((title, by_trees(grown), START, (grown.level, grown.rate)))
        say(f"{name}: {title} ready, {grown.setting}")
    report: dict[str, Any] = {
        "fits": fits,
        "trees": learnt_trees,
        "models": {title: [] for title, *_ in ready},
        "ceiling": [],
    }
    for seed in worlds.TEST_SEEDS:
        world = worlds.make(name, seed)
        seen = case(world)
        even, odd = (half[seen.judged] for half in worlds.ceiling(world, draws))
        chance = (even + odd) / 2
        report["ceiling"].append(
            scores(chance, chance, chance)
            | {
                "base_rate": float(chance.mean()),
                "auc_of_half": expected_scores.auc(even, odd),
                "ap_of_half": expected_scores.average_precision(even, odd),
                "noise": float(np.abs(even - odd).mean() / 2),
            }
        )
        for title, forecast, parameters, (level, rate) in ready:
            h = forecast(seen, parameters)[seen.judged]
            report["models"][title].append(scores(h, np.interp(h, level, rate), chance))
        say(f"{name}: seed {seed} judged")
    return report


def tree_columns(fitted: RiskParameters) -> dict[str, Callable[[Case], Floats]]:
    """What each of the trees sees, by title; the chance by close groups is the fitted one."""

    def chance(seen: Case) -> Floats:
        return failing(seen, fitted)

    near, far = TREES
    return {
        near: trees.one_hop,
        far: trees.two_hops,
        f"{near} and close groups": trees.with_forecast(trees.one_hop, chance),
        f"{far} and close groups": trees.with_forecast(trees.two_hops, chance),
    }


def by_trees(grown: trees.Trees) -> Forecast:
    """The forecast of learnt trees."""
    return lambda seen, _: grown.forecast(seen)


def scores(forecast: Floats, calibrated: Floats, chance: Floats) -> dict[str, float]:
    """AUC*, AP*, and E* as it is and calibrated."""
    return {
        "auc": expected_scores.auc(forecast, chance),
        "ap": expected_scores.average_precision(forecast, chance),
        "error": expected_scores.error(forecast, chance),
        "error_calibrated": expected_scores.error(calibrated, chance),
    }


def thresholds(draws: int) -> dict[str, Any]:
    """World (a), where h bounds the chance: rank correlation, and how far h is below in standard errors."""
    models: dict[str, Forecast] = {
        "one hop": after_rounds(1, loss_matrix),
        "two rounds": after_rounds(2, loss_matrix),
        "h": distress_by_loss,
    }
    report: dict[str, Any] = {title: [] for title in models}
    for seed in worlds.TEST_SEEDS:
        world = worlds.make("a", seed)
        chance = np.mean(worlds.ceiling(world, draws), axis=0)
        for title, forecast in models.items():
            h = forecast(case(world), AT_FACE_VALUE)
            spread = np.sqrt(np.maximum(h * (1.0 - h), 1e-12) / draws)
            report[title].append(
                {
                    "spearman": float(spearmanr(h, chance).statistic),
                    "below": float(((chance - h) / spread).max()),
                }
            )
        say(f"a: seed {seed} judged")
    return report


def isolation(name: worlds.Name, years: int, seeds: int) -> dict[str, list[float]]:
    """Share of defaults by contagion that cutting the outgoing links of 30 firms avoids, by seed."""
    report: dict[str, list[float]] = {}
    for seed in range(seeds):
        world = worlds.make(name, seed)
        weights = called_weights(case(world), START)
        network = Network.of(weights)
        everyone = np.ones(world.size)
        reach = np.bincount(weights.rows(), weights.data, minlength=world.size)
        chosen = {
            "random": np.random.default_rng(seed).permutation(world.size)[:ISOLATED],
            "out-degree": most(np.bincount(world.source, minlength=world.size)),
            "own * sum of W": most(world.own * reach),
            "greedy by h": passing_most(network, world.own, ISOLATED),
            "greedy": np.array([pick.party for pick in ring_fence(network, world.own, everyone, ISOLATED)]),
        }
        before = by_contagion(world, years)
        for title, firms in chosen.items():
            avoided = 1.0 - by_contagion(isolated(world, firms), years) / before
            report.setdefault(title, []).append(avoided)
        say(f"{name}: isolation, seed {seed}")
    return report


def most(value: Floats | Ints) -> Ints:
    """The firms with the largest values, ties to the lower number."""
    return np.argsort(-value, kind="stable")[:ISOLATED]


def isolated(world: worlds.World, firms: Ints) -> worlds.World:
    """The world in which these firms harm nobody."""
    kept = ~np.isin(world.source, firms)
    columns = ("source", "target", "relation", "amount")
    return replace(world, **{column: getattr(world, column)[kept] for column in columns})


def by_contagion(world: worlds.World, years: int) -> int:
    """Defaults that needed another's failure."""
    happened = worlds.outcomes(world, years)
    return int((happened.failed & ~happened.alone).sum())


def say(line: str) -> None:
    """Progress."""
    print(line, file=sys.stderr, flush=True)


def measured(
    chosen: argparse.Namespace, kept: dict[str, Any], keep: Callable[[dict[str, Any]], None]
) -> None:
    """Every section that ``kept`` lacks, one after the other; ``keep`` is called after each."""
    contagious: tuple[worlds.Name, ...] = ("b", "b2")
    sections: dict[str, Callable[[], Any]] = {
        "a": lambda: thresholds(chosen.draws),
        **{f"world {name}": partial(judge, name, chosen.draws) for name in contagious},
    }
    if chosen.group_draws:
        for group in worlds.GROUPS:
            sections[f"groups {group}"] = partial(
                judge_groups.judge_all, contagious, (group,), worlds.TEST_SEEDS, chosen.group_draws
            )
    if chosen.world_customers:
        sections["utility_world"] = lambda: judge_world.judge(chosen.world_customers, judge_world.SEEDS)
    if chosen.contagion_small:
        sections["contagion_small"] = lambda: contagion_small.measure(chosen.contagion_small)
    if chosen.isolation_years:
        for name in contagious:
            sections[f"isolation {name}"] = partial(
                isolation, name, chosen.isolation_years, chosen.isolation_seeds
            )
    for title, section in sections.items():
        if title not in kept:
            begun, cpu = time.perf_counter(), time.process_time()
            found = section()
            took = {"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
            # As JSON at once: a page from a kept report is the page of the run itself.
            kept[title] = json.loads(json.dumps({"found": found, "seconds": took}))
            keep(kept)


def assembled(chosen: argparse.Namespace, kept: dict[str, Any]) -> dict[str, Any]:
    """The report that the page is made of."""

    def all_of(kind: str) -> dict[str, Any]:
        return {
            title.removeprefix(f"{kind} "): part["found"]
            for title, part in kept.items()
            if title.startswith(f"{kind} ")
        }

    groups = all_of("groups")
    return {
        "command": f"python -m benchmarks.judge_risk --draws {chosen.draws} --group-draws {chosen.group_draws}"
        f" --isolation-years {chosen.isolation_years} --isolation-seeds {chosen.isolation_seeds}"
        f" --world-customers {chosen.world_customers}"
        + (" --contagion-small FOLDER" if chosen.contagion_small else "")
        + " --page docs/evaluation/risk.md",
        "draws": chosen.draws,
        "group_draws": chosen.group_draws,
        "isolation_years": chosen.isolation_years,
        "start": asdict(START),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f},"
        f" Python {platform.python_version()}, numpy {np.__version__}",
        "seconds": {
            key: round(sum(part["seconds"][key] for part in kept.values())) for key in ("wall", "cpu")
        },
        "worlds": all_of("world"),
        **({"groups": {name: found[name] for name, found in groups.items()}} if groups else {}),
        **({"isolation": all_of("isolation")} if all_of("isolation") else {}),
        **{key: kept[key]["found"] for key in ("a", "utility_world", "contagion_small") if key in kept},
    }


def main() -> None:
    """Read the arguments, judge, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=worlds.CEILING_DRAWS, help="of the ceiling; even")
    parser.add_argument(
        "--group-draws", type=int, default=judge_groups.DRAWS, help="in worlds of groups; 0 = left out"
    )
    parser.add_argument("--isolation-years", type=int, default=1000, help="a seed; 0 = leave isolation out")
    parser.add_argument("--isolation-seeds", type=int, choices=(5, 20), default=20)
    parser.add_argument(
        "--world-customers", type=int, default=700, help="of the utility world; 0 = leave it out"
    )
    parser.add_argument("--contagion-small", type=Path, help="the folder of that data set; absent = left out")
    parser.add_argument("--keep", type=Path, help="a file of sections already measured; new ones are added")
    parser.add_argument("--page", type=Path, help="write the page there")
    chosen = parser.parse_args()
    kept: dict[str, Any] = {}
    if chosen.keep and chosen.keep.exists():
        kept = json.loads(chosen.keep.read_text(encoding="utf-8"))

    def keep(found: dict[str, Any]) -> None:
        if chosen.keep:
            chosen.keep.write_text(json.dumps(found), encoding="utf-8")

    measured(chosen, kept, keep)
    report = assembled(chosen, kept)
    print(json.dumps(report, indent=1))
    if chosen.page:
        chosen.page.parent.mkdir(parents=True, exist_ok=True)
        chosen.page.write_text(page(report), encoding="utf-8")


if __name__ == "__main__":
    main()
