"""Bad cells, a part of the table of bad input (:mod:`tests.ingest_front.bad_input`).

Each case is one column of a small table, one row a cell: what each cell is taken for, what is noticed or refused, and
the remedy as whoever reads it follows it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Final

from tests.ingest_front.bad_case import Case, Mended

REFUSED: Final = "(the row is quarantined)"
CONTRACT: Final = (
    "relation: GUARANTEES\n"
    "        from: {{Enterprise: {{local: {{const: A}}}}}}\n        to: {{Enterprise: {{local: {{const: B}}}}}}\n"
    "        key: {{contractNo: {key}}}\n        set: {set}"
)
ENTRIES: Final = {
    "meter": ("Meter.meterNo", "node: Meter\n        key: {{meterNo: {}}}\n        optional: true"),
    "meter of every row": ("Meter.meterNo", "node: Meter\n        key: {{meterNo: {}}}"),
    "person": ("Person", "node: Person\n        key: {{idNumber: {}}}\n        optional: true"),
    "firm": ("Enterprise.creditCode", "node: Enterprise\n        key: {{creditCode: {}}}\n        optional: true"),
    "account": ("Account.accountNo", "node: Account\n        key: {{accountNo: {}}}\n        optional: true"),
    "name": ("Customer.name", "node: Customer\n        key: {{local: id}}\n        set: {{name: {}}}"),
    "phone": ("Customer.phone", "node: Customer\n        key: {{local: id}}\n        set: {{phone: {}}}"),
    "address": (
        "Address.text",
        "node: Customer\n        key: {{local: id}}\n      - relation: LIVES_AT\n"
        "        from: {{Customer: {{local: id}}}}\n        to: {{Address: {{text: {}}}}}",
    ),
    "energy": ("Bill.energy", "node: Bill\n        key: {{local: id}}\n        set: {{energy: {}}}"),
    "amount": ("Bill.amount", "node: Bill\n        key: {{local: id}}\n        set: {{amount: {}}}"),
    "share": (
        "INVESTS_IN.share",
        "relation: INVESTS_IN\n        from: {{Enterprise: {{local: id}}}}\n"
        "        to: {{Enterprise: {{local: {{const: C}}}}}}\n        set: {{share: {}}}",
    ),
    "born": ("Person.birthDate", "node: Person\n        key: {{local: id}}\n        set: {{birthDate: {}}}"),
    "founded": ("Enterprise.foundedOn", "node: Enterprise\n        key: {{local: id}}\n        set: {{foundedOn: {}}}"),
    "starts": ("Outage.startsAt", "node: Outage\n        key: {{outageNo: id}}\n        set: {{startsAt: {}}}"),
    "contract": ("GUARANTEES.contractNo", CONTRACT.replace("{key}", "{}").replace(" {set}", " {{amount: id}}")),
    "since": ("GUARANTEES.since", CONTRACT.replace("{key}", "id").replace("{set}", "{{since: {}}}")),
    "until": ("GUARANTEES.until", CONTRACT.replace("{key}", "id").replace("{set}", "{{until: {}}}")),
}  # fmt: skip
"""Who uses the column -> what is told of it, and the entry of the mapping (``{}``: the column)."""


def table(cells: Sequence[object], form: str = "csv") -> bytes:
    """A file of rows 1, 2, ... with a base column ``id`` and the cells in the column ``cell``."""
    rows = [{"id": str(number), "cell": cell} for number, cell in enumerate(cells, start=1)]
    if form != "csv":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    out = io.StringIO()
    writer = csv.DictWriter(out, ("id", "cell"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def entry(column: str, said: str = "cell") -> str:
    """The mapping for a column; ``said``: what it says of the cell."""
    return f"      - {ENTRIES[column][1].format(said)}\n" + (
        "      - {node: Customer, key: {local: id}}\n" if "optional" in ENTRIES[column][1] else ""
    )


def told_of(column: str, values: Sequence[object]) -> Mapping[str, Mapping[str, object]]:
    """What the rows say of a column; nothing of those that are refused."""
    name = ENTRIES[column][0]
    return {str(n): {name: value} for n, value in enumerate(values, start=1) if value is not REFUSED}


def remedy(
    says: str,
    column: str,
    values: Sequence[object],
    cells: Sequence[object] | None = None,
    *,
    form: str = "csv",
    said: str | None = None,
    stated: str | None = None,
    by_hand: str | None = None,
    left: Sequence[str] = (),
) -> Mended:
    """What the remedy makes of a case of :func:`cell`: other cells, or other words about them."""
    return Mended(
        says,
        None if cells is None else table(cells, form),
        None if stated is None else f"{STATED}\n{stated}".strip(),
        None if said is None else entry(column, said),
        by_hand={} if by_hand is None else {"cell": by_hand},
        told=told_of(column, values),
        left=tuple(left),
    )


STATED: Final = "recordId: id\nobservedAt: 2026-01-31"


def cell(
    item: int,
    kind: str,
    column: str,
    cells: Sequence[object],
    values: Sequence[object],
    *told: str | Mended,
    lines: Sequence[int] | None = None,
    noticed: Mapping[str, Sequence[int]] | None = None,
    form: str = "csv",
    said: str = "cell",
    stated: str = "",
) -> Case:
    """A column of cells: what each row says of it.

    ``told``: the code of the notice or of the faults, and the remedy, where there are such.
    ``lines``: those that the notice names; without it all rows. ``noticed``: further notices with their lines.
    """
    code = next((one for one in told if isinstance(one, str)), "")
    mended = next((one for one in told if isinstance(one, Mended)), None)
    first = 1 if form != "csv" else 2
    refused = [n for n, value in enumerate(values, start=first) if value is REFUSED]
    named = range(first, first + len(cells)) if lines is None else lines
    return Case(
        item,
        f"{kind.replace(' ', '-')}.{'csv' if form == 'csv' else 'jsonl'}",
        table(cells, form),
        len(cells) - len(refused),
        tuple((line, "cell", code) for line in refused),
        told=told_of(column, values),
        noticed={
            **({code: tuple(named)} if code.startswith("NOTICE_") else {}),
            **{notice: tuple(where) for notice, where in (noticed or {}).items()},
        },
        stated=f"{STATED}\n{stated}".strip(),
        mapping=entry(column, said),
        mended=mended,
        alone=True,
    )


_PERSON, _OTHER = "11010519491231002X", "440524188001010014"
_FIRM, _WRONG_FIRM = "91350100M000100Y43", "91350100M000100Y44"
_LONG = "3301234567890123456789"
_LOST = "陈\ufffd\ufffd"
_WIDE = "\uff1f" * 3 + "8" + "\uff1f" * 2
_FILLED = ("0000000", "1234567890")


def _misread(text: str, encoding: str) -> str:
    """A text in UTF-8 as it looks where it is read in another encoding; a byte that is none is a question mark."""
    return text.encode().decode(encoding, "replace").replace("\ufffd", "?")


ABSENT: Final = (
    cell(78, "words that say nothing", "phone",
         ("NULL", "\\N", "N/A", "nan", "none", "无", "不详", "未知", "暂无", "——"), (None,) * 10),
    cell(78, "more words that say nothing", "phone",
         ("同上", "（不详）", "【无】", "无。", "-none-", "(blank)", "未采集", "无电话", "待核实", "NONE."),
         (None,) * 10),
    cell(78, "memory that nobody filled", "name", ("烫烫烫", "屯屯屯屯", "张烫"), (None, None, "张烫")),
    cell(78, "a name of a trial", "name", ("测试用户1", "TEST", "测试仪器厂", "Testa"),
         ("测试用户1", "TEST", "测试仪器厂", "Testa"), "NOTICE_TRIAL_NAME",
         remedy("loads withdraw", "name", ("测试仪器厂", "Testa"), ("测试仪器厂", "Testa")), lines=(2, 3)),
    cell(78, "words of other programs", "phone",
         ("<NA>", "#NV", "#N/D", "'NULL'", '"NULL"', "<blank>", "未填寫", "無資料", "空值", "保密"), (None,) * 10),
    cell(78, "words that say more", "name", ("无锡（不详）", "同上海", "None-Such", "Blank GmbH"),
         ("无锡（不详）", "同上海", "None-Such", "Blank GmbH")),
    cell(78, "a word as value", "name", ("暂无", "无锡", "None Such"), (None, "无锡", "None Such")),
    cell(78, "a word as optional key", "firm", ("NULL", _FIRM), (None, _FIRM)),
    cell(78, "a word as key", "meter of every row", ("NULL", "M2"), (REFUSED, "M2"), "ROW_KEY_SAYS_NOTHING",
         remedy("Fill in the true key", "meter of every row", ("M1", "M2"), ("M1", "M2"))),
    cell(78, "a word as key of some", "meter of every row", ("N/A", "M2"), (REFUSED, "M2"), "ROW_KEY_SAYS_NOTHING",
         remedy("set `optional: true`", "meter", (None, "M2"), said="cell")),
    cell(78, "a word that is meant", "meter of every row", ("None", "M2"), (REFUSED, "M2"), "ROW_KEY_SAYS_NOTHING",
         remedy("give it as `words:`", "meter of every row", ("None", "M2"),
                said="{column: cell, words: {None: None}}")),
    cell(78, "words of a manifest", "phone", ("-999", "缺", "95598"), (None, None, "95598"),
         stated="absent: [缺, -999]"),
    cell(78, "filler telephone numbers", "phone", (*_FILLED, "13800138000"), (None, None, "13800138000"),
         "NOTICE_FILLER_NUMBER",
         remedy("fill in the true numbers", "phone", ("13800138001", "95598", "13800138000"),
                ("13800138001", "95598", "13800138000")), lines=(2, 3)),
    cell(78, "fillers behind a code", "phone",
         ("008600000000000", "+86 111-1111-1111", "8600000000000", "010-00000000", "0755-88880000"),
         (*(None,) * 4, "0755-88880000"), "NOTICE_FILLER_NUMBER",
         remedy("fill in the true numbers", "phone", ("95598",) * 5, ("95598",) * 5), lines=range(2, 6)),
    cell(78, "a filler that is meant", "phone", ("7777777",), (None,), "NOTICE_FILLER_NUMBER",
         remedy("give it as `words:`", "phone", ("7777777",), said="{column: cell, words: {'7777777': '7777777'}}")),
    cell(78, "filler identity numbers", "person", ("000000000000000000", _PERSON), (None, "known"),
         "NOTICE_FILLER_NUMBER",
         remedy("fill in the true numbers", "person", ("known", "known"), (_OTHER, _PERSON)), lines=(2,)),
    cell(78, "filler credit codes", "firm", ("111111111111111111", _FIRM), (None, _FIRM), "NOTICE_FILLER_NUMBER",
         remedy("fill in the true numbers", "firm", (_FIRM, _FIRM), (_FIRM, _FIRM)), lines=(2,)),
    cell(78, "digits that are no code", "amount", ("0000000", "1111111"), (0, 111_111_100)),
    cell(79, "characters lost", "name", (_LOST, "李秀英"), (REFUSED, "李秀英"), "ROW_CHARACTERS_LOST",
         remedy("Export the file again", "name", ("陈建国", "李秀英"), ("陈建国", "李秀英"))),
    cell(79, "characters given back by hand", "name", (_LOST, "李秀英"), (REFUSED, "李秀英"), "ROW_CHARACTERS_LOST",
         remedy("--set 'cell=...'", "name", ("陈建国", "李秀英"), by_hand="陈建国")),
    cell(79, "question marks for letters", "address", ("???8??", "锟斤拷8", "体育东路8号"), (None, None, "体育东路8号"),
         "NOTICE_LETTERS_LOST",
         remedy("Export the file again", "address", ("东大街8号", "西街8号", "体育东路8号"),
                ("东大街8号", "西街8号", "体育东路8号")), lines=(2, 3)),
    cell(79, "wide question marks for letters", "address", (_WIDE, f"体育东路8号{_WIDE[0]}"),
         (None, f"体育东路8号{_WIDE[0]}"),
         "NOTICE_LETTERS_LOST",
         remedy("Export the file again", "address", ("东大街8号", "体育东路8号"), ("东大街8号", "体育东路8号")),
         lines=(2,)),
    *(cell(79, f"Chinese read in {encoding}", "address",
           (_misread("广州市天河区1号", encoding), "浙江路1号", "École 1"),
           (None, "浙江路1号", "École 1"), "NOTICE_LETTERS_LOST",
           remedy("Export the file again", "address", ("东大街8号", "浙江路1号", "École 1"),
                  ("东大街8号", "浙江路1号", "École 1")), lines=(2,)) for encoding in ("cp1252", "gbk")),
    cell(79, "letters of Europe read in Latin-1", "name", ("MÃ¼ller", "Ã‰cole", "École"),
         ("MÃ¼ller", "Ã‰cole", "École"), "NOTICE_LETTERS_LOST",
         remedy("Export the file again", "name", ("Müller", "École", "École"), ("Müller", "École", "École")),
         lines=(2, 3)),
    cell(79, "a lost character in HTML", "name", ("&#65533;建国",), ("&#65533;建国",), "NOTICE_LETTERS_LOST",
         remedy("Export the file again", "name", ("陈建国",), ("陈建国",))),
    cell(79, "question marks in a name", "name", ("???",), ("???",), "NOTICE_LETTERS_LOST",
         remedy("Export the file again", "name", ("陈建国",), ("陈建国",))),
    cell(80, "check digit of identity numbers", "person", ("110105194912310021", _PERSON), ("known", "known"),
         "NOTICE_CHECK_DIGIT",
         remedy("Correct them at the source", "person", ("known", "known"), (_PERSON, _PERSON)), lines=(2,)),
    cell(80, "check digit of credit codes", "firm", (_WRONG_FIRM, _FIRM), (_WRONG_FIRM, _FIRM), "NOTICE_CHECK_DIGIT",
         remedy("Correct them at the source", "firm", (_FIRM, _FIRM), (_FIRM, _FIRM)), lines=(2,)),
    cell(80, "strict keys", "firm", (_WRONG_FIRM, _FIRM), (REFUSED, _FIRM), "ROW_CHECK_DIGIT",
         remedy("Correct the number", "firm", (_FIRM, _FIRM), (_FIRM, _FIRM)), stated="strictKeys: true"),
    cell(80, "strict keys taken back", "firm", (_WRONG_FIRM, _FIRM), (REFUSED, _FIRM), "ROW_CHECK_DIGIT",
         remedy("without `strictKeys: true`", "firm", (_WRONG_FIRM, _FIRM), stated=""), stated="strictKeys: true"),
)  # fmt: skip

CODES: Final = (
    cell(81, "what spreadsheets put around codes", "meter", ('="00123"', "'00124", "1.33001E+5", "0125"),
         ("00123", "00124", "133001", "0125")),
    cell(81, "a code as formula", "meter", ("=00125", '=T("00126")', '="00127"&""', '="0""1"', '"00128"', "=A1"),
         ("00125", "00126", "00127", '0"1', "00128", "=A1")),
    cell(79, "memory that nobody filled as key", "meter", ("烫烫烫", "M2屯屯屯"), (None, None), "NOTICE_LETTERS_LOST",
         remedy("Export the file again", "meter", ("M1", "M2"), ("M1", "M2"))),
    cell(81, "scientific notation as spreadsheets write", "meter", ("1.33001E+21", "1.38E+10", _LONG),
         (REFUSED, REFUSED, _LONG), "ROW_DIGITS_LOST",
         remedy("Format the column as text", "meter", ("1330010000000000000001", "13812345678", _LONG),
                ("1330010000000000000001", "13812345678", _LONG))),
    cell(81, "scientific notation with a comma", "meter", ("1,33001E+21", "1,33001E+5", _LONG),
         (REFUSED, "133001", _LONG),
         "ROW_DIGITS_LOST",
         remedy("Format the column as text", "meter", ("1330010000000000000001", "133001", _LONG),
                ("1330010000000000000001", "133001", _LONG))),
    cell(81, "a code in groups of three", "meter", ("1,234,567", "1,2", "A,123"), ("1234567", "1,2", "A,123")),
    cell(81, "a column that was too narrow", "meter", ("########", "#1"), (REFUSED, "#1"), "ROW_DIGITS_LOST",
         remedy("Format the column as text", "meter", ("M1", "#1"), ("M1", "#1"))),
    cell(81, "an error of a spreadsheet in a code", "meter", ("#REF!", "M2"), (REFUSED, "M2"), "ROW_CELL_ERROR",
         remedy("Correct the formula", "meter", ("M1", "M2"), ("M1", "M2"))),
    cell(81, "an error of a spreadsheet in a text", "name", ("#NAME?", "#1"), (REFUSED, "#1"), "ROW_CELL_ERROR",
         remedy("--set 'cell=...'", "name", ("陈建国", "#1"), by_hand="陈建国")),
    cell(81, "codes that became dates", "contract", ("24-May", "Mar-07", "5月24日", "2024-5", "May-Day"),
         ("24-May", "Mar-07", "5月24日", "2024-5", "May-Day"), "NOTICE_CODE_LIKE_DATE",
         remedy("loads withdraw", "contract", ("5-24", "3-07", "5-24A", "2024-5", "May-Day"),
                ("5-24", "3-07", "5-24A", "2024-5", "May-Day")), lines=(2, 3, 4)),
    cell(81, "a lost number given by hand", "meter", ("1.33001E+21",), (REFUSED,), "ROW_DIGITS_LOST",
         remedy("--set 'cell=...'", "meter", ("1330010000000000000001",), by_hand="1330010000000000000001")),
    cell(81, "scientific notation in telephones", "phone", ("1.38E+10",), (REFUSED,), "ROW_DIGITS_LOST",
         remedy("Format the column as text", "phone", ("13812345678",), ("13812345678",))),
    cell(81, "scientific notation in contracts", "contract", ("1.33001E+21", "00123"), (REFUSED, "00123"),
         "ROW_DIGITS_LOST", remedy("Format the column as text", "contract", ("HT-1", "00123"), ("HT-1", "00123"))),
    cell(81, "scientific notation as programs write", "meter", ("1.33E+5", "133001"), ("133000", "133001"),
         "NOTICE_ZEROS_FILLED", remedy("export it again", "meter", ("133002", "133001"), ("133002", "133001")),
         lines=(2,)),
    cell(81, "eighteen digits that end in zeros", "meter", ("370203199001011000",), ("370203199001011000",)),
    cell(81, "number cells", "meter", (1001, 1001.5, 370203199001011234), ("1001", "1001.5", "370203199001011234"),
         form="jsonl"),
    cell(81, "number cells beyond fifteen digits", "meter", (1.33001e21, "M2"), (REFUSED, "M2"), "ROW_DIGITS_LOST",
         remedy("Format the column as text", "meter", ("1330010000000000000001", "M2"),
                ("1330010000000000000001", "M2"), form="jsonl"), form="jsonl"),
    cell(81, "codes that were floats", "account", ("70010001.0", "", "70010002.0"), ("70010001", None, "70010002")),
    cell(81, "codes with two decimals", "account", ("70010001.00", "", "70010002.00"), ("70010001", None, "70010002")),
    cell(81, "codes of which one was a float", "account", ("70010001.0", "A-1"), ("70010001.0", "A-1")),
)  # fmt: skip

NUMBERS: Final = (
    cell(82, "a decimal comma by its column", "energy", ("0,125", "412,750"), (0.125, 412.75)),
    cell(82, "a decimal point by its column", "energy", ("412,750", "1,234.56"), (412750.0, 1234.56)),
    cell(82, "an undecided column", "energy", ("412,750", "38,200", "7"), (412750.0, 38200.0, 7.0),
         "NOTICE_COLUMN_UNDECIDED",
         remedy('State `decimal: ","`', "energy", (412.75, 38.2, 7.0), stated='decimal: ","'), lines=(2, 3)),
    cell(82, "an undecided value", "energy", ("412.750",), (412.75,), "NOTICE_COLUMN_UNDECIDED",
         remedy("for the source or the value", "energy", (412750.0,), said="{column: cell, decimal: ','}")),
    cell(82, "a cell against its column", "energy", (*["0,125"] * 10, "1,234.56"), (*[0.125] * 10, REFUSED),
         "ROW_FIELD_INVALID",
         remedy("Correct the value at its source", "energy", (*[0.125] * 10, 1234.56), (*["0,125"] * 10, "1.234,56")),
         noticed={"NOTICE_COLUMN_CONTRADICTS": ()}),
    cell(82, "a thousands mark of its own", "energy", ("1'234.5",), (REFUSED,), "ROW_FIELD_INVALID",
         remedy("state `unit:`, `format:`", "energy", (1234.5,), said="{column: cell, thousands: \"'\"}")),
    cell(82, "a share in percent", "share", (35, "0.35"), (REFUSED, 0.35), "ROW_FIELD_INVALID",
         remedy("state `unit:`", "share", (0.35, 0.35), (35, "35"), said="{column: cell, unit: percent}")),
)  # fmt: skip

DATES: Final = (
    cell(83, "a two-digit year of birth", "born", ("16-07-68", "16-07-71"), ("1968-07-16", "1971-07-16"),
         said='{column: cell, format: "%d-%m-%y"}'),
    cell(83, "a format with a zone", "starts", ("28/03/2026 23:30:00 +0100",), ("2026-03-28T22:30:00Z",),
         said='{column: cell, format: "%d/%m/%Y %H:%M:%S %z"}'),
    cell(83, "a date of another format", "born", ("16.07.1968",), (REFUSED,), "ROW_FIELD_INVALID",
         remedy("state `unit:`, `format:`", "born", ("1968-07-16",), said='{column: cell, format: "%d.%m.%Y"}')),
    cell(83, "a birth ahead", "born", ("2068-07-16", "1968-07-16"), ("2068-07-16", "1968-07-16"),
         "NOTICE_DATE_FAR_AHEAD",
         remedy("a mistyped year", "born", ("1968-07-16", "1968-07-16"), ("1968-07-16", "1968-07-16")), lines=(2,)),
    cell(83, "days that stand for none", "born",
         ("1900-01-01", "0001-01-01", "1899-12-30", "9999-12-31", "1753-01-01", "0000-00-00", "1970-01-01"),
         (*(None,) * 6, "1970-01-01"), "NOTICE_DATE_FILLER",
         remedy("fill in the true day", "born", ("1990-01-01",) * 7, ("1990-01-01",) * 7), lines=range(2, 7)),
    cell(83, "numbers of days that stand for none", "founded", ("0", "1", "46053"), (None, None, "2026-01-31"),
         "NOTICE_DATE_FILLER",
         remedy("Nothing to do", "founded", (None, None, "2026-01-31"), left=("NOTICE_DATE_FILLER",)), lines=(2, 3),
         said="{column: cell, format: excel-days}"),
    cell(83, "a foundation ahead", "founded", ("3019-01-01", "2019-01-01"), ("3019-01-01", "2019-01-01"),
         "NOTICE_DATE_FAR_AHEAD",
         remedy("a mistyped year", "founded", ("2019-01-01", "2019-01-01"), ("2019-01-01", "2019-01-01")), lines=(2,)),
    cell(83, "an outage ahead", "starts", ("2226-03-28T08:00:00Z", "2027-03-28T08:00:00Z"),
         ("2226-03-28T08:00:00Z", "2027-03-28T08:00:00Z"), "NOTICE_DATE_FAR_AHEAD",
         remedy("a mistyped year", "starts", ("2026-03-28T08:00:00Z", "2027-03-28T08:00:00Z"),
                ("2026-03-28T08:00:00Z", "2027-03-28T08:00:00Z")), lines=(2,)),
    cell(84, "a year or a month alone", "until", ("2018", "2018-05", "2018-05-17"),
         ("2019-01-01", "2018-06-01", "2018-05-17"), "NOTICE_BOUND_PART",
         remedy("give the column with days", "until", ("2018-03-01", "2018-05-17", "2018-05-17"),
                ("2018-03-01", "2018-05-17", "2018-05-17")), lines=(2, 3)),
    cell(84, "a year alone as a beginning", "since", ("2018",), ("2018-01-01",), "NOTICE_BOUND_PART",
         remedy("give the column with days", "since", ("2018-03-01",), ("2018-03-01",))),
    cell(84, "days that mean no end", "until", ("9999-12-31", "0000-00-00", ""), ("9999-12-31", None, None)),
    cell(84, "words for an open end", "until", ("长期", "永久", "至今", "Present", "2029-12-31"),
         (*("9999-12-31",) * 4, "2029-12-31")),
    cell(84, "a filled-in end", "until", ("2099-12-31",), ("9999-12-31",), "NOTICE_BOUND_FILLER",
         remedy("correct the date", "until", ("2029-12-31",), ("2029-12-31",))),
    cell(84, "the days that programs count from", "until",
         ("1900-01-01", "0001-01-01", "1753-01-01", "1899-12-30", "1970-01-01", "1970-01-02"),
         (*("9999-12-31",) * 5, "1970-01-02"), "NOTICE_BOUND_FILLER",
         remedy("correct the date", "until", ("2029-12-31",) * 6, ("2029-12-31",) * 6), lines=range(2, 7)),
    cell(84, "beginnings that nobody gave", "since", ("1900-01-01", "0001-01-01", "1970-01-01"),
         (None, None, "1970-01-01"), "NOTICE_BOUND_FILLER",
         remedy("correct the date", "since", ("2019-12-31",) * 3, ("2019-12-31",) * 3), lines=(2, 3)),
    cell(84, "the last minute of a day", "until",
         ("2022-12-31 23:59:59", "2022-12-31T23:59", "2022-12-31 00:00:00", "2022-12-31 12:00:00"),
         ("2023-01-01", "2023-01-01", "2022-12-31", "2022-12-31")),
    cell(84, "a beginning far ahead", "since", ("2205-03-01", "2025-03-01"), ("2205-03-01", "2025-03-01"),
         "NOTICE_BEGINS_FAR_AHEAD",
         remedy("a mistyped year", "since", ("2025-03-01", "2025-03-01"), ("2025-03-01", "2025-03-01")), lines=(2,)),
)  # fmt: skip

LISTS: Final = (
    cell(29, "a list of one", "phone", (["95598"], [], [None, "95599"]), ("95598", None, "95599"), form="jsonl"),
    cell(29, "a list of several", "phone", (["95598", "95599"], ["95598"]), (REFUSED, "95598"), "ROW_SEVERAL_VALUES",
         remedy("`first: true`", "phone", ("95598", "95598"), said="{column: cell, first: true}", form="jsonl"),
         form="jsonl"),
    cell(29, "a list of keys", "meter of every row", (["M1", "M2"],), (REFUSED,), "ROW_SEVERAL_VALUES",
         Mended("`each: cell`", mapping="      - node: Meter\n        each: cell\n        key: {meterNo: cell}\n",
                told={"1": {"Meter.meterNo": ("M1", "M2")}}), form="jsonl"),
    cell(29, "an object as value", "phone", ({"no": "95598"}, "95599"), (REFUSED, "95599"), "ROW_OBJECT",
         remedy("by its path, as `cell.NAME`", "phone", ("95598", "95599"), said="cell.no"), form="jsonl"),
    cell(29, "an object as number", "energy", ({"kWh": 5},), (REFUSED,), "ROW_OBJECT",
         remedy("by its path, as `cell.NAME`", "energy", (5.0,), said="cell.kWh"), form="jsonl"),
    cell(29, "values with the type of a database", "meter", ({"$numberLong": "1001"}, {"$oid": "5f2b"}),
         ("1001", "5f2b"), form="jsonl"),
    cell(29, "days with the type of a database", "born",
         ({"$date": "1968-07-16T00:00:00Z"}, {"$date": {"$numberLong": "-45792000000"}}), ("1968-07-16", "1968-07-20"),
         form="jsonl"),
    cell(29, "a value in an object", "phone", ({"no": "95598"}, {"no": ["95599"]}, {}), ("95598", "95599", None),
         form="jsonl", said="cell.no"),
)  # fmt: skip

CELLS: Final = (*ABSENT, *CODES, *NUMBERS, *DATES, *LISTS)
