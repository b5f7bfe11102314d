"""Traces of the small site, against figures computed by hand from the rules of the science page."""

from __future__ import annotations

from math import log

import pytest
from scipy.stats import norm

from services.arrears.why.trace import trace
from services.risk.current import current
from services.site import Site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM

DAYS_UNTIL_CUT = 60


def breaks(loss: float, buffer: float) -> float:
    """The probability that guaranteeing ``loss`` breaks a party of known net assets: called in 0.6, sigma 0.8."""
    return 0.6 * float(norm.cdf(log(loss / buffer) / 0.8))


def test_seven_overdue_bills_are_a_default_of_ones_own(small_site: Site) -> None:
    answer = trace(seen(small_site), DEBTOR)
    assert answer.score == 1.0
    [path] = answer.paths
    assert path.steps == ()
    assert path.seed.id == f"enterprise:{DEBTOR}"
    # Seven bills of 3,100 yuan for 214 days, the last of them 151 days before the cut-off.
    exposure = 7 * 3100 + 7 * 3100 / 214 * (151 + DAYS_UNTIL_CUT)
    assert answer.expected_loss.fen / 100 == pytest.approx(0.45 * exposure, abs=0.011)


def test_two_parallel_guarantees_count_twice_and_one_reported_twice_counts_once(small_site: Site) -> None:
    answer = trace(seen(small_site), GUARANTOR)
    [path] = answer.paths
    [step] = path.steps
    [relation] = step.relations
    assert relation.relation == "GUARANTEES"
    # G-1 of 100 wan from the bureau (what was told in conversation is a weaker claim) and G-2 of 50.
    assert relation.amount.fen == 150 * 10_000 * 100
    assert set(relation.record_ids) == {"bureau/1", "bureau/2"}
    assert step.weight == pytest.approx(breaks(150, 1000), rel=1e-12)
    assert answer.score == pytest.approx(breaks(150, 1000), rel=1e-12)
    assert answer.bound <= 1e-9


def test_distress_passes_on_and_the_amounts_add_up_to_the_fen(small_site: Site) -> None:
    answer = trace(seen(small_site), UPSTREAM)
    assert answer.score == pytest.approx(breaks(150, 1000) * breaks(300, 3000), rel=1e-12)
    assert sum(path.amount.fen for path in answer.paths) + answer.tail.amount.fen == answer.expected_loss.fen
    assert sum(path.share for path in answer.paths) + answer.tail.share == pytest.approx(1.0, abs=1e-9)
    assert [step.to.id for step in answer.paths[0].steps] == [
        f"enterprise:{GUARANTOR}",
        f"enterprise:{UPSTREAM}",
    ]


def test_tracing_a_customer_traces_its_party(small_site: Site) -> None:
    assert trace(seen(small_site), "4400000003").party.id == f"enterprise:{UPSTREAM}"
    assert trace(seen(small_site), "customer:4400000003") == trace(seen(small_site), UPSTREAM)


def test_settling_the_seed_would_end_the_risk(small_site: Site) -> None:
    answer = trace(seen(small_site), GUARANTOR)
    best = answer.would_change[0]
    assert best.effect == answer.expected_loss
    assert {change.what for change in answer.would_change} == {
        "settle the arrears of Debtor Works",
        "cut the link from Debtor Works to Guarantor Mills",
    }


def test_a_guarantee_without_amount_is_left_out_and_named(small_site: Site) -> None:
    _, model = current(small_site)
    [caution] = [c for c in model.cautions if c.code == "AMOUNT_UNKNOWN"]
    assert caution.record == "bureau/3"
    assert any("bureau/3" in text for text in trace(seen(small_site), UPSTREAM).cautions)


def test_an_unknown_id_says_so(small_site: Site) -> None:
    with pytest.raises(KehutuError, match="names no entity"):
        trace(seen(small_site), "nobody")


def test_something_that_is_no_party_says_so(small_site: Site) -> None:
    with pytest.raises(KehutuError, match="is no party of the current run"):
        trace(seen(small_site), "account:A1")
