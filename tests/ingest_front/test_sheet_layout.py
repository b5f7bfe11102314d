"""Where the table lies in a sheet: names in one row or several, rows above and below, hidden rows and sheets."""

from __future__ import annotations

import pytest

from ingest.loads.load import load as load_manifest
from tests.loads import said
from tests.workbooks import Cell, workbook

MANIFEST = """\
sources:
  - name: visits
    path: visits.xlsx
    channel: home-visit
    recordId: {id}
    observedAt: 2026-03-02
    options: {options}
    mapping:
      - node: Customer
        key: {{customerNo: {number}}}
        set: {{name: {name}}}
"""
HEADER = ["单号", "户号", "姓名"]
ROWS = [["V1", 4401000001, "陈建国"], ["V2", 4401000002, "李秀英"]]


def load(desk, content: bytes, options: str = "{}", names: tuple[str, str, str] = ("单号", "户号", "姓名")):
    desk.write("visits.xlsx", content)
    id_, number, name = (f"'{one}'" for one in names)
    return desk.load(MANIFEST.format(options=options, id=id_, number=number, name=name)).sources[0]


def test_two_rows_of_names_are_joined_and_a_merged_one_is_that_of_its_columns(desk):
    rows = [["清单"], ["单号", "客户", ""], ["", "户号", "姓名"], *ROWS]
    book = workbook({"走访": rows}, merged=["A2:A3", "B2:C2"])
    report = load(desk, book, "{header: [2, 3]}", ("单号", "客户 户号", "客户 姓名"))
    assert (report.error, report.accepted, desk.names()) == (None, 2, ["陈建国", "李秀英"])
    assert desk.records()[0].location == "visits.xlsx:4"


def test_a_group_goes_on_to_the_next_name_where_nothing_is_merged(desk):
    rows = [["单号", "客户", ""], ["", "户号", "姓名"], *ROWS]
    report = load(desk, workbook({"走访": rows}), "{header: [1, 2]}", ("单号", "客户 户号", "客户 姓名"))
    assert (report.error, report.accepted) == (None, 2)


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ([["清单"], HEADER, *ROWS], "{header: 2}"),
        ([["清单"], ["2026"], HEADER, *ROWS], "{skip: 2}"),
        (ROWS, "{columns: [单号, 户号, 姓名]}"),
        ([["清单"], *ROWS], "{columns: [单号, 户号, 姓名], skip: 1}"),
        ([["no", "customer", "name"], *ROWS], "{columns: [单号, 户号, 姓名], header: 1}"),
        ([HEADER, *ROWS, ["合计", 2, ""]], "{footer: 1}"),
        ([HEADER, *ROWS, [], ["合计", 2], ["制表：王"]], "{footer: 2}"),
        ([HEADER, *ROWS, *([[]] * 5), [" "]], "{}"),
    ],
)
def test_rows_around_the_table_are_left_out_as_the_options_say(desk, rows, options):
    report = load(desk, workbook({"走访": rows}), options)
    assert (report.error, report.read, report.accepted) == (None, 2, 2)
    assert desk.names() == ["陈建国", "李秀英"]


def test_a_footer_is_counted_as_left_out(desk):
    report = load(desk, workbook({"走访": [HEADER, *ROWS, ["合计", 2], ["制表"]]}), "{footer: 2}")
    assert [(one.code, one.count) for one in report.left_out] == [("LEFT_OUT_FOOTER", 2)]
    assert report.left_out[0].reason == (
        "rows at the end of the sheet, as `footer` says (first in visits.xlsx, sheet '走访', line 4): 2"
    )


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("{header: 0}", "the number of a row is expected"),
        ("{header: [2, 1]}", "ascending"),
        ("{header: 1, skip: 1}", "give `header` or `skip`, not both"),
        ("{footer: -1}", "a whole number from 0 to 1000 is expected"),
        ("{columns: [a, a]}", "each of them once"),
        ("{columns: a}", "a list of names is expected"),
    ],
)
def test_options_that_cannot_be_are_refused(desk, options, reason):
    report = load(desk, workbook({"走访": [HEADER, *ROWS]}), options)
    assert (report.read, reason in report.error) == (0, True)


def test_hidden_rows_are_read_and_noticed(desk):
    report = load(desk, workbook({"走访": [HEADER, *ROWS]}, hidden_rows=[3]))
    assert report.accepted == 2
    assert said(report) == [
        "visits.xlsx, sheet '走访': 1 hidden row was read like the others (first in line 3)."
    ]
    assert [(place.line, place.sheet) for place in report.notices[0].places] == [(3, "走访")]


def test_a_hidden_sheet_is_not_chosen_unless_it_is_named(desk):
    book = workbook({"旧": [["x"]], "走访": [HEADER, *ROWS]}, hidden=["旧"])
    report = load(desk, book)
    assert report.accepted == 2
    assert said(report) == ["visits.xlsx: sheet '走访' was read; 旧 are hidden and were not."]
    book = workbook({"说明": [["x"]], "走访": [HEADER, *ROWS]}, hidden=["走访"])
    desk.write("visits.xlsx", book)
    manifest = MANIFEST.format(options="{}", id="单号", number="户号", name="姓名")
    (report,) = desk.load(manifest.replace("    channel:", "    table: 走访\n    channel:")).sources
    assert (report.duplicate, said(report)) == (2, [])


def test_a_workbook_of_hidden_sheets_says_which_there_are(desk):
    report = load(desk, workbook({"走访": [HEADER, *ROWS]}, hidden=["走访"]))
    assert "it has no visible sheet; hidden are: 走访" in report.error


def test_a_cell_beyond_the_names_is_quarantined_with_its_place(desk):
    report = load(desk, workbook({"走访": [HEADER, ROWS[0], [*ROWS[1], "", "extra"]]}))
    assert (report.accepted, desk.reasons()) == (1, [(3, "", "ROW_BEYOND_HEADER")])
    (row,) = desk.refused()
    assert (row.details["cell"], row.details["found"], row.raw[""]) == ("E3", "extra", ["extra"])


def test_blank_cells_beyond_the_names_are_nothing(desk):
    report = load(desk, workbook({"走访": [HEADER, [*ROWS[0], " "], [*ROWS[1], Cell(format="0.00")]]}))
    assert (report.accepted, report.quarantined) == (2, 0)


def test_what_is_wrong_with_a_workbook_is_said_in_both_languages(desk):
    desk.write("visits.xlsx", workbook({"走访": [HEADER, *ROWS]}, hidden=["走访"]))
    manifest = MANIFEST.format(options="{}", id="单号", number="户号", name="姓名")
    (report,) = load_manifest(desk.ledger, desk.write("m.yaml", manifest), lang="zh").sources
    assert "其中没有可见的工作表；隐藏的有：走访（可用 `table` 指定其一）。" in report.error
