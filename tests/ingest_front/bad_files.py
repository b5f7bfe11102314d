"""Bad files, a part of the table of bad input (:mod:`tests.ingest_front.bad_input`)."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Final

from tests.ingest_front.bad_case import Case

HEAD: Final = "customer_id,name,phone,address,kwh,read_at\n"
ROWS: Final = tuple(
    f"C{i:04d},客户{i},138000000{i:02d},上海市浦东新区{i}号,{i}.5,2026-01-{i % 28 + 1:02d}T00:00:00+08:00\n"
    for i in range(20)
)
TABLE: Final = HEAD + "".join(ROWS)
NAMES: Final = tuple(f"客户{i}" for i in range(20))
_TRADITIONAL: Final = (
    TABLE.replace("客户", "客戶").replace("上海市浦东新区", "臺北市大安區").replace("号", "號")
)


def _line(number: int, content: str | bytes) -> bytes:
    """The table with another row on a line (2 is the first row)."""
    lines = [line.encode() for line in (HEAD, *ROWS)]
    lines[number - 1] = content.encode() if isinstance(content, str) else content
    return b"".join(lines)


def _energies(*cells: str) -> bytes:
    return (HEAD + "".join(f'N{i},x,138,y,"{cell}",2026-01-01\n' for i, cell in enumerate(cells))).encode()


def _days(*cells: str) -> bytes:
    return (HEAD + "".join(f"D{i},x,138,y,1,{cell}\n" for i, cell in enumerate(cells))).encode()


def _zipped(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def _twice(packed: bytes) -> bytes:
    """A zip archive of the members 1.csv and 2.csv as one with two members of one name."""
    return packed.replace(b"2.csv", b"1.csv")


def _mixed_ends() -> bytes:
    ends = ("\n", "\r\n", "\r")
    return b"".join(
        line.removesuffix("\n").encode() + ends[i % 3].encode() for i, line in enumerate((HEAD, *ROWS))
    )


_COLUMNS: Final = (",".join(f"c{i}" for i in range(100_000)) + "\n" + ",".join("0" * 100_000)).encode()


def _people(*rows: str) -> bytes:
    """Rows of customer_id, name, phone and address; further cells where a row gives them."""
    whole = (row if row.count(",") > 3 else f"{row},1,2026-01-01" for row in rows)
    return (HEAD + "".join(f"{row}\n" for row in whole)).encode()


_CONTRACTS: Final = """\
      - relation: GUARANTEES
        from: {Enterprise: {local: phone}}
        to: {Enterprise: {local: address}}
        key: {contractNo: address}
        set: {amount: name}
"""
_TWO_NAMED: Final = """\
      - node: Customer
        key: {local: customer_id}
        set: {name: name}
      - node: Customer
        key: {local: phone}
        set: {name: address}
"""
_OPTIONAL: Final = """\
      - node: Customer
        key: {local: customer_id}
      - node: Enterprise
        key: {local: phone}
        set: {name: name}
        optional: true
"""


FILES: Final = (
    # 18: encodings
    Case(18, "utf8-bom.csv", TABLE.encode("utf-8-sig"), 20, encoding="utf-8", names=NAMES),
    Case(18, "gbk.csv", TABLE.encode("gbk"), 20, encoding="gb18030", names=NAMES),
    Case(
        18, "gb18030.csv", (TABLE + ROWS[3].replace("C0003,客户3", "C0020,𠮷田")).encode("gb18030"), 21,
        encoding="gb18030", names=(*NAMES, "𠮷田"),
    ),
    Case(18, "utf16le-bom.csv", b"\xff\xfe" + TABLE.encode("utf-16-le"), 20, encoding="utf-16-le", names=NAMES),
    Case(18, "utf16be-bom.csv", b"\xfe\xff" + TABLE.encode("utf-16-be"), 20, encoding="utf-16-be",
         names=NAMES, alone=True),
    Case(18, "utf16-no-bom.csv", TABLE.encode("utf-16-le"), 20, encoding="utf-16-le", names=NAMES, alone=True),
    Case(18, "utf32.csv", TABLE.encode("utf-32"), 20, encoding="utf-32-le", names=NAMES, alone=True),
    Case(18, "big5.csv", _TRADITIONAL.encode("big5"), 20, encoding="big5",
         names=tuple(name.replace("户", "戶") for name in NAMES)),
    Case(18, "latin1.json", '[{"customer_id":"C1","name":"Straße"}]'.encode("latin-1"),
         error="is not certain (it may be"),
    Case(18, "korean.csv", f"{HEAD}C1,김철수,1,서울특별시강남구,1,2026-01-01\n".encode("euc-kr"),
         error="is not certain", alone=True),
    Case(18, "stated.csv", f"{HEAD}C1,Müller,1,Straße,1,2026-01-01\n".encode("latin-1"), 1, names=("Müller",),
         stated="encoding: latin-1", alone=True),
    # 19: mixed and cut
    Case(19, "mixed-encoding.csv", _line(3, ROWS[1].encode("gbk")), 19, ((3, "", "ROW_ENCODING"),), encoding="utf-8"),
    Case(19, "truncated-multibyte.csv", TABLE.encode()[: len("".join((HEAD, *ROWS[:2])).encode()) + 28], 2,
         ((4, "", "ROW_ENCODING"),)),
    # 20: characters that cannot be seen
    Case(20, "nul-bytes.csv", _line(5, ROWS[3].replace("C0003", "C0003\0")), 19,
         ((5, "customer_id", "ROW_CHARACTERS"),)),
    Case(
        20, "control-and-bidi.csv",
        f"{HEAD}B0,evil\u202etxt.exe,138,\u200b\u200d\ufeff,1,2026-01-01\nB0b,a\x1b[31mred,138,\x07,1,2026-01-01\n"
        "B0c,e\u0301 vs é,138,！,1,2026-01-01\n".encode(),
        1, ((2, "name", "ROW_CHARACTERS"), (3, "name", "ROW_CHARACTERS")), names=("e\u0301 vs é",),
    ),
    Case(20, "one-nul.csv", b"customer_id,name,phone,address,kwh,read_at\nC1,A\0B,1,x,1,2026-01-01\n", 0,
         ((2, "name", "ROW_CHARACTERS"),), encoding="utf-8", alone=True),
    # 21: line ends
    Case(21, "cr-only.csv", TABLE.replace("\n", "\r").encode(), 20, names=NAMES),
    Case(21, "mixed-newlines.csv", _mixed_ends(), 20, names=NAMES),
    Case(21, "crlf.csv", TABLE.replace("\n", "\r\n").encode(), 20, names=NAMES, alone=True),
    Case(
        21, "in-quotes.csv",
        (HEAD + 'C1,"a\nb",1,x,1,2026-01-01\r\nC2,"c\r\nd",2,y,,\rC3,"e\rf",3,z,1,2026-01-01').encode(),
        3, names=("a\nb", "c\r\nd", "e\rf"), alone=True,
    ),
    Case(21, "quotes.csv", (HEAD + 'C1,"say ""hi""",1,x,1,2026-01-01\nC2,5" pipe,1,x,1,2026-01-01\n').encode(),
         2, names=('say "hi"', '5" pipe'), alone=True),
    # 22: an unclosed quotation mark
    Case(22, "unclosed-quote.csv", _line(3, 'C1,"open,1,2,3,4\n'), 19, ((3, "", "ROW_QUOTE"),)),
    Case(22, "after-quote.csv", _line(3, 'C1,"a"b,1,x,1,2026-01-01\n'), 19, ((3, "", "ROW_QUOTE"),), alone=True),
    # 23: rows, header and delimiter
    Case(23, "ragged.csv", f"{HEAD}{ROWS[0]}C1,a\n{ROWS[2].rstrip()},extra,extra\n\n\n{ROWS[3]}".encode(), 2,
         ((3, "", "ROW_RAGGED"), (4, "", "ROW_RAGGED"))),
    Case(23, "dup-header.csv", TABLE.replace("phone", "name", 1).encode(), error="two columns have the name 'name'"),
    Case(23, "blank-header.csv", TABLE.replace("phone", "", 1).encode(), error="column 3 has no name"),
    Case(23, "semicolon.csv", TABLE.replace(",", ";").encode(), 20, delimiter=";"),
    Case(23, "tab.csv", TABLE.replace(",", "\t").encode(), 20, delimiter="\t", alone=True),
    Case(23, "wrong-delimiter.csv", TABLE.encode(), error="has no column 'address', 'customer_id'",
         stated="delimiter: ';'", alone=True),
    Case(23, "dup-keys.csv", "".join(
        (HEAD, ROWS[0], ROWS[0], ROWS[0].replace("客户", "顾客"), ROWS[1], ROWS[1].replace("C0001", "c0001"))
    ).encode(), 4, duplicate=1),
    # 24: nothing
    Case(24, "empty.csv", b"", warning="empty.csv has no rows."),
    Case(24, "header-only.csv", HEAD.encode(), warning="header-only.csv has no rows."),
    Case(24, "only-newlines.csv", b"\n" * 1000, warning="only-newlines.csv has no rows."),
    Case(24, "only-a-mark.csv", b"\xef\xbb\xbf", warning="only-a-mark.csv has no rows.", alone=True),
    # 25: size
    Case(25, "wide-100k-columns.csv.gz", gzip.compress(_COLUMNS), error="has 100000 columns; at most 4096"),
    Case(25, "long-field-2mib.csv.gz", gzip.compress(f"{HEAD}C1,{'x' * (2 << 20)},1,y,1,2026-01-01\n".encode()),
         error="more than 100 times its size"),
    Case(25, "long-field.csv", _line(3, f"C1,{'x' * (2 << 20)},1,y,1,2026-01-01\n"), 19,
         ((3, "(the line)", "ROW_FIELD_TOO_LONG"),), alone=True),
    Case(25, "one-line-of-65-mib.csv", HEAD.encode() + b"x" * (65 << 20), error="without a line end", alone=True),
    # 26: numbers
    Case(
        26, "bad-numbers.csv",
        _energies("NaN", "-Infinity", "1,234.56", "12kWh", "", "-0", "99999999999999999999999", "1_000", "12.3.4"),
        4, tuple((line, "kwh", "ROW_FIELD_INVALID") for line in (3, 5, 8, 9, 10)),
        energy={"N0": None, "N2": 1234.56, "N4": None, "N5": 0.0},
    ),
    Case(
        26, "more-numbers.csv",
        _energies("1e999", "１２．５", "1" * 30, "1,23", "-3", "25%", "¥12", "1e3", "0x10", "0.1234567890123456789"),
        3, tuple((line, "kwh", "ROW_FIELD_INVALID") for line in (2, 4, 5, 7, 8, 10, 11)),
        energy={"N1": 12.5, "N4": -3.0, "N7": 1000.0}, alone=True,
    ),
    # 27: dates
    Case(
        27, "bad-dates.csv",
        _days("2026-02-30", "9999-12-31", "2099-01-01", "2026年1月2日", "2026-01-01T24:00:00",
              "2026-03-29T02:30:00+25:00", "1735689600000", "2026-13-01"),
        0, tuple(
            (line, "read_at", "ROW_FROM_THE_FUTURE" if line in (3, 4) else "ROW_FIELD_INVALID")
            for line in range(2, 10)
        ),
    ),
    Case(27, "more-dates.csv",
         _days("0000-01-01", "26/1/2", "2016-12-31T23:59:60Z", "1735689600", "2026-01-31 08:00", "46053"),
         1, tuple((line, "read_at", "ROW_FIELD_INVALID") for line in (2, 3, 4, 5, 7)), alone=True),
    Case(27, "declared-dates.csv", _days("2026年1月2日", "2026-01-02"), 1, ((3, "read_at", "ROW_FIELD_INVALID"),),
         stated='observedAt: {column: read_at, format: "%Y年%m月%d日"}', alone=True),
    # 28: what is hardly true is taken, and noticed
    Case(28, "absurd.csv", _energies("-5", "1", "1e9", "-7"), 4, alone=True,
         warning="people: energy of Bill is far from what is usual in 3 rows, first in absurd.csv, line 2: -5.0; "
         "taken unchanged.", energy={"N0": -5.0, "N2": 1e9}),
    # Rows that contradict each other, or lose a part, are taken, and noticed
    Case(28, "one-id-twice.csv", _people("C1,Li,1,x", "C1,Wu,1,x"), 2, alone=True,
         warning="people: 1 row has the `recordId:` and the time of an earlier row and other content; of such rows "
         "the last one counts, in the order of files and rows."),
    Case(28, "two-names.csv", _people("C1,Li,1,x", "C1,Wu,2,x"), 2, stated="recordId: phone", alone=True,
         warning="people: 1 row gives a number or code another name than an earlier row does; both are taken as one "
         "entity, with the name observed last, of several that of the record id that comes first."),
    Case(28, "no-time.csv", _people("C1,Li,1,x,,"), 1, alone=True,
         warning="people: 1 row has no time in the column of `observedAt:`; the time of the load stands in and is "
         "marked as assumed."),
    Case(28, "never-there.csv", _people("C1,gone,1,x"), 1, alone=True,
         stated="delete: {column: name, equals: gone}",
         warning="people: 1 row withdraws a record that is not there."),
    Case(28, "two-amounts.csv", _people("C1,5,B,x", "C2,6,B,x"), 2, alone=True, mapping=_CONTRACTS,
         warning="people: 1 row tells a relation otherwise than an earlier row of the same day does (the same ends, "
         "and contract where the type has one); each value is taken from the row observed last, of several from the "
         "one whose record id comes first."),
    Case(28, "guarantor-is-borrower.csv", _people("C1,Li,C1,Wu", "C2,Li,C3,Wu"), 2, alone=True, mapping=_TWO_NAMED,
         warning="people: in 1 row two entries of the mapping name the same Customer and give it different values of "
         "name; that of the later entry counts."),
    Case(28, "no-address.csv", _people("C1,Li,1,", "C2,Wu,1,"), 2, alone=True,
         left_out=("LIVES_AT relations with an empty end (column address): 2",)),
    Case(28, "no-number.csv", _people("C1,Li,,x", "C2,Wu,7,y"), 2, alone=True, mapping=_OPTIONAL,
         left_out=("`optional` entries of Enterprise with values but an empty key (column phone): 1",)),
    # 29: JSON
    Case(29, "dup-keys.json",
         b'[{"customer_id":"C1","name":"a","name":"b"},{"customer_id":"C1","__proto__":{"x":1},"name":"c"}]',
         1, ((1, "", "ROW_JSON"),), names=("c",)),
    Case(29, "lone-surrogate.json", b'[{"customer_id":"C1","name":"\\ud83d"}]', 0, ((1, "name", "ROW_CHARACTERS"),)),
    Case(29, "big-int.json", f'[{{"customer_id":"C1","kwh":1{"0" * 400}}}]'.encode(), 0,
         ((1, "kwh", "ROW_FIELD_INVALID"),)),
    Case(29, "deep.json.gz", gzip.compress(b"[" * 10_000 + b"]" * 10_000), error="deeper than 100"),
    Case(29, "lists.ndjson",
         b'{"customer_id":["C1"],"name":[null,"a"],"kwh":[1.5]}\n{"customer_id":"C2","name":["a","b"]}\n'
         b'{"customer_id":["C3","C4"]}\n', 1,
         ((2, "name", "ROW_SEVERAL_VALUES"), (3, "customer_id", "ROW_SEVERAL_VALUES")),
         names=("a",), energy={"C1": 1.5}, alone=True),
    Case(29, "name-and-path.json", b'[{"customer_id":"C1","a.b":1,"a":{"b":2}}]', 0, ((1, "", "ROW_JSON"),),
         alone=True),
    Case(29, "twice-in-a-list.json", b'[{"customer_id":"C1","a":[{"b":1,"b":2}]}]', 0, ((1, "", "ROW_JSON"),),
         alone=True),
    # 30: lines of JSON
    Case(30, "truncated.ndjson", b'{"customer_id":"C1","kwh":1}\n{"customer_id":"C2","kw', 1, ((2, "", "ROW_JSON"),)),
    Case(30, "blank-lines.ndjson", b'\n{"customer_id":"C1"}\n\n\r\n{"customer_id":"C2"}\n', 2),
    Case(30, "concatenated.json", b'{"customer_id":"C1"}{"customer_id":"C2"}', error="state `format: jsonl`"),
    Case(30, "concatenated.json", b'{"customer_id":"C1"}{"customer_id":"C2"}', 2, stated="format: jsonl"),
    # 31: Parquet
    Case(31, "parquet-footer-huge.parquet", b"PAR1" + bytes(8) + b"\xff\xff\xff\x7fPAR1", error="is damaged"),
    Case(31, "parquet-truncated.parquet", b"PAR1" + bytes(300), error="is damaged"),
    # 32, 33: archives
    Case(32, "ratio-900.csv.gz", gzip.compress(HEAD.encode() + bytes(8 << 20)), error="more than 100 times its size"),
    Case(32, "ratio-900.zip", _zipped(("a.csv", HEAD.encode() + bytes(8 << 20))), error="more than 100 times its size"),
    Case(32, "nested.csv.gz", gzip.compress(_zipped(("a.csv", TABLE.encode()))),
         error="looks like a zip archive", alone=True),
    Case(33, "zip-slip.zip", _zipped(("../../escape.csv", TABLE.encode())), error="leads outside"),
    Case(33, "absolute.zip", _zipped(("/tmp/escape.csv", TABLE.encode())), error="leads outside", alone=True),  # noqa: S108
    Case(33, "zip-dup-names.zip", _twice(_zipped(("1.csv", TABLE.encode()), ("2.csv", TABLE.encode()))),
         error="it holds 2 files"),
    # 34: not what the name says
    Case(34, "html-as.csv", b"<!doctype html><html><body>502</body></html>", error="looks like HTML"),
    Case(34, "xls-magic.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
         error="looks like an old Excel workbook"),
    Case(34, "entities.xml", b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "b">]><feed>&a;</feed>',
         error="document type or entities", stated="format: green-button", alone=True),
    Case(34, "other.xml", b"<feed><entry/></feed>", error="XML of another kind", stated="format: green-button",
         alone=True),
    Case(34, "not-a-zip.zip", b"PK\x03\x04" + bytes(200), error="it is damaged"),
    Case(34, "text-as.zip", TABLE.encode(), error="its content is not what its ending says", alone=True),
    Case(34, "json-as.csv", b'[{"customer_id": "C1"}]', error="looks like JSON", alone=True),
    Case(34, "random.csv", bytes(range(256)) * 20, error="looks like binary data", alone=True),
)  # fmt: skip
