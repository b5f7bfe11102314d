"""How sources write when something begins and ends, and what a load says of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema.load import schema
from graph.validity import OPEN
from ingest.cells.bounds import bound_converter
from ingest.input_errors import NotAcceptedError
from ingest.loads.report import SourceReport
from terms.errors import KehutuError
from tests.ingest_front.conftest import Desk

GUARANTEES = """\
sources:
  - name: bureau
    path: g.csv
    channel: credit-bureau
    recordId: row
    observedAt: 2026-01-31
    mapping:
      - relation: GUARANTEES
        from: {{Enterprise: {{local: guarantor}}}}
        to: {{Enterprise: {{local: borrower}}}}
        key: {{contractNo: row}}
        set: {{since: {since}, until: {until}}}
"""
HOLDINGS = """\
sources:
  - name: register
    path: h.csv
    channel: business-registry
    recordId: row
    observedAt: day
    mapping:
      - relation: INVESTS_IN
        from: {{Person: {{local: holder}}}}
        to: {{Enterprise: {{local: company}}}}
        {key}
        set: {{share: {{column: pct, unit: percent}}, since: since, until: until}}
"""
INCLUSIVE = "{column: since, inclusive: true}"
Faulty = Callable[[Callable[[], object]], KehutuError]
PROPERTIES = schema().relations["GUARANTEES"].properties


def read(cell: object, name: str = "until", format: str | None = None, *, inclusive: bool = False) -> object:
    """The day that is taken of a cell."""
    found = bound_converter(PROPERTIES[name], format=format, inclusive=inclusive)(cell)
    return None if found is None else found.day


def told(
    desk: Desk, *rows: str, since: str = "since", until: str = "until"
) -> tuple[SourceReport, list[object]]:
    """The report of a load of spans, and what its records state."""
    lines = [f"{number},A,B,{row}" for number, row in enumerate(rows, 1)]
    desk.write("g.csv", "row,guarantor,borrower,since,until\n" + "\n".join(lines) + "\n")
    (report,) = desk.load(GUARANTEES.format(since=since, until=until)).sources
    spans: list[object] = []
    for statements in desk.statements():
        (relation,) = statements.relations
        spans.append((relation.set.get("since"), relation.set.get("until")))
    return report, spans


def noticed(report: SourceReport) -> dict[str, list[int | None]]:
    """Code -> lines, those of all columns."""
    found: dict[str, list[int | None]] = {}
    for notice in report.notices:
        found.setdefault(notice.code, []).extend(place.line for place in notice.places)
    return found


@pytest.mark.parametrize(
    ("cell", "since", "until"),
    [
        ("2018", "2018-01-01", "2019-01-01"),
        (2018, "2018-01-01", "2019-01-01"),
        ("2018-05", "2018-05-01", "2018-06-01"),
        ("2018-12", "2018-12-01", "2019-01-01"),
        ("2018-05-00", "2018-05-01", "2018-06-01"),
        ("2018-00-00", "2018-01-01", "2019-01-01"),
        ("0000-00-00", None, None),
        ("", None, None),
        ("2018-05-17", "2018-05-17", "2018-05-17"),
        (date(2018, 5, 17), "2018-05-17", "2018-05-17"),
        (datetime(2018, 5, 17, 9, 30), "2018-05-17", "2018-05-17"),
        ("2018-05-17T23:00:00Z", "2018-05-18", "2018-05-18"),
    ],
)
def test_a_year_or_a_month_alone_is_its_first_day_and_the_day_after_its_last(
    cell: object, since: str | None, until: str | None
) -> None:
    assert (read(cell, "since"), read(cell, "until")) == (since, until)


@pytest.mark.parametrize(
    ("format", "cell", "since", "until"),
    [
        ("%Y年%m月%d日", "2018年5月", "2018-05-01", "2018-06-01"),
        ("%Y年%m月%d日", "2018年", "2018-01-01", "2019-01-01"),
        ("%d.%m.%Y", "05.2018", "2018-05-01", "2018-06-01"),
        ("%d.%m.%Y", "2018", "2018-01-01", "2019-01-01"),
        ("%Y%m%d", "201811", "2018-11-01", "2018-12-01"),
        ("%Y%m%d", "20181103", "2018-11-03", "2018-11-03"),
        ("%m/%d/%Y", "5/2018", "2018-05-01", "2018-06-01"),
        ("%Y-%m", "2018-05", "2018-05-01", "2018-06-01"),
        ("%Y", "2018", "2018-01-01", "2019-01-01"),
        ("excel-days", "43101", "2018-01-01", "2018-01-01"),
    ],
)
def test_the_same_in_the_format_that_the_mapping_declares(
    format: str, cell: str, since: str, until: str
) -> None:
    assert (read(cell, "since", format), read(cell, "until", format)) == (since, until)


@pytest.mark.parametrize(
    "cell",
    [
        "9999-12-31", "9999-12-31T23:59:59Z", "9999", "9999-01-01", "2999-12-31", "3000-01-01", "2900-01-01",
        "2099-12-31", "2100-01-01", "2199-12-31", "2099", "2099-12", date(9999, 12, 31),
    ],
)  # fmt: skip
def test_an_end_that_stands_for_none_is_open(cell: object) -> None:
    assert read(cell) == OPEN
    assert read(cell, inclusive=True) == OPEN


@pytest.mark.parametrize(("cell", "day"), [("2099-12-30", "2099-12-30"), ("2000-01-01", "2000-01-01"),
                                           ("1999-12-31", "1999-12-31"), ("2105-06-01", "2105-06-01")])  # fmt: skip
def test_other_ends_are_what_they_say(cell: str, day: str) -> None:
    assert read(cell) == day


@given(day=st.dates(date(1900, 1, 1), date(2098, 12, 31)))
def test_a_last_day_that_is_inclusive_ends_on_the_next(day: date) -> None:
    assert read(day.isoformat(), inclusive=True) == (day + timedelta(days=1)).isoformat()
    assert read(day, inclusive=True) == (day + timedelta(days=1)).isoformat()
    # A month or a year ends after its last day either way.
    month, year = day.isoformat()[:7], day.isoformat()[:4]
    assert read(month, inclusive=True) == read(month)
    assert read(year, inclusive=True) == f"{day.year + 1}-01-01"


@given(text=st.from_regex(r"[0-9]{4}(-[0-9]{2}){0,2}", fullmatch=True))
def test_a_text_is_a_day_a_month_a_year_or_refused(text: str) -> None:
    year, *rest = (int(part) for part in text.split("-"))
    month, day = [*rest, 0, 0][:2]
    try:
        first = date(year, month or 1, day or 1)
        sound = not (day and not month)
    except ValueError:
        sound = False
    absent = re.fullmatch("0000-00-00", text) is not None
    if absent or not sound:
        try:
            assert read(text, "since") is None
            assert absent
        except NotAcceptedError:
            assert not absent
    else:
        assert read(text, "since") == first.isoformat()


def test_what_was_read_into_a_cell_is_noticed_with_its_place(desk: Desk) -> None:
    report, spans = told(
        desk, "2018-01-01,9999-12-31", "2018,2020-06", "2018-01-01,2999-12-31", "2020-01-01,2018-01-01",
        "2205-01-01,", "2020-01-01,2020-01-01", "2018-01-01,2020-01-01", "2030-01-01,2040-01-01",
    )  # fmt: skip
    assert spans[0] == spans[2] == ("2018-01-01", OPEN)
    assert spans[1] == ("2018-01-01", "2020-07-01")
    assert spans[3] == ("2020-01-01", "2018-01-01")
    assert noticed(report) == {
        "NOTICE_BOUND_PART": [3, 3],
        "NOTICE_BOUND_FILLER": [4],
        "NOTICE_SPAN_BACKWARDS": [5, 7],
        "NOTICE_BEGINS_FAR_AHEAD": [6],
    }
    assert report.accepted == 8
    for notice in report.notices:
        assert notice.message
        assert notice.remedy


def test_words_may_say_that_there_is_no_end(desk: Desk) -> None:
    until = '{column: until, words: {长期: "9999-12-31"}, inclusive: true}'
    report, spans = told(desk, "2018-01-01,长期", "2018-01-01,2019-12-31", until=until)
    assert spans == [("2018-01-01", OPEN), ("2018-01-01", "2020-01-01")]
    assert report.notices == []


def test_an_impossible_day_is_kept_in_quarantine(desk: Desk) -> None:
    report, _ = told(desk, "2018-02-30,", "2018-13,", "2018-01-01,2019-06-31")
    assert report.quarantined == 3
    fields = ((2, "since"), (3, "since"), (4, "until"))
    assert desk.reasons() == [(line, field, "ROW_FIELD_INVALID") for line, field in fields]


def test_only_an_end_can_be_inclusive(desk: Desk, fault: Faulty) -> None:
    for where, cells in (("since", {"since": INCLUSIVE, "until": "until"}), ("name", {})):
        manifest = GUARANTEES.format(**{"since": "since", "until": "until", **cells})
        if not cells:
            node = (
                "      - node: Enterprise\n        key: {local: guarantor}\n        set: {name: "
                + INCLUSIVE
                + "}\n"
            )
            manifest = manifest.replace("    mapping:\n", "    mapping:\n" + node)
        error = fault(partial(desk.load, manifest))
        assert error.code == "MANIFEST_FAULT"
        assert f"'inclusive' is for the last day of 'until', and not for '{where}'" in error.message()


def test_the_day_of_an_event_belongs_to_its_node(desk: Desk, fault: Faulty) -> None:
    error = fault(
        lambda: desk.load(
            "sources:\n  - name: bills\n    path: b.csv\n    channel: marketing\n    mapping:\n"
            "      - relation: BILLED\n        from: {Account: {accountNo: a}}\n        to: {Bill: {billNo: b}}\n"
            "        set: {since: day}\n"
        )
    )
    assert error.code == "MANIFEST_FAULT"
    assert "BILLED happens once and has no 'since'" in error.message()


def held(desk: Desk, rows: str, key: str = "") -> dict[str, list[int | None]]:
    desk.write("h.csv", "row,day,holder,company,part,pct,since,until\n" + rows)
    return noticed(desk.load(HOLDINGS.format(key=key)).sources[0])


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        ("1,2026-01-31,P,B,1,30,,\n2,2026-01-31,P,B,2,25,,\n3,2026-01-31,Q,B,1,45,,\n", [2, 3]),
        ("1,2026-01-31,P,B,1,30,,\n2,2026-01-31,P,B,2,30,,\n", [2, 3]),
        # The same holding at another time, or on the next day of a register, or a new version of its row.
        ("1,2026-01-31,P,B,1,30,2018-01-01,2020-01-01\n2,2026-01-31,P,B,2,25,2024-01-01,\n", []),
        ("1,2026-01-30,P,B,1,30,,\n2,2026-01-31,P,B,2,25,,\n", []),
        ("1,2026-01-31,P,B,1,30,,\n1,2026-01-31,P,B,2,30,,\n", []),
    ],
)
def test_a_second_row_for_a_holding_is_noticed_naming_both(desk: Desk, rows: str, lines: list[int]) -> None:
    assert held(desk, rows).get("NOTICE_HOLDING_AGAIN", []) == lines


@pytest.mark.parametrize(
    ("row", "lines"),
    [
        ("3,2026-01-31,P,B,,25,,", [2, 4]),
        # Another day, another time, the other two: nothing of the parts is left out unseen.
        ("3,2026-02-01,P,B,,25,,", []),
        ("3,2026-01-31,P,B,,25,,2020-01-01", [2, 4]),
        ("3,2026-01-31,Q,B,,25,,", []),
    ],
)
def test_a_holding_told_whole_beside_its_parts_is_noticed(desk: Desk, row: str, lines: list[int]) -> None:
    rows = f"1,2026-01-31,P,B,1,30,,\n2,2026-01-31,P,B,2,25,,\n{row}\n"
    found = held(desk, rows, "key: {partNo: part}")
    assert found == ({"NOTICE_HOLDING_MIXED": lines} if lines else {})
    keys = [relation.key for statements in desk.statements() for relation in statements.relations]
    assert keys == ["1", "2", ""]
