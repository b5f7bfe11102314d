"""What answers about risk say in words: chances, gains and losses, ways, and what a score leaves open."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from services.arrears.answer.assumptions import of_solution
from services.arrears.answer.groups import EverythingJoint, FirstMover, Release, RiskGroup, Sampling
from services.arrears.answer.model import RelationPart, RiskPath, Step
from services.arrears.answer.sentences import (
    chance_text,
    group_text,
    joint_text,
    moved_text,
    mover_text,
    release_text,
    sampling_text,
    way_text,
)
from services.assumption import Assumption
from services.names import Named
from terms.errors import Lang
from terms.money import Money
from tests.services.test_live_continuing import exposure_of, full

A, B = Named("enterprise:1", "A", "Enterprise"), Named("enterprise:2", "B", "Enterprise")
PAIR = RiskGroup(
    id="group-enterprise:1",
    size=2,
    members=(A, B),
    any_fails=0.069,
    all_fail=0.0622,
    failures_if_any=1.9014,
    first_movers=(FirstMover(A, 0.72), FirstMover(B, 0.29)),
    releases=(Release(A, B, 0.001, 1.0, Money(123_456)),),
    sampling=None,
)


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0.0, "0.0 %", "0.0%"),
        (3e-221, "below 0.1 %", "低于 0.1%"),
        (0.00099, "below 0.1 %", "低于 0.1%"),
        (0.001, "0.1 %", "0.1%"),
        (0.0671, "6.7 %", "6.7%"),
        (0.9999, "above 99.9 %", "高于 99.9%"),
        (1.0, "100.0 %", "100.0%"),
    ],
)
def test_a_chance_is_told_in_percent_and_a_tiny_one_as_such(value: float, en: str, zh: str) -> None:
    assert (chance_text(value, "en"), chance_text(value, "zh")) == (en, zh)


def test_gains_and_losses_are_told_by_words_and_never_by_a_sign() -> None:
    assert moved_text(Money(-279_361), "en") == "falls by 2,793.61 yuan"
    assert moved_text(Money(1), "zh") == "增加 0.01 元"
    assert moved_text(Money(0), "en") == "stays as it is"
    for fen, word in ((123_456, "falls by 1,234.56"), (-1, "rises by 0.01"), (0, "stays")):
        told = release_text(replace(PAIR.releases[0], effect=Money(fen)), PAIR, "en")
        assert word in told
        assert "-" not in told


def test_a_pair_reads_as_a_credit_officer_would_say_it() -> None:
    assert group_text(PAIR, "en") == (
        "Group of 2 (A, B): at least one fails 6.9 %, both 6.2 %; if one fails, 1.9 of 2 fail on average"
    )
    assert "两个都违约 6.2%" in group_text(PAIR, "zh")
    assert mover_text(PAIR, "en") == "A starts it most often: in 72.0 % of the cases"
    from_outside = replace(PAIR, first_movers=(FirstMover(A, 0.03), FirstMover(B, 0.01)))
    assert mover_text(from_outside, "en").startswith("It mostly begins outside the group")


def test_what_no_draw_has_met_is_not_said_to_be_impossible() -> None:
    drawn = replace(PAIR, all_fail=0.0, sampling=Sampling(0.06, 0.08, 4_000))
    assert "both below 0.1 %" in group_text(drawn, "en")
    assert "both 0.0 %" in group_text(replace(drawn, sampling=None), "en")
    assert sampling_text(drawn.sampling, "en") == "Found by 4,000 draws: between 6.0 % and 8.0 %"
    assert sampling_text(Sampling(0.0601, 0.0602, 4_000), "en") is None
    assert sampling_text(None, "en") is None


@pytest.mark.parametrize(
    ("lang", "relation", "text"),
    [
        ("en", "GUARANTEES", "B fails and the guarantee breaks A"),
        ("zh", "GUARANTEES", "B违约，因担保拖垮A"),
        ("en", "SHARES person", "B fails and A falls with it (shared person)"),
        ("zh", "SHARES premises", "B违约，A受牵连（共有场所）"),
    ],
)
def test_a_way_says_what_happens_without_codes_of_relations(lang: Lang, relation: str, text: str) -> None:
    step = Step(B, A, 0.5, (RelationPart(relation, 1.0, Money(100), ()),))
    assert way_text(RiskPath(0.26, Money(1), 1.0, B, (step,)), lang) == text


def test_a_party_is_cautioned_of_circles_further_away_and_of_a_group_that_was_cut() -> None:
    model = full(exposure_of(["enterprise:1", "enterprise:2"], np.zeros(2), np.full(2, 1e8), [], []))
    yes, no = np.array([True, False]), np.array([False, True])
    marked = replace(
        model, solved=replace(model.solved, scores=replace(model.scores, loop_outside=yes, cut=no))
    )
    assert [one.code for one in of_solution(marked, 0)] == ["LOOP_OUTSIDE"]
    assert [one.code for one in of_solution(marked, 1)] == ["GROUP_CUT"]
    assert of_solution(model, 0) == ()
    found = EverythingJoint(0.089, Sampling(0.083, 0.095, 4_000))
    assert "4,000 draws give 8.9 % (between 8.3 % and 9.5 %)" in joint_text(found, "en")


@pytest.mark.parametrize("code", ["LOOP_OUTSIDE", "GROUP_CUT", "GROUP_CHANGED", "BUFFER_REPORTED"])
def test_cautions_of_close_groups_name_whom_they_are_about(code: str) -> None:
    told = Assumption(code, "enterprise:1", "enterprise:2 → enterprise:3", Money(100))
    assert "enterprise:1" in told.message("en")
    assert "enterprise:1" in told.message("zh")
