"""What the model of a run says of one customer by its own record, and which features say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from algorithms.arrears import Bills
from algorithms.own_risk.columns import Texts
from algorithms.own_risk.declared import FEATURES
from algorithms.own_risk.records import Claims, Records, known_at, records
from graph.seen_queries import CustomerPortrait
from services.own_risk.registers import ALWAYS, REGISTERS, is_nan
from services.reading.runs import OwnModel, Run, own_model
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import Lang


@dataclass(frozen=True, slots=True)
class OwnReason:
    """A feature of a customer's own record, and how it moves the forecast."""

    feature: str
    """Its name in the model card."""
    text: str
    """What it is, in the language of the asker."""
    value: str
    """Its value at the cut-off; a dash where it has none."""
    unit: str
    """Unit of the value."""
    odds: float
    """By what factor it multiplies the odds of default, before calibration; above 1 it raises them."""


@dataclass(frozen=True, slots=True)
class OwnRisk:
    """What a fitted model says of a customer by its own record alone, at the run's cut-off."""

    probability: float | None
    """Probability of default within the months of the model's event; absent without bills."""
    next_bill_late: float | None
    """Probability that the next bill to fall due is late; absent without bills."""
    model: str
    """Version of the model."""
    reasons: tuple[OwnReason, ...]
    """The features that move it most, strongest first."""


def own_risk(
    seen: Seen, run: Run, model: RiskModel, row: CustomerPortrait, *, lang: Lang = "en", top: int = 5
) -> OwnRisk | None:
    """The forecasts that a run has for a customer, with reasons; None where the run was made without a model.

    Args:
        row: the customer's portrait; of its bills those known at the run's cut-off count.

    Reasons are made anew from the record as the graph shows it: bills that were corrected since may tell another story
    than the run's forecast.
    """
    made_with, customer = own_model(seen, run), model.customer(row.id)
    if made_with is None or customer is None:
        return None
    (version, fitted), cut_off = made_with, np.datetime64(run.cut_off)
    chance, late = float(model.forecasts.default[customer]), float(model.forecasts.next_bill[customer])
    return OwnRisk(
        probability=None if np.isnan(chance) else chance,
        next_bill_late=None if np.isnan(late) else late,
        model=version,
        reasons=() if np.isnan(chance) or fitted is None else _reasons(fitted, cut_off, row, lang, top),
    )


def _reasons(
    model: OwnModel, cut_off: np.datetime64, row: CustomerPortrait, lang: Lang, top: int
) -> tuple[OwnReason, ...]:
    learned = model.default.model
    bills = [dict(bill["properties"]) for bill in row.bills]
    table = known_at(record_of(row, bills), cut_off).table
    moved = learned.contributions(table)[0]
    order = np.argsort(-np.abs(moved), kind="stable")[:top]
    return tuple(
        OwnReason(
            feature=name,
            text=FEATURES[name].en if lang == "en" else FEATURES[name].zh,
            value=_shown(table[name][0]),
            unit=FEATURES[name].unit,
            odds=float(np.exp(moved[place])),
        )
        for place in order.tolist()
        for name in [learned.codings[place].name]
        if abs(moved[place]) > 0
    )


def bills_of(bills: list[dict[str, Any]]) -> Bills:
    """Bills of one customer by their properties in the graph."""
    return Bills(
        customer=np.zeros(len(bills), dtype=np.int64),
        period=_days(bills, "period", "M"),
        amount=np.array([int(bill.get("amount") or 0) for bill in bills], dtype=np.int64),
        due=_days(bills, "dueOn"),
        paid=_days(bills, "paidOn"),
    )


def record_of(row: CustomerPortrait, bills: list[dict[str, Any]]) -> Records:
    """The record of the one customer, from its portrait and the properties of its bills."""
    parties: list[dict[str, Any]] = [
        dict(party["properties"])
        for party in row.parties
        if party["type"] == "Enterprise" and not party["ended"]
    ]
    enterprise = parties[0] if parties else {}

    def claims(name: str) -> Claims:
        value = enterprise.get(name)
        given = [] if value is None or value == "" else [value]
        return Claims(np.zeros(len(given), dtype=np.int64), np.full(len(given), ALWAYS), _objects(given))

    return records(
        bills_of(bills),
        issued=_days(bills, "issuedOn"),
        energy=np.array(
            [np.nan if bill.get("energy") is None else float(bill["energy"]) for bill in bills],
            dtype=np.float64,
        ),
        party=np.zeros(1, dtype=np.int64),
        kind=_objects([row.properties.get("kind") or None]),
        opened=np.array([str(row.properties.get("openedOn") or "")[:10]], dtype="datetime64[D]"),
        registers={feature: claims(name) for feature, name in REGISTERS.items()},
    )


def _days(bills: list[dict[str, Any]], name: str, unit: str = "D") -> Any:
    return np.array([str(bill.get(name) or "")[:10] for bill in bills], dtype=f"datetime64[{unit}]")


def _objects(values: list[Any]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _shown(value: Any) -> str:
    if value is None or is_nan(value):
        return "-"
    return value if isinstance(value, str) else f"{value:.4g}"
