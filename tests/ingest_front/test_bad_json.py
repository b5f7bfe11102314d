"""JSON files and lines of JSON: strictly read, nothing rounded, the good rows kept."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import BadRow, Request, Row
from ingest.readers.json import read, read_lines
from terms.errors import KehutuError
from tests.loads import said

PEOPLE = [
    {"id": f"C{i}", "name": f"客户{i}", "phone": f"138{i}", "address": f"上海市{i}号"} for i in range(20)
]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(PEOPLE),
        json.dumps(PEOPLE, ensure_ascii=False, indent=2),
        "\ufeff" + json.dumps(PEOPLE, ensure_ascii=False),
        " \n" + json.dumps(PEOPLE).replace("}, {", "}\r\n,\t{") + "\n",
    ],
)
def test_an_array_of_objects(desk, content):
    report = desk.load_file("a.json", content)
    assert (report.read, report.accepted, report.error, report.encoding) == (20, 20, None, "utf-8")
    assert desk.names() == [p["name"] for p in PEOPLE]


def test_one_object_is_one_row(desk):
    assert desk.load_file("a.json", json.dumps(PEOPLE[0])).accepted == 1


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_other_encodings(desk, encoding):
    report = desk.load_file("a.json", json.dumps(PEOPLE, ensure_ascii=False).encode(encoding))
    assert (report.accepted, desk.names()[3]) == (20, "客户3")


def test_rows_know_their_line(desk):
    desk.load_file("a.json", json.dumps(PEOPLE, indent=1))
    assert [r.location for r in desk.records()][:3] == ["a.json:2", "a.json:8", "a.json:14"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"id":1},]', "line 1"),
        ('[{"id":1}', "the file ends in the middle"),
        ('[{"id":1}\n{"id":2}]', "line 2: ',' or ']' is expected"),
        ('[{"id":1}] x', "something follows after the end"),
        ('{"id":1}{"id":2}', "state `format: jsonl`"),
        ('[{"id":NaN}]', "NaN is no number of JSON"),
        ('[{"id":-Infinity}]', "-Infinity is no number of JSON"),
        ("[{'id':1}]", "property name enclosed in double quotes"),
        ('[{"id":01}]', "no JSON"),
        ('[{"id":"a\tb"}]', "control character"),
        ('[{"id":"a', "unterminated string"),
        ("[" * 150 + "]" * 150, "deeper than 100"),
        ("[" * 50_000 + "]" * 50_000, "deeper than 100"),
        ("", "the file is empty"),
        (b'[{"id":"\xff"}]', "encoding is not certain"),
        ("<html>", "looks like HTML"),
    ],
)
def test_a_broken_file_is_refused_whole(desk, content, reason):
    good = '[{"id":"C1","name":"a","phone":"1","address":"x"},' if isinstance(content, str) else ""
    if isinstance(content, str) and content.startswith('[{"'):
        content = good + content[1:]
    report = desk.load_file("a.json", content)
    assert (report.read, desk.records()) == (0, [])
    assert reason in report.error


def test_faulty_objects_are_quarantined_and_the_others_go_on(desk):
    good = json.dumps(PEOPLE[0])
    content = f'[{good},\n{{"id":"2","name":"a","name":"b"}},\n7,\n["x"],\nnull,\n{{"__proto__":{{"x":1}},{good[1:]}]'
    report = desk.load_file("a.json", content)
    assert (report.read, report.accepted, report.duplicate, report.quarantined) == (6, 1, 1, 4)
    assert desk.reasons() == [(line, "", "ROW_JSON") for line in (2, 3, 4, 5)]
    assert desk.refused()[0].details["reason"] == "the name 'name' stands twice in one object"


def test_lone_surrogates_are_quarantined(desk):
    report = desk.load_file("a.json", '[{"id":"1","name":"\\ud83d","phone":"1","address":"x"}]')
    assert (report.quarantined, desk.reasons()) == (1, [(1, "name", "ROW_CHARACTERS")])


def test_numbers_keep_their_digits(desk):
    digits = "1" * 40
    desk.load_file(
        "a.json", f'[{{"id":{digits},"name":{digits}.5,"phone":12345678901234567891,"address":1e2}}]'
    )
    (node, address) = desk.statements()[0].nodes
    assert node.keys == (f"customer:survey/{digits}",)
    assert node.set == {"name": f"{digits}.5", "phone": "12345678901234567891"}
    assert address.set == {"text": "100"}


def test_objects_in_objects_are_dotted_columns(tmp_path):
    (tmp_path / "a.json").write_text('[{"id":1,"at":{"lat":1.5,"more":{"x":[1]}},"empty":{}}]')
    (row,) = read(Request(tmp_path / "a.json", "a.json")).rows
    assert isinstance(row, Row)
    assert row.values == {"id": 1, "at.lat": Decimal("1.5"), "at.more.x": [1]}


def test_lines_of_objects(desk):
    lines = "\n".join(json.dumps(p, ensure_ascii=False) for p in PEOPLE)
    report = desk.load_file("a.jsonl", f"\n\n{lines}\r\n \n")
    assert (report.accepted, desk.records()[0].location) == (20, "a.jsonl:3")


def test_a_cut_last_line_joined_objects_and_broken_lines(desk):
    one, two, three = (json.dumps(p) for p in PEOPLE[:3])
    report = desk.load_file("a.ndjson", f"{one}{two}\n{three} x\nnot json\n[1]\n{one[:-5]}")
    assert (report.read, report.accepted, report.quarantined) == (7, 3, 4)
    assert desk.reasons() == [(line, "", "ROW_JSON") for line in (2, 3, 4, 5)]


def test_lines_of_another_encoding(desk):
    lines = [json.dumps(p, ensure_ascii=False).encode() for p in PEOPLE]
    lines[1] = json.dumps(PEOPLE[1], ensure_ascii=False).encode("gbk")
    report = desk.load_file("a.jsonl", b"\n".join(lines))
    assert (report.accepted, desk.reasons()) == (19, [(2, "", "ROW_ENCODING")])


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson"])
def test_no_lines_are_no_error(desk, name):
    report = desk.load_file(name, "\n\n")
    assert (report.read, report.error, said(report)) == (0, None, [f"{name} has no rows."])


def test_an_array_on_one_long_line_needs_no_more_than_a_window(tmp_path):
    many = [{"id": i, "text": "x" * 1000} for i in range(5_000)]
    (tmp_path / "a.json").write_text(json.dumps(many))
    opened = read(Request(tmp_path / "a.json", "a.json"))
    assert [row.values for row in opened.rows if isinstance(row, Row)] == many


plain = (
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)
objects = st.lists(
    st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), plain, max_size=4)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("examples")


@given(rows=objects, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_what_is_written_is_read_back(folder, rows, indent, ascii_only):
    path = folder / "a.json"
    path.write_text(json.dumps(rows, indent=indent, ensure_ascii=ascii_only), encoding="utf-8")
    assert [row.values for row in read(Request(path, "a")).rows if isinstance(row, Row)] == rows
    path.write_text("\n".join(json.dumps(row, ensure_ascii=ascii_only) for row in rows), encoding="utf-8")
    assert [row.values for row in read_lines(Request(path, "a")).rows if isinstance(row, Row)] == rows


@given(st.text(max_size=60) | st.text('[]{}",:0123456789 \n-+.eE\\untrfalsINy', max_size=60))
def test_any_text_gives_rows_or_a_reason(folder, text):
    path = folder / "b.json"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    for reader in (read, read_lines):
        try:
            rows = list(reader(Request(path, "b")).rows)
        except KehutuError as fault:
            rows = [BadRow("b", 1, fault.code, fault.details, {})]
        for row in rows:
            if isinstance(row, BadRow):
                assert KehutuError(row.code, **{"file": "b", "line": row.line} | row.details).message()
