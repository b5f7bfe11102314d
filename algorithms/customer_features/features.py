"""All features of the contract, version 2 (services/features/contract.yaml says what each means)."""

from __future__ import annotations

from typing import Final

import numpy as np

from algorithms.customer_features.by_customer import count, mean, ratio, total
from algorithms.customer_features.load import LoadForms
from algorithms.customer_features.observed import Costs, Happened, Observed, Texts
from algorithms.customer_features.payments import payment_features
from algorithms.customer_features.use import billed_months, use_features
from graph.arrays import Bools, Floats

WINDOW: Final = 730
"""Days that contacts and orders are counted back."""
YEARS: Final = 2
HOURS: Final = 730.5
"""Of a month."""
HOUSEHOLD: Final = "household"
GENERATORS: Final = ("pv", "photovoltaic", "generator", "wind")
"""Words of a device's kind that say that it generates; a backup generator does not feed in and is none."""
BACKUP: Final = "backup"


def features_of(seen: Observed, costs: Costs) -> dict[str, Floats | Texts]:
    """By name, n values: numbers with NaN, words with '' where the contract says missing.

    Args:
        seen: what is known at T.
        costs: parameters of the contract.
    """
    n, contract = seen.size, seen.contract
    use = use_features(n, billed_months(seen.bills, seen.day), costs.cost_of_energy)
    contacts, orders = _recent(seen.contacts, seen.day), _recent(seen.orders, seen.day)
    made = _of_kind(seen.contacts, contacts)
    per_year = count(n, seen.contacts.customer, contacts) / YEARS
    orders_per_year = count(n, seen.orders.customer, orders) / YEARS
    cost = per_year * costs.cost_of_contact + orders_per_year * costs.cost_of_order
    level = use["energy_level"]
    capacity = np.where(contract.capacity > 0, contract.capacity, np.nan)
    used = ratio(level / HOURS, capacity)
    every = np.ones(len(seen.devices.customer), dtype=np.bool_)
    power = np.nan_to_num(seen.devices.value)
    generates = np.array([_generates(kind) for kind in seen.devices.kind.tolist()], dtype=np.bool_)
    asked = ~np.isnan(seen.contacts.value)
    flags, disputes = _recent(seen.flags, seen.day), _recent(seen.disputes, seen.day)
    standing = seen.standing
    return {
        **{name: value for name, value in use.items() if name != "margin"},
        **(seen.load or LoadForms(np.full(n, -1, dtype=np.int64))).features(),
        "contacts": per_year,
        "complaints": count(n, seen.contacts.customer, made["complaint"]) / YEARS,
        "reports": count(n, seen.contacts.customer, made["report"]) / YEARS,
        "satisfaction": mean(n, seen.contacts.customer, seen.contacts.value, contacts & asked),
        "payment_channel": contract.payment_channel,
        "kind": contract.kind,
        "industry": np.where(
            (contract.industry == "") & (contract.kind == "consumer"), HOUSEHOLD, contract.industry
        ).astype(object),
        "voltage": contract.voltage,
        "capacity": capacity,
        "supply_level": contract.supply_level,
        "tenure": _tenure(seen),
        "sites": standing.sites,
        "ownership_depth": standing.ownership_depth,
        "guarantees_given": standing.guarantees_given,
        "guarantees_received": standing.guarantees_received,
        "debts": standing.debts,
        "community_size": standing.community_size,
        "density": standing.density,
        "devices": count(n, seen.devices.customer, every),
        "device_power": total(n, seen.devices.customer, power, every),
        "own_generation": count(n, seen.devices.customer, generates),
        **payment_features(n, seen.bills, seen.day),
        "margin": use["margin"],
        "lifetime_value": _lifetime_value(use["margin"], level, cost, seen.distress, costs),
        "cost_to_serve": cost,
        "orders": orders_per_year,
        "services": _kinds(n, seen.orders, orders),
        "capacity_use": used,
        "unused_capacity": capacity * np.maximum(0.0, 1.0 - used),
        "critical": contract.critical,
        "credit_flags": count(n, seen.flags.customer, flags),
        "disputes": count(n, seen.disputes.customer, disputes),
    }


def _recent(happened: Happened, day: np.datetime64) -> Bools:
    """What happened in the last two years, up to the day."""
    with np.errstate(invalid="ignore"):
        return np.asarray((happened.day <= day) & (happened.day > day - np.timedelta64(WINDOW, "D")))


def _of_kind(happened: Happened, among: Bools) -> dict[str, Bools]:
    return {kind: among & (happened.kind == kind) for kind in ("complaint", "report")}


def _generates(kind: str) -> bool:
    words = kind.lower()
    return BACKUP not in words and any(word in words for word in GENERATORS)


def _tenure(seen: Observed) -> Floats:
    """Years since the first day, NaN where it is unknown or still to come."""
    days = (seen.day - seen.contract.opened).astype("timedelta64[D]")
    years = days.astype(np.float64) / 365.25
    return np.where(np.isnat(days) | (years < 0), np.nan, years)


def _kinds(n: int, orders: Happened, recent: Bools) -> Floats:
    """How many kinds of work each customer asked for."""
    pairs = {*zip(orders.customer[recent].tolist(), orders.kind[recent].tolist(), strict=True)}
    who = np.array([customer for customer, kind in pairs if kind], dtype=np.int64)
    return np.bincount(who, minlength=n).astype(np.float64)


def _lifetime_value(margin: Floats, level: Floats, cost: Floats, distress: Floats, costs: Costs) -> Floats:
    """sum over t of the yearly margin * ((1 - distress) / (1 + discount))^t, yuan."""
    yearly = margin * level * 12 - cost
    kept = (1 - np.clip(distress, 0.0, 1.0)) / (1 + costs.discount)
    years = np.arange(1, int(costs.horizon) + 1)
    return np.asarray(yearly * (kept[:, None] ** years).sum(axis=1))
