"""A what-if that settles arrears under a fitted model of own records: what the next analysis says by it."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np
import pytest

from ingest.loads.load import load
from services.analysis import analyse
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.what_if.what_if import what_if
from services.learning.own_risk import fit_own_risk
from services.loading import ingest, project
from services.risk.current import current
from services.risk.parts.own_risk import OWN_RISK
from services.settings import settings
from services.site import Site, open_site
from tests.everyone import seen
from tests.payers_site import UNTIL, write


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("settling")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        fit_own_risk(opened)
        analyse(opened)
        yield opened


def pay(site: Site, number: str) -> None:
    """Load the table of bills again, with all overdue ones of one customer paid on the day of the data."""
    path = site.home.parent / "bills.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    account, due, paid = (header.index(name) for name in ("accountNo", "dueOn", "paidOn"))
    for row in rows:
        if row[account] == f"A{number}" and not row[paid] and row[due] < UNTIL.isoformat():
            row[paid] = UNTIL.isoformat()
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    assert sum(source.quarantined for source in load(site.ledger, path.with_name("site.yaml")).sources) == 0
    project(site)


def test_who_settles_is_judged_by_the_model_that_the_run_was_made_with(site: Site) -> None:
    run, before = current(site)
    own, balance = before.own, before.inputs.customer_balance
    owing = np.flatnonzero((balance > 0) & (own[before.inputs.customer_party] < 1.0))
    customer = int(owing[np.argmax(balance[owing])])
    party = int(before.inputs.customer_party[customer])
    name = before.inputs.customers[customer]
    answer = what_if(seen(site), [Shock(ShockKind.SETTLE, name)])
    [hit] = [hit for hit in answer.hits if hit.party.id == before.ids[party]]
    pay(site, name.split(":")[1])
    analyse(site)
    after_run, after = current(site)
    assert after_run.parts[OWN_RISK.name] == run.parts[OWN_RISK.name]
    assert hit.before == pytest.approx(float(own[party]), abs=1e-12)
    assert hit.after == pytest.approx(float(after.own[party]), abs=1e-9)
    assert hit.after != hit.before
    assert hit.loss.fen == pytest.approx(int(after.expected_loss[party] - before.expected_loss[party]), abs=1)
    # By the start rule it would be a whole number of late bills in 24.
    assert abs(24 * hit.after - round(24 * hit.after)) > 1e-6
