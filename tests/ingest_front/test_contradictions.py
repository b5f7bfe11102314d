"""Rows that contradict each other, or lose a part, are noticed with count and places; each is taken as is said."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loads.report import SourceReport
from ingest.notices import Notices
from ingest.rows import contradictions
from ingest.rows.contradictions import Contradictions, folded
from ledger.records import current

GUARANTEES = """\
sources:
  - name: bureau
    path: g.csv
    channel: credit-bureau
    recordId: row
    observedAt: {observed}
    mapping:
      - relation: GUARANTEES
        from: {{Enterprise: {{local: guarantor}}}}
        to: {{Enterprise: {{local: borrower}}}}
        key: {{contractNo: contract}}
        set: {{amount: amount, since: since, until: until}}
"""
HEAD = "row,day,guarantor,borrower,contract,amount,since,until\n"


def noticed(report: SourceReport) -> dict[str, tuple[int, list[int | None]]]:
    """Code -> count and lines."""
    return {one.code: (one.count, [place.line for place in one.places]) for one in report.notices}


@pytest.fixture
def guarantees(desk) -> Callable[..., SourceReport]:
    def of(rows: str, observed: str = "2026-01-31") -> SourceReport:
        desk.write("g.csv", HEAD + rows)
        (source,) = desk.load(GUARANTEES.format(observed=observed)).sources
        return source

    return of


def test_one_record_id_with_two_contents_at_one_time_counts_as_its_last_row(desk) -> None:
    report = desk.load_file("p.csv", "id,name,phone,address\n1,Li,,A\n2,Wu,,B\n1,Liu,,A\n1,Lin,,A\n")
    assert report.accepted == 4
    assert noticed(report) == {"NOTICE_RECORD_TWICE": (2, [4, 5])}
    assert b"Lin" in current(desk.ledger, [("people", "1")])["people", "1"].payload


def test_equal_rows_of_one_record_id_are_duplicates_and_nothing_more(desk) -> None:
    report = desk.load_file("p.csv", "id,name,phone,address\n1,Li,,A\n1,Li,,A\n")
    assert (report.duplicate, report.notices) == (1, [])


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("1,,A,B,C1,100,,\n2,,A,B,C1,200,,\n", [3]),
        ("1,,A,B,C1,100,,\n2,,A,B,C1,100,,\n", []),
        ("1,,A,B,C1,100,,\n2,,A,B,C2,200,,\n", []),
        # What only one of the rows tells is no contradiction.
        ("1,,A,B,C1,100,,\n2,,A,B,C1,,2020-01-01,\n", []),
        # Other times of one contract; of the second time two amounts.
        ("1,,A,B,C1,100,2018-01-01,2020-01-01\n2,,A,B,C1,200,2024-01-01,\n", []),
        (
            "1,,A,B,C1,100,2018-01-01,2020-01-01\n2,,A,B,C1,200,2024-01-01,\n3,,A,B,C1,300,2024-01-01,\n",
            [4],
        ),
        # Two beginnings of what holds at one time.
        ("1,,A,B,C1,100,2018-01-01,\n2,,A,B,C1,100,2019-01-01,\n", [3]),
    ],
)
def test_rows_of_one_day_that_tell_one_relation_differently_are_noticed(guarantees, rows, lines) -> None:
    report = guarantees(rows)
    expected = {"NOTICE_RELATION_DIFFERS": (len(lines), lines)} if lines else {}
    assert noticed(report) == expected
    assert report.quarantined == 0


@pytest.mark.parametrize(
    ("set_", "rows", "lines"),
    [
        ("since: since", "1,,A,B,,,2018-01-01,\n2,,A,B,,,2019-01-01,\n", [3]),
        ("since: since", "1,,A,B,,,2018-01-01,\n2,,A,B,,,2018-01-01,\n", []),
        ("since: since", "1,,A,B,,,2018-01-01,\n2,,A,B,,,,\n", []),
        ("until: until", "1,,A,B,,,,2018-01-01\n2,,A,B,,,,2019-01-01\n", [3]),
        ("until: until", "1,,A,B,,,,2018-01-01\n2,,A,C,,,,2019-01-01\n", []),
        ("since: since, until: until", "1,,A,B,,,2018-01-01,2019-01-01\n2,,A,B,,,2019-01-01,\n", []),
    ],
)
def test_rows_that_tell_nothing_but_when_a_relation_begins_or_ends_are_compared(
    desk, set_, rows, lines
) -> None:
    desk.write("g.csv", HEAD + rows)
    (report,) = desk.load(
        "sources:\n  - name: seats\n    path: g.csv\n    channel: credit-bureau\n    recordId: row\n"
        "    observedAt: 2026-01-31\n    mapping:\n      - relation: DIRECTOR_OF\n"
        "        from: {Person: {local: guarantor}}\n        to: {Enterprise: {local: borrower}}\n"
        f"        set: {{{set_}}}\n"
    ).sources
    assert noticed(report) == ({"NOTICE_RELATION_DIFFERS": (len(lines), lines)} if lines else {})


def test_a_relation_that_changes_from_day_to_day_is_no_contradiction(guarantees) -> None:
    rows = "1,2026-01-01,A,B,C1,100,,\n2,2026-01-02,A,B,C1,200,,\n"
    assert noticed(guarantees(rows, observed="day")) == {}


def test_a_row_without_its_time_is_noticed(guarantees) -> None:
    rows = "1,2026-01-01,A,B,C1,100,,\n2,,A,B,C2,200,,\n"
    assert noticed(guarantees(rows, observed="day")) == {"NOTICE_TIME_MISSING": (1, [3])}


def test_one_key_under_several_names_is_noticed(desk) -> None:
    text = (
        "row,code,name\n1,91440300708461136T,海达电器\n2,91440300708461136T,海达电器 \n"
        "3,91440300708461136T,ＡＣＭＥ Ltd\n4,91440300192188105A,Acme Ltd.\n5,91440300192188105A,ACME LTD\n"
    )
    desk.write("e.csv", text)
    (report,) = desk.load(
        "sources:\n  - {name: register, path: e.csv, channel: credit-bureau, recordId: row, observedAt: 2026-01-31,"
        " mapping: [{node: Enterprise, key: {creditCode: code}, set: {name: name}}]}\n"
    ).sources
    assert noticed(report)["NOTICE_NAMES_OF_KEY"] == (1, [4])


def test_a_later_version_of_a_record_may_have_another_name(desk) -> None:
    desk.write("p.csv", "id,day,name\n1,2026-01-01,Li\n1,2026-02-01,Wu\n")
    (report,) = desk.load(
        "sources:\n  - {name: people, path: p.csv, channel: survey, recordId: id, observedAt: day,"
        " mapping: [{node: Customer, key: {local: id}, set: {name: name}}]}\n"
    ).sources
    assert report.notices == []


def test_two_entries_that_name_one_party_differently_are_noticed(desk) -> None:
    desk.write("g.csv", "row,g,gn,b,bn\n1,A,Mills,B,Traders\n2,A,Mills,A,Traders\n")
    (report,) = desk.load(
        "sources:\n  - {name: bureau, path: g.csv, channel: credit-bureau, recordId: row, observedAt: 2026-01-31,"
        " mapping: [{node: Enterprise, key: {local: g}, set: {name: gn}},"
        " {node: Enterprise, key: {local: b}, set: {name: bn}}]}\n"
    ).sources
    assert noticed(report)["NOTICE_VALUE_TWICE"] == (1, [3])
    assert "entries of the mapping name the same Enterprise" in report.notices[0].message


def test_what_is_left_out_of_rows_is_counted_with_its_reason(desk) -> None:
    desk.write("p.csv", "id,name,other,phone\n1,Li,,\n2,Wu,X,123\n3,Ma,,456\n")
    (report,) = desk.load(
        "sources:\n  - name: people\n    path: p.csv\n    channel: survey\n    recordId: id\n"
        "    observedAt: 2026-01-31\n    mapping:\n      - node: Customer\n        key: {local: id}\n"
        "        set: {name: name}\n      - node: Enterprise\n        key: {local: other}\n"
        "        set: {phone: phone}\n        optional: true\n"
        "      - relation: IS\n        from: {Customer: {local: id}}\n        to: {Enterprise: {local: other}}\n"
    ).sources
    assert [(one.code, one.count, one.reason) for one in report.left_out] == [
        ("LEFT_OUT_RELATION", 2, "IS relations with an empty end (column other): 2"),
        (
            "LEFT_OUT_NODE",
            1,
            "`optional` entries of Enterprise with values but an empty key (column other): 1",
        ),
    ]


def test_a_delete_of_a_record_that_is_not_there_is_noticed(desk) -> None:
    desk.write("p.csv", "id,state\n1,kept\n2,gone\n1,gone\n")
    manifest = (
        "sources:\n  - {name: people, path: p.csv, channel: survey, recordId: id, observedAt: 2026-01-31,"
        " delete: {column: state, equals: gone}, mapping: [{node: Customer, key: {local: id}}]}\n"
    )
    (report,) = desk.load(manifest).sources
    assert noticed(report)["NOTICE_DELETE_UNKNOWN"] == (1, [3])
    (again,) = desk.load(manifest).sources
    assert (again.duplicate, "NOTICE_DELETE_UNKNOWN" in noticed(again)) == (3, False)


def test_beyond_what_is_remembered_it_is_said(desk, monkeypatch) -> None:
    monkeypatch.setattr(contradictions, "OTHERS", 2)
    desk.write("p.csv", "row,id,name\n" + "".join(f"R{i},{i},N{i}\n" for i in range(5)))
    (report,) = desk.load(
        "sources:\n  - {name: people, path: p.csv, channel: survey, recordId: row, observedAt: 2026-01-31,"
        " mapping: [{node: Customer, key: {local: id}, set: {name: name}}]}\n"
    ).sources
    assert noticed(report) == {"NOTICE_COMPARED_IN_PART": (3, [])}


def test_case_width_blanks_and_punctuation_make_no_other_name() -> None:
    assert folded("Ａcme (Holdings), Ltd.") == folded("ACME Holdings Ltd")
    assert folded("海达电器") != folded("海达电子")


SPANS = st.sampled_from([(0, 99_999_999), (20180101, 20200101), (20190101, 20210101), (20240101, 99_999_999)])
CLAIM = st.tuples(st.integers(0, 3), st.integers(0, 2), SPANS)
ROWS = st.lists(st.tuples(st.integers(0, 4), CLAIM), max_size=40)


def differing(rows: list[tuple[int, tuple[int, int, tuple[int, int]]]]) -> list[int]:
    """The slow reference: each row against the first claim about its thing, then, where that holds at other times,
    against the first such claim with its own times."""
    found = []
    firsts: dict[object, tuple[int, int, tuple[int, int]]] = {}
    for number, (record, (about, said, span)) in enumerate(rows):
        for thing in (about, (about, span)):
            first_record, first_said, first_span = firsts.setdefault(thing, (record, said, span))
            if first_said == said or first_record == record:
                break
            if span[0] < first_span[1] and first_span[0] < span[1]:
                found.append(number)
                break
    return found


@given(ROWS, st.integers(1, 7))
def test_contradictions_are_those_of_a_slow_reference_however_rows_are_batched(rows, size) -> None:
    notices, sought = Notices(), Contradictions("s")
    for number, (record, (about, said, span)) in enumerate(rows):
        sought.add(("f", number, None), record, None, (), (about, said, *span))
        if number % size == size - 1:
            sought.settle(notices)
    sought.settle(notices)
    expected = differing(rows)
    assert [one.count for one in notices] == ([len(expected)] if expected else [])
    for one in notices:
        assert [place.line for place in one.places] == expected[:10]
