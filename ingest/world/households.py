"""What happens in the homes: tenancy, presence, wages, use of energy, and who pays when; a block of homes at a time.

A bill is paid when somebody attends to it and the money is there. Migrants travel for the Spring Festival, tenants
move out with a last bill open, second homes stand empty, wages stop when the employer stops paying them. The
reasons of arrears follow from that; nothing here knows the product's models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.world.calendar import FESTIVAL, HOLIDAYS, MONTHS, SUMMER, WINTER
from ingest.world.draws import Bools, Floats, Ints, stream
from ingest.world.economy import Economy

TENANCIES = ("owner-occupied", "fixed-rental", "migrant", "vacant", "second-home")
_TENANCY_SHARES = (0.66, 0.19, 0.08, 0.04, 0.03)
_OWNER, _RENTAL, _MIGRANT, _VACANT, _SECOND = range(5)
HABITS = ("autopay", "mobile-app", "counter")
_HABIT_SHARES = (0.46, 0.40, 0.14)
STANDBY = 8.0
"""kWh a month of a home where nobody is."""


@dataclass(frozen=True, slots=True)
class Homes:
    """n homes (x months). ``amount`` in fen, ``energy`` in kWh. ``paid``: month in which the bill of the month is
    paid, -1 = not within the world; ``paid_day``: day of that month."""

    tenancy: Ints
    habit: Ints
    malicious: Bools
    disputed: Bools
    energy: Floats
    amount: Ints
    paid: npt.NDArray[np.int16]
    paid_day: npt.NDArray[np.int16]


def simulate(seed: int, block: int, employer: Ints, economy: Economy) -> Homes:
    """Homes of one block. ``employer``: enterprise that pays the wages, -1 = none that we know."""
    rng = stream(seed, "households", block)
    n = len(employer)
    tenancy = rng.choice(5, n, p=_TENANCY_SHARES)
    habit = rng.choice(3, n, p=_HABIT_SHARES)
    malicious = rng.random(n) < 0.006
    disputed = rng.random(n) < 0.006
    presence = _presence(rng, tenancy)
    energy = np.round(_energy(rng, presence), 1)
    amount = _amount(energy)
    able = _able(rng, employer, economy, amount)
    attends = _attends(rng, tenancy, habit, presence, stubborn=(malicious, disputed))
    paid = _payments(attends & able)
    return Homes(tenancy, habit, malicious, disputed, energy, amount, paid, _days(rng, habit, paid))


def _presence(rng: np.random.Generator, tenancy: Ints) -> Floats:
    """How much of each month somebody is there."""
    n = len(tenancy)
    presence = np.clip(1 - 0.1 * rng.random((n, 1)) * HOLIDAYS - 0.05 * rng.random((n, MONTHS)), 0, 1)
    migrant = tenancy == _MIGRANT
    presence[migrant] *= 1 - np.minimum(1, 1.5 * FESTIVAL) * rng.uniform(0.6, 1, (int(migrant.sum()), 1))
    presence[tenancy == _VACANT] = 0
    second = tenancy == _SECOND
    presence[second] = np.clip(HOLIDAYS - 0.45, 0, 1) * rng.uniform(0.3, 1, (int(second.sum()), 1))
    presence *= 1 - _empty_between_tenants(rng, tenancy)
    return presence


def _empty_between_tenants(rng: np.random.Generator, tenancy: Ints) -> Floats:
    """1 in the months after a tenant has left: none, one or two, before the next one comes."""
    n = len(tenancy)
    leaves = (rng.random((n, MONTHS)) < 1 / 14) & (tenancy == _RENTAL)[:, None]
    length = rng.integers(1, 4, (n, MONTHS))
    empty = np.zeros((n, MONTHS))
    for gap in range(3):
        empty[:, gap:] = np.maximum(empty[:, gap:], (leaves & (length > gap))[:, : MONTHS - gap])
    return empty


def _energy(rng: np.random.Generator, presence: Floats) -> Floats:
    n = len(presence)
    base = rng.lognormal(np.log(150), 0.45, (n, 1))
    weather = 1 + rng.uniform(0.2, 1.3, (n, 1)) * SUMMER + rng.uniform(0, 0.6, (n, 1)) * WINTER
    trend = 1 + rng.normal(0, 0.0015, (n, 1)) * np.arange(MONTHS)
    return STANDBY + base * presence * weather * trend * rng.lognormal(0, 0.08, (n, MONTHS))


def _amount(energy: Floats) -> Ints:
    """Fen of a bill under a tariff of three steps (230 and 400 kWh a month)."""
    yuan = 0.52 * energy + 0.05 * np.maximum(0, energy - 230) + 0.25 * np.maximum(0, energy - 400)
    return np.asarray(np.round(100 * yuan).astype(np.int64))


def _able(rng: np.random.Generator, employer: Ints, economy: Economy, amount: Ints) -> Bools:
    """Whether the money for a bill is there, by month."""
    n = len(employer)
    income = rng.lognormal(np.log(7_000), 0.5, n)
    spending = income * np.clip(rng.normal(0.86, 0.09, n), 0.5, 1.02)
    savings = income * rng.lognormal(np.log(1.5), 1.0, n)
    wages = np.where((employer >= 0)[:, None], economy.wages[np.maximum(employer, 0)], 1.0)
    out_of_work = _spells(rng, n, hazard=0.004, longest=9)
    able = np.zeros((n, MONTHS), bool)
    # Who lost the wages finds other work after some months.
    without = np.zeros(n)
    patience = rng.integers(4, 14, n)
    for month in range(MONTHS):
        unpaid = wages[:, month] < 0.5
        without = np.where(unpaid, without + 1, 0)
        earned = np.where(unpaid & (without > patience), 0.8, np.maximum(wages[:, month], 0.15))
        earned *= np.where(out_of_work[:, month], 0.3, 1.0)
        savings += income * earned - spending * (0.7 + 0.3 * earned)
        savings = np.clip(savings, 0, 10 * income)
        able[:, month] = savings * 100 >= amount[:, month]
    return able


def _spells(rng: np.random.Generator, n: int, *, hazard: float, longest: int) -> Bools:
    """Months inside spells that begin at random."""
    begins = rng.random((n, MONTHS)) < hazard
    length = rng.integers(2, longest + 1, (n, MONTHS))
    inside = np.zeros((n, MONTHS), bool)
    for age in range(longest):
        inside[:, age:] |= (begins & (length > age))[:, : MONTHS - age]
    return inside


def _attends(
    rng: np.random.Generator, tenancy: Ints, habit: Ints, presence: Floats, *, stubborn: tuple[Bools, Bools]
) -> Bools:
    """Whether somebody sees to the bill that arrives in a month. ``stubborn``: who pays never, and who disputes."""
    malicious, disputed = stubborn
    n = len(tenancy)
    autopay = (habit == 0)[:, None]
    chance = np.where(
        autopay, 0.998, np.array([1.0, 0.97, 0.95])[habit][:, None] * np.clip(1.6 * presence, 0, 1)
    )
    # Owners of empty homes look in twice or three times a year.
    chance = np.maximum(chance, np.where(tenancy == _VACANT, 0.22, 0.30)[:, None])
    # A tenant who leaves does not see to the last bill; the owner does, later.
    empty = (presence == 0) & (tenancy == _RENTAL)[:, None]
    chance = np.where(empty, 0.25, chance)
    attends = rng.random((n, MONTHS)) < chance
    attends &= ~((disputed[:, None]) & _spells(rng, n, hazard=0.05, longest=12))
    return np.where(malicious[:, None], rng.random((n, MONTHS)) < 0.12, attends)


def _payments(pays: Bools) -> npt.NDArray[np.int16]:
    """Month of payment: a bill arrives in the month after its own and is paid in the first month with ``pays``.

    Every older bill is paid along with it, so that is the first such month from the arrival on.
    """
    n = len(pays)
    paid = np.full((n, MONTHS), -1, np.int16)
    following = np.full(n, -1, np.int16)
    for month in range(MONTHS - 1, 0, -1):
        following = np.where(pays[:, month], np.int16(month), following)
        paid[:, month - 1] = following
    return paid


def _days(rng: np.random.Generator, habit: Ints, paid: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Day of the month of payment: the collection run, some day before the due day, or after a reminder."""
    n = len(habit)
    on_time = np.where((habit == 0)[:, None], 10, rng.integers(4, 20, (n, MONTHS)))
    forgotten = (habit > 0)[:, None] & (rng.random((n, MONTHS)) < rng.beta(0.6, 6, (n, 1)))
    day = np.where(forgotten, rng.integers(21, 28, (n, MONTHS)), on_time)
    later = paid > np.arange(MONTHS) + 1
    return np.where(later, rng.integers(2, 28, (n, MONTHS)), day).astype(np.int16)
