"""Whether recommendations find what customers take next: ``kehutu evaluate recommend``."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import numpy as np

from algorithms.recommendation import leaks, learned, simple
from algorithms.recommendation.hidden import Held, hide
from algorithms.recommendation.scores import ListScores, interval, judge
from algorithms.segments.draws import keys_of, uniform
from graph.arrays import Bools, Floats, Ints
from services.assumption import Assumption
from services.evaluation.credit_columns import ExcludedColumn
from services.evaluation.credit_files import Cells, File, number, read, said
from services.evaluation.segment_columns import choose
from terms.errors import KehutuError

LEAST: Final = 20
"""Customers with two services that a judgement needs."""
DRAWS: Final = 2_000
MODEL: Final = "trees"
CUSTOMER, SERVICE, TIME = "customer", "service", "time"


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast with its scores."""

    name: str
    """trees, popularity, item-item or class mean."""
    ndcg3: float
    """Mean gain of the hidden service among the best three, 0 to 1."""
    recall_at3: float
    """Share of customers whose hidden service is among the best three."""
    coverage: float
    """Share of the catalogue that is among anybody's best three."""
    novelty: float
    """Mean of -log2 of the share of customers who have what is shown, bits."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better the model is than a simpler forecast."""

    against: str
    """The simpler forecast."""
    metric: Literal["ndcg3"]
    """What is compared."""
    value: float
    """The model's score less that of the simpler forecast."""
    interval: tuple[float, float]
    """The middle 95 % over bootstrap draws of customers."""


@dataclass(frozen=True, slots=True)
class RecommendReport:
    """What was found."""

    customers: int
    """Customers who were judged: those with at least two services."""
    services: int
    """Services of the catalogue."""
    hidden: Literal["last", "drawn"]
    """Which interaction was hidden: the last one, or one drawn where no time is told."""
    ndcg3: float
    """Of the model, as in ``baselines``."""
    recall_at3: float
    """Of the model."""
    coverage: float
    """Of the model."""
    novelty: float
    """Of the model."""
    baselines: tuple[Forecast, ...]
    """Simpler forecasts."""
    differences: tuple[Difference, ...]
    """The model against each of them."""
    excluded: tuple[ExcludedColumn, ...]
    """Columns of the customers that the model does not see."""
    left_out: Mapping[str, int]
    """Interactions that were not used, by reason."""
    verdict: Literal["better", "not better"]
    """``better`` only where every interval lies above 0."""


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Interactions by position, and what was left out of them."""

    customer: Ints
    service: Ints
    when: Floats | None
    customers: tuple[str, ...]
    left_out: dict[str, int]


def evaluate(
    interactions: Path, catalogue: Path, customers: Path | None = None, *, seed: int = 0
) -> RecommendReport:
    """Hide one service of each customer, forecast it, and compare with simpler forecasts.

    Args:
        interactions: table with columns ``customer``, ``service`` and, where known, ``time``.
        catalogue: table with a column ``service``.
        customers: table with a column ``customer`` and columns to learn from.
        seed: of what is hidden, the folds, the trees and the intervals.

    Raises:
        KehutuError: what the readers raise; ``CREDIT_FILE_EMPTY``, ``CREDIT_COLUMN_MISSING``, ``RECOMMEND_TOO_FEW``,
            ``RECOMMEND_CUSTOMER_TWICE``.
    """
    services = tuple(sorted({said(one) for one in read(catalogue).column(SERVICE) if one is not None}))
    file = read(interactions)
    taken = _taken(file, services)
    held = hide(
        taken.customer, taken.service, taken.when, customers=taken.customers, services=services, seed=seed
    )
    if len(held.customer) < LEAST or len(services) < 2:
        raise KehutuError("RECOMMEND_TOO_FEW", file=file.name, found=len(held.customer), least=LEAST)
    everything = held.owned.copy()
    everything[np.arange(len(held.hidden)), held.hidden] = True
    names = [taken.customers[one] for one in held.customer.tolist()]
    known, excluded = (
        (np.zeros((len(names), 0)), ())
        if customers is None
        else _known(customers, names, everything, services)
    )
    scored = _scores(held, known, names, seed)
    differences = tuple(
        Difference(name, "ndcg3", float(gain.mean()), interval(gain, draws=DRAWS, seed=seed))
        for name, other in scored.items()
        if name != MODEL
        for gain in [scored[MODEL].ndcg - other.ndcg]
    )
    mine = _told(MODEL, scored[MODEL])
    return RecommendReport(
        customers=len(names),
        services=len(services),
        hidden="drawn" if taken.when is None else "last",
        ndcg3=mine.ndcg3,
        recall_at3=mine.recall_at3,
        coverage=mine.coverage,
        novelty=mine.novelty,
        baselines=tuple(_told(name, one) for name, one in scored.items() if name != MODEL),
        differences=differences,
        excluded=excluded,
        left_out=taken.left_out,
        verdict="better" if all(one.interval[0] > 0 for one in differences) else "not better",
    )


def _scores(held: Held, known: Floats, names: Sequence[str], seed: int) -> dict[str, ListScores]:
    fold = (uniform(keys_of(names), f"fold {seed}") * learned.FOLDS).astype(np.int64)
    forecasts = {
        MODEL: learned.next_service(held.owned, known, fold, seed=seed),
        "popularity": simple.popularity(held.owned),
        "item-item": simple.item_item(held.owned),
    }
    if known.shape[1]:
        forecasts["class mean"] = simple.class_mean(held.owned, simple.classes(known, seed=seed))
    return {name: judge(score, held) for name, score in forecasts.items()}


def _told(name: str, one: ListScores) -> Forecast:
    return Forecast(name, float(one.ndcg.mean()), float(one.recall.mean()), one.coverage, one.novelty)


def _taken(file: File, services: Sequence[str]) -> _Taken:
    """Interactions whose customer and service are known, in the order of the customers' names."""
    place = {name: at for at, name in enumerate(services)}
    times = _times(file.columns[TIME]) if TIME in file.columns else None
    rows: list[tuple[str, int, float]] = []
    left = {"row without customer or service": 0, "service not in the catalogue": 0, "row without time": 0}
    for at, (who, what) in enumerate(zip(file.column(CUSTOMER), file.column(SERVICE), strict=True)):
        when = 0.0 if times is None else times[at]
        if who is None or what is None:
            left["row without customer or service"] += 1
        elif said(what) not in place:
            left["service not in the catalogue"] += 1
        elif math.isnan(when):
            left["row without time"] += 1
        else:
            rows.append((said(who), place[said(what)], when))
    customers = tuple(sorted({who for who, _, _ in rows}))
    number_of = {name: at for at, name in enumerate(customers)}
    return _Taken(
        np.array([number_of[who] for who, _, _ in rows], dtype=np.int64),
        np.array([what for _, what, _ in rows], dtype=np.int64),
        None if times is None else np.array([when for _, _, when in rows]),
        customers,
        {reason: count for reason, count in left.items() if count},
    )


def _times(cells: Cells) -> list[float]:
    """Times as numbers that order them: numbers as they are, else days and instants; NaN where neither."""
    if all(cell is None or number(cell) is not None for cell in cells):
        return [math.nan if (found := number(cell)) is None else found for cell in cells]
    return [math.nan if cell is None else _instant(said(cell)) for cell in cells]


def _instant(text: str) -> float:
    """Seconds since 1970 of a day, a month (its first day) or an instant (no zone: UTC); NaN where it is none."""
    if re.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}", text):
        text = "-".join(part.zfill(2) for part in text.split("/"))
    elif re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _known(
    path: Path | None, names: Sequence[str], everything: Bools, services: Sequence[str]
) -> tuple[Floats, tuple[ExcludedColumn, ...]]:
    """Columns of the judged customers, n x p, and those that the model must not see."""
    if path is None:
        return np.zeros((len(names), 0)), ()
    file = read(path)
    ids = [None if cell is None else said(cell) for cell in file.column(CUSTOMER)]
    row: dict[str, int] = {}
    for at, one in enumerate(ids):
        if one in row:
            raise KehutuError("RECOMMEND_CUSTOMER_TWICE", file=file.name, found=one)
        if one is not None:
            row[one] = at
    places = np.array([row.get(name, -1) for name in names], dtype=np.int64)
    chosen = choose(file, None, CUSTOMER)
    numbers = {name: _of(values, places) for name, values in chosen.numbers.items()}
    codes = {name: _codes(cells, places) for name, cells in chosen.categories.items()}
    left = [ExcludedColumn(one.subject, _reason(one)) for one in chosen.cautions]
    left += _without_leaks(numbers, codes, everything, services)
    columns = [values[:, None] for values in numbers.values()]
    columns += [
        (one[:, None] == np.unique(one[one >= 0])[None, :]).astype(np.float64) for one in codes.values()
    ]
    return (np.hstack(columns) if columns else np.zeros((len(names), 0))), tuple(left)


def _reason(caution: Assumption) -> str:
    return caution.message("en")


def _of(values: Floats, places: Ints) -> Floats:
    return np.where(places >= 0, values[np.maximum(places, 0)], np.nan)


def _codes(cells: Sequence[str | None], places: Ints) -> Ints:
    level = {one: at for at, one in enumerate(sorted({cell for cell in cells if cell is not None}))}
    every = np.array([-1 if cell is None else level[cell] for cell in cells], dtype=np.int64)
    return np.where(places >= 0, every[np.maximum(places, 0)], -1)


def _without_leaks(
    numbers: dict[str, Floats], codes: dict[str, Ints], everything: Bools, services: Sequence[str]
) -> list[ExcludedColumn]:
    """Take away what tells the hidden service: categories that say it, numbers and ratios that follow from it."""
    left: list[ExcludedColumn] = []
    for name in [*codes]:
        service = leaks.told(everything, codes[name])
        if service is not None:
            left.append(ExcludedColumn(name, f"says who has '{services[service]}'"))
            del codes[name]
    for name in [*numbers]:
        share, category = leaks.explained(numbers[name], everything, codes)
        if share >= leaks.EXPLAINED:
            left.append(ExcludedColumn(name, _follows(share, category)))
            del numbers[name]
    while True:
        worst: tuple[float, str, str, str | None] = (0.0, "", "", None)
        for above, below, values in leaks.ratios(numbers):
            share, category = leaks.explained(values, everything, codes)
            worst = max(worst, (share, above, below, category), key=lambda one: one[0])
        share, above, below, category = worst
        if share < leaks.EXPLAINED:
            return left
        left.append(ExcludedColumn(above, f"over '{below}': {_follows(share, category)}"))
        del numbers[above]


def _follows(share: float, category: str | None) -> str:
    by = "what a customer has" + (f" and '{category}'" if category else "")
    return f"{by} explain {share:.1%} of it, the hidden service included"
