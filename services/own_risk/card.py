"""The card of a model of own risk: what it was learned from, how well it does, and what it must not be used for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from algorithms.own_risk.forecast_scores import Figure, ForecastScores, Precision
from algorithms.own_risk.training import Trained


@dataclass(frozen=True, slots=True)
class ScoredForecast:
    """A forecast and its scores on the judged cut-offs."""

    name: str
    scores: ForecastScores


@dataclass(frozen=True, slots=True)
class TargetCard:
    """What is forecast (``default`` or ``next_bill``), how it was learned and how well it does.

    ``gap``: whether every outcome learned from was certain before the first judged cut-off; if not, the record is too
    short for that, and the outcomes before and after share months, though never a party. ``weights``: by feature, mean
    absolute move of the log odds.
    """

    target: str
    model: str
    calibration: str
    log_loss: dict[str, float]
    rows: int
    customers: int
    happened_to: int
    learned_from: tuple[str, ...]
    judged_on: tuple[str, ...]
    gap: bool
    judged_rows: int
    judged: tuple[ScoredForecast, ...]
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class ModelCard:
    """``until``: the last day of the data that the model has seen; ``version``: names its content, once it is kept."""

    until: date
    overdue_bills: int
    months: int
    customers: int
    bills: int
    seed: int
    targets: tuple[TargetCard, ...]
    version: str = ""

    def plain(self) -> dict[str, Any]:
        """As values that JSON has."""
        return {**asdict(self), "until": self.until.isoformat()}

    @classmethod
    def read(cls, found: dict[str, Any]) -> ModelCard:
        """The inverse of :meth:`plain`."""
        targets = tuple(
            TargetCard(
                **{
                    **target,
                    "learned_from": tuple(target["learned_from"]),
                    "judged_on": tuple(target["judged_on"]),
                    "judged": tuple(
                        ScoredForecast(j["name"], _scores(j["scores"])) for j in target["judged"]
                    ),
                }
            )
            for target in found["targets"]
        )
        return cls(**{**found, "until": date.fromisoformat(found["until"]), "targets": targets})


def target_card(target: str, trained: Trained) -> TargetCard:
    """The part of the card about one forecast."""
    learned, split = trained.learned, trained.split
    return TargetCard(
        target=target,
        model=learned.name,
        calibration=learned.calibration.kind,
        log_loss=trained.losses,
        rows=trained.rows,
        customers=trained.customers,
        happened_to=trained.happened_to,
        learned_from=split.learned_from,
        judged_on=split.judged_on,
        gap=split.gap,
        judged_rows=split.judged_rows,
        judged=(
            ScoredForecast(learned.name, trained.judged),
            *(ScoredForecast(name, scores) for name, scores in trained.baselines.items()),
        ),
        weights=trained.weights,
    )


def _scores(found: dict[str, Any]) -> ForecastScores:
    def figure(name: str) -> Figure:
        return Figure(**found[name])

    return ForecastScores(
        auc=figure("auc"),
        average_precision=figure("average_precision"),
        brier=figure("brier"),
        calibration_error=found["calibration_error"],
        of_a_perfect_one=found["of_a_perfect_one"],
        of_a_perfect_one_at_most=found["of_a_perfect_one_at_most"],
        precision_at=tuple(
            Precision(p["share"], p["rows"], Figure(**p["precision"])) for p in found["precision_at"]
        ),
        money_captured=None if found["money_captured"] is None else figure("money_captured"),
    )
