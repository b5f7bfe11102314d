"""Every kind of faulty file: what is refused, what is quarantined, and that the rest goes on."""

from __future__ import annotations

import csv
import io
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import BadRow, Request, Row
from ingest.readers.delimited import read
from terms.errors import KehutuError
from tests.loads import said

HEAD = "id,name,phone,address\n"
GOOD = "".join(f"C{i},客户{i},138000000{i:02d},上海市浦东新区{i}号\n" for i in range(20))
TEXT = HEAD + GOOD
NAMES = [f"客户{i}" for i in range(20)]


def rows_of(path, content: str | bytes) -> tuple[list[Row | BadRow], dict[str, str]]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    opened = read(Request(path, "a.csv", frozenset(["id", "name", "phone", "address"])))
    return list(opened.rows), opened.detected


def test_the_only_chinese_character_may_stand_on_the_last_line(tmp_path):
    plain = "".join(f"C{i},n{i},1,a{i}\n" for i in range(70_000))
    last = "C,上海市客户李,1,上海市\n"
    rows, detected = rows_of(tmp_path / "a.csv", (HEAD + plain + last).encode("gbk"))
    assert (detected["encoding"], len(rows)) == ("gb18030", 70_001)
    assert rows[-1].line == 70_002
    assert isinstance(rows[-1], Row)
    assert rows[-1].values["name"] == "上海市客户李"


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + "C1,Müller,1,Straße\nC2,Gößl,2,Königsallee\n").encode("latin-1"),
        (HEAD + "C1,김철수,1,서울특별시강남구\nC2,이영희,2,부산광역시해운대구\n").encode("euc-kr"),
        (HEAD + "C1,田中さん,1,とうきょうとしぶやく\nC2,すずき,2,おおさか\n").encode("shift-jis"),
        (HEAD + "C1,田中さん,1,とうきょうとしぶやく\nC2,すずき,2,おおさか\n").encode("euc-jp"),
        (HEAD + "C1,Иванов,1,Москва\n").encode("cp1251"),
    ],
    ids=["latin-1", "euc-kr", "shift-jis", "euc-jp", "cp1251"],
)
def test_an_encoding_that_is_not_certain_is_refused_whole(desk, content):
    report = desk.load_file("a.csv", content)
    assert (report.read, report.accepted) == (0, 0)
    assert "encoding is not certain" in report.error
    assert "encoding:" in report.error
    assert desk.records() == []


def test_a_wrongly_stated_encoding_quarantines_the_rows(desk):
    report = desk.load_file("a.csv", TEXT.encode("gbk"), more="    encoding: utf-8\n")
    assert report.quarantined == 20
    assert {code for _, _, code in desk.reasons()} == {"ROW_ENCODING"}


def test_mixed_line_ends_and_line_ends_in_quotes(desk):
    report = desk.load_file("a.csv", HEAD + 'C1,"a\nb",1,x\r\nC2,"c\r\nd",2,y\rC3,"e\rf",3,z')
    assert (report.accepted, desk.names()) == (3, ["a\nb", "c\r\nd", "e\rf"])
    assert [r.location for r in desk.records()] == ["a.csv:2", "a.csv:4", "a.csv:6"]


def test_a_delimiter_that_is_frequent_in_the_cells_does_not_mislead(desk):
    rows = "".join(f"C{i}|a, b, c, d, e; f{i}|1|x, y, z\n" for i in range(5))
    report = desk.load_file("a.csv", "id|name|phone|address\n" + rows)
    assert (report.delimiter, report.accepted) == ("|", 5)


def test_ragged_rows_are_quarantined(desk):
    report = desk.load_file("a.csv", HEAD + "C1,a\nC2,b,1,x,more,more\n\n\nC3,c,1,x\n")
    assert (report.read, report.accepted, desk.names()) == (3, 1, ["c"])
    assert desk.reasons() == [(2, "", "ROW_RAGGED"), (3, "", "ROW_RAGGED")]
    assert [(q.details["found"], q.details["expected"]) for q in desk.refused()] == [(2, 4), (6, 4)]


def test_delimiters_at_the_end_of_header_and_rows_name_nothing(desk):
    report = desk.load_file("a.csv", "id,name,phone,address,,\nC1,a,1,x,,\nC2,b,1,y\nC3,c,1,z,,stray\n")
    assert (report.accepted, desk.names(), desk.reasons()) == (2, ["a", "b"], [(4, "", "ROW_RAGGED")])


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("id,name,name,phone,address", "two columns have the name 'name'"),
        ("id,,name,phone,address", "column 2 has no"),
    ],
)
def test_a_repeated_or_blank_header_is_refused(desk, header, reason):
    report = desk.load_file("a.csv", f"{header}\nC1,a,b,1,x\n")
    assert report.read == 0
    assert "a.csv, line 1" in report.error
    assert reason in report.error


def test_a_column_that_the_file_lacks_is_named(desk):
    report = desk.load_file("a.csv", "id,name,phone\nC1,a,1\n")
    assert report.read == 0
    assert "no column 'address'; it has 'id', 'name', 'phone'" in report.error
    report = desk.load_file("a.csv", "id,Name,phone,address\nC1,a,1,x\n")
    assert "no column 'name' (nearest: 'Name')" in report.error


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("skip: two", "option skip: 'two' cannot be used; a whole number from 0 to 1000"),
        ("skip: -1", "option skip: '-1' cannot be used"),
        ("columns: id", "option columns: 'id' cannot be used; a list of names"),
        ("skp: 1", "has no option 'skp'; it knows columns, delimiter, encoding, skip"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(desk, option, reason):
    report = desk.load_file("a.csv", TEXT, more=f"    options: {{{option}}}\n")
    assert (report.read, desk.records()) == (0, [])
    assert reason in report.error


@pytest.mark.parametrize(
    ("file", "setting"),
    [
        ("a.csv", "table: people"),
        ("a.json", "delimiter: ';'"),
        ("a.jsonl", "table: people"),
        ("a.xlsx", "encoding: gbk"),
        ("a.parquet", "encoding: gbk"),
    ],
)
def test_a_setting_that_means_nothing_to_a_format_is_named(desk, file, setting):
    report = desk.load_file(file, TEXT, more=f"    {setting}\n")
    assert (report.read, desk.records()) == (0, [])
    assert f"has no option '{setting.partition(':')[0]}'" in report.error


@pytest.mark.parametrize(
    "content", ["", "\n" * 500, "\r\n\r\n", HEAD, HEAD + "\n\n", b"\xef\xbb\xbf", "  \n"]
)
def test_a_file_without_rows_is_no_error(desk, content):
    report = desk.load_file("a.csv", content)
    assert (report.read, report.error) == (0, None)
    assert said(report) == ["a.csv has no rows."]


def test_an_unclosed_quotation_mark_costs_its_own_line_only(desk):
    lines = TEXT.splitlines(keepends=True)
    lines[2] = 'C1,"open,1,2\n'
    report = desk.load_file("a.csv", "".join(lines))
    assert (report.accepted, desk.reasons()) == (19, [(3, "", "ROW_QUOTE")])
    assert desk.refused()[0].raw == {"": 'C1,"open,1,2'}
    assert desk.names() == ["客户0", *NAMES[2:]]


def test_unclosed_quotation_marks_in_a_large_file_cost_their_own_lines_only(tmp_path):
    many = [f"C{i},n{i},1,a{i}\n" for i in range(60_000)]
    content = "".join([HEAD, 'X1,"open,1,2\n', *many, 'X2,"open again,1,2\n', *many])
    rows, _ = rows_of(tmp_path / "a.csv", content)
    bad = [row for row in rows if isinstance(row, BadRow)]
    assert [(row.line, row.code) for row in bad] == [(2, "ROW_QUOTE"), (60_003, "ROW_QUOTE")]
    assert len(rows) == 120_002


def test_a_field_of_two_mebibytes_is_quarantined_at_once(desk):
    began = time.monotonic()
    long = "长" * (2 << 20)
    report = desk.load_file("a.csv", HEAD + f'C1,"{long}",1,x\nC2,b,1,x\nC3,{"y" * 200_000},1,x\nC4,d,1,x\n')
    assert (report.accepted, desk.names()) == (2, ["b", "d"])
    assert [(line, code) for line, _, code in desk.reasons()] == [
        (2, "ROW_FIELD_TOO_LONG"),
        (4, "ROW_FIELD_TOO_LONG"),
    ]
    assert time.monotonic() - began < 20  # seconds are fine, minutes would not be
    assert all(len(str(q.raw)) < 10_000 for q in desk.refused())


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("a\0b", "a\\x00b"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("evil\u202etxt.exe", "evil\\u202etxt.exe"),
        ("\u200b\u200d\ufeff", "\\u200b\\u200d\\ufeff"),
        ("bell\x07", "bell\\x07"),
        ("c1\x85next", "c1\\x85next"),
    ],
)
def test_characters_that_cannot_be_seen_quarantine_the_row(desk, cell, shown):
    report = desk.load_file("a.csv", f"{HEAD}C1,{cell},1,x\nC2,b,1,x\n")
    assert (report.accepted, desk.reasons()) == (1, [(2, "name", "ROW_CHARACTERS")])
    (refused,) = desk.refused()
    assert refused.details["found"] == shown
    assert refused.raw["name"] == cell


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!doctype html><html><body>502</body></html>", "HTML"),
        (b"\xef\xbb\xbf<HTML>", "HTML"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504), "an old Excel workbook"),
        (b"PK\x03\x04" + bytes(100), "a zip archive or an Excel workbook"),
        (b"PAR1" + bytes(100), "Parquet"),
        (b"\x1f\x8b\x08" + bytes(100), "gzip"),
        (bytes(range(256)) * 20, "binary data"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(desk, content, what):
    report = desk.load_file("a.csv", content)
    assert report.read == 0
    assert what in report.error


def test_a_missing_file_a_folder_and_a_forbidden_file(desk):
    assert "There is no file none.csv" in desk.load_file("none.csv").error
    (desk.folder / "folder.csv").mkdir()
    assert "folder.csv is a folder" in desk.load_file("folder.csv").error
    assert "There is no file *.tsv" in desk.load_file("'*.tsv'").error


def test_one_unreadable_source_does_not_stop_the_others(desk):
    desk.write("good.csv", TEXT)
    source = "  - {{name: {0}, path: {0}.csv, channel: survey, mapping: [{{node: Customer, key: {{local: id}}}}]}}\n"
    report = desk.load("sources:\n" + source.format("none") + source.format("good"))
    assert [(s.name, s.read, s.accepted, s.error is None) for s in report.sources] == [
        ("none", 0, 0, False),
        ("good", 20, 20, True),
    ]
    assert not report.complete


def test_one_unreadable_file_of_a_pattern_does_not_stop_the_others(desk):
    desk.write("in/1.csv", TEXT)
    desk.write("in/2.csv", "<html>")
    desk.write("in/3.csv", TEXT.replace("C", "D"))
    report = desk.load_file("in/*.csv")
    assert (report.read, report.accepted) == (40, 40)
    assert "2.csv is not a text table" in report.error
    assert desk.records()[0].location == "in/1.csv:2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("examples")


# Control characters in numbers make a file binary, and quarantine a row otherwise.
cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\"',;|"), max_size=12)


@given(
    rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=8),
    newline=st.sampled_from(["\n", "\r\n"]),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_a_csv_writer_writes_is_read_back(folder, rows, newline, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *rows])
    path = folder / "a.csv"
    path.write_bytes(out.getvalue().encode())
    opened = read(Request(path, "a.csv", frozenset("abc")))
    found = list(opened.rows)
    assert all(isinstance(row, Row) for row in found)
    assert [tuple(row.values.values()) for row in found if isinstance(row, Row)] == rows


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_reason(folder, content):
    path = folder / "a.csv"
    path.write_bytes(b"a,b\n" + content)
    with suppress(KehutuError):
        opened = read(Request(path, "a.csv"))
        for row in opened.rows:
            if isinstance(row, BadRow):
                assert KehutuError(row.code, file=row.file, line=row.line, **row.details).message()
            else:
                # Bytes with a zero at every other place are UTF-16, with a header of its own.
                assert tuple(row.values) == opened.columns
