"""Guarantee circles and owners of the linked site, against figures computed by hand."""

from __future__ import annotations

import pytest

from services.arrears.ownership.circles import GuaranteeCircle, guarantee_circles
from services.arrears.ownership.owners import Owner, owners
from services.site import Site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.linked_site import code, name

WAN = 10_000 * 100


@pytest.fixture(scope="module")
def told(linked_site: Site) -> dict[str, GuaranteeCircle]:
    found = guarantee_circles(seen(linked_site))
    circles = [found.tell(circle) for circle in found.ranked]
    return {"".join(sorted(name(member.id) for member in circle.members)): circle for circle in circles}


def shares(found: tuple[Owner, ...]) -> dict[str, float]:
    return {name(owner.party.id): owner.share for owner in found}


def test_circles_are_found_with_their_largest_guarantees_first(told: dict[str, GuaranteeCircle]) -> None:
    assert list(told) == ["ABC", "DE", "GHzhang", "F"]
    assert [circle.kind for circle in told.values()] == ["complex", "mutual", "ring", "self"]
    assert told["ABC"].internal.fen == (300 + 200 + 100 + 50) * WAN
    assert told["ABC"].inflow.fen == 70 * WAN
    assert told["ABC"].outflow.fen == 60 * WAN


def test_cycles_name_their_bottleneck_and_their_records(told: dict[str, GuaranteeCircle]) -> None:
    ring, chord = told["ABC"].cycles
    assert [name(step.guarantor.id) for step in ring.steps] == ["A", "B", "C"]
    assert [name(step.borrower.id) for step in ring.steps] == ["B", "C", "A"]
    assert [step.record_ids for step in ring.steps] == [
        ("guarantees/1",),
        ("guarantees/2",),
        ("guarantees/3",),
    ]
    assert ring.bottleneck.fen == 100 * WAN
    assert [name(step.guarantor.id) for step in chord.steps] == ["A", "C"]
    assert chord.bottleneck.fen == 50 * WAN


def test_an_unknown_amount_makes_the_bottleneck_a_least_one(told: dict[str, GuaranteeCircle]) -> None:
    [cycle] = told["DE"].cycles
    unknown = {name(step.guarantor.id): step.amount_unknown for step in cycle.steps}
    assert unknown == {"D": False, "E": True}
    assert cycle.bottleneck.fen == 30 * WAN


def test_a_self_guarantee_is_a_circle_of_one(told: dict[str, GuaranteeCircle]) -> None:
    [cycle] = told["F"].cycles
    assert [(name(step.guarantor.id), name(step.borrower.id)) for step in cycle.steps] == [("F", "F")]


def test_a_limit_of_length_leaves_longer_cycles_out_and_says_so(linked_site: Site) -> None:
    found = guarantee_circles(seen(linked_site))
    short = found.tell(found.ranked[0], longest=2)
    assert [len(cycle.steps) for cycle in short.cycles] == [2]
    assert short.more_cycles
    assert not found.tell(found.ranked[0]).more_cycles


def test_without_a_run_circles_tell_no_loss(told: dict[str, GuaranteeCircle]) -> None:
    assert told["ABC"].expected_loss is None


def test_owners_look_through_loops_and_leave_the_undisclosed_unknown(linked_site: Site) -> None:
    answer = owners(seen(linked_site), code("K"))
    # L = 0.4 M + 0.6 li, M = 0.5 L + 0.5 zhao: L = (0.2 zhao + 0.6 li) / 0.8.
    assert shares(answer.persons) == pytest.approx({"li": 0.375, "wang": 0.25, "zhao": 0.125})
    assert answer.unknown == pytest.approx(0.25)
    assert {name(lost.party.id): lost.share for lost in answer.unknown_at} == pytest.approx({"K": 0.25})
    assert list(shares(answer.beneficial)) == ["li", "wang"]
    assert {name(holding.holder.id): holding.share for holding in answer.direct} == {"L": 0.5, "wang": 0.25}
    # What L holds of K, without counting its own stake in itself twice.
    assert shares(answer.enterprises)["L"] == pytest.approx(0.5)
    assert shares(answer.enterprises)["M"] == pytest.approx(0.2)


def test_a_customer_that_is_an_enterprise_is_asked_for_the_enterprise(linked_site: Site) -> None:
    assert owners(seen(linked_site), "4400000011") == owners(seen(linked_site), code("K"))


def test_shares_above_one_are_scaled_with_a_warning(linked_site: Site) -> None:
    answer = owners(seen(linked_site), code("N"))
    assert f"SHARES_ABOVE_ONE enterprise:{code('N')}" in answer.cautions
    # A and B hold half each; li holds all of A, nobody is known to hold B.
    assert shares(answer.persons) == pytest.approx({"li": 0.5})
    assert answer.unknown == pytest.approx(0.5)
    assert [name(lost.party.id) for lost in answer.unknown_at] == ["B"]


def test_a_share_may_be_told_by_an_amount_or_stays_unknown(linked_site: Site) -> None:
    by_amount = owners(seen(linked_site), code("J"))
    assert shares(by_amount.persons) == pytest.approx({"li": 0.25, "wang": 0.25})
    assert "SHARE_FROM_AMOUNT holdings/6" in by_amount.cautions
    untold = owners(seen(linked_site), code("F"))
    assert untold.persons == ()
    assert untold.unknown == 1.0
    assert "SHARE_UNKNOWN holdings/7" in untold.cautions


def test_the_threshold_moves_who_is_beneficial(linked_site: Site) -> None:
    assert list(shares(owners(seen(linked_site), code("K"), 0.3).beneficial)) == ["li"]
    assert list(shares(owners(seen(linked_site), code("K"), 0.1).beneficial)) == ["li", "wang", "zhao"]
    for wrong in (0.0, 1.5):
        with pytest.raises(KehutuError) as refused:
            owners(seen(linked_site), code("K"), wrong)
        assert (refused.value.code, refused.value.details["found"]) == ("SHARE_THRESHOLD", wrong)


def test_who_is_no_enterprise_has_no_owners(linked_site: Site) -> None:
    with pytest.raises(KehutuError) as caught:
        owners(seen(linked_site), "person:survey/li")
    assert caught.value.code == "NO_SHARES"
