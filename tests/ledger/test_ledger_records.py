"""Versions, duplicates, mentions and moments."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import mentions
from ledger.as_it_was import Moment, referring, refs_of
from ledger.database import Ledger
from ledger.mentions import Role
from ledger.records import (
    Mention,
    NewRecord,
    acknowledge,
    append,
    by_seq,
    current,
    head,
    mentioned_until,
    mentioning,
    newest,
    since,
    versions,
)
from tests.ledger.rows import NOW, day, row

REFS = [("visits", "1"), ("visits", "2"), ("hotline", "1")]


@contextmanager
def fresh() -> Iterator[Ledger]:
    """A ledger for one example."""
    with tempfile.TemporaryDirectory() as name, Ledger.open(Path(name)) as ledger:
        yield ledger


def state(ledger: Ledger) -> dict[tuple[str, str], tuple[bytes, bool, object]]:
    """What is current, by value."""
    return {ref: (r.payload, r.deleted, r.observed_at) for ref, r in current(ledger, REFS).items()}


@st.composite
def histories(draw: st.DrawFn) -> list[NewRecord]:
    """Rows that state their time, some of them twice; at one time a source says one thing about a record."""
    said = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(REFS), st.integers(0, 5)),
            st.tuples(st.sampled_from("ABC"), st.booleans()),
            min_size=1,
            max_size=10,
        )
    )
    rows = [
        row(local, content, source=source, at=day(at), deleted=deleted)
        for ((source, local), at), (content, deleted) in said.items()
    ]
    return rows + draw(st.lists(st.sampled_from(rows), max_size=4))


@settings(max_examples=40)
@given(history=histories(), data=st.data())
def test_the_current_version_depends_on_the_set_of_rows_and_not_on_their_order(
    history: list[NewRecord], data: st.DataObject
) -> None:
    other = data.draw(st.permutations(history))
    cut = data.draw(st.integers(0, len(other)))
    with fresh() as one, fresh() as two:
        append(one, history, recorded_at=NOW)
        append(two, other[:cut], recorded_at=NOW)
        append(two, other[cut:], recorded_at=NOW)
        assert state(one) == state(two)
        assert head(one) == head(two) == len(set(history))
        # A second load of everything is a load of duplicates.
        assert append(one, other, recorded_at=NOW) == ["duplicate"] * len(other)


def test_rows_are_given_back_as_they_came(ledger: Ledger) -> None:
    observed = day(3) + timedelta(microseconds=1)
    given_ = row("户 1/2", "内容", at=observed, origin="synthetic")
    assert append(ledger, [given_], recorded_at=NOW) == ["accepted"]
    found = since(ledger, 0, 10)[0]
    assert (found.seq, found.source, found.record_id, found.id) == (1, "visits", "户 1/2", "visits/户 1/2")
    assert (found.channel, found.origin, found.location) == ("home-visit", "synthetic", "visits.csv:2")
    assert (found.observed_at, found.observed_assumed, found.recorded_at) == (observed, False, NOW)
    assert (found.payload, found.deleted) == ("内容".encode(), False)
    assert by_seq(ledger, [1, 2]) == {1: found}


def test_an_empty_batch_is_no_fault(ledger: Ledger) -> None:
    assert append(ledger, [], recorded_at=NOW) == []
    assert head(ledger) == 0
    assert since(ledger, 0, 10) == []


def test_records_are_read_in_pages(ledger: Ledger) -> None:
    append(ledger, [row(str(n)) for n in range(7)], recorded_at=NOW)
    assert [record.seq for record in since(ledger, 2, 3)] == [3, 4, 5]
    assert [record.seq for record in since(ledger, 5, 3)] == [6, 7]


class TestDuplicates:
    def test_a_row_with_its_time_repeats_any_version_of_that_time(self, ledger: Ledger) -> None:
        rows = [row("1", "A", at=day(1)), row("1", "B", at=day(2))]
        assert append(ledger, rows, recorded_at=NOW) == ["accepted", "accepted"]
        assert append(ledger, rows, recorded_at=NOW) == ["duplicate", "duplicate"]

    def test_content_that_is_still_true_later_is_a_version(self, ledger: Ledger) -> None:
        rows = [row("1", "A", at=day(1)), row("1", "A", at=day(3)), row("1", "B", at=day(2))]
        assert append(ledger, rows, recorded_at=NOW) == ["accepted"] * 3
        assert current(ledger, [("visits", "1")])["visits", "1"].payload == b"A"

    def test_a_row_without_time_repeats_the_current_version_only(self, ledger: Ledger) -> None:
        for content, hour, outcome in [
            ("A", 1, "accepted"),
            ("A", 2, "duplicate"),
            ("B", 3, "accepted"),
            ("A", 4, "accepted"),
        ]:
            at = NOW + timedelta(hours=hour)
            assert append(ledger, [row("1", content, at=at, assumed=True)], recorded_at=at) == [outcome]
        assert current(ledger, [("visits", "1")])["visits", "1"].payload == b"A"

    def test_they_are_found_within_a_batch_too(self, ledger: Ledger) -> None:
        batch = [row("1", "A"), row("1", "A"), row("1", "B"), row("2", "A")]
        taken = [(one.outcome, one.seq) for one in acknowledge(ledger, batch, recorded_at=NOW)]
        assert taken == [("accepted", 1), ("duplicate", 1), ("accepted", 2), ("accepted", 3)]

    def test_the_same_content_of_two_sources_is_no_duplicate(self, ledger: Ledger) -> None:
        assert (
            append(ledger, [row("1", source="a"), row("1", source="b")], recorded_at=NOW) == ["accepted"] * 2
        )

    def test_a_delete_is_no_duplicate_of_the_content_that_it_withdraws(self, ledger: Ledger) -> None:
        batch = [row("1", "A"), row("1", "A", deleted=True), row("1", "A", deleted=True)]
        assert append(ledger, batch, recorded_at=NOW) == ["accepted", "accepted", "duplicate"]
        assert current(ledger, [("visits", "1")])["visits", "1"].deleted


def test_at_one_time_the_later_arrival_is_current(ledger: Ledger) -> None:
    append(ledger, [row("1", "A"), row("1", "B")], recorded_at=NOW)
    found = versions(ledger, [("visits", "1"), ("visits", "none")])
    assert {ref: [r.payload for r in group] for ref, group in found.items()} == {
        ("visits", "1"): [b"A", b"B"]
    }
    assert newest(reversed(found["visits", "1"])).payload == b"B"


def test_a_clock_that_steps_back_does_not_bring_old_content_back(ledger: Ledger) -> None:
    append(ledger, [row("1", "A", at=NOW, assumed=True)], recorded_at=NOW)
    yesterday = NOW - timedelta(days=1)
    append(ledger, [row("1", "B", at=yesterday, assumed=True)], recorded_at=yesterday)
    assert current(ledger, [("visits", "1")])["visits", "1"].payload == b"B"
    assert [record.recorded_at for record in since(ledger, 0, 10)] == [NOW, NOW]


def test_versions_as_of_a_day_leave_out_what_was_recorded_later(ledger: Ledger) -> None:
    append(ledger, [row("1", "A", at=day(1))], recorded_at=day(10))
    append(ledger, [row("1", "B", at=day(2))], recorded_at=day(20))
    ref = ("visits", "1")
    assert current(ledger, [ref])[ref].payload == b"B"
    assert current(ledger, [ref], as_of=day(15))[ref].payload == b"A"
    assert current(ledger, [ref], as_of=day(20))[ref].payload == b"B"
    assert current(ledger, [ref], as_of=day(5)) == {}


def test_look_ups_are_not_limited_by_the_parameters_of_a_query(ledger: Ledger) -> None:
    rows = [row(str(n), mentions=(Mention(f"customer:{n}", "node"),)) for n in range(2_000)]
    append(ledger, rows, recorded_at=NOW)
    keys = [f"customer:{n}" for n in range(2_000)]
    assert mentioning(ledger, keys) == {f"customer:{n}": [n + 1] for n in range(2_000)}
    assert mentioned_until(ledger, keys, 1_000) == set(keys[:1_000])
    assert len(versions(ledger, [("visits", str(n)) for n in range(2_000)])) == 2_000
    assert len(by_seq(ledger, range(5_000))) == 2_000
    assert len(set(refs_of(ledger, range(5_000)).values())) == 2_000


class TestMentions:
    @pytest.fixture(params=[1_000_000, 2], ids=["recent", "swept"])
    def mentioned(
        self, request: pytest.FixtureRequest, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> Ledger:
        """Four records of three keys, with mentions lying in either table."""
        monkeypatch.setattr(mentions, "SWEEP", request.param)
        rows = [
            row("1", mentions=(Mention("a", "node"), Mention("b", "end"), Mention("a", "node"))),
            row("2", mentions=(Mention("b", "end"), Mention("b", "node")), origin="synthetic"),
            row("3", mentions=(Mention("c", "evidence"),)),
            row("4", mentions=(Mention("a", "relation"),)),
        ]
        for each in rows:
            append(ledger, [each], recorded_at=NOW)
        return ledger

    def test_are_found_by_key(self, mentioned: Ledger) -> None:
        assert mentioning(mentioned, ["a", "b", "c", "d"]) == {"a": [1, 4], "b": [1, 2], "c": [3], "d": []}

    @pytest.mark.parametrize(
        ("roles", "found"),
        [
            (("node",), {"a": [1], "b": [2]}),
            (("end",), {"a": [], "b": [1, 2]}),
            (("node", "relation"), {"a": [1, 4], "b": [2]}),
            ((), {"a": [], "b": []}),
        ],
    )
    def test_are_found_by_role(
        self, mentioned: Ledger, roles: tuple[Role, ...], found: dict[str, list[int]]
    ) -> None:
        assert mentioning(mentioned, ["a", "b"], roles=roles) == found

    def test_are_known_up_to_a_record(self, mentioned: Ledger) -> None:
        keys = ["a", "b", "c", "d"]
        assert [mentioned_until(mentioned, keys, seq) for seq in (0, 1, 2, 3)] == [
            set(),
            {"a", "b"},
            {"a", "b"},
            {"a", "b", "c"},
        ]

    def test_tell_who_refers_to_a_key_at_a_moment(self, mentioned: Ledger) -> None:
        everything = referring(mentioned, ["a", "b", "c"], Moment())
        assert everything == {"b": frozenset({"real", "synthetic"})}
        assert referring(mentioned, ["b"], Moment(until=1)) == {"b": frozenset({"real"})}
        assert referring(mentioned, ["b"], Moment(until=0)) == {}
        assert referring(mentioned, ["b"], Moment(as_of=NOW - timedelta(seconds=1))) == {}

    def test_of_withdrawn_and_superseded_records_do_not_refer(self, mentioned: Ledger) -> None:
        # A withdrawal may repeat what it withdraws, mentions and all.
        gone = row("1", deleted=True, at=NOW + timedelta(days=1), mentions=(Mention("b", "end"),))
        append(mentioned, [gone], recorded_at=NOW)
        append(mentioned, [row("2", "new", at=NOW + timedelta(days=1))], recorded_at=NOW)
        assert referring(mentioned, ["b"], Moment()) == {}
        assert referring(mentioned, ["b"], Moment(until=5)) == {"b": frozenset({"synthetic"})}
        # An older version that arrives later changes nothing.
        late = row("1", "late", mentions=(Mention("b", "end"),), at=day(1))
        append(mentioned, [late], recorded_at=NOW)
        assert referring(mentioned, ["b"], Moment()) == {}

    @settings(max_examples=30)
    @given(
        batches=st.lists(
            st.lists(
                st.lists(
                    st.builds(
                        Mention,
                        st.sampled_from("abcd"),
                        st.sampled_from(["node", "end", "relation", "evidence", "judgement"]),
                    ),
                    max_size=4,
                ),
                max_size=5,
            ),
            max_size=6,
        ),
        sweep=st.integers(1, 30),
    )
    def test_are_the_same_wherever_a_sweep_falls(
        self, batches: list[list[list[Mention]]], sweep: int
    ) -> None:
        expected: dict[str, set[int]] = {key: set() for key in "abcd"}
        seq = 0
        usual = mentions.SWEEP
        mentions.SWEEP = sweep
        try:
            with fresh() as ledger:
                for batch in batches:
                    rows = []
                    for named in batch:
                        seq += 1
                        rows.append(row(str(seq), mentions=tuple(named)))
                        for mention in named:
                            expected[mention.key].add(seq)
                    append(ledger, rows, recorded_at=NOW)
                assert mentioning(ledger, "abcd") == {key: sorted(seqs) for key, seqs in expected.items()}
                for at in range(seq + 1):
                    assert mentioned_until(ledger, "abcd", at) == {
                        key for key, seqs in expected.items() if seqs and min(seqs) <= at
                    }
        finally:
            mentions.SWEEP = usual
