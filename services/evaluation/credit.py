"""Learn the chance of a bad outcome from one labelled file and judge it on another, against simpler forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from algorithms.own_risk import splits
from algorithms.own_risk.columns import Table
from algorithms.own_risk.forecast_scores import ForecastScores, judge
from algorithms.own_risk.models import CANDIDATES, Constant, Fold, Learned, choose, fit_scorecard, log_loss
from graph.arrays import Floats, Ints
from services.evaluation import credit_columns
from services.evaluation.credit_columns import ExcludedColumn
from services.evaluation.credit_files import File, number, numbers, numeric, outcomes, read, texts
from terms.errors import KehutuError, Lang
from terms.texts import Texts as Said

LEAST = 20
"""Rows of either outcome that the training file needs; the test file needs one of each."""

DUMMY = "dummy: the share of the training file"
SINGLE = "best single column"


@dataclass(frozen=True, slots=True)
class Part:
    """A file as it was used. ``left_out``: rows, by reason."""

    file: str
    rows: int
    bad: int
    share: float
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a column matters: the rise of the log loss on the test file when its values are shuffled."""

    column: str
    rise: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was chosen, by the log loss of every candidate on rows of the training file that it had not seen."""

    name: str
    calibration: str
    chosen_by: str
    log_loss: dict[str, float]


@dataclass(frozen=True, slots=True)
class ScoredForecast:
    """A forecast with its scores on the test file."""

    name: str
    scores: ForecastScores


@dataclass(frozen=True, slots=True)
class CreditReport:
    """How well the label of the test file was forecast. The figures without interval are those of the model.

    ``ece_of_a_perfect_forecast``: what exactly right chances would show by chance; an ``ece`` below its upper end
    (``judged[0].scores.ofAPerfectOneAtMost``) is no sign of wrong chances.
    """

    auc: float
    average_precision: float
    brier: float
    ece: float
    ece_of_a_perfect_forecast: float
    precision_at_top1_percent: float
    money_captured_at_top1_percent: float | None
    label: str
    bad_values: tuple[str, ...]
    money: str
    train: Part
    test: Part
    model: Model
    judged: tuple[ScoredForecast, ...]
    columns: tuple[Weight, ...]
    left_out: tuple[ExcludedColumn, ...]
    warnings: tuple[str, ...]
    seed: int


def evaluate(
    train_file: Path,
    test_file: Path,
    *,
    label: str,
    money: str,
    positive: Sequence[str] = (),
    group: str | None = None,
    time: str | None = None,
    exclude: Sequence[str] = (),
    keep_protected: bool = False,
    encoding: str | None = None,
    seed: int = 0,
    lang: Lang = "en",
) -> CreditReport:
    """Learn on one file, judge on the other; the same files and seed give the same report.

    Args:
        label: the column of the outcome.
        money: the column of what is at stake in a row; negative and missing amounts count 0. Learned from as well.
        positive: values of the label that mean the bad outcome; empty: see ``credit_files.outcomes``.
        group: column of the party: its rows never stand on both sides.
        time: column with a number or an ISO date: training rows that are not older than every test row are left
            out, and candidates are chosen by later rows.
        exclude: columns to leave out.
        keep_protected: take protected attributes (``algorithms/own_risk/protected.py``) too.
        encoding: of text files; found out when absent.
        lang: of the warnings.

    Raises:
        KehutuError: what reading and choosing columns raise; ``CREDIT_TOO_FEW``, ``CREDIT_MONEY_INVALID``,
            ``CREDIT_TIME_INVALID``.
    """
    train, test = read(train_file, encoding), read(test_file, encoding)
    happened, known, bad = outcomes(train, label, positive)
    happened_later, known_later, _ = outcomes(test, label, positive or bad)
    rows = [known, known_later]
    left_out = [
        {"faulty": file.faulty, "without label": int((~k).sum())}
        for file, k in zip((train, test), rows, strict=True)
    ]
    _amounts(train, money)
    at_stake = _amounts(test, money)
    moments = None if time is None else _moments(train, test, time)
    if moments is not None:
        early = moments[0] < moments[1][rows[1]].min()
        left_out[0]["not older than the test file"] = int((rows[0] & ~early).sum())
        rows[0] = rows[0] & early
    groups = None if group is None else (_names(train, group), _names(test, group))
    if groups is not None:
        theirs = {groups[1][k] for k in np.flatnonzero(rows[1]).tolist()}
        apart = np.array([name not in theirs for name in groups[0]], dtype=np.bool_)
        left_out[0]["of a group of the test file"] = int((rows[0] & ~apart).sum())
        rows[0] = rows[0] & apart
    _enough(train, happened[rows[0]], LEAST)
    _enough(test, happened_later[rows[1]], 1)

    roles = {label: "label"} | ({group: "group"} if group else {}) | ({time: "time"} if time else {})
    chosen = credit_columns.choose(
        train,
        test,
        happened[rows[0]],
        rows=(rows[0], rows[1]),
        roles=roles,
        exclude=frozenset(exclude),
        keep_protected=keep_protected,
    )
    y, later = happened[rows[0]], happened_later[rows[1]]
    mine = None if groups is None else [groups[0][k] for k in np.flatnonzero(rows[0]).tolist()]
    folds, by = _folds(mine, None if moments is None else moments[0][rows[0]], y, seed, train)
    learned = choose(chosen.train, y, folds, CANDIDATES, seed=seed)
    forecast = learned.forecast(chosen.test)
    single, name = _best_single(chosen.train, y, folds, seed)
    numbered = None if groups is None else _numbered([groups[1][k] for k in np.flatnonzero(rows[1]).tolist()])
    judged = tuple(
        ScoredForecast(title, judge(later, chance, money=at_stake[rows[1]], groups=numbered, seed=seed))
        for title, chance in (
            (learned.name, forecast),
            (f"{SINGLE}: {name}", single.forecast({name: chosen.test[name]})),
            (DUMMY, Constant(float(y.mean())).forecast(chosen.test)),
        )
    )
    scores = judged[0].scores
    return CreditReport(
        auc=scores.auc.value,
        average_precision=scores.average_precision.value,
        brier=scores.brier.value,
        ece=scores.calibration_error,
        ece_of_a_perfect_forecast=scores.of_a_perfect_one,
        precision_at_top1_percent=scores.precision_at[0].precision.value,
        money_captured_at_top1_percent=scores.money_captured.value if scores.money_captured else None,
        label=label,
        bad_values=bad,
        money=money,
        train=_part(train, y, left_out[0]),
        test=_part(test, later, left_out[1]),
        model=Model(learned.name, learned.calibration.kind, by, learned.losses),
        judged=judged,
        columns=_weights(learned, chosen.test, later, seed),
        left_out=chosen.left_out,
        warnings=tuple(one.of(lang) for one in (*_same(train_file, test_file), *chosen.warnings)),
        seed=seed,
    )


def _same(train: Path, test: Path) -> tuple[Said, ...]:
    """A warning where the files are one."""
    if train.resolve() != test.resolve():
        return ()
    return (
        Said(
            "The model is judged by the rows that it has learned from: these figures say nothing about others.",
            "模型以其学习所用的行来评判：这些数字不能说明其他行的情况。",
        ),
    )


def _amounts(file: File, column: str) -> Floats:
    """What is at stake in each row, >= 0."""
    cells = file.column(column)
    if not numeric(cells):
        wrong = next(str(cell) for cell in cells if cell is not None and number(cell) is None)
        raise KehutuError("CREDIT_MONEY_INVALID", file=file.name, column=column, found=wrong)
    return np.maximum(np.nan_to_num(numbers(cells)), 0.0)


def _moments(train: File, test: File, column: str) -> tuple[Floats, Floats]:
    """The time of each row of both files as a number; a row without time counts as the newest."""
    found = []
    for file in (train, test):
        cells = file.column(column)
        if numeric(cells):
            values = numbers(cells)
        else:
            try:
                values = np.array(
                    [np.datetime64(str(cell)[:10] if cell else "NaT", "D") for cell in cells],
                    dtype="datetime64[D]",
                ).astype(np.float64)
                values[values < -1e15] = np.nan
            except ValueError:
                wrong = next((str(cell) for cell in cells if cell), "")
                raise KehutuError("CREDIT_TIME_INVALID", file=file.name, column=column, found=wrong) from None
        found.append(np.where(np.isnan(values), np.inf, values))
    return found[0], found[1]


def _names(file: File, column: str) -> list[str]:
    """The group of each row; a row without one is a group of its own."""
    values = texts(file.column(column)).tolist()
    return [f"row {k} of {file.name}" if value is None else str(value) for k, value in enumerate(values)]


def _numbered(names: list[str]) -> Ints:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)


def _enough(file: File, happened: Floats, least: int) -> None:
    bad, good = int(happened.sum()), int(len(happened) - happened.sum())
    if min(bad, good) < least:
        raise KehutuError("CREDIT_TOO_FEW", file=file.name, bad=bad, good=good, least=least)


def _folds(
    groups: list[str] | None, moments: Floats | None, happened: Floats, seed: int, file: File
) -> tuple[list[Fold], str]:
    """How candidates are compared within the training file, and that in words."""
    if moments is not None:
        folds = splits.by_time(moments, groups, happened)
        if folds:
            return folds, "later rows"
    names = groups or [str(k) for k in range(len(happened))]
    folds = splits.by_group(names, seed, happened)
    if not folds:
        raise KehutuError(
            "CREDIT_TOO_FEW",
            file=file.name,
            bad=int(happened.sum()),
            good=int((happened == 0).sum()),
            least=LEAST,
        )
    return folds, "other groups, by a hash" if groups else "other rows, by a hash"


def _best_single(table: Table, happened: Floats, folds: list[Fold], seed: int) -> tuple[Learned, str]:
    """A scorecard of the one column that forecasts unseen training rows best: a baseline that anybody could use."""
    fit = {"logistic, C 0.2": fit_scorecard(0.2)}
    found = {name: choose({name: values}, happened, folds, fit, seed=seed) for name, values in table.items()}
    best = min(found, key=lambda name: round(min(found[name].losses.values()), 9))
    return found[best], best


def _weights(learned: Learned, table: Table, happened: Floats, seed: int) -> tuple[Weight, ...]:
    """By falling weight; columns that do not matter (rise 0 or less) are left out."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(happened))
    base = log_loss(happened, learned.forecast(table))
    found = [
        Weight(name, log_loss(happened, learned.forecast({**table, name: values[order]})) - base)
        for name, values in table.items()
    ]
    return tuple(sorted((w for w in found if w.rise > 0), key=lambda w: (-w.rise, w.column)))


def _part(file: File, happened: Floats, left_out: dict[str, int]) -> Part:
    return Part(
        file=file.name,
        rows=len(happened),
        bad=int(happened.sum()),
        share=float(happened.mean()),
        left_out={reason: count for reason, count in left_out.items() if count},
    )
