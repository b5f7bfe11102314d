"""Features of the use that bills tell: level, trend, variation, seasons, margin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.customer_features.by_customer import count, highest, mean, ratio, total
from algorithms.customer_features.observed import BilledUse
from graph.arrays import Floats, Ints

WINDOW: Final = 12
RECENT: Final = 3
FEWEST: Final = 3
ENOUGH: Final = 6
IDLE: Final = 0.25
"""A month with less than this part of the customer's mean is nearly idle."""
SUMMER: Final = (6, 7, 8, 9)
WINTER: Final = (12, 1, 2)
_SPAN: Final = 100_000
"""More months than there are; keys of customer and month stay apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Months:
    """m billed months of all customers, by customer and month; ``month`` counts from 1970, energy in kWh (NaN where a
    bill of the month lacks it), amount in yuan."""

    customer: Ints
    month: Ints
    energy: Floats
    amount: Floats


def billed_months(bills: BilledUse, day: np.datetime64) -> Months:
    """The months of bills that are known on a day: issued by then, or, without a day of issue, over by then."""
    end = (bills.month + np.timedelta64(1, "M")).astype("datetime64[D]")
    known = np.where(np.isnat(bills.issued), end, bills.issued) <= day
    rows = np.flatnonzero(known & ~np.isnat(bills.month))
    key = bills.customer[rows] * _SPAN + bills.month[rows].astype("datetime64[M]").astype(np.int64)
    distinct, place = np.unique(key, return_inverse=True)
    return Months(
        distinct // _SPAN,
        distinct % _SPAN,
        np.bincount(place, weights=bills.energy[rows], minlength=len(distinct)).astype(np.float64),
        np.bincount(place, weights=bills.amount[rows], minlength=len(distinct)) / 100.0,
    )


def use_features(n: int, months: Months, cost_of_energy: float) -> dict[str, Floats]:
    """By name, n values; NaN where the contract says missing.

    Args:
        cost_of_energy: yuan/kWh.
    """
    customer, month, energy = months.customer, months.month, months.energy
    newest = np.full(n, -_SPAN)
    np.maximum.at(newest, customer, month)
    age = newest[customer] - month
    known = ~np.isnan(energy)
    window = known & (age < WINDOW)
    many = count(n, customer, window)
    level = mean(n, customer, energy, window)
    square = mean(n, customer, (energy - level[customer]) ** 2, window)
    most = highest(n, customer, energy, window)
    least = -highest(n, customer, -energy, window)
    whole = total(n, customer, energy, window)

    key = customer * _SPAN + month
    twin = np.minimum(np.searchsorted(key, key - WINDOW), max(len(key) - 1, 0))
    paired = np.zeros(len(key), dtype=np.bool_)
    before = np.zeros(len(key))
    if len(key):
        before = energy[twin]
        paired = (key[twin] == key - WINDOW) & known & ~np.isnan(before) & (age < RECENT)
    now, then = total(n, customer, energy, paired), total(n, customer, before, paired)

    of_year = month % 12 + 1
    seasons = {
        name: ratio(total(n, customer, energy, window & np.isin(of_year, season)), whole)
        for name, season in (("summer_share", SUMMER), ("winter_share", WINTER))
    }
    idle = energy < IDLE * level[customer]
    paid = total(n, customer, months.amount, window)
    enough, full = many >= ENOUGH, many >= WINDOW
    return {
        "energy_level": np.where(many >= FEWEST, level, np.nan),
        "energy_trend": ratio(now, then) - 1,
        "energy_variation": np.where(enough, ratio(np.sqrt(square), level), np.nan),
        "peak_valley": np.where(enough, ratio(most - least, most), np.nan),
        **{name: np.where(full, value, np.nan) for name, value in seasons.items()},
        "idle_share": np.where(enough & (level > 0), ratio(count(n, customer, window & idle), many), np.nan),
        "margin": np.where(many >= FEWEST, ratio(paid, whole) - cost_of_energy, np.nan),
    }
