"""Bad rows, a part of the table of bad input (:mod:`tests.ingest_front.bad_input`).

Rows that contradict each other or lose a part, rows that are no data, and what lies beside a table.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Final

from tests.ingest_front.bad_case import Case, Mended

BACK: Final = "(`kehutu loads withdraw ID`)"
STATED: Final = "recordId: id\nobservedAt: 2026-01-31"
GUARANTEES: Final = """\
      - relation: GUARANTEES
        from: {Enterprise: {local: a}}
        to: {Enterprise: {local: b}}
        key: {contractNo: contract}
        set: {amount: amount, since: since, until: until}
"""
HOLDINGS: Final = """\
      - relation: INVESTS_IN
        from: {Person: {local: a}}
        to: {Enterprise: {local: b}}
        set: {share: {column: share, unit: percent}}
"""
IN_PARTS: Final = HOLDINGS.replace("        set:", "        key: {partNo: form}\n        set:")
FIRMS: Final = """\
      - node: Enterprise
        key: {local: code}
        set: {name: name}
"""
BILLS: Final = """\
      - node: Bill
        key: {local: id}
        set: {energy: kwh}
"""
DEVICES: Final = """\
      - node: Device
        key: {deviceNo: id}
        set: {name: name, ratedPower: kW}
        optional: true
      - relation: OWNS
        from: {Customer: {local: user}}
        to: {Device: {deviceNo: id}}
"""
ENTRIES_OF_TWO: Final = """\
      - node: Enterprise
        key: {local: a}
        set: {name: name_of_a}
      - node: Enterprise
        key: {local: b}
        set: {name: name_of_b}
"""


def _lines(head: str, *rows: str) -> bytes:
    return "".join(f"{line}\n" for line in (head, *rows)).encode()


def _contracts(*rows: str) -> bytes:
    return _lines("id,a,b,contract,amount,since,until", *rows)


def _holdings(*rows: str) -> bytes:
    return _lines("id,a,b,form,share", *rows)


def _devices(*rows: str) -> bytes:
    return _lines("id,name,user,kW", "D1,配电箱,U1,1", *rows, "D2,电表箱,U2,2")


def _zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


_PSC: Final = json.dumps(
    {
        "company_number": "09990001",
        "data": {
            "kind": "individual-person-with-significant-control",
            "name": "Ms Ada Mirren",
            "natures_of_control": ["ownership-of-shares-50-to-75-percent"],
            "notified_on": "2016-04-06",
            "links": {"self": "/company/0999/a"},
        },
    }
).encode()
_JSON: Final = b'{"id": "1", "code": "F1", "name": "Mills"}'
_TWO_DEVICES: Final = {"D1": {"Device.name": "配电箱"}, "D2": {"Device.name": "电表箱"}}
_FIRM: Final = _lines("id,code,name", "1,F1,Mills")
_MILLS: Final = {"1": {"Enterprise.name": "Mills"}}

ROWS: Final = (
    # rows that contradict each other, or lose a part
    Case(85, "end-before-beginning.csv", _contracts("1,A,B,C1,5,2020-01-01,2019-01-01"), 1, alone=True,
         stated=STATED, mapping=GUARANTEES, noticed={"NOTICE_SPAN_BACKWARDS": (2,)},
         told={"1": {"GUARANTEES.until": "2019-01-01"}},
         mended=Mended("Correct the dates", _contracts("1,A,B,C1,5,2020-01-01,2021-01-01"),
                       told={"1": {"GUARANTEES.until": "2021-01-01"}})),
    Case(85, "a-last-day.csv", _contracts("1,A,B,C1,5,2020-01-01,2020-01-01"), 1, alone=True,
         stated=STATED, mapping=GUARANTEES, noticed={"NOTICE_SPAN_BACKWARDS": (2,)},
         mended=Mended("{column: NAME, inclusive: true}",
                       mapping=GUARANTEES.replace("until: until", "until: {column: until, inclusive: true}"),
                       told={"1": {"GUARANTEES.until": "2020-01-02"}})),
    Case(85, "one-record-twice.csv", _contracts("1,A,B,C1,5,,", "1,A,B,C1,6,,"), 2, alone=True,
         stated=STATED, mapping=GUARANTEES, noticed={"NOTICE_RECORD_TWICE": (3,)},
         told={"1": {"GUARANTEES.amount": 600}},
         mended=Mended(f"Take the load back {BACK}, take out the wrong row", _contracts("1,A,B,C1,5,,"),
                       told={"1": {"GUARANTEES.amount": 500}})),
    Case(85, "one-record-of-two-rows.csv", _lines("id,code,name", "1,F1,Mills", "1,F2,Traders"), 2, alone=True,
         stated=STATED, mapping=FIRMS, noticed={"NOTICE_RECORD_TWICE": (3,)},
         mended=Mended("name as `recordId:` a column that tells them apart",
                       stated="recordId: code\nobservedAt: 2026-01-31",
                       told={"F1": {"Enterprise.name": "Mills"}, "F2": {"Enterprise.name": "Traders"}})),
    Case(85, "two-amounts-of-a-contract.csv", _contracts("1,A,B,C1,5,,", "2,A,B,C1,6,,"), 2, alone=True,
         stated=STATED, mapping=GUARANTEES, noticed={"NOTICE_RELATION_DIFFERS": (3,)},
         mended=Mended("Correct the wrong rows", _contracts("1,A,B,C1,5,,", "2,A,B,C1,5,,"),
                       told={"2": {"GUARANTEES.amount": 500}})),
    Case(85, "two-contracts-of-one-number.csv", _contracts("1,A,B,C1,5,,", "2,A,B,C1,6,,"), 2, alone=True,
         stated=STATED, mapping=GUARANTEES, noticed={"NOTICE_RELATION_DIFFERS": (3,)},
         mended=Mended("give each its key", mapping=GUARANTEES.replace("contractNo: contract", "contractNo: id"),
                       told={"2": {"GUARANTEES.key": "2"}})),
    Case(85, "two-holdings-of-a-pair.csv", _holdings("1,P,C,cash,30", "2,P,C,kind,25"), 2, alone=True,
         stated=STATED, mapping=HOLDINGS, noticed={"NOTICE_HOLDING_AGAIN": (2, 3)},
         mended=Mended("`key: {partNo: COLUMN}`", mapping=IN_PARTS,
                       told={"1": {"INVESTS_IN.key": "cash", "INVESTS_IN.share": 0.3},
                             "2": {"INVESTS_IN.key": "kind"}})),
    Case(85, "a-holding-told-twice.csv", _holdings("1,P,C,,30", "2,P,C,,25"), 2, alone=True,
         stated=STATED, mapping=HOLDINGS, noticed={"NOTICE_HOLDING_AGAIN": (2, 3)},
         mended=Mended(f"take the load back {BACK}, take out the row that is wrong", _holdings("1,P,C,,30"),
                       told={"1": {"INVESTS_IN.share": 0.3}, "2": None})),
    Case(85, "a-holding-whole-and-in-parts.csv", _holdings("1,P,C,cash,30", "2,P,C,,25"), 2, alone=True,
         stated=STATED, mapping=IN_PARTS, noticed={"NOTICE_HOLDING_MIXED": (2, 3)},
         mended=Mended("Fill in the missing number", _holdings("1,P,C,cash,30", "2,P,C,kind,25"),
                       told={"2": {"INVESTS_IN.key": "kind"}})),
    Case(85, "a-holding-in-parts-and-whole.csv", _holdings("1,P,C,,55", "2,P,C,kind,25"), 2, alone=True,
         stated=STATED, mapping=IN_PARTS, noticed={"NOTICE_HOLDING_MIXED": (2, 3)},
         mended=Mended(f"take the load back {BACK} and take out the rows that tell it the other way",
                       _holdings("1,P,C,,55"), told={"1": {"INVESTS_IN.share": 0.55}, "2": None})),
    Case(85, "one-key-two-names.csv", _lines("id,code,name", "1,F1,Mills", "2,F1,Traders"), 2, alone=True,
         stated=STATED, mapping=FIRMS, noticed={"NOTICE_NAMES_OF_KEY": (3,)},
         mended=Mended("See whether the numbers are right", _lines("id,code,name", "1,F1,Mills", "2,F2,Traders"),
                       told={"2": {"Enterprise": "enterprise:survey/F2"}})),
    Case(85, "one-party-twice-in-a-row.csv", _lines("id,a,name_of_a,b,name_of_b", "1,A,Mills,A,Traders"), 1,
         alone=True, stated=STATED, mapping=ENTRIES_OF_TWO, noticed={"NOTICE_VALUE_TWICE": (2,)},
         mended=Mended("Correct the row", _lines("id,a,name_of_a,b,name_of_b", "1,A,Mills,B,Traders"),
                       told={"1": {"Enterprise.name": ("Mills", "Traders")}})),
    Case(85, "without-its-time.csv", _lines("id,code,name,day", "1,F1,Mills,"), 1, alone=True,
         stated="recordId: id\nobservedAt: day", mapping=FIRMS, noticed={"NOTICE_TIME_MISSING": (2,)}, told=_MILLS,
         mended=Mended("Fill the column", _lines("id,code,name,day", "1,F1,Mills,2026-01-31"), told=_MILLS)),
    Case(85, "withdrawn-and-unknown.csv", _lines("id,code,name,state", "1,F1,Mills,gone"), 1, alone=True,
         stated=f"{STATED}\ndelete: {{column: state, equals: gone}}", mapping=FIRMS,
         noticed={"NOTICE_DELETE_UNKNOWN": (2,)},
         mended=Mended("see that `recordId:`", _lines("id,code,name,state", "1,F1,Mills,"), told=_MILLS)),
    Case(85, "an-end-missing.csv", _contracts("1,A,,C1,5,,", "2,A,B,C2,5,,"), 1, ((2, "b", "ROW_STATES_NOTHING"),),
         alone=True, stated=STATED, mapping=GUARANTEES, noticed={},
         mended=Mended("Fill in both ends", _contracts("1,A,B,C1,5,,", "2,A,B,C2,5,,"),
                       told={"1": {"GUARANTEES.amount": 500}})),
    Case(85, "no-entry-for-a-row.csv", _lines("id,code,name,kind", "1,F1,Mills,firm", "2,F2,Traders,Firm"), 2,
         alone=True, stated=STATED, mapping=f"{FIRMS}        when: {{column: kind, equals: firm}}\n",
         noticed={"NOTICE_STATES_NOTHING": (3,)},
         mended=Mended("correct what `equals` says",
                       mapping=f"{FIRMS}        when: {{column: kind, equals: [firm, Firm]}}\n",
                       told={"2": {"Enterprise.name": "Traders"}})),
    Case(85, "empty-means-empty.csv", _lines("id,code,name,ceased", "1,F1,Mills,", "2,F2,Traders,2020-01-01"), 2,
         alone=True, stated=STATED, mapping=f"{FIRMS}        when: {{column: ceased, empty: true}}\n",
         noticed={"NOTICE_STATES_NOTHING": (3,)}, told=_MILLS),
    Case(85, "equal-rows.csv", _lines("code,name", "F1,Mills", "F1,Mills"), 1, duplicate=1, alone=True,
         stated="recordId: null\nobservedAt: 2026-01-31", mapping=FIRMS, noticed={"NOTICE_EQUAL_ROWS": (3,)},
         mended=Mended("name a column that tells them apart", _lines("no,code,name", "1,F1,Mills", "2,F1,Mills"),
                       stated="recordId: no\nobservedAt: 2026-01-31",
                       told={"1": {"Enterprise.name": "Mills"}, "2": {"Enterprise.name": "Mills"}})),
    Case(85, "no-time-at-all.csv", _FIRM, 1, alone=True, stated="recordId: id\nobservedAt: null", mapping=FIRMS,
         noticed={"NOTICE_TIME_ASSUMED": ()}, told=_MILLS,
         mended=Mended("Name a column or a date as `observedAt:`", stated=STATED, told=_MILLS)),
    Case(85, "an-id-again.csv", _lines("id,code,name", "1,F1,Mills", "1,F2,Traders"), 1,
         ((3, "id", "ROW_ID_REPEATED"),), alone=True, stated="recordId: id\nobservedAt: null", mapping=FIRMS,
         mended=Mended("Correct the id", _lines("id,code,name", "1,F1,Mills", "2,F2,Traders"),
                       told={"2": {"Enterprise.name": "Traders"}})),
    Case(85, "no-id.csv", _lines("id,code,name", ",F1,Mills"), 0, ((2, "id", "ROW_ID_MISSING"),), alone=True,
         stated=STATED, mapping=FIRMS, mended=Mended("Fill it in", by_hand={"id": "1"}, told=_MILLS)),
    Case(85, "no-key.csv", _lines("id,code,name", "1,,Mills"), 0, ((2, "code", "ROW_KEY_MISSING"),), alone=True,
         stated=STATED, mapping=FIRMS, mended=Mended("Fill in the key", _FIRM, told=_MILLS)),
    Case(85, "no-key-of-some.csv", _lines("id,code,name", "1,,Mills"), 0, ((2, "code", "ROW_KEY_MISSING"),),
         alone=True, stated=STATED, mapping=FIRMS,
         mended=Mended("set `optional: true`", mapping=f"{FIRMS}        optional: true\n",
                       told={"1": {"Enterprise": None}})),
    Case(28, "a-consumption-below-nothing.csv", _lines("id,kwh", "1,-5"), 1, alone=True, stated=STATED, mapping=BILLS,
         noticed={"NOTICE_UNUSUAL": (2,)}, told={"1": {"Bill.energy": -5.0}},
         mended=Mended("correct the rows in their source", _lines("id,kwh", "1,5"), told={"1": {"Bill.energy": 5.0}})),
    # rows that are no rows
    Case(19, "bytes-of-another-encoding.csv", _lines("id,code,name", "1,F1,Mills") + "2,F2,东风\n".encode("gbk")
         + "3,F3,南方\n".encode(), 2, ((3, "", "ROW_ENCODING"),), alone=True, stated=STATED, mapping=FIRMS,
         mended=Mended("Write the whole file in one encoding", _lines("id,code,name", "1,F1,Mills", "2,F2,东风"),
                       told={"2": {"Enterprise.name": "东风"}})),
    Case(20, "a-character-not-seen.csv", _lines("id,code,name", "1,F1,Mi\u200blls"), 0,
         ((2, "name", "ROW_CHARACTERS"),), alone=True, stated=STATED, mapping=FIRMS,
         mended=Mended("Remove the character at the source", _FIRM, told=_MILLS)),
    Case(22, "an-open-quote.csv", _lines("id,code,name", '1,F1,"Mills', "2,F2,Traders"), 1, ((2, "", "ROW_QUOTE"),),
         alone=True, stated=STATED, mapping=FIRMS,
         mended=Mended("Close the quotation mark", _lines("id,code,name", '1,F1,"Mills"', "2,F2,Traders"),
                       told=_MILLS)),
    Case(23, "a-cell-more.csv", _lines("id,code,name", "1,F1,Mills, Ltd"), 0, ((2, "", "ROW_RAGGED"),), alone=True,
         stated=STATED, mapping=FIRMS,
         mended=Mended("Quote cells that contain the delimiter", _lines("id,code,name", '1,F1,"Mills, Ltd"'),
                       told={"1": {"Enterprise.name": "Mills, Ltd"}})),
    Case(25, "a-long-key.csv", _lines("id,code,name", f"1,{'F' * 600},Mills"), 0, ((2, "code", "ROW_FIELD_TOO_LONG"),),
         alone=True, stated=STATED, mapping=FIRMS, mended=Mended("Shorten the value", _FIRM, told=_MILLS)),
    Case(27, "observed-ahead.csv", _lines("id,code,name,day", "1,F1,Mills,2999-01-31"), 0,
         ((2, "day", "ROW_FROM_THE_FUTURE"),), alone=True, stated="recordId: id\nobservedAt: day", mapping=FIRMS,
         mended=Mended("Correct the time", _lines("id,code,name,day", "1,F1,Mills,2025-01-31"), told=_MILLS)),
    Case(30, "a-broken-line.jsonl", _JSON + b'\n{"id": "2", "co', 1,
         ((2, "", "ROW_JSON"),), alone=True, stated=STATED, mapping=FIRMS,
         mended=Mended("Write one object for each row", _JSON + b'\n{"id": "2", "code": "F2"}\n',
                       told={"2": {"Enterprise": "enterprise:survey/F2"}})),
    # files whose remedy says what to state
    Case(18, "an-encoding-to-state.csv", "id,code,name\n1,F1,Stra\xdfe\n".encode("latin-1"), alone=True, stated=STATED,
         mapping=FIRMS, error="is not certain",
         mended=Mended("State it with `encoding:`", stated=f"{STATED}\nencoding: latin-1",
                       told={"1": {"Enterprise.name": "Straße"}})),
    Case(34, "lines-of-json.txt", _JSON + b"\n", alone=True, stated=STATED,
         mapping=FIRMS, error="looks like JSON",
         mended=Mended("`format: jsonl`", stated=f"{STATED}\nformat: jsonl", told=_MILLS)),
    Case(34, "an-array.txt", b"[" + _JSON + b"]", alone=True, stated=STATED,
         mapping=FIRMS, error="looks like JSON",
         mended=Mended("`format: json`", stated=f"{STATED}\nformat: json", told=_MILLS)),
    Case(34, "a-snapshot.txt", _PSC, alone=True, stated=STATED, mapping=FIRMS, error="looks like JSON",
         mended=Mended("`format: psc`, `mapping: psc`, `recordId: id` and `observedAt: stated_on`",
                       stated="format: psc\nrecordId: id\nobservedAt: stated_on", mapping="psc",
                       told={"/company/0999/a": {"INVESTS_IN.share": 0.5}})),
    Case(34, "a-delimiter-told.csv", b"sep=;\r\nid;code;name\r\n1;F1;Mills\r\n", 1, alone=True, stated=STATED,
         mapping=FIRMS, delimiter=";", noticed={}, told=_MILLS),
    Case(29, "list-in-an-object.json", b'{"code": 0,\n "result": {"total": 1, "data": [\n' + _JSON + b"]}}", 1,
         alone=True, stated=STATED, mapping=FIRMS, noticed={"NOTICE_LIST_WITHIN": (None,)}, told=_MILLS,
         mended=Mended("as an array", b"[" + _JSON + b"]", told=_MILLS)),
    Case(29, "pages.jsonl", b'{"data": [' + _JSON + b"]}\n" + b'{"data": [' + _JSON.replace(b'"1"', b'"2"') + b"]}\n",
         2, alone=True, stated=STATED, mapping=FIRMS, noticed={"NOTICE_LIST_WITHIN": (None,)},
         told={"1": {"Enterprise.name": "Mills"}, "2": {"Enterprise.name": "Mills"}},
         mended=Mended("as an array", b"[" + _JSON + b"]", file="an-array.json", told=_MILLS)),
    Case(29, "an-answer-without-rows.json", b'{"data": [], "total": 0}', alone=True, stated=STATED, mapping=FIRMS,
         noticed={"NOTICE_EMPTY": (None,), "NOTICE_LIST_WITHIN": (None,)}),
    Case(86, "as-psql-prints.csv", b"id|code|name\n--+----+-----\n1|F1|Mills\n(1 row)\n", 1, alone=True, stated=STATED,
         mapping=FIRMS, noticed={}, told=_MILLS,
         left_out=("rows that are remarks of the report (first in as-psql-prints.csv, line 2): 2",)),
    Case(86, "as-sqlcmd-prints.csv", b"id|code|name\n--|----|----\n1|F1|Mills\n\n(1 rows affected)\n", 1, alone=True,
         stated=STATED, mapping=FIRMS, noticed={}, told=_MILLS,
         left_out=("rows that are remarks of the report (first in as-sqlcmd-prints.csv, line 2): 2",)),
    Case(86, "remarks-without-delimiters.csv", _devices("制表人：张三", "数据截止,2026-01-31", "共2条"), 2, alone=True,
         stated=STATED, mapping=DEVICES, noticed={}, told=_TWO_DEVICES,
         left_out=("rows that are remarks of the report (first in remarks-without-delimiters.csv, line 3): 3",)),
    # rows that are no data
    Case(86, "header-in-the-middle.csv", _devices("id,name,user,kW"), 2, alone=True, stated=STATED, mapping=DEVICES,
         noticed={}, told=_TWO_DEVICES,
         left_out=("rows that repeat the header (first in header-in-the-middle.csv, line 3): 1",)),
    Case(86, "part-of-a-header.csv", _devices("id,name,U3,3"), 3, alone=True, stated=STATED, mapping=DEVICES,
         noticed={"NOTICE_HEADER_AGAIN": (3,)},
         mended=Mended(f"take the load back {BACK}, delete them from the file", _devices("D3,开关箱,U3,3"),
                       told={**_TWO_DEVICES, "id": None})),
    Case(86, "totals.csv", _devices("合计,,,3"), 2, alone=True, stated=STATED, mapping=DEVICES, noticed={},
         told=_TWO_DEVICES, left_out=("rows of totals (first in totals.csv, line 3): 1",)),
    Case(86, "other-totals.csv", _devices("Total amount,,,3", "平均值,,,1.5", "Σ,,,3"), 2, alone=True, stated=STATED,
         mapping=DEVICES, noticed={}, told=_TWO_DEVICES,
         left_out=("rows of totals (first in other-totals.csv, line 3): 3",)),
    Case(86, "remarks.csv", _devices("制表人：张三,,,", "(2 rows affected),,,", "以下空白,,,", "共2条,,,",
                                      "Page 1 of 2,,,"), 2, alone=True, stated=STATED, mapping=DEVICES,
         noticed={}, told=_TWO_DEVICES,
         left_out=("rows that are remarks of the report (first in remarks.csv, line 3): 5",)),
    Case(86, "counts.csv", _devices("Count,,,3", "计数,,,3", "总户数,,,3", "最大值,,,2", "Running total,,,3"), 2,
         alone=True, stated=STATED, mapping=DEVICES, noticed={}, told=_TWO_DEVICES,
         left_out=("rows of totals (first in counts.csv, line 3): 5",)),
    Case(86, "remarks-with-a-label.csv", _devices("数据截止,2026-01-31,,", "制表人：,张三,,",
                                                   "Report date,2026-01-31,,",
                                                   "备注：仅供参考,,,", "Source: SAP,,,", "统计时间,,,2026"), 2,
         alone=True, stated=STATED, mapping=DEVICES, noticed={}, told=_TWO_DEVICES,
         left_out=("rows that are remarks of the report (first in remarks-with-a-label.csv, line 3): 6",)),
    Case(86, "no-labels.csv", _devices("审核,开关箱,,", "截止,开关箱,,", "Note-1,开关箱,,"), 5, alone=True,
         stated=STATED, mapping=DEVICES, noticed={}, told={**_TWO_DEVICES, "审核": {"Device.deviceNo": "审核"}}),
    Case(86, "no-remarks.csv", _devices("P-1,,,", "第1页,开关箱,,", "共享箱,,,"), 5, alone=True, stated=STATED,
         mapping=DEVICES, noticed={}, told={**_TWO_DEVICES, "P-1": {"Device.deviceNo": "P-1"}}),
    Case(86, "totals-that-name-somebody.csv", _devices("小计,,U1,1"), 3, alone=True, stated=STATED, mapping=DEVICES,
         noticed={"NOTICE_TOTALS_ROW": (3,)},
         mended=Mended(f"take the load back {BACK}, delete them from the file", _devices("D3,开关箱,U1,1"),
                       told={**_TWO_DEVICES, "小计": None})),
    # what lies beside a table, and archives
    Case(90, "made-on-a-mac.zip", _zipped(("firms.csv", _FIRM), ("__MACOSX/._firms.csv", b"\0\5\x16\7"),
                                          (".DS_Store", b"\0\0\0\1Bud1"), ("empty/", b"")), 1, alone=True,
         stated=STATED, mapping=FIRMS, noticed={"NOTICE_PASSED_OVER": (None,)}, told=_MILLS),
    Case(90, "*.csv", b"", 1, alone=True, stated=STATED, mapping=FIRMS, noticed={"NOTICE_PASSED_OVER": (None,)},
         told=_MILLS, beside={"firms.csv": _FIRM, "~$firms.csv": b"\4user", "old.csv/a.txt": b"x"}),
    Case(90, "two-tables.zip", _zipped(("a.csv", _FIRM), ("b.csv", _FIRM)), alone=True, stated=STATED, mapping=FIRMS,
         error="it holds 2 files",
         mended=Mended("Unpack it by hand", _FIRM, file="a.csv", told=_MILLS)),
    Case(90, "archive-in-an-archive.zip", _zipped(("firms.zip", _zipped(("firms.csv", _FIRM)))), alone=True,
         stated=STATED, mapping=FIRMS, error="it holds another archive, firms.zip",
         mended=Mended("Unpack it by hand", _zipped(("firms.csv", _FIRM)), file="firms.zip", told=_MILLS)),
)  # fmt: skip
