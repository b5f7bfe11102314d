"""Whatever the figures of an answer about risk, it reads as people speak: no codes, no signs, no chance beyond 1."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.arrears.answer.groups import EverythingJoint, FirstMover, Release, RiskGroup, Sampling
from services.arrears.answer.model import RelationPart, RiskPath, Step
from services.arrears.answer.relation_names import RELATION_NAMES
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
from services.names import Named
from terms.errors import Lang
from terms.money import Money

POOL = [Named(f"enterprise:{number}", f"云泽{number}厂", "Enterprise") for number in range(12)]
CHANCES = st.one_of(
    st.floats(0.0, 1.0),
    st.sampled_from([0.0, 5e-324, 1e-17, 0.0009999, 0.001, 0.99950001, 1.0 - 2**-53, 1.0]),
)
FEN = st.integers(-(10**13), 10**13).map(Money)
LANG: st.SearchStrategy[Lang] = st.sampled_from(["en", "zh"])
RELATIONS = st.sampled_from(sorted(RELATION_NAMES))

CODE = re.compile(r"[A-Z]{2,}_?[A-Z]|_|\{|\}|nan|inf|None")
PERCENT = re.compile(r"([0-9.]+) ?%")


@st.composite
def groups(draw: st.DrawFn) -> RiskGroup:
    members = draw(st.lists(st.sampled_from(POOL), min_size=2, max_size=12, unique=True))
    low, high = sorted([draw(CHANCES), draw(CHANCES)])
    movers = sorted(draw(st.lists(CHANCES, min_size=len(members), max_size=len(members))), reverse=True)
    return RiskGroup(
        id=f"group-{members[0].id}",
        size=len(members),
        members=tuple(members),
        any_fails=draw(CHANCES),
        all_fail=draw(CHANCES),
        failures_if_any=draw(st.floats(1.0, len(members))),
        first_movers=tuple(FirstMover(party, share) for party, share in zip(members, movers, strict=True)),
        releases=(Release(members[0], members[1], draw(CHANCES), 1.0, draw(FEN)),),
        sampling=draw(st.none() | st.just(Sampling(low, high, draw(st.integers(1, 10**6))))),
    )


def assert_reads(text: str | None) -> None:
    if text is None:
        return
    assert not CODE.search(text), text
    assert not re.search(r"[-−][0-9]", text), text
    assert all(0.0 <= float(told) <= 100.0 for told in PERCENT.findall(text)), text


@given(groups(), LANG)
def test_what_is_said_of_a_group_reads_whatever_its_figures(group: RiskGroup, lang: Lang) -> None:
    for text in (
        group_text(group, lang),
        mover_text(group, lang),
        release_text(group.releases[0], group, lang),
        sampling_text(group.sampling, lang),
    ):
        assert_reads(text)
    if group.sampling is not None:
        assert_reads(joint_text(EverythingJoint(group.any_fails, group.sampling), lang))
    assert str(group.size) in group_text(group, lang)
    assert group.first_movers[0].party.name in mover_text(group, lang)


@given(CHANCES, CHANCES, LANG)
def test_a_chance_that_is_possible_is_never_told_as_impossible_or_certain(
    one: float, other: float, lang: Lang
) -> None:
    told = chance_text(one, lang)
    assert_reads(told)
    if 0.0 < one < 1.0:
        assert told not in (chance_text(0.0, lang), chance_text(1.0, lang))
    low, high = sorted((one, other))
    found = [float(PERCENT.findall(chance_text(value, lang))[0]) for value in (low, high)]
    assert found[0] <= found[1]


@given(FEN, LANG)
def test_a_rise_and_a_fall_of_one_amount_differ_in_the_word_alone(amount: Money, lang: Lang) -> None:
    text, opposite = moved_text(amount, lang), moved_text(Money(-amount.fen), lang)
    assert_reads(text)
    assert (text == opposite) is (amount.fen == 0)
    assert re.findall(r"[0-9.,]+", text) == re.findall(r"[0-9.,]+", opposite)


@given(st.lists(st.sampled_from(POOL), min_size=1, max_size=6, unique=True), st.data(), LANG)
def test_a_way_names_everybody_on_it_in_their_order(
    parties: list[Named], data: st.DataObject, lang: Lang
) -> None:
    steps = tuple(
        Step(
            source,
            target,
            0.5,
            tuple(
                RelationPart(relation, data.draw(st.floats(0.01, 1.0)), Money(100), ())
                for relation in data.draw(st.lists(RELATIONS, min_size=1, max_size=3, unique=True))
            ),
        )
        for source, target in pairwise(parties)
    )
    text = way_text(RiskPath(0.3, Money(5), 1.0, parties[0], steps), lang, amounts=data.draw(st.booleans()))
    assert_reads(text)
    if steps:
        places = [text.index(party.name) for party in parties]
        assert places == sorted(places)
