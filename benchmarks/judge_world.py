"""The model in the synthetic utility world, whose bills follow cash, tenancy and holidays and never the model.

    python -m benchmarks.judge_world [--customers 700] [--seeds 5]      prints JSON

Each seed's world is loaded into a site of its own, as any data is. Learned: the twelve months after the cut-off of
2025, from the site's bills. Judged: the twelve months after the last day of the data, from the truth that the generator
keeps beside the site. Default = six overdue bills at once, as in docs/science.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from algorithms.metrics import auc, average_precision
from algorithms.risk.estimation import estimate
from algorithms.risk.fitting import Case, called_weights, failing
from algorithms.risk.parameters import RiskParameters
from benchmarks import trees
from benchmarks.contagion_models import after_rounds, linear
from benchmarks.risk_page import FITTED, UNFITTED
from graph.arrays import Floats
from ingest.world.generate import generate
from services.exposure.bills import booked
from services.exposure.tables import read_tables
from services.learning.cases import case_of
from services.loading import ingest
from services.risk.inputs import exposure
from services.risk.weights import edges
from services.settings import settings
from services.site import open_site

LEARNED, LAST = date(2025, 1, 5), date(2026, 1, 5)
CUSTOMERS, SEEDS = 700, 5
START = RiskParameters()
FIRST_SEED = 100


def cases(folder: Path, seed: int, customers: int) -> tuple[Case, Case]:
    """The year learned from and the year judged, of one world."""
    world = generate(folder / "world", customers=customers, seed=seed)
    chosen = settings(folder / "home")
    with open_site(chosen) as site:
        ingest(chosen, world.manifest)
        bills = booked(site, read_tables(site)).bills
        learned = case_of(site, bills, LEARNED, LAST, START)
        inputs = exposure(site, np.datetime64(LAST), START)
    truth = [pq.read_table(path) for path in sorted(world.truth.glob("*.parquet"))]
    most = {
        f"customer:{number}": int(overdue)
        for table in truth
        if "most_overdue_in_outcome_year" in table.column_names
        for number, overdue in zip(
            table["customer_no"].to_pylist(), table["most_overdue_in_outcome_year"].to_pylist(), strict=True
        )
    }
    failed = np.zeros(len(inputs.parties.ids), dtype=np.int64)
    known = np.zeros(len(failed), dtype=np.bool_)
    for name, party in zip(inputs.customers.ids, inputs.customers.party.tolist(), strict=True):
        if name in most:
            known[party] = True
            failed[party] |= most[name] >= 6
    money, evidence = edges(inputs)
    parties = inputs.parties
    judged = Case(
        money=money,
        evidence=evidence,
        buffer=parties.buffer / 100,
        uncertain_buffer=parties.uncertain_buffer,
        own=parties.own,
        judged=known & (parties.own < 1.0),
        failures=failed,
    )
    return learned, judged


def judge(customers: int, seeds: int) -> dict[str, Any]:
    """Scores by model and seed, over all parties and over enterprises with money links into them."""
    learned, judged = [], []
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            one, other = cases(Path(folder), seed, customers)
        learned.append(one)
        judged.append(other)
        say(f"seed {seed}: {_count(one)} learned from, {_count(other)} judged")
    found = estimate(learned, START)
    fitted = found.parameters
    models: dict[str, Callable[[Case], Floats]] = {
        "own record": lambda seen: seen.own,
        "one hop, break weights, unfitted": lambda seen: after_rounds(1, called_weights)(seen, START),
        "h, break weights, unfitted": lambda seen: linear(seen, START),
        UNFITTED: lambda seen: failing(seen, START),
        FITTED: lambda seen: failing(seen, fitted),
    }
    for title, columns in (
        ("trees, one hop", trees.one_hop),
        (
            "trees, one hop and close groups",
            trees.with_forecast(trees.one_hop, lambda seen: failing(seen, fitted)),
        ),
    ):
        models[title] = trees.learn(learned, columns).forecast
        say(f"{title} ready")
    report: dict[str, Any] = {
        "customers": customers,
        "seeds": seeds,
        "learned": [_count(each) for each in learned],
        "judged": [_count(each) for each in judged],
        "linked": [_count(_linked(each)) for each in judged],
        "estimates": [
            {"name": e.name, "start": e.start, "value": e.value, "low": e.low, "high": e.high, "kept": e.kept}
            for e in found.estimates
        ],
        "models": {},
    }
    for title, forecast in models.items():
        scores = []
        for seen in judged:
            h = forecast(seen)
            scores.append(
                {
                    f"{score}{of}": float(
                        measure(case.failures[case.judged].astype(np.float64), h[case.judged])
                    )
                    for of, case in (("", seen), ("_linked", _linked(seen)))
                    for score, measure in (("auc", auc), ("ap", average_precision))
                }
            )
        report["models"][title] = scores
    return report


def _linked(seen: Case) -> Case:
    """Judged are only parties that the failure of another would cost money."""
    into = np.zeros(len(seen.own), dtype=np.bool_)
    into[seen.money.target[seen.money.source != seen.money.target]] = True
    return replace(seen, judged=seen.judged & into)


def _count(seen: Case) -> dict[str, int]:
    return {"parties": int(seen.judged.sum()), "defaults": int(seen.failures[seen.judged].sum())}


def say(line: str) -> None:
    """Progress."""
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="more than 3")
    chosen = parser.parse_args()
    print(json.dumps(judge(chosen.customers, chosen.seeds), indent=1))


if __name__ == "__main__":
    main()
