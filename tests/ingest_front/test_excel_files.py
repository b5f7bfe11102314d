"""Excel workbooks: a sheet is a table like any other."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pytest

from tests.loads import said

MANIFEST = """\
sources:
  - name: visits
    path: visits.xlsx
    channel: home-visit
    recordId: 单号
    observedAt: 2026-03-02
    mapping:
      - node: Customer
        key: {customerNo: 户号}
        set: {name: 姓名}
"""
HEADER = ["单号", "户号", "姓名"]
ROWS = [["V1", 4401000001, "陈建国"], ["V2", 4401000002, "李秀英"]]

TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(**sheets: list[list[object]]) -> bytes:
    """The least that is a workbook, with text written in place."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        entries = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets></workbook>',
        )
        links = "".join(
            f'<Relationship Id="s{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in range(1, len(sheets) + 1)
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'
        )
        for n, rows in enumerate(sheets.values(), 1):
            written = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            archive.writestr(
                f"xl/worksheets/sheet{n}.xml",
                f'<worksheet xmlns="{MAIN}"><sheetData>{written}</sheetData></worksheet>',
            )
    return packed.getvalue()


def cell(value: object) -> str:
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(value))}</t></is></c>' if value else "<c/>"


def test_a_sheet_is_read_with_its_numbers_whole(desk):
    desk.write("visits.xlsx", workbook(走访=[HEADER, *ROWS]))
    (report,) = desk.load(MANIFEST).sources
    assert (report.read, report.accepted, report.error, said(report)) == (2, 2, None, [])
    assert desk.names() == ["陈建国", "李秀英"]
    assert desk.records()[0].location == "visits.xlsx:2"


def test_blank_rows_are_none_and_a_row_beyond_the_header_is_quarantined(desk):
    desk.write("visits.xlsx", workbook(走访=[HEADER, ROWS[0], ["", "", ""], [*ROWS[1], "extra"]]))
    (report,) = desk.load(MANIFEST).sources
    assert (report.read, report.accepted, report.quarantined) == (2, 1, 1)


def test_other_sheets_are_named_and_table_chooses(desk):
    desk.write("visits.xlsx", workbook(说明=[["注"], ["无"]], 走访=[HEADER, *ROWS]))
    (report,) = desk.load(MANIFEST.replace("    channel:", "    table: 走访\n    channel:")).sources
    assert (report.accepted, said(report)) == (2, [])
    desk.write("visits.xlsx", workbook(走访=[HEADER, *ROWS], 说明=[["注"], ["无"]]))
    (report,) = desk.load(MANIFEST).sources
    assert "说明" in said(report)[0]
    (report,) = desk.load(MANIFEST.replace("    channel:", "    table: 没有\n    channel:")).sources
    assert (report.read, "走访, 说明" in report.error) == (0, True)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a workbook",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
        b"PK\x03\x04 cut",
        workbook(a=[["x"]])[:300],
    ],
)
def test_what_is_no_workbook_is_refused_as_a_whole(desk, content):
    desk.write("visits.xlsx", content)
    (report,) = desk.load(MANIFEST).sources
    assert report.read == 0
    assert report.error


def test_rows_above_the_header_are_left_out_when_asked(desk):
    desk.write("visits.xlsx", workbook(走访=[["走访清单"], [""], HEADER, *ROWS]))
    (report,) = desk.load(MANIFEST).sources
    assert "it has '走访清单'" in report.error
    assert "options: {skip: 1}" in report.error
    (report,) = desk.load(MANIFEST.replace("    channel:", "    options: {skip: 1}\n    channel:")).sources
    assert (report.accepted, desk.records()[0].location) == (2, "visits.xlsx:4")


@pytest.mark.parametrize("rows", [[], [HEADER], [[""], HEADER, ["", ""]]])
def test_a_sheet_without_rows_is_no_error(desk, rows):
    desk.write("visits.xlsx", workbook(走访=rows))
    (report,) = desk.load(MANIFEST).sources
    assert (report.read, report.error, said(report)) == (0, None, ["visits.xlsx, sheet '走访' has no rows."])


def test_merged_cells_are_noticed_and_their_rows_quarantined(desk):
    merged = workbook(走访=[HEADER, ROWS[0], ["V2", "", "李秀英"]])
    sheet = b'<mergeCells count="1"><mergeCell ref="B2:B3"/></mergeCells></worksheet>'
    with zipfile.ZipFile(BytesIO(merged)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"</worksheet>", sheet)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    desk.write("visits.xlsx", packed.getvalue())
    (report,) = desk.load(MANIFEST).sources
    assert (report.accepted, desk.reasons()) == (1, [(3, "户号", "ROW_KEY_MISSING")])
    assert "has 1 merged ranges of cells" in said(report)[0]


@pytest.mark.parametrize("header", [["单号", "户号", "户号"], ["单号", "", "姓名"]])
def test_a_repeated_or_blank_header_is_refused(desk, header):
    desk.write("visits.xlsx", workbook(走访=[header, *ROWS]))
    (report,) = desk.load(MANIFEST).sources
    assert report.read == 0
    assert "line 1" in report.error


def test_a_workbook_that_unpacks_to_far_more_than_it_is_is_stopped(desk):
    desk.write("visits.xlsx", workbook(走访=[HEADER, *ROWS, *([["x" * 30_000]] * 400)]))
    (report,) = desk.load(MANIFEST).sources
    assert report.read == 0
    assert "unpacks" in report.error
