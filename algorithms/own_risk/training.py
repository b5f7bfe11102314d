"""How own risk is learned from a site's past: from rows of customer and cut-off, judged on later ones.

For every cut-off T of the past the features are those known at T, and the outcome is what happened after it. Learned
is from early cut-offs; the judged ones begin, with a gap, only when the outcomes learned from were certain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.own_risk import splits
from algorithms.own_risk.columns import Table, Texts, take
from algorithms.own_risk.forecast_scores import ForecastScores, judge
from algorithms.own_risk.models import CANDIDATES, Fit, Fold, Learned, choose
from algorithms.own_risk.outcomes import Event, Outcome, defaults, in_default, months_later, next_bill_late
from algorithms.own_risk.records import NEVER, WINDOW, Known, Records, known_at
from graph.arrays import Bools, Floats, Ints

MOST_ROWS = 60_000
"""More rows are not learned from: parties are then drawn by a hash."""

LEAST_CUSTOMERS = 40
"""Customers to whom it happened, and to whom it did not, that learning needs."""

LEAST_JUDGED = 10
"""... and that judging needs."""

PARTS = 3
"""Parties are parted into so many for the judged forecasts."""

MOST_CUT_OFFS = 24
RESAMPLES = 200
START_RULE = 2.0 * WINDOW
"""Late bills of the window divided by this are the start rule's own distress."""


@dataclass(frozen=True, slots=True)
class Split:
    """How the judged figures came about. ``gap``: whether every outcome learned from was certain before the first
    judged cut-off; where the record is too short for that, early and later outcomes share months."""

    learned_from: tuple[str, ...]
    judged_on: tuple[str, ...]
    gap: bool
    rows: int
    judged_rows: int


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model learned from all rows, with the figures of the same way of learning on the judged rows.

    ``losses``: log loss of every candidate on unseen parties before the judged cut-offs. ``weights``: by feature, how
    much it moves the log odds in the mean (absolute, before calibration), largest first. ``customers``,
    ``happened_to``: how many were learned from, and to how many it happened.
    """

    learned: Learned
    losses: dict[str, float]
    split: Split
    judged: ForecastScores
    baselines: dict[str, ForecastScores]
    weights: dict[str, float]
    rows: int
    customers: int
    happened_to: int


MONTHS = "months of bills"
"""What is too little where the record is too short; else it happened, or did not happen, to too few customers."""


class TooLittleError(Exception):
    """There is too little to learn from: an answer and no fault. ``found`` against ``needed`` of ``what``."""

    def __init__(self, what: str, found: int, needed: int) -> None:
        super().__init__(f"{found} {what}, {needed} are needed")
        self.what, self.found, self.needed = what, found, needed


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """Rows of all cut-offs below one another."""

    table: dict[str, Floats | Texts]
    happened: Floats
    settled: Ints
    day: Ints
    customer: Ints
    party: list[str]
    rule: Floats
    """The simple rule that the model is to beat."""
    money: Floats


def past_cut_offs(record: Records, end: np.datetime64, horizon: int, history: int) -> list[np.datetime64]:
    """One a month, the last one ``horizon`` months before the end, the first ``history`` months after the first bill.

    At most two years of them, ascending.
    """
    known = record.known[record.known < NEVER]
    if not len(known):
        return []
    first = months_later(np.datetime64(int(known.min()), "D"), history)
    found = []
    for k in range(MOST_CUT_OFFS):
        day = months_later(end, -horizon - k)
        if day < first:
            break
        found.append(day)
    return found[::-1]


def train_default(
    record: Records,
    end: np.datetime64,
    parties: Sequence[str],
    event: Event,
    *,
    seed: int,
    candidates: Mapping[str, Fit] = CANDIDATES,
) -> Trained:
    """The chance of the event within its months, for customers that are not in it.

    Args:
        end: the last day of the data.
        parties: n, the party of each customer, for the folds.

    Raises:
        TooLittleError: the record is too short, or it happened to too few.
    """
    # So much record must lie before the first cut-off that who is in default shows as such.
    history = event.overdue_bills + 2

    def outcome(day: np.datetime64, known: Known) -> tuple[Outcome, Bools]:
        return defaults(record, day, end, event), ~in_default(known.overdue, event) & (known.bills > 0)

    def features(known: Known) -> tuple[Table, Floats]:
        return known.table, known.late / START_RULE

    cut_offs = past_cut_offs(record, end, event.months, history)
    if not cut_offs:
        raise TooLittleError(MONTHS, _months(record, end), history + event.months)
    return _train(
        _rows(record, parties, cut_offs, outcome, features, seed=seed), "start rule", candidates, seed
    )


def train_next_bill(
    record: Records,
    end: np.datetime64,
    parties: Sequence[str],
    *,
    seed: int,
    candidates: Mapping[str, Fit] = CANDIDATES,
) -> Trained:
    """The chance that the next bill to fall due is late.

    Raises:
        TooLittleError: see :func:`train_default`.
    """

    def outcome(day: np.datetime64, known: Known) -> tuple[Outcome, Bools]:
        return next_bill_late(record, day, end), known.bills > 0

    def features(known: Known) -> tuple[Table, Floats]:
        share = np.asarray(known.table["late_share"], dtype=np.float64)
        return {**known.table, **known.next_bill}, np.nan_to_num(share)

    cut_offs = past_cut_offs(record, end, 1, 3)
    if len(cut_offs) < 3:
        raise TooLittleError(MONTHS, _months(record, end), 6)
    return _train(
        _rows(record, parties, cut_offs, outcome, features, seed=seed),
        "share of late bills",
        candidates,
        seed,
    )


def _rows(
    record: Records,
    parties: Sequence[str],
    cut_offs: list[np.datetime64],
    outcome: Callable[[np.datetime64, Known], tuple[Outcome, Bools]],
    features: Callable[[Known], tuple[Table, Floats]],
    *,
    seed: int,
) -> _Rows:
    """The rows of all cut-offs whose outcome is certain; of some parties where there would be too many."""
    share = splits.share_of(parties, seed + 1)
    drawn = share < MOST_ROWS / max(MOST_ROWS, record.size * len(cut_offs))
    tables: list[dict[str, Floats | Texts]] = []
    parts: dict[str, list[Floats | Ints]] = {
        name: [] for name in ("happened", "settled", "day", "customer", "rule", "money")
    }
    for day in cut_offs:
        known = known_at(record, day)
        found, judged = outcome(day, known)
        at = np.flatnonzero(judged & drawn & (found.settled < NEVER))
        table, rule = features(known)
        tables.append(take(table, at))
        bill = np.nan_to_num(np.asarray(known.table["bill_mean"], dtype=np.float64))
        for name, values in (
            ("happened", found.happened[at]),
            ("settled", found.settled[at]),
            ("day", np.full(len(at), day.astype("datetime64[D]").astype(np.int64))),
            ("customer", at),
            ("rule", rule[at]),
            ("money", bill[at]),
        ):
            parts[name].append(values)
    joined = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    return _Rows(
        table={name: np.concatenate([table[name] for table in tables]) for name in tables[0]},
        happened=joined["happened"].astype(np.float64),
        settled=joined["settled"].astype(np.int64),
        day=joined["day"].astype(np.int64),
        customer=joined["customer"].astype(np.int64),
        party=[parties[k] for k in joined["customer"].tolist()],
        rule=joined["rule"].astype(np.float64),
        money=joined["money"].astype(np.float64),
    )


def _train(rows: _Rows, rule: str, candidates: Mapping[str, Fit], seed: int) -> Trained:
    past, later, gap = _sides(rows)
    for happened, what in ((1, "customers to whom it happened"), (0, "customers to whom it did not happen")):
        _enough(rows, np.arange(len(rows.happened)), happened, LEAST_CUSTOMERS, what)
        _enough(rows, past, happened, LEAST_CUSTOMERS // 2, f"{what}, before the judged cut-offs")
        _enough(rows, later, happened, LEAST_JUDGED, f"{what}, after the judged cut-offs")
    early = _take(rows, past)
    chosen = _choose(early, candidates, seed)
    fit = {chosen.name: candidates[chosen.name]}
    chance, dummy = _by_other_parties(rows, past, later, fit, seed)
    judged = _take(rows, later)
    groups = np.unique(np.array(judged.party), return_inverse=True)[1].astype(np.int64)

    def scores(forecast: Floats) -> ForecastScores:
        return judge(
            judged.happened, forecast, money=judged.money, groups=groups, seed=seed, resamples=RESAMPLES
        )

    final = _choose(rows, fit, seed)
    return Trained(
        learned=final,
        losses=chosen.losses,
        split=Split(_named(early.day), _named(judged.day), gap, len(past), len(later)),
        judged=scores(chance),
        baselines={rule: scores(judged.rule), "dummy": scores(dummy)},
        weights=_weights(final, rows.table),
        rows=len(rows.happened),
        customers=len(np.unique(rows.customer)),
        happened_to=len(np.unique(rows.customer[rows.happened > 0])),
    )


def _sides(rows: _Rows) -> tuple[Ints, Ints, bool]:
    """Rows to learn from and to judge by: the last quarter of the cut-offs, and all rows that were certain before it.

    Where too few were certain before (the record is shorter than twice the horizon) all rows of earlier cut-offs are
    taken, or, with one cut-off only, all: parties are kept apart in any case.
    """
    days = np.unique(rows.day)
    first = int(days[-max(1, len(days) // 4)])
    later = np.flatnonzero(rows.day >= first)
    certain = np.flatnonzero(rows.settled <= first)
    if len(np.unique(rows.customer[certain][rows.happened[certain] > 0])) >= LEAST_CUSTOMERS // 2:
        return certain, later, True
    earlier = np.flatnonzero(rows.day < first)
    return (earlier if len(earlier) else later), later, False


def _by_other_parties(
    rows: _Rows, past: Ints, later: Ints, fit: Mapping[str, Fit], seed: int
) -> tuple[Floats, Floats]:
    """Forecasts for the judged rows, each learned from past rows of other parties; and those of the dummy."""
    share = splits.share_of(rows.party, seed)
    part = np.minimum(PARTS - 1, (share * PARTS).astype(np.int64))
    chance, dummy = np.zeros(len(later)), np.zeros(len(later))
    for number in range(PARTS):
        mine = part[later] == number
        others = _take(rows, past[part[past] != number])
        table = take(rows.table, later[mine])
        chance[mine] = _choose(others, fit, seed).forecast(table)
        dummy[mine] = others.happened.mean()
    return chance, dummy


def _choose(rows: _Rows, candidates: Mapping[str, Fit], seed: int) -> Learned:
    folds: list[Fold] = splits.by_group(rows.party, seed, rows.happened)
    if not folds:
        raise TooLittleError("parties to whom it happened", len(set(rows.party)), splits.FOLDS)
    distinct = len(np.unique(rows.customer[rows.happened > 0]))
    return choose(rows.table, rows.happened, folds, candidates, seed=seed, positives=distinct)


def _enough(rows: _Rows, at: Ints, happened: int, needed: int, what: str) -> None:
    found = len(np.unique(rows.customer[at][rows.happened[at] == happened]))
    if found < needed:
        raise TooLittleError(what, found, needed)


def _take(rows: _Rows, at: Ints) -> _Rows:
    return _Rows(
        table=take(rows.table, at),
        party=[rows.party[k] for k in at.tolist()],
        **{
            name: getattr(rows, name)[at]
            for name in ("happened", "settled", "day", "customer", "rule", "money")
        },
    )


def _weights(learned: Learned, table: Table) -> dict[str, float]:
    moved = np.abs(learned.model.contributions(table)).mean(axis=0).tolist()
    found = {coding.name: size for coding, size in zip(learned.model.codings, moved, strict=True) if size > 0}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _named(days: Ints) -> tuple[str, ...]:
    return tuple(str(np.datetime64(int(day), "D")) for day in np.unique(days).tolist())


def _months(record: Records, end: np.datetime64) -> int:
    """Months from the first bill known to the end."""
    known = record.known[record.known < NEVER]
    if not len(known):
        return 0
    first = np.datetime64(int(known.min()), "D").astype("datetime64[M]").astype(int)
    return max(0, int(end.astype("datetime64[M]").astype(int) - first))
