"""What cells of a workbook show and hold, as one table: where which cell stands, and what must become of it.

``column`` says who uses the cell: a key, a text, money, energy, a share (``unit: percent``), a day, an instant, a time
of day. A cell is read as ``value``, or its row is refused with the code of a fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.workbooks import Cell, shown, workbook

MANIFEST: Final = """\
sources:
  - name: book
    path: book.xlsx
    channel: marketing
    recordId: id
    observedAt: 2026-01-31
    mapping:
      - node: Meter
        key: {meterNo: key}
        optional: true
      - node: Customer
        key: {local: id}
        set: {name: text}
      - node: Bill
        key: {local: id}
        set: {amount: money, energy: energy, issuedOn: day}
      - node: Interaction
        key: {local: id}
        set: {at: instant}
      - node: Technician
        key: {local: id}
        set: {shiftStart: shift}
      - relation: INVESTS_IN
        from: {Enterprise: {local: id}}
        to: {Enterprise: {local: {const: target}}}
        set: {share: {column: share, unit: percent}}
"""
COLUMNS: Final = ("id", "key", "text", "money", "energy", "share", "day", "instant", "shift")
PROPERTIES: Final = {
    "key": "meterNo", "text": "name", "money": "amount", "energy": "energy", "share": "share",
    "day": "issuedOn", "instant": "at", "shift": "shiftStart",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    """One cell. ``refused``: the code of the fault; ``from_1904``: of the workbook."""

    kind: str
    column: str
    cell: object
    value: object = None
    refused: str = ""
    from_1904: bool = False
    uncomputed: bool = False

    def __str__(self) -> str:
        return f"{self.kind}, {self.column}"


CODE: Final = shown(1234567, "000000000000")
MAY: Final = shown(45413, "yyyy-m")
CASES: Final = (
    # leading zeros and other characters that a format adds
    Case("leading zeros", "key", CODE, "000001234567"),
    Case("leading zeros", "text", CODE, "000001234567"),
    Case("leading zeros", "energy", CODE, 1234567.0),
    Case("leading zeros", "money", CODE, 123456700),
    Case("more digits than zeros", "key", shown(1234567, "000"), "1234567"),
    Case("a dash between digits", "key", shown(123456, "0000-0000"), "0012-3456"),
    Case("a word before digits", "key", shown(12, '"NO."0000'), "NO.0012"),
    Case("a word behind digits", "text", shown(12, '0"号楼"'), "12号楼"),
    Case("a word behind digits", "energy", shown(12, '0" kWh"'), 12.0),
    Case("an escaped letter", "key", shown(7, "\\M000"), "M007"),
    Case("a format for short numbers", "key", shown(5551234, "[<=9999999]000-0000;(000) 000-0000"), "555-1234"),
    Case("the other half of it", "key", shown(2125551234, "[<=9999999]000-0000;(000) 000-0000"), "(212) 555-1234"),
    Case("a colour before zeros", "key", shown(42, "[Red]00000"), "00042"),
    Case("a language before zeros", "key", shown(42, "[$-804]00000;@"), "00042"),
    Case("zeros that would round", "key", shown(1234.5, "00000"), "1234.5"),
    Case("zeros and decimals", "key", shown(1.5, "00.00"), "01.50"),
    Case("text format", "key", shown(1234567, "@"), "1234567"),
    Case("text format", "key", shown(1234567, 49), "1234567"),
    # how a number looks is not which one it is
    Case("thousands", "key", shown(1234567, "#,##0"), "1234567"),
    Case("thousands and decimals", "money", shown(1234.5, "#,##0.00"), 123450),
    Case("thousands and decimals", "key", shown(1234567, 4), "1234567"),
    Case("accounting", "money", shown(1234.5, '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'), 123450),
    Case("accounting nought", "money", shown(0, '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)'), 0),
    Case("currency", "money", shown(12, '[$¥-804]#,##0.00;[Red]-[$¥-804]#,##0.00'), 1200),
    Case("ten thousands", "text", shown(123456, '0\\.0,"万"'), "123456"),
    Case("thousands only", "text", shown(123456, '00,"k"'), "123456"),
    Case("zeros and thousands", "key", shown(1234, "000,000"), "001,234"),
    Case("zeros and blanks", "key", shown(13800138000, "000\\ 0000\\ 0000"), "138 0013 8000"),
    Case("fraction", "energy", shown(0.5, "# ?/?"), 0.5),
    Case("scientific", "energy", shown(123000, "0.00E+00"), 123000.0),
    Case("scientific", "key", shown(4401000001, "0.00E+00"), "4401000001"),
    Case("a negative in brackets", "energy", shown(-5, "0_);(0)"), -5.0),
    Case("general", "key", 4401000001, "4401000001"),
    # percent
    Case("percent", "share", shown(0.35, "0.00%"), 0.35),
    Case("percent", "share", shown(0.35, 9), 0.35),
    Case("percent with more digits than shown", "share", shown(0.12345, "0%"), 0.12345),
    Case("percent in words", "share", "35%", 0.35),
    Case("percent as a number", "share", 35, 0.35),
    Case("percent sign as text", "share", shown(35, '0"%"'), 0.35),
    Case("percent", "energy", shown(0.35, "0%"), 0.35),
    Case("percent", "text", shown(0.35, "0.0%"), "35.0%"),
    # dates
    Case("date", "day", shown(45413, 14), "2024-05-01"),
    Case("date", "day", shown(45413, '[$-804]yyyy"年"m"月"d"日";@'), "2024-05-01"),
    Case("date", "day", shown(45413, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy"), "2024-05-01"),
    Case("month", "day", shown(45413, 27), "2024-05-01"),
    Case("date and time", "instant", shown(45413.5, "yyyy/m/d h:mm"), "2024-05-01T04:00:00Z"),
    Case("date", "key", MAY, refused="ROW_CELL_DATE"),
    Case("date", "text", MAY, refused="ROW_CELL_DATE"),
    Case("date", "money", MAY, refused="ROW_CELL_DATE"),
    Case("date", "energy", MAY, refused="ROW_CELL_DATE"),
    Case("date", "share", shown(45413, "m/d/yyyy"), refused="ROW_CELL_DATE"),
    Case("date of a colour", "key", shown(45413, "[Red]d-mmm"), refused="ROW_CELL_DATE"),
    Case("second day of 1900", "day", shown(2, 14), "1900-01-02"),
    Case("28 February 1900", "day", shown(59, 14), "1900-02-28"),
    Case("29 February 1900", "day", shown(60, 14), refused="ROW_CELL_NO_DATE"),
    Case("1 March 1900", "day", shown(61, 14), "1900-03-01"),
    Case("a late day", "day", shown(2958100, 14), "9998-12-31"),
    Case("after the last day", "day", shown(2958466, 14), refused="ROW_CELL_NO_DATE"),
    Case("before the first day", "day", shown(-1, 14), refused="ROW_CELL_NO_DATE"),
    Case("nought as a date", "day", shown(0, 14), refused="ROW_CELL_NO_DATE"),
    Case("a number in a format of dates", "key", shown(4401000001, 14), refused="ROW_CELL_NO_DATE"),
    Case("1904", "day", shown(43951, 14), "2024-05-01", from_1904=True),
    Case("1904, first day", "day", shown(0, 14), "1904-01-01", from_1904=True),
    Case("a date in ISO form", "day", Cell("2024-05-01T00:00:00", 14, type="d"), "2024-05-01"),
    Case("a number of days", "day", 45413, refused="ROW_FIELD_INVALID"),
    # times of day and durations
    Case("time", "shift", shown(0.3541666666666667, "h:mm"), "08:30"),
    Case("time", "shift", shown(0.3541666666666667, 18), "08:30"),
    Case("time", "shift", shown(0.3541666666666667, '上午/下午h"时"mm"分"'), "08:30"),
    Case("midnight", "shift", shown(0, 20), "00:00"),
    Case("time with seconds", "text", shown(0.3542245370370370, "hh:mm:ss"), "08:30:05"),
    Case("time of day 0", "shift", shown(0.3541666666666667, "yyyy/m/d h:mm"), "08:30"),
    Case("time of a date", "shift", shown(45413.3541666666667, "h:mm"), "08:30"),
    Case("time of a date", "instant", shown(45413.3541666666667, "h:mm"), "2024-05-01T00:30:00Z"),
    Case("time", "energy", shown(0.5, "h:mm"), refused="ROW_FIELD_INVALID"),
    Case("time", "day", shown(0.5, "h:mm"), refused="ROW_FIELD_INVALID"),
    Case("time, 1904", "shift", shown(0.3541666666666667, "h:mm"), "08:30", from_1904=True),
    Case("hours beyond a day", "text", shown(1.5, "[h]:mm"), "36:00"),
    Case("hours beyond a day", "energy", shown(1.5, "[h]:mm:ss"), refused="ROW_FIELD_INVALID"),
    Case("hours within a day", "shift", shown(0.3541666666666667, "[h]:mm"), "08:30"),
    # digits
    Case("float", "money", Cell("33.150000000000006", formula="B2*0.5"), 3315),
    Case("float", "money", Cell("57.300000000000004"), 5730),
    Case("float that is whole", "key", Cell("42.000000000000007"), "42"),
    Case("22 digits", "key", Cell("1.3300090000012999E+21"), refused="ROW_DIGITS_LOST"),
    Case("18 digits", "key", Cell("370203199001011200"), refused="ROW_DIGITS_LOST"),
    Case("16 digits, the last lost", "key", Cell("4401000001000010"), refused="ROW_DIGITS_LOST"),
    Case("16 digits, all there", "key", Cell("4401000001000017"), "4401000001000017"),
    Case("22 digits in a format", "key", shown("1.3300090000012999E+21", "0"), refused="ROW_DIGITS_LOST"),
    Case("18 digits as text", "key", "370203199001011000", "370203199001011000"),
    # errors, and formulas that nobody has computed
    *(
        Case(f"error {error}", column, Cell(error, formula="A1", type="e"), refused="ROW_CELL_ERROR")
        for error in ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!")
        for column in ("key", "money", "day")
    ),
    Case("formula without value", "money", Cell(formula="D2*E2"), refused="ROW_FORMULA_EMPTY"),
    Case("formula with an empty value", "money", Cell("", formula="D2*E2"), refused="ROW_FORMULA_EMPTY"),
    Case("formula without value", "key", Cell(formula="D2&E2", type="str"), refused="ROW_FORMULA_EMPTY"),
    Case("formula without value", "shift", Cell(formula="D2", format=20), refused="ROW_FORMULA_EMPTY"),
    Case("formula left to Excel", "money", Cell("0", formula="D2*E2"), refused="ROW_FORMULA_EMPTY", uncomputed=True),
    Case("formula with a value", "money", Cell("12.5", formula="D2*E2"), 1250, uncomputed=True),
    Case("formula that is nought", "money", Cell("0", formula="D2*E2"), 0),
    Case("formula of text", "text", Cell("AB", formula='"A"&"B"', type="str"), "AB"),
    Case("formula of no text", "text", Cell("", formula='""', type="str"), None),
    Case("shared formula", "money", Cell(xml='<f t="shared" ref="D2:D9" si="0">A2*2</f><v>4</v>'), 400),
    Case("rest of a shared formula", "money", Cell(xml='<f t="shared" si="0"/><v>4</v>'), 400),
    # texts
    Case("rich text", "text", Cell(type="inlineStr", xml="<is><r><t>威</t></r><r><t>胜</t></r></is>"), "威胜"),
    Case("text with its sound", "text",
         Cell(type="inlineStr", xml='<is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is>'), "東京"),
    Case("a character by its number", "text", Cell("A_x0042_C", type="str"), "ABC"),
    Case("text", "text", "#N/A as text", "#N/A as text"),
    Case("yes", "text", True, "true"),
    Case("a blank cell with a format", "text", Cell(format="0.00%"), None),
)  # fmt: skip


def book_of(case: Case) -> bytes:
    """A workbook of one row in which the cell stands."""
    row = ["R1", *(case.cell if name == case.column else None for name in COLUMNS[1:])]
    return workbook({"表": [COLUMNS, row]}, from_1904=case.from_1904, uncomputed=case.uncomputed)


MENDED: Final = {
    "key": ("2024-5", "2024-5"), "text": ("2024-5", "2024-5"), "money": (12.5, 1250), "energy": (3, 3.0),
    "share": ("35%", 0.35), "day": (Cell("45413", 14), "2024-05-01"), "shift": ("08:30", "08:30"),
}  # fmt: skip
"""Column -> a cell that it takes, and its value."""
