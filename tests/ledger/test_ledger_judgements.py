"""Who holds what for one entity."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.database import Ledger
from ledger.judgements import NewJudgement, exist, is_judgement, judge, judge_all, read, touching
from ledger.records import append, head, since
from terms.errors import KehutuError
from terms.ids import Key
from tests.ledger.rows import NOW, row
from tests.ledger.test_ledger_records import fresh

A, B, C = Key("person:a"), Key("person:b"), Key("person:c")


def test_a_judgement_is_given_back_with_its_reasons(ledger: Ledger) -> None:
    assert not exist(ledger)
    seq = judge(
        ledger, B, A, "same", by="rule", author="phone+name 1", at=NOW, score=0.93, reasons={"phone": 1.0}
    )
    assert exist(ledger)
    [found] = touching(ledger, [A])
    assert (found.left, found.right, found.verdict, found.by, found.author) == (
        A,
        B,
        "same",
        "rule",
        "phone+name 1",
    )
    assert (found.score, found.reasons, found.recorded_at, found.seq) == (0.93, {"phone": 1.0}, NOW, seq)
    assert touching(ledger, [B]) == [found]
    assert touching(ledger, [C]) == []


def test_a_judgement_is_a_record_of_the_platform(ledger: Ledger) -> None:
    append(ledger, [row("1")], recorded_at=NOW)
    seq = judge(ledger, A, B, "different", by="person", author="wang", at=NOW)
    visit, judgement = since(ledger, 0, 10)
    assert [is_judgement(visit), is_judgement(judgement)] == [False, True]
    assert (judgement.seq, judgement.channel, judgement.source) == (seq, "platform", "judgements")
    assert read(judgement) == touching(ledger, [B])[0]


def test_saying_the_same_again_writes_nothing(ledger: Ledger) -> None:
    first = judge(ledger, A, B, "same", by="person", author="wang", at=NOW)
    again = judge(ledger, B, A, "same", by="person", author="wang", at=NOW + timedelta(days=1))
    assert (again, head(ledger)) == (first, 1)


def test_a_change_of_mind_is_a_new_version_of_one_record(ledger: Ledger) -> None:
    same = NewJudgement(A, B, "same", "person", "wang")
    unsure = NewJudgement(A, B, "unsure", "person", "wang")
    assert judge_all(ledger, [same, same, unsure, same], at=NOW) == [1, 1, 2, 3]
    found = touching(ledger, [A])
    assert [(j.verdict, j.seq) for j in found] == [("same", 1), ("unsure", 2), ("same", 3)]
    assert len({j.id for j in found}) == 1
    assert len({*found, *found}) == 3


def test_two_authors_judge_apart(ledger: Ledger) -> None:
    judge(ledger, A, B, "same", by="person", author="wang", at=NOW)
    judge(ledger, A, B, "different", by="person", author="li", at=NOW)
    judge(ledger, A, B, "different", by="model", author="li", at=NOW)
    assert len({j.id for j in touching(ledger, [A])}) == 3


def test_one_key_twice_is_refused_and_nothing_written(ledger: Ledger) -> None:
    batch = [NewJudgement(A, B, "same", "rule", "r"), NewJudgement(C, C, "same", "rule", "r")]
    with pytest.raises(KehutuError) as caught:
        judge_all(ledger, batch, at=NOW)
    assert caught.value.code == "JUDGEMENT_OF_ONE"
    assert head(ledger) == 0


@settings(max_examples=30)
@given(
    pairs=st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")).filter(lambda pair: pair[0] != pair[1]),
        max_size=8,
    )
)
def test_every_judgement_is_found_from_either_end(pairs: list[tuple[str, str]]) -> None:
    with fresh() as ledger:
        for left, right in pairs:
            judge(ledger, Key(left), Key(right), "same", by="rule", author="r", at=NOW)
        for key in "abcd":
            expected = {tuple(sorted(pair)) for pair in pairs if key in pair}
            assert {(j.left, j.right) for j in touching(ledger, [key])} == expected
