"""What-ifs on the small site, against figures computed by hand from the rules of the science page."""

from __future__ import annotations

from math import log

import pytest
from scipy.stats import norm

from services.arrears.answer.model import ChangeKind, Shock, ShockKind, WhatIf
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.risk.current import current
from services.site import Site
from terms.errors import KehutuError
from terms.money import Money
from tests.everyone import seen
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM

WAN = 10_000 * 100
"""Ten thousand yuan in fen."""


def breaks(loss: float, buffer: float) -> float:
    """The probability that guaranteeing ``loss`` breaks a party of known net assets: called in 0.6, sigma 0.8."""
    return 0.6 * float(norm.cdf(log(loss / buffer) / 0.8))


def after(answer: WhatIf) -> dict[str, float]:
    """Score after the shocks by credit code."""
    return {hit.party.id.removeprefix("enterprise:"): hit.after for hit in answer.hits}


def adds_up(answer: WhatIf) -> bool:
    """Whether the lines add up to the totals, to the fen."""
    return (
        sum(hit.loss.fen for hit in answer.hits) + answer.rest.loss.fen == answer.total_loss.fen
        and sum(hit.equity_loss.fen for hit in answer.hits) + answer.rest.equity_loss.fen
        == answer.total_equity_loss.fen
        and sum(hit.loss.fen for hit in answer.hits if hit.shocked) == answer.own_loss.fen
    )


def test_a_default_hits_the_party_itself_and_those_who_guarantee_for_it(small_site: Site) -> None:
    answer = what_if(seen(small_site), [Shock(ShockKind.DEFAULT, GUARANTOR)])
    assert after(answer) == pytest.approx({GUARANTOR: 1.0, UPSTREAM: breaks(300, 3000)}, rel=1e-12)
    assert [hit.party.id for hit in answer.hits if hit.shocked] == [f"enterprise:{GUARANTOR}"]
    assert adds_up(answer)
    assert answer.own_loss.fen < answer.total_loss.fen
    # Loss weights: the guarantor would lose all of 1,000 wan where it loses 9 %; upstream 0.6 * 300 of its 3,000.
    lost = {hit.party.id: hit.equity_loss.fen for hit in answer.hits}
    assert lost[f"enterprise:{GUARANTOR}"] == pytest.approx((1 - 0.6 * 150 / 1000) * 1000 * WAN, abs=1)
    assert lost[f"enterprise:{UPSTREAM}"] == pytest.approx((1 - 0.09) * 0.06 * 3000 * WAN, abs=1)


def test_equity_lowers_the_risk_of_the_party_and_of_all_behind_it(small_site: Site) -> None:
    answer = what_if(seen(small_site), [Shock(ShockKind.EQUITY, GUARANTOR, amount=Money(1000 * WAN))])
    assert after(answer) == pytest.approx(
        {GUARANTOR: breaks(150, 2000), UPSTREAM: breaks(150, 2000) * breaks(300, 3000)}, rel=1e-12
    )
    assert answer.total_loss.fen < 0
    assert adds_up(answer)


def test_equity_in_two_parts_is_equity_in_one(small_site: Site) -> None:
    half = Shock(ShockKind.EQUITY, GUARANTOR, amount=Money(500 * WAN))
    whole = Shock(ShockKind.EQUITY, GUARANTOR, amount=Money(1000 * WAN))
    assert what_if(seen(small_site), [half, half]) == what_if(seen(small_site), [whole])


def test_settling_all_arrears_leaves_bills_that_were_late_and_lowers_the_exposure(small_site: Site) -> None:
    answer = what_if(seen(small_site), [Shock(ShockKind.SETTLE, DEBTOR)])
    late, guarantor = 7 / 24, breaks(150, 1000)
    assert after(answer) == pytest.approx(
        {DEBTOR: late, GUARANTOR: late * guarantor, UPSTREAM: late * guarantor * breaks(300, 3000)}, rel=1e-12
    )
    _, model = current(small_site)
    at = model.ids.index(f"enterprise:{DEBTOR}")
    left = round(late * 0.45 * (int(model.exposure[at]) - 7 * 310_000))
    assert answer.own_loss.fen == left - int(model.expected_loss[at])
    assert adds_up(answer)


def test_six_overdue_bills_of_seven_are_still_a_default(small_site: Site) -> None:
    # Seven bills of 3,100 yuan are overdue; one and a half are paid, the half as an advance.
    answer = what_if(seen(small_site), [Shock(ShockKind.SETTLE, DEBTOR, amount=Money(465_000))])
    assert after(answer) == {DEBTOR: 1.0}
    _, model = current(small_site)
    at = model.ids.index(f"enterprise:{DEBTOR}")
    assert answer.own_loss.fen == round(0.45 * (int(model.exposure[at]) - 465_000)) - int(
        model.expected_loss[at]
    )


def test_a_what_if_agrees_with_what_the_trace_promises(small_site: Site) -> None:
    promised = {change.kind: change.effect.fen for change in trace(seen(small_site), GUARANTOR).would_change}
    shocks = {
        ChangeKind.SETTLE: Shock(ShockKind.SETTLE, DEBTOR),
        ChangeKind.CUT: Shock(ShockKind.CUT, DEBTOR, GUARANTOR),
    }
    assert promised.keys() == shocks.keys()
    for kind, shock in shocks.items():
        answer = what_if(seen(small_site), [shock])
        [hit] = [hit for hit in answer.hits if hit.party.id == f"enterprise:{GUARANTOR}"]
        assert -hit.loss.fen == promised[kind]


@pytest.mark.parametrize(("one", "other"), [(DEBTOR, GUARANTOR), (GUARANTOR, DEBTOR)])
def test_a_link_is_cut_whichever_end_is_named_first(small_site: Site, one: str, other: str) -> None:
    answer = what_if(seen(small_site), [Shock(ShockKind.CUT, one, other, "GUARANTEES")])
    assert after(answer) == {GUARANTOR: 0.0, UPSTREAM: 0.0}
    assert answer == what_if(seen(small_site), [Shock(ShockKind.CUT, one, other)])


def test_an_added_guarantee_adds_to_those_there_are(small_site: Site) -> None:
    answer = what_if(
        seen(small_site),
        [Shock(ShockKind.ADD, GUARANTOR, DEBTOR, "GUARANTEES", Money(50 * WAN))],
    )
    assert after(answer)[GUARANTOR] == pytest.approx(breaks(200, 1000), rel=1e-12)
    new = what_if(
        seen(small_site),
        [Shock(ShockKind.ADD, UPSTREAM, DEBTOR, "LENDS_TO", Money(300 * WAN))],
    )
    # Rho of a loan is 0.45; two ways to break, of which either is enough.
    loan, way = float(norm.cdf(log(0.45 * 300 / 3000) / 0.8)), breaks(150, 1000) * breaks(300, 3000)
    assert after(new)[UPSTREAM] == pytest.approx(loan + way - loan * way, rel=1e-9)


def test_several_shocks_at_once(small_site: Site) -> None:
    answer = what_if(
        seen(small_site),
        [Shock(ShockKind.SETTLE, DEBTOR), Shock(ShockKind.DEFAULT, GUARANTOR, level=0.5)],
    )
    assert after(answer) == pytest.approx(
        {
            DEBTOR: 7 / 24,
            GUARANTOR: (0.5 + 0.5 * 7 / 24 * breaks(150, 1000)),
            UPSTREAM: (0.5 + 0.5 * 7 / 24 * breaks(150, 1000)) * breaks(300, 3000),
        },
        rel=1e-12,
    )
    assert adds_up(answer)


def test_a_customer_stands_for_its_party(small_site: Site) -> None:
    shock = Shock(ShockKind.DEFAULT, "4400000002")
    assert what_if(seen(small_site), [shock]) == what_if(
        seen(small_site), [Shock(ShockKind.DEFAULT, GUARANTOR)]
    )


def test_nothing_that_is_stored_changes(small_site: Site) -> None:
    before = trace(seen(small_site), UPSTREAM)
    what_if(seen(small_site), [Shock(ShockKind.DEFAULT, UPSTREAM), Shock(ShockKind.SETTLE, DEBTOR)])
    assert trace(seen(small_site), UPSTREAM) == before


@pytest.mark.parametrize(
    ("shock", "code"),
    [
        (Shock(ShockKind.DEFAULT, "nobody"), "UNKNOWN_ID"),
        (Shock(ShockKind.DEFAULT, "account:A1"), "NOT_A_PARTY"),
        (Shock(ShockKind.DEFAULT, DEBTOR, level=1.5), "SHOCK_VALUE"),
        (Shock(ShockKind.DEFAULT, DEBTOR, level=float("nan")), "SHOCK_VALUE"),
        (Shock(ShockKind.SETTLE, DEBTOR, amount=Money(-1)), "SHOCK_VALUE"),
        (Shock(ShockKind.EQUITY, DEBTOR), "SHOCK_NEEDS"),
        (Shock(ShockKind.CUT, DEBTOR), "SHOCK_NEEDS"),
        (Shock(ShockKind.ADD, DEBTOR, GUARANTOR, amount=Money(1)), "SHOCK_NEEDS"),
        (Shock(ShockKind.ADD, DEBTOR, DEBTOR, "GUARANTEES", Money(1)), "SHOCK_ON_ONE"),
        (Shock(ShockKind.ADD, DEBTOR, GUARANTOR, "GUARANTIES", Money(1)), "SHOCK_RELATION"),
        (Shock(ShockKind.ADD, DEBTOR, GUARANTOR, "SHARES person", Money(1)), "SHOCK_RELATION"),
        (Shock(ShockKind.CUT, DEBTOR, UPSTREAM), "LINK_UNKNOWN"),
        (Shock(ShockKind.CUT, DEBTOR, GUARANTOR, "LENDS_TO"), "LINK_UNKNOWN"),
    ],
)
def test_a_shock_that_means_nothing_says_why(small_site: Site, shock: Shock, code: str) -> None:
    with pytest.raises(KehutuError) as caught:
        what_if(seen(small_site), [shock])
    assert caught.value.code == code


def test_no_shock_is_no_question(small_site: Site) -> None:
    with pytest.raises(KehutuError, match="needs 'shocks'"):
        what_if(seen(small_site), [])
