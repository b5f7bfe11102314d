"""What is learned from on past days, against a reading of the same bills day by day."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from algorithms.risk.parameters import RiskParameters
from services.analysis import analyse
from services.arrears.overrides.overriding import override
from services.exposure.bills import booked
from services.exposure.tables import read_tables
from services.learning.cases import case_of, windows
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.history_site import code, write


@dataclass(frozen=True)
class Bill:
    """A row of the file."""

    period: date
    due: date
    paid: date | None

    def open_on(self, day: date) -> bool:
        """Whether it is overdue at the end of a day."""
        return self.due < day and (self.paid is None or self.paid > day)


@dataclass(frozen=True)
class Past:
    """A site and what its file of bills says, by the id of the enterprise."""

    site: Site
    bills: dict[str, list[Bill]]


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    folder = tmp_path_factory.mktemp("past")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder, seed=8))
    bills: dict[str, list[Bill]] = {}
    with Path(folder / "bills.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            whose = f"enterprise:{code(int(row['accountNo'][1:]))}"
            paid = date.fromisoformat(row["paidOn"]) if row["paidOn"] else None
            period = date.fromisoformat(f"{row['period']}-01")
            bills.setdefault(whose, []).append(Bill(period, date.fromisoformat(row["dueOn"]), paid))
    with open_site(chosen) as site:
        yield Past(site, bills)


def own_distress(bills: list[Bill], day: date) -> float:
    """1 with six overdue bills, else late ones among the last twelve over 24."""
    known = sorted((bill for bill in bills if bill.period <= day), key=lambda bill: (bill.period, bill.due))
    if sum(bill.open_on(day) for bill in known) >= 6:
        return 1.0
    late = [
        bill.open_on(day) or (bill.paid is not None and bill.due < bill.paid <= day) for bill in known[-12:]
    ]
    return sum(late) / 24


def fails(bills: list[Bill], after: date, until: date) -> bool:
    """Whether six bills are overdue at once on some day."""
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return any(sum(bill.open_on(day) for bill in bills) >= 6 for day in days)


def test_own_distress_who_is_judged_and_who_fails_are_those_of_the_days(past: Past) -> None:
    chance = random.Random(4)
    bills = booked(past.site, read_tables(past.site)).bills
    failures = judged = 0
    for _ in range(5):
        cut_off = date(2023, 9, 1) + timedelta(days=chance.randrange(600))
        end = cut_off + timedelta(days=chance.randrange(40, 400))
        case = case_of(past.site, bills, cut_off, end, RiskParameters())
        assert case.keys is not None
        assert set(case.keys) == set(past.bills)
        for at, whose in enumerate(case.keys):
            told = past.bills[whose]
            assert case.own[at] == own_distress(told, cut_off)
            before = any(bill.period <= cut_off for bill in told)
            after = any(cut_off < bill.period <= end for bill in told)
            assert case.judged[at] == (before and after and case.own[at] < 1.0)
            if case.judged[at]:
                assert case.failures[at] == fails(told, cut_off, end)
        failures += int(case.failures[case.judged].sum())
        judged += int(case.judged.sum())
    assert 0 < failures < judged


def test_a_judgement_counts_only_from_the_day_on_which_it_was_made(past: Past) -> None:
    whose = next(iter(past.bills))
    bills = booked(past.site, read_tables(past.site)).bills
    end = date(2025, 12, 1)
    before = case_of(past.site, bills, date(2024, 12, 1), end, RiskParameters())
    analyse(past.site)
    override(
        seen(past.site),
        whose,
        0.375,
        reason="known",
        author="wang",
        until=date(2099, 1, 1),
        idempotency_key="k",
    )
    after = case_of(past.site, bills, date(2024, 12, 1), end, RiskParameters())
    assert (after.own == before.own).all()
    late = case_of(past.site, bills, date(2098, 12, 1), date(2099, 12, 1), RiskParameters())
    assert late.keys is not None
    assert late.own[list(late.keys).index(whose)] == 0.375


def test_windows_are_as_many_whole_years_as_the_bills_hold(past: Past) -> None:
    first = min(bill.period for bills in past.bills.values() for bill in bills)
    chance = random.Random(6)
    for _ in range(3):
        day = date(2023, 6, 1) + timedelta(days=chance.randrange(1400))
        months = (day.year - first.year) * 12 + day.month - first.month
        if months < 30:
            with pytest.raises(KehutuError) as refused:
                windows(past.site, day, RiskParameters())
            assert refused.value.code == "FIT_HISTORY_SHORT"
            assert refused.value.details["found"] == max(0, months)
            continue
        found = [window.cut_off for window in windows(past.site, day, RiskParameters())]
        years = [back for back in (4, 3, 2, 1) if months - 12 * back >= 6]
        assert [one.year for one in found] == [day.year - back for back in years]
        assert all(one.month == day.month and abs(one.day - day.day) <= 1 for one in found)
