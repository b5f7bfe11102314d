"""People judge, split, and ask why."""

from __future__ import annotations

from datetime import datetime, timedelta

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entities.entity_view import view
from ingest.judgements.judging import judge, split
from ingest.judgements.why import why
from ingest.judgements.why_text import why_text
from ingest.projection.difference import difference
from ledger.database import Ledger
from ledger.naming import rename
from ledger.records import NewRecord, append, since
from terms.errors import KehutuError
from terms.ids import Key
from tests.ingest_projector.material import (
    CODES,
    LOCALS,
    NUMBERS,
    SCHEMA,
    START,
    node,
    relation,
    row,
    withdrawn,
)

A, B, C = CODES


def at(minute: int) -> datetime:
    """An instant after all observations."""
    return START + timedelta(days=400, minutes=minute)


def arrive(ledger: Ledger, *rows: NewRecord, minute: int = 0) -> None:
    """Let rows arrive and be named."""
    append(ledger, rows, recorded_at=at(minute))
    follow(ledger)


def follow(ledger: Ledger) -> None:
    """Bring the aliases up to date, as the projector does."""
    records = since(ledger, 0, 1_000_000)
    names = difference(ledger, SCHEMA, records).names
    rename(ledger, names.named, names.forgotten, until=records[-1].seq)


def test_the_chain_names_the_records_and_judgements_in_order(ledger: Ledger) -> None:
    arrive(
        ledger,
        row("registry/1", node("Enterprise", A, NUMBERS[0], name="甲公司")),
        row("visits/1", node("Enterprise", NUMBERS[0], LOCALS[0], name="甲")),
        row("old/1", node("Enterprise", B, name="甲公司")),
    )
    judge(ledger, SCHEMA, B, LOCALS[0], "same", author="ann", at=at(1), score=0.9)
    answer = why(ledger, SCHEMA, A, B)
    assert answer.same
    assert (answer.left.id, answer.right.id, answer.left.name) == (A, A, "甲公司")
    assert [(s.left, s.right, s.kind, s.record) for s in answer.links[:2]] == [
        (A, NUMBERS[0], "record", "registry/1"),
        (NUMBERS[0], LOCALS[0], "record", "visits/1"),
    ]
    last = answer.links[2]
    assert (last.left, last.right, last.kind) == (LOCALS[0], B, "judgement")
    assert last.judgement is not None
    assert last.judgement.author == "ann"
    assert answer.left.records == ("old/1", "registry/1", "visits/1")
    for lang in ("en", "zh"):
        assert all(word in why_text(answer, lang) for word in (A, "registry/1", "visits/1", "ann"))
        lines = why_text(answer, lang).splitlines()
        assert len(lines) == len(set(lines)), "a judgement that is a link of the chain is told once"


def test_bare_numbers_and_records_may_be_asked_for(ledger: Ledger) -> None:
    arrive(
        ledger,
        row("registry/1", node("Enterprise", A, name="甲")),
        row("visits/1", node("Enterprise", A, name="甲")),
    )
    answer = why(ledger, SCHEMA, A.partition(":")[2], "visits/1")
    assert answer.same
    assert [(s.kind, s.record) for s in answer.links] == [("record", "visits/1")]
    with pytest.raises(KehutuError, match="names no entity"):
        why(ledger, SCHEMA, A, "nobody")


def test_two_entities_are_shown_with_the_evidence_that_they_share(ledger: Ledger) -> None:
    home = node("Address", "address:1f", text="人民路 1 号")
    arrive(
        ledger,
        row("registry/1", node("Enterprise", A, name="甲", phone="138 0000 0000"), home,
            relation("LOCATED_AT", A, "address:1f")),
        row("visits/1", node("Enterprise", B, name="乙", phone="13800000000"), home,
            relation("LOCATED_AT", B, "address:1f")),
    )  # fmt: skip
    answer = why(ledger, SCHEMA, A, B)
    assert not answer.same
    assert not answer.links
    assert [(s.property, s.value, s.left, s.right) for s in answer.shared] == [
        ("LOCATED_AT", "人民路 1 号", ("registry/1",), ("visits/1",)),
        ("phone", "138 0000 0000", ("registry/1",), ("visits/1",)),
    ]


def test_a_split_record_leaves_with_its_own_keys_and_can_come_back(ledger: Ledger) -> None:
    arrive(
        ledger,
        row("registry/1", node("Enterprise", A, LOCALS[0], name="甲")),
        row("old/1", node("Enterprise", A, name="乙")),
        row("visits/1", node("Enterprise", A, name="甲")),
    )
    done = split(ledger, SCHEMA, "old/1", author="ann", at=at(1))
    assert [part.names for part in done.parted] == [(A, LOCALS[0])]
    follow(ledger)
    answer = why(ledger, SCHEMA, "old/1", A)
    assert not answer.same
    assert answer.left.id.startswith(f"{A}~")
    assert answer.right.records == ("registry/1", "visits/1")
    assert [(s.kind, s.record) for s in answer.refused] == [("record", "old/1")]
    assert [j.verdict for j in answer.judgements] == ["different", "different"]
    part = answer.left.id
    assert why(ledger, SCHEMA, part, "old/1").same
    for name in (A, LOCALS[0]):
        judge(ledger, SCHEMA, part, name, "unsure", author="ann", at=at(2))
    follow(ledger)
    assert why(ledger, SCHEMA, "old/1", A).same


@pytest.mark.parametrize(("one", "other"), [(A, B), ("registry/1", "visits/1"), (A, "visits/1")])
def test_a_split_record_takes_its_own_keys_with_it_whatever_was_judged_before(
    ledger: Ledger, one: str, other: str
) -> None:
    arrive(
        ledger,
        row("registry/1", node("Enterprise", A, name="甲")),
        row("visits/1", node("Enterprise", B, name="乙")),
    )
    judge(ledger, SCHEMA, one, other, "same", author="ann", at=at(1))
    follow(ledger)
    assert why(ledger, SCHEMA, A, B).same
    split(ledger, SCHEMA, "visits/1", author="bob", at=at(2))
    follow(ledger)
    answer = why(ledger, SCHEMA, A, B)
    assert not answer.same
    assert (answer.left.id, answer.right.id) == (A, B)
    assert (answer.left.records, answer.right.records) == (("registry/1",), ("visits/1",))


def test_what_cannot_be_judged_says_why(ledger: Ledger) -> None:
    arrive(
        ledger,
        row("visits/1", node("Enterprise", A, name="甲"), node("Customer", "customer:0000000001", name="张")),
    )
    for code, call in {
        "JUDGEMENT_OF_TWO_TYPES": lambda: judge(
            ledger, SCHEMA, A, "0000000001", "same", author="ann", at=at(1)
        ),
        "JUDGEMENT_OF_ONE": lambda: judge(ledger, SCHEMA, A, A, "same", author="ann", at=at(1)),
        "NOTHING_TO_SPLIT": lambda: split(ledger, SCHEMA, "visits/1", author="ann", at=at(1)),
        "UNKNOWN_ID": lambda: split(ledger, SCHEMA, "visits/2", author="ann", at=at(1)),
    }.items():
        with pytest.raises(KehutuError) as fault:
            call()
        assert fault.value.code == code


def test_a_view_names_who_says_each_value_and_shows_what_was_known_then(ledger: Ledger) -> None:
    arrive(ledger, row("old/1", node("Enterprise", A, name="甲", phone="1"), day=3), minute=0)
    arrive(ledger, row("registry/1", node("Enterprise", A, name="乙", phone="2"), day=1), minute=5)
    now = view(ledger, SCHEMA, A)
    assert now is not None
    # The registry is trusted before the archive; its phone is no better, but it stands before it in the order.
    claims = now.values["name"].claims
    assert [(c.value, c.record, c.channel, c.current) for c in claims] == [
        ("乙", "registry/1", "business-registry", True),
        ("甲", "old/1", "archive", False),
    ]
    then = view(ledger, SCHEMA, A, as_of=at(1))
    assert then is not None
    assert {name: chosen.value for name, chosen in then.values.items()} == {
        "name": "甲", "phone": "1", "creditCode": A.partition(":")[2],
    }  # fmt: skip
    arrive(ledger, withdrawn("old/1", day=9), withdrawn("registry/1", day=9), minute=9)
    assert view(ledger, SCHEMA, A) is None


def test_what_has_ended_still_identifies_and_is_marked(ledger: Ledger) -> None:
    address = "address:hall-7"
    for number, (code, until) in enumerate(((A, "2020-01-01"), (B, "")), 1):
        ended = {"until": until} if until else {}
        arrive(
            ledger,
            row(
                f"registry/{number}",
                node(
                    "Enterprise",
                    code,
                    NUMBERS[0] if code == A else "enterprise:archive/b",
                    dissolvedOn="2020-03-31",
                ),
                node("Address", address, text="七号楼"),
                relation("LOCATED_AT", code, address, **ended),
            ),
        )
    answer = why(ledger, SCHEMA, A, B)
    (shared,) = answer.shared
    assert shared.ends == (("registry/1", "2020-01-01"),)
    assert (answer.left.last_day, answer.right.last_day) == ("2020-03-31", "2020-03-31")
    assert "ended on 2020-01-01 by registry/1" in why_text(answer)
    assert "终止日为 2020-03-31" in why_text(answer, "zh")
    same = why(ledger, SCHEMA, A, NUMBERS[0])
    assert same.same
    assert same.left.last_day == "2020-03-31"


NAMED = st.lists(st.sampled_from([*CODES, *NUMBERS, *LOCALS]), min_size=1, max_size=2, unique=True)


@settings(max_examples=60)
@given(told=st.lists(NAMED, min_size=1, max_size=7), data=st.data())
def test_the_chain_is_a_shortest_way_over_what_records_state(
    tmp_path_factory: pytest.TempPathFactory, told: list[list[str]], data: st.DataObject
) -> None:
    stated = networkx.Graph()
    for keys in told:
        networkx.add_path(stated, keys)
    first, second = (data.draw(st.sampled_from(sorted(stated))) for _ in "ab")
    with Ledger.open(tmp_path_factory.mktemp("why")) as ledger:
        rows = [
            row(
                f"registry/{number}", node("Enterprise", *sorted(keys, key=[*CODES, *NUMBERS, *LOCALS].index))
            )
            for number, keys in enumerate(told)
        ]
        arrive(ledger, *rows)
        answer = why(ledger, SCHEMA, first, second)
    english, chinese = why_text(answer).splitlines(), why_text(answer, "zh").splitlines()
    assert len(english) == len(chinese)
    for line in (english[0], chinese[0]):
        assert first in line
        assert second in line
    for link in answer.links:
        assert [sum(f"record {link.record} " in line for line in english)] == [
            sum(f"记录 {link.record}（" in line for line in chinese)
        ]
    assert answer.same == networkx.has_path(stated, first, second)
    if not answer.same:
        assert answer.links == ()
        return
    assert len(answer.links) == networkx.shortest_path_length(stated, first, second)
    at = Key(first)
    for link in answer.links:
        assert link.left == at
        assert {link.left, link.right} <= set(told[int(link.record.removeprefix("registry/"))])
        at = link.right
    assert at == second
