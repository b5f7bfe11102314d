"""The credit model on published labelled files and in synthetic worlds, beside a dummy and simple rules.

    python -m benchmarks.judge_credit FOLDER [--page docs/evaluation/credit.md]

FOLDER holds ``credit-taiwan/clients.csv.gz``, ``credit-german/applicants.csv.gz`` and
``credit-bureau-loans/loans.csv.gz``. Each is split by a hash of the row's number with seed 0: 70 % to learn from, 30 %
to judge by. What is run is the function of ``kehutu evaluate credit``; in the worlds that of ``kehutu fit own-risk``,
without a store. Prints one JSON document, and writes the page where asked.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from algorithms.own_risk.columns import take
from algorithms.own_risk.forecast_scores import judge
from algorithms.own_risk.outcomes import Event, defaults, in_default, months_later
from algorithms.own_risk.records import known_at
from algorithms.own_risk.splits import share_of
from algorithms.own_risk.training import START_RULE, train_default, train_next_bill
from benchmarks.credit_page import page
from benchmarks.world_records import END, Seen, read
from services.evaluation.credit import evaluate

TEST_SHARE = 0.3
SEED = 0
WORLD = 4_000
WORLD_SEEDS = (1, 2)
LATE = ("Charged Off", "Late (31-120 days)", "Late (16-30 days)", "In Grace Period")
PAID_SINCE = ("balance", "paid_total", "paid_principal", "paid_interest", "paid_late_fees")


@dataclass(frozen=True)
class File:
    """A published file and how it is asked for."""

    title: str
    path: str
    label: str
    money: str
    positive: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


FILES = {
    "taiwan": File("Card clients, Taiwan 2005", "credit-taiwan/clients.csv.gz", "target", "bill_amt1"),
    "german": File("German credit, 1994", "credit-german/applicants.csv.gz", "target", "credit_amount"),
    "loans": File(
        "LendingClub loans, early 2018",
        "credit-bureau-loans/loans.csv.gz",
        "loan_status",
        "loan_amount",
        LATE,
        PAID_SINCE,
    ),
}


def split(source: Path, folder: Path) -> tuple[Path, Path]:
    """The two parts of a file, written where the command can read them."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    apart = share_of([str(number) for number in range(len(rows))], SEED) < TEST_SHARE
    parts = []
    for name, chosen in (("train", ~apart), ("test", apart)):
        parts.append(folder / f"{source.name.split('.')[0]}-{name}.csv")
        with parts[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *(rows[k] for k in np.flatnonzero(chosen).tolist())])
    return parts[0], parts[1]


def start_rule(test: Path) -> dict[str, Any]:
    """The product's rule without a model on six months of a card: months behind / 24, and 1 from six months on."""
    with test.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    status = np.array([[int(row[f"pay_{k}"]) for k in (0, 2, 3, 4, 5, 6)] for row in rows])
    own = np.where(status[:, 0] >= 6, 1.0, (status > 0).sum(axis=1) / 24.0)
    happened = np.array([float(row["target"]) for row in rows])
    money = np.maximum(0.0, np.array([float(row["bill_amt1"]) for row in rows]))
    return asdict(judge(happened, own, money=money, seed=SEED))


def year_before(seen: Seen, event: Event) -> dict[str, int]:
    """Defaults of the year before the end of the data, among those not in default at its begin: on any day, as the
    model counts, and on first days of months, as the world counts the year that it keeps apart."""
    record, begin = seen.record, months_later(END, -event.months)
    known = known_at(record, begin)
    judged = (known.bills > 0) & ~in_default(known.overdue, event)
    most = np.zeros(record.size)
    for month in range(1, event.months):
        first = int((begin.astype("datetime64[M]") + month).astype("datetime64[D]").astype(np.int64))
        overdue = (record.due < first) & (record.paid >= first)
        most = np.maximum(most, np.bincount(record.customer[overdue], minlength=record.size))
    any_day = defaults(record, begin, END, event).happened > 0
    return {
        "any_day": int((any_day & judged).sum()),
        "first_days": int(((most >= event.overdue_bills) & judged).sum()),
    }


def own_risk(customers: int, seeds: tuple[int, ...]) -> dict[str, Any]:
    """The product's own model in synthetic worlds, judged by the year that they keep apart."""
    event, found = Event(), []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as scratch:
            seen = read(Path(scratch), customers, seed)
        trained = train_default(seen.record, END, seen.parties, event, seed=SEED)
        late = train_next_bill(seen.record, END, seen.parties, seed=SEED)
        known = known_at(seen.record, END)
        at = np.flatnonzero((known.bills > 0) & ~in_default(known.overdue, event))
        happened = (seen.most_overdue[at] >= event.overdue_bills).astype(np.float64)
        forecasts = {
            trained.learned.name: trained.learned.forecast(take(known.table, at)),
            "start rule": known.late[at] / START_RULE,
            "dummy": np.full(len(at), happened.mean()),
        }
        found.append(
            {
                "seed": seed,
                "model": trained.learned.name,
                "calibration": trained.learned.calibration.kind,
                "customers": trained.customers,
                "happened_to": trained.happened_to,
                "judged": len(at),
                "defaulted": int(happened.sum()),
                "year_before": year_before(seen, event),
                "scores": {name: asdict(judge(happened, chance)) for name, chance in forecasts.items()},
                "late": {
                    late.learned.name: asdict(late.judged),
                    **{name: asdict(scores) for name, scores in late.baselines.items()},
                },
            }
        )
        print(f"world {seed}: judged", file=sys.stderr, flush=True)
    return {
        "asked": {"customers": customers, "end": str(END), "bills": event.overdue_bills},
        "worlds": found,
    }


def main() -> None:
    """Read the arguments, judge, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--page", type=Path, help="write the page there")
    chosen = parser.parse_args()
    begun, cpu = time.perf_counter(), time.process_time()
    report: dict[str, Any] = {"own": own_risk(WORLD, WORLD_SEEDS), "files": {}}
    with tempfile.TemporaryDirectory() as scratch:
        for name, file in FILES.items():
            train, test = split(chosen.folder / file.path, Path(scratch))
            asked = {
                "label": file.label,
                "money": file.money,
                "positive": file.positive,
                "exclude": file.exclude,
                "seed": SEED,
            }
            report["files"][name] = {
                "file": asdict(file),
                "report": asdict(evaluate(train, test, **asked)),
                "with_protected": asdict(evaluate(train, test, **asked, keep_protected=True)),
            }
            if name == "taiwan":
                report["files"][name]["start_rule"] = start_rule(test)
            if name == "loans":
                with_paid = evaluate(train, test, **{**asked, "exclude": ()})
                report["files"][name]["with_paid_since"] = asdict(with_paid)
            print(f"{name}: judged", file=sys.stderr, flush=True)
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
        chosen.page.write_text(page(report), encoding="utf-8")


if __name__ == "__main__":
    main()
