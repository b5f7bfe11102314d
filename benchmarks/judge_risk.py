"""The model of contagion against simple ones, and against the best that any could do.

    python -m benchmarks.judge_risk [--draws 20000] [--isolation-years 1000] [--reading-draws 2000]
        [--world-customers 700] [--contagion-small FOLDER] [--page docs/evaluation/risk.md]

Worlds, seeds and years are those of ``benchmarks/worlds.py``. Parameters are the start values, or fitted by maximum
likelihood on the fitting seeds; every forecast is also calibrated there (isotonic). Trees learn there too. Scores are
those of ``benchmarks/expected_scores.py``. Prints one JSON document, and writes the page where asked.
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
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from algorithms.pagerank import personalised_pagerank
from algorithms.risk.fitting import Case, Forecast, distress, fit
from algorithms.risk.network import Network
from algorithms.risk.parameters import AT_FACE_VALUE, GUARANTEE, TRADE_CREDIT, RiskParameters
from algorithms.risk.propagation import solve
from algorithms.risk.steering import ring_fence
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, break_weights, loss_weights
from benchmarks import contagion_small, expected_scores, readings, trees, worlds
from benchmarks.risk_page import FITTED, TREES, page
from graph.arrays import Csr, Floats, Ints

START = RiskParameters()
RHO = ("rho_guarantee", "rho_trade_credit")
ISOLATED = 30
ISOLATION_SEEDS = tuple(range(20))


def case(world: worlds.World, years: int = 0) -> Case:
    """What the model sees of a world, with the outcomes of ``years`` years where fitted on."""
    relation = np.where(world.relation == worlds.GUARANTEE, GUARANTEE, TRADE_CREDIT)
    failures = worlds.outcomes(world, years).failed.sum(axis=0) if years else np.zeros(world.size, np.int64)
    return Case(
        money=MoneyEdges(world.source, world.target, relation, world.amount),
        evidence=EvidenceEdges.none(),
        buffer=world.buffer,
        uncertain_buffer=np.zeros(world.size, bool),
        own=world.own,
        judged=~world.known,
        failures=failures,
        years=years,
    )


def break_matrix(seen: Case, parameters: RiskParameters) -> Csr:
    """Break weights."""
    return break_weights(
        len(seen.buffer), seen.money, seen.evidence, seen.buffer, seen.uncertain_buffer, parameters=parameters
    ).csr


def loss_matrix(seen: Case, parameters: RiskParameters) -> Csr:
    """Loss weights."""
    return loss_weights(len(seen.buffer), seen.money, seen.buffer, parameters).csr


def after_rounds(count: int, matrix: Callable[[Case, RiskParameters], Csr]) -> Forecast:
    """``count`` rounds of h := min(1, own + W'h) from own; one is one hop."""

    def forecast(seen: Case, parameters: RiskParameters) -> Floats:
        weights = matrix(seen, parameters)
        h = seen.own
        for _ in range(count):
            hit = np.bincount(weights.indices, weights.data * h[weights.rows()], minlength=weights.size)
            h = np.minimum(1.0, seen.own + hit)
        return h

    return forecast


def distress_by_loss(seen: Case, parameters: RiskParameters) -> Floats:
    """h with loss weights."""
    return solve(loss_matrix(seen, parameters), seen.own).h


def related(seen: Case, parameters: RiskParameters) -> Floats:
    """Personalised PageRank: restarts in proportion to own distress, steps along harm by loss weight."""
    return personalised_pagerank(loss_matrix(seen, parameters), seen.own)


def own_record(seen: Case, parameters: RiskParameters) -> Floats:
    """No contagion at all."""
    del parameters
    return seen.own


def reversed_links(seen: Case) -> Case:
    """Harm runs the wrong way."""
    money = seen.money
    return replace(seen, money=MoneyEdges(money.target, money.source, money.relation, money.amount))


def without_guarantees(seen: Case) -> Case:
    """Only trade."""
    money, kept = seen.money, seen.money.relation != GUARANTEE
    columns = (money.source, money.target, money.relation, money.amount)
    return replace(seen, money=MoneyEdges(*(column[kept] for column in columns)))


def swapped_relations(seen: Case) -> Case:
    """Guarantees taken for trade and trade for guarantees."""
    money = seen.money
    other = np.where(money.relation == GUARANTEE, TRADE_CREDIT, GUARANTEE)
    return replace(seen, money=replace(money, relation=other))


def on(change: Callable[[Case], Case]) -> Forecast:
    """h with break weights on changed input."""
    return lambda seen, parameters: distress(change(seen), parameters)


# name, forecast, parameters to fit (none = start values)
MODELS: tuple[tuple[str, Forecast, tuple[str, ...]], ...] = (
    ("own record", own_record, ()),
    ("personalised PageRank", related, ()),
    ("one hop, loss weights, unfitted", after_rounds(1, loss_matrix), ()),
    ("one hop, loss weights, fitted", after_rounds(1, loss_matrix), RHO),
    ("one hop, break weights, unfitted", after_rounds(1, break_matrix), ()),
    ("one hop, break weights, fitted", after_rounds(1, break_matrix), (*RHO, "sigma")),
    ("h, loss weights, unfitted", distress_by_loss, ()),
    ("h, loss weights, fitted", distress_by_loss, RHO),
    ("h, break weights, unfitted", distress, ()),
    ("h, break weights, fitted", distress, (*RHO, "sigma")),
    ("wrong: links reversed", on(reversed_links), ()),
    ("wrong: no guarantees", on(without_guarantees), ()),
    ("wrong: relations swapped", on(swapped_relations), ()),
    ("wrong: two rounds only", after_rounds(2, break_matrix), ()),
)


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
    """What each of the trees sees, by title; h is the fitted one."""

    def h(seen: Case) -> Floats:
        return distress(seen, fitted)

    near, far = TREES
    return {
        near: trees.one_hop,
        far: trees.two_hops,
        f"{near} and h": trees.with_forecast(trees.one_hop, h),
        f"{far} and h": trees.with_forecast(trees.two_hops, h),
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


def isolation(name: worlds.Name, years: int) -> dict[str, list[float]]:
    """Share of defaults by contagion that cutting the outgoing links of 30 firms avoids, by seed."""
    report: dict[str, list[float]] = {
        title: [] for title in ("random", "out-degree", "own * sum of W", "greedy")
    }
    for seed in ISOLATION_SEEDS:
        world = worlds.make(name, seed)
        weights = break_matrix(case(world), START)
        network = Network.of(weights)
        picks = ring_fence(network, world.own, solve(network, world.own), np.ones(world.size), ISOLATED)
        reach = np.bincount(weights.rows(), weights.data, minlength=world.size)
        chosen = {
            "random": np.random.default_rng(seed).permutation(world.size)[:ISOLATED],
            "out-degree": most(np.bincount(world.source, minlength=world.size)),
            "own * sum of W": most(world.own * reach),
            "greedy": np.array([pick.party for pick in picks]),
        }
        before = by_contagion(world, years)
        for title, firms in chosen.items():
            report[title].append(1.0 - by_contagion(isolated(world, firms), years) / before)
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


def main() -> None:
    """Read the arguments, judge, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=worlds.CEILING_DRAWS, help="of the ceiling; even")
    parser.add_argument("--isolation-years", type=int, default=1000, help="a seed; 0 = leave isolation out")
    parser.add_argument(
        "--reading-draws", type=int, default=2000, help="of other readings of the rules; 0 = leave them out"
    )
    parser.add_argument(
        "--world-customers", type=int, default=700, help="of the utility world; 0 = leave it out"
    )
    parser.add_argument("--contagion-small", type=Path, help="the folder of that data set; absent = left out")
    parser.add_argument("--page", type=Path, help="write the page there")
    chosen = parser.parse_args()
    begun, cpu = time.perf_counter(), time.process_time()
    contagious: tuple[worlds.Name, ...] = ("b", "b2")
    report: dict[str, Any] = {
        "command": f"python -m benchmarks.judge_risk --draws {chosen.draws}"
        f" --isolation-years {chosen.isolation_years} --reading-draws {chosen.reading_draws}"
        f" --world-customers {chosen.world_customers}"
        + (" --contagion-small FOLDER" if chosen.contagion_small else "")
        + " --page docs/evaluation/risk.md",
        "draws": chosen.draws,
        "isolation_years": chosen.isolation_years,
        "start": asdict(START),
        "a": thresholds(chosen.draws),
        "worlds": {name: judge(name, chosen.draws) for name in contagious},
    }
    if chosen.reading_draws:
        report["readings"] = readings.table(chosen.reading_draws)
        report["reading_draws"] = chosen.reading_draws
    if chosen.world_customers:
        from benchmarks import judge_world  # noqa: PLC0415  # it judges with the models of this module

        report["utility_world"] = judge_world.judge(chosen.world_customers, judge_world.SEEDS)
    if chosen.contagion_small:
        report["contagion_small"] = contagion_small.measure(chosen.contagion_small)
    if chosen.isolation_years:
        report["isolation"] = {name: isolation(name, chosen.isolation_years) for name in contagious}
    report["machine"] = (
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f},"
        f" Python {platform.python_version()}, numpy {np.__version__}"
    )
    report["seconds"] = {
        "wall": round(time.perf_counter() - begun),
        "cpu": round(time.process_time() - cpu),
    }
    print(json.dumps(report, indent=1))
    if chosen.page:
        chosen.page.parent.mkdir(parents=True, exist_ok=True)
        chosen.page.write_text(page(report), encoding="utf-8")


if __name__ == "__main__":
    main()
