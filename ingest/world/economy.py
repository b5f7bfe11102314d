"""What happens to the enterprises month by month: sales, cash, debts; who stops paying whom, and who fails.

Nothing here knows the product's risk model. An enterprise pays from the cash that it has, in this order:
electricity, staff, running costs, bank and called guarantees, suppliers. So one that runs dry stops paying
suppliers, staff and, once it has waited long enough to put off even that, bills in turn; its suppliers miss the
money, its staff comes home without wages (``households``), its guarantors are called. Money in yuan, time in
months of the world.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ingest.world.calendar import MONTHS, WARM_UP
from ingest.world.draws import Bools, Floats, Ints, stream
from ingest.world.enterprises import COOLING, INDUSTRIES, Enterprises
from ingest.world.links import Links

UNPAID_TO_FAIL = 8
"""Months without paying suppliers in full after which an enterprise gives up."""

Shares = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Economy:
    """n enterprises x months, and what happened to each. A month of -1: never.

    ``energy_cost``: what the electricity of the month costs. ``bill_paid``: month in which the bill of the month
    is paid, -1 = not within the world. ``wages``: share of the wages that is paid.
    ``lost_by_trade``, ``lost_by_guarantees``: yuan lost through others until the own failure or the end.
    ``wealth``: what was added to the net assets until the cut-off (cash earned less what was lost).
    """

    energy_cost: Shares
    bill_paid: npt.NDArray[np.int16]
    wages: Shares
    own_shock: Ints
    suppliers_unpaid: Ints
    staff_unpaid: Ints
    failed: Ints
    lost_by_trade: Floats
    lost_by_guarantees: Floats
    receivable: Floats  # by trade link: what the buyer owes at the cut-off
    debt: Floats  # by bank loan: what is left to repay at the cut-off
    wealth: Floats


def simulate(seed: int, firms: Enterprises, links: Links, *, cut_off_month: int) -> Economy:
    """Run all months. O(months x links): 3 s and 300 MB at 120,000 enterprises."""
    course = _Course(seed, firms, links)
    receivable, debt, wealth = np.zeros(0), np.zeros(0), np.zeros(0)
    for month in range(MONTHS):
        course.step(month)
        if month == cut_off_month:
            receivable, debt, wealth = course.receivable(), course.debt.copy(), course.wealth()
    return Economy(
        energy_cost=course.energy_cost,
        bill_paid=course.bill_paid,
        wages=course.wages_paid,
        own_shock=np.where(course.shock_month < MONTHS, course.shock_month, -1),
        suppliers_unpaid=course.suppliers_unpaid,
        staff_unpaid=course.staff_unpaid,
        failed=course.failed,
        lost_by_trade=course.lost_by_trade,
        lost_by_guarantees=course.lost_by_guarantees,
        receivable=receivable,
        debt=debt,
        wealth=wealth,
    )


class _Course:
    """State of all enterprises and links while the months go by."""

    def __init__(self, seed: int, firms: Enterprises, links: Links) -> None:
        n, edges = len(firms), len(links.trade.seller)
        rng = stream(seed, "economy")
        self.rng, self.firms, self.links, self.n = rng, firms, links, n
        self.season = np.stack([i.season for i in INDUSTRIES])[firms.industry]
        trade, debts = links.trade, links.debts
        self.outside_sales = np.maximum(0.0, firms.sales - np.bincount(trade.seller, trade.volume, n))
        self.instalment = debts.principal / debts.months
        # What is left for rent and the rest, so that the margin comes out in a normal month.
        spendable = (1 - np.maximum(firms.margin, 0.01)) * firms.sales
        committed = np.bincount(trade.buyer, trade.volume, n) + firms.wages + firms.energy
        committed += np.bincount(debts.borrower, self.instalment + debts.principal * debts.rate / 12, n)
        self.other_costs = np.maximum(0.0, spendable - committed)
        self.payroll = firms.wages * np.minimum(1.0, spendable / committed)
        self.shock_month, self.shock_depth, self.shock_length = _shocks(rng, n)
        self.drift = rng.normal(0, 0.004, n)  # some grow, some shrink
        self.swing = np.zeros(n)  # log of the activity around its season
        self.cash = firms.cash.copy()
        self.due = np.zeros((4, edges))  # ring by month: payable of each link
        self.overdue = np.zeros(edges)
        self.debt = debts.principal.copy()
        self.called = np.zeros(n)  # what guarantors were called for and still owe
        self.unpaid_months = np.zeros(n, dtype=np.int64)
        self.failed = np.full(n, -1, dtype=np.int64)
        self.suppliers_unpaid = np.full(n, -1, dtype=np.int64)
        self.staff_unpaid = np.full(n, -1, dtype=np.int64)
        self.lost_by_trade, self.lost_by_guarantees = np.zeros(n), np.zeros(n)
        self.energy_cost = np.zeros((n, MONTHS), np.float32)
        self.wages_paid = np.ones((n, MONTHS), np.float32)
        self.bill_paid = np.full((n, MONTHS), -1, np.int16)
        self.oldest = np.zeros(n, dtype=np.int64)  # first month whose bill is unpaid

    def receivable(self) -> Floats:
        """By trade link: what the buyer owes, due or not."""
        return np.asarray(self.overdue + self.due.sum(axis=0))

    def wealth(self) -> Floats:
        """Cash earned since the start less what was lost through others."""
        return np.asarray(self.cash - self.firms.cash - self.lost_by_trade - self.lost_by_guarantees)

    def step(self, month: int) -> None:
        """One month: work and sell, pay in order, give up or be rescued."""
        alive = self.failed < 0
        activity = self._work(month, alive)
        self._pay_bills(month, alive)
        paid_staff = self._pay(self.payroll * (0.6 + 0.4 * np.minimum(activity, 1.2)) * alive)
        self.wages_paid[:, month] = np.where(alive, paid_staff, 0.0)
        self._pay(self.other_costs * (0.45 + 0.55 * activity) * alive)
        paid_bank = self._pay_bank(alive)
        paid_suppliers = self._pay_suppliers(month, alive)

        short = alive & (np.minimum(np.minimum(paid_suppliers, paid_staff), paid_bank) < 0.98)
        self.unpaid_months = np.where(short, self.unpaid_months + 1, 0)
        self.suppliers_unpaid[short & (self.suppliers_unpaid < 0)] = month
        self.staff_unpaid[alive & (paid_staff < 0.98) & (self.staff_unpaid < 0)] = month
        failing = alive & (self.unpaid_months >= UNPAID_TO_FAIL) & (month >= WARM_UP)
        if failing.any():
            self._fail(month, failing)
        # Owners take out what the business does not need, and put something in once when it begins to starve.
        self.cash = np.minimum(self.cash, 1.6 * self.firms.sales + 30_000)
        rescued = alive & (self.unpaid_months == 2) & ((self.rng.random(self.n) < 0.35) | (month < WARM_UP))
        self.cash += np.where(rescued, self.firms.sales * self.rng.uniform(0.2, 1.0, self.n), 0.0)

    def _work(self, month: int, alive: Bools) -> Floats:
        """Sales for cash, deliveries on credit and energy of the month; the activity, 1 = a normal month."""
        trade = self.links.trade
        self.swing = 0.8 * self.swing + self.rng.normal(0, 0.05, self.n) + self.drift
        since = month - self.shock_month
        left = np.where((since >= 0) & (since < self.shock_length), self.shock_depth, 1.0)
        activity = np.where(alive, np.exp(self.swing) * self.season[:, month] * left, 0.0)
        work = np.where(alive, 0.25 + 0.75 * activity, 0.04)
        self.energy_cost[:, month] = self.firms.energy * COOLING[month] * work
        self.cash += self.outside_sales * activity
        # Suppliers deliver unless they are gone or have waited for three months' worth.
        delivers = alive[trade.seller] & alive[trade.buyer] & (self.overdue < 3 * trade.volume)
        delivered = np.where(delivers, trade.volume * activity[trade.buyer], 0.0)
        self.due[(month + trade.term) % 4, np.arange(len(trade.seller))] += delivered
        return activity

    def _pay(self, owed: Floats) -> Floats:
        """Pay what the cash allows; the share of what is owed, 1 where nothing is."""
        share = np.where(owed > 0, np.clip(self.cash / np.where(owed > 0, owed, 1.0), 0.0, 1.0), 1.0)
        self.cash -= owed * share
        return share

    def _pay_bills(self, month: int, alive: Bools) -> None:
        """Pay electricity bills whole, the oldest first; a bill comes after its month, the desperate put it off."""
        puts_off = self.rng.random(self.n) < np.clip(0.28 * (self.unpaid_months - 2), 0.0, 0.85)
        rows = np.flatnonzero(alive & ~puts_off & (self.oldest < month))
        while len(rows):
            bill = self.energy_cost[rows, self.oldest[rows]]
            rows = rows[self.cash[rows] >= bill]
            self.cash[rows] -= self.energy_cost[rows, self.oldest[rows]]
            self.bill_paid[rows, self.oldest[rows]] = month
            self.oldest[rows] += 1
            rows = rows[self.oldest[rows] < month]

    def _pay_bank(self, alive: Bools) -> Floats:
        debts = self.links.debts
        repaid = np.minimum(self.debt, self.instalment)
        called = np.minimum(self.called, self.called / 6 + 0.02 * self.firms.sales)
        interest = self.debt * debts.rate / 12
        owed = np.bincount(debts.borrower, repaid + interest, self.n).astype(np.float64) + called
        share = self._pay(owed * alive)
        self.debt -= repaid * (share * alive)[debts.borrower]
        self.called -= called * share
        return share

    def _pay_suppliers(self, month: int, alive: Bools) -> Floats:
        trade = self.links.trade
        payable = self.due[month % 4] + self.overdue
        self.due[month % 4] = 0.0
        owed: Floats = np.bincount(trade.buyer, payable, self.n).astype(np.float64)
        share = self._pay(owed * alive)
        paid = payable * (share * alive)[trade.buyer]
        self.overdue = payable - paid
        self.cash += np.bincount(trade.seller, paid, self.n) * alive
        return share

    def _fail(self, month: int, failing: Bools) -> None:
        """Suppliers lose what they are owed; guarantors are called for the debt left, shared by their amounts."""
        trade, debts, guarantees = self.links.trade, self.links.debts, self.links.guarantees
        self.failed[failing] = month
        alive = self.failed < 0
        lost = np.where(failing[trade.buyer], self.receivable(), 0.0)
        self.lost_by_trade += np.bincount(trade.seller, lost, self.n) * alive
        promised = np.bincount(guarantees.loan, guarantees.amount, len(self.debt))
        part = np.minimum(1.0, self.debt / np.maximum(promised, 1.0))[guarantees.loan]
        hit = failing[debts.borrower][guarantees.loan] & ~guarantees.person
        call = np.bincount(guarantees.guarantor[hit], (guarantees.amount * part)[hit], self.n)
        self.called += call
        self.lost_by_guarantees += call * alive


def _shocks(rng: np.random.Generator, n: int) -> tuple[Ints, Floats, Ints]:
    """A lost customer, a fire, a bad bet: month (beyond the end = never), what is left of sales, for how long."""
    month = rng.geometric(0.006, n) - 1
    return month.astype(np.int64), rng.uniform(0.15, 0.75, n), rng.integers(5, 40, n)
