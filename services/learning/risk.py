"""Fit the parameters of risk and g to a site's own history: learned on earlier years, judged on the last one.

Nothing is put in force that does not forecast the last year better than what it replaces: the parameters by their
likelihood against the start values, g by the likelihood of a g that knows the earlier years only.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date

import numpy as np

from algorithms.metrics import auc, average_precision, brier
from algorithms.risk.estimation import Estimate, estimate
from algorithms.risk.fitting import CLIP, failing, log_likelihood
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY, Probability, learn
from graph.arrays import Floats
from services.learning.cases import Window, windows
from services.risk.fitted import keep
from services.runs.days import latest_day
from services.site import Site
from terms.errors import KehutuError
from terms.progress import Progress, silent

LEAST_DEFAULTS = 30
"""Defaults in the years learned from together, and in the year judged."""
BANDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Ends of the calibration table, by score."""


@dataclass(frozen=True, slots=True)
class Year:
    """A past cut-off: parties judged, and how many of them defaulted within twelve months."""

    cut_off: date
    parties: int
    defaults: int


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """Mean log-likelihood of a judged party, nats: start values, fitted values."""

    start: float
    fitted: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """How the scores of the judged year rank: area under the curve, average precision."""

    auc: float
    average_precision: float


@dataclass(frozen=True, slots=True)
class Calibrated:
    """g. ``learned_on``: defaults. ``before``, ``after``: mean log-likelihood of a party of the judged year with its
    score, and with a g that was learned from the earlier years; ``brier_before``, ``brier_after``: mean squared error
    of the same."""

    kind: str
    in_force: bool
    learned_on: int
    before: float
    after: float
    brier_before: float
    brier_after: float


@dataclass(frozen=True, slots=True)
class Band:
    """Parties of the judged year by score: their mean score, mean g of it, and the share that defaulted."""

    low: float
    high: float
    parties: int
    score: float
    probability: float
    defaulted: float


@dataclass(frozen=True, slots=True)
class FitReport:
    """What was found. ``version``: of what was put in force, None where nothing was.

    ``learned``, ``judged``: the years. ``parameters_in_force``: whether the fitted values are used. ``likelihood``: of
    the years learned from, ``out_of_time``: of the judged year. ``ranking_start``, ``ranking``: of the judged year with
    the start values and with those in force. ``table``: of g as put in force, on the year that it was learned from.
    """

    version: str | None
    as_of: date
    learned: tuple[Year, ...]
    judged: Year
    estimates: tuple[Estimate, ...]
    parameters_in_force: bool
    likelihood: Likelihoods
    out_of_time: Likelihoods
    ranking_start: Ranking
    ranking: Ranking
    calibration: Calibrated
    table: tuple[Band, ...]


def fit_risk(site: Site, *, as_of: date | None = None, progress: Progress = silent) -> FitReport:
    """Fit, judge, and put in force what forecasts better.

    Args:
        site: an open site whose graph is up to date.
        as_of: end of the last year; the latest observation in the ledger when absent.

    Raises:
        KehutuError: ``NOTHING_LOADED``, ``FIT_HISTORY_SHORT``, ``FIT_TOO_FEW``, ``COLUMNS_UNWRITABLE``.
    """
    start = RiskParameters()
    end = as_of or latest_day(site)
    progress("Reading past years")
    *earlier, last = windows(site, end, start)
    for years in (earlier, [last]):
        found = sum(year.defaults for year in years)
        if found < LEAST_DEFAULTS:
            raise KehutuError(
                "FIT_TOO_FEW", found=found, needed=LEAST_DEFAULTS, start=years[0].cut_off, years=len(years)
            )
    progress("Searching parameters")
    cases = [year.case for year in earlier]
    estimation = estimate(cases, start)
    out = Likelihoods(log_likelihood([last.case], start), log_likelihood([last.case], estimation.parameters))
    better = out.fitted > out.start
    parameters = estimation.parameters if better else start
    progress("Calibrating")
    calibration, probability = _calibrate(earlier, last, parameters)
    happened, score = _outcomes(last, parameters)
    kept = None
    if better or calibration.in_force:
        kept = keep(
            site.home,
            replace(parameters, fitted=True),
            probability,
            {
                "as_of": end.isoformat(),
                "learned": [asdict(_year(year)) for year in earlier],
                "judged": asdict(_year(last)),
                "estimates": [asdict(each) for each in estimation.estimates],
                "out_of_time": asdict(out),
                "calibration": asdict(calibration),
            },
        )
    return FitReport(
        version=kept.version if kept else None,
        as_of=end,
        learned=tuple(map(_year, earlier)),
        judged=_year(last),
        estimates=estimation.estimates,
        parameters_in_force=better,
        likelihood=Likelihoods(estimation.before, estimation.after),
        out_of_time=out,
        ranking_start=_ranking(*_outcomes(last, start)),
        ranking=_ranking(happened, score),
        calibration=calibration,
        table=_table(happened, score, probability),
    )


def _calibrate(
    earlier: list[Window], last: Window, parameters: RiskParameters
) -> tuple[Calibrated, Probability]:
    """g of the last year, which the parameters do not know; in force if one of the earlier years forecasts better than
    the scores themselves."""
    happened, score = _outcomes(last, parameters)
    past = [_outcomes(year, parameters) for year in earlier]
    try:
        trial = learn(*(np.concatenate(column) for column in zip(*past, strict=True)))
        found = learn(happened, score)
    except ValueError:  # every default came to parties that nothing had reached: there is no g to learn
        trial = found = IDENTITY
    before, after = (_nats(happened, chance) for chance in (score, trial(score)))
    used = after > before
    return Calibrated(
        kind=found.kind if used else IDENTITY.kind,
        in_force=used,
        learned_on=last.defaults,
        before=before,
        after=after,
        brier_before=brier(happened, score),
        brier_after=brier(happened, trial(score)),
    ), (found if used else IDENTITY)


def _outcomes(year: Window, parameters: RiskParameters) -> tuple[Floats, Floats]:
    """What became of the judged parties, 0 or 1, and their scores."""
    judged = year.case.judged
    return year.case.failures[judged].astype(np.float64), failing(year.case, parameters)[judged]


def _nats(happened: Floats, chance: Floats) -> float:
    p = np.clip(chance, CLIP, 1.0 - CLIP)
    return float((happened * np.log(p) + (1.0 - happened) * np.log1p(-p)).mean())


def _ranking(happened: Floats, score: Floats) -> Ranking:
    return Ranking(auc(happened, score), average_precision(happened, score))


def _year(found: Window) -> Year:
    return Year(found.cut_off, found.judged, found.defaults)


def _table(happened: Floats, score: Floats, probability: Probability) -> tuple[Band, ...]:
    chance = probability(score)
    bands = []
    for low, high in zip((-1.0, *BANDS[:-1]), BANDS, strict=True):
        among = (score > low) & (score <= high)
        if among.any():
            bands.append(
                Band(
                    low=max(0.0, low),
                    high=high,
                    parties=int(among.sum()),
                    score=float(score[among].mean()),
                    probability=float(chance[among].mean()),
                    defaulted=float(happened[among].mean()),
                )
            )
    return tuple(bands)
