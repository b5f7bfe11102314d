"""What became of a site's parties in the twelve months after each past cut-off.

A party defaults when one of its customers has six overdue bills at once: the state that counts as own distress 1
(docs/science.md, "Input"). Judged are parties with bills before and after the cut-off that were not in default at it.
Links, amounts and balance sheets are those that the graph shows now; payments, own distress and buffers by bills, and
judgements of people, are those known at the cut-off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from algorithms.arrears import Bills, defaults_within
from algorithms.risk.fitting import Case
from algorithms.risk.parameters import RiskParameters
from graph.arrays import Bools, Ints
from services.exposure.bills import booked
from services.exposure.tables import read_tables
from services.risk.inputs import exposure
from services.risk.weights import edges
from services.site import Site
from terms.errors import KehutuError
from terms.zones import business_day

MONTHS = 12
"""Between a cut-off and the end of what is judged."""
LEAST_RECORD = 6
"""Months of bills before a cut-off, so that a payment record says something."""
LEAST_HISTORY = 2 * MONTHS + LEAST_RECORD
MOST = 4
"""Cut-offs: what is older tells less about today than it costs to read."""


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A cut-off with the parties judged at it; ``defaults`` of them within the twelve months."""

    cut_off: date
    case: Case

    @property
    def judged(self) -> int:
        """Number of parties."""
        return int(self.case.judged.sum())

    @property
    def defaults(self) -> int:
        """Number of judged parties that defaulted."""
        return int(self.case.failures[self.case.judged].sum())


def windows(site: Site, as_of: date, parameters: RiskParameters) -> list[Window]:
    """Cut-offs twelve months apart, the oldest first; the last one is twelve months before ``as_of``.

    Their twelve months do not overlap, so what is learned from the earlier ones knows nothing of the last.

    Raises:
        KehutuError: ``FIT_HISTORY_SHORT`` where two do not fit into the bills.
    """
    bills = booked(site, read_tables(site)).bills
    found: list[Window] = []
    end = np.datetime64(as_of, "D")
    first = bills.period.min() if len(bills.period) and not np.isnat(bills.period).all() else None
    history = 0 if first is None else int((end.astype("datetime64[M]") - first).astype(int))
    if history < LEAST_HISTORY:
        raise KehutuError("FIT_HISTORY_SHORT", found=max(0, history), needed=LEAST_HISTORY)
    for number in range(1, min(MOST, (history - LEAST_RECORD) // MONTHS) + 1):
        cut_off, last = (_months_before(as_of, MONTHS * back) for back in (number, number - 1))
        found.append(Window(cut_off, case_of(site, bills, cut_off, last, parameters)))
    return found[::-1]


def case_of(site: Site, bills: Bills, cut_off: date, end: date, parameters: RiskParameters) -> Case:
    """A cut-off, and what came of the parties until ``end``."""
    start, last = np.datetime64(cut_off, "D"), np.datetime64(end, "D")
    inputs = exposure(site, start, parameters)
    size, customers = len(inputs.parties.ids), inputs.customers
    own = inputs.parties.own.copy()
    for judgement in inputs.overrides:
        if business_day(datetime.fromisoformat(judgement.recorded_at), site.ledger.zone) > cut_off:
            own[judgement.party] = judgement.recorded
    hit = defaults_within(len(customers.ids), bills.customer, bills.due, bills.paid, start=start, end=last)
    failed = _any(size, customers.party, hit)
    day = bills.period.astype("datetime64[D]")
    before, after = (
        _any(size, customers.party, _any(len(customers.ids), bills.customer, which))
        for which in (day <= start, (day > start) & (day <= last))
    )
    money, evidence = edges(inputs)
    return Case(
        money=money,
        evidence=evidence,
        buffer=inputs.parties.buffer / 100,
        uncertain_buffer=inputs.parties.uncertain_buffer,
        own=own,
        judged=before & after & (own < 1.0),
        failures=failed.astype(np.int64),
        priority=inputs.parties.lgd * inputs.parties.exposure,
        keys=inputs.parties.ids,
    )


def _any(size: int, group: Ints, which: Bools) -> Bools:
    """Groups of which at least one member is meant."""
    found = np.zeros(size, dtype=np.bool_)
    found[group[which]] = True
    return found


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month; its last day where it is shorter."""
    month = np.datetime64(day, "M") - np.timedelta64(months, "M")
    last: date = ((month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")).item()
    return last.replace(day=min(day.day, last.day))
