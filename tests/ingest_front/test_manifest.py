"""A manifest is checked whole before a row is read; a fault names file, line and the nearest known word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.schema.load import schema
from ingest.loads.load import compile_manifest
from ingest.manifests.manifest import json_schema, read
from terms.errors import KehutuError
from tests.english import english_left

GOOD = """\
sources:
  - name: visits
    path: visits.csv
    channel: home-visit
    recordId: no
    mapping:
      - node: Customer
        key: {customerNo: 户号}
        set: {name: 姓名}
      - relation: LIVES_AT
        from: {Customer: {customerNo: 户号}}
        to: {Address: {text: 地址}}
        set: {since: 迁入}
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: a}}
        to: {Enterprise: {local: b}}
        set: {amount: {column: c, unit: wan-yuan}}
"""


def fault_of(desk, text: str) -> KehutuError:
    path = desk.write("faulty.yaml", text)
    with pytest.raises(KehutuError) as caught:
        compile_manifest(desk.ledger, read(path), schema())
    assert caught.value.details["file"] == "faulty.yaml"
    assert caught.value.exit == 2
    return caught.value


@pytest.mark.parametrize(
    ("wrong", "right", "line", "reason"),
    [
        ("chanel: home-visit", "channel: home-visit", 4, "unknown key 'chanel' (nearest: 'channel')"),
        (
            "channel: home-vist",
            "channel: home-visit",
            4,
            "there is no channel 'home-vist' (nearest: 'home-visit')",
        ),
        ("recordID: no", "recordId: no", 5, "unknown key 'recordID' (nearest: 'recordId')"),
        ("nod: Customer", "node: Customer", 7, "an entry starts with 'node:' or 'relation:'"),
        (
            "node: Custmer",
            "node: Customer",
            7,
            "there is no node type 'Custmer' to map to (nearest: 'Customer')",
        ),
        (
            "key: {customerNr: 户号}",
            "key: {customerNo: 户号}",
            8,
            "'customerNr' is no key of Customer (nearest: 'customerNo')",
        ),
        ("set: {nam: 姓名}", "set: {name: 姓名}", 9, "Customer has no property 'nam' (nearest: 'name')"),
        ("relation: LIVE_AT", "relation: LIVES_AT", 10, "(nearest: 'LIVES_AT')"),
        (
            "from: {Enterprise: {creditCode: x}}\n        to: {Address",
            "from: {Customer: {customerNo: 户号}}\n        to: {Address",
            10,
            "LIVES_AT does not lead from Enterprise to Address",
        ),
        ("form: {Customer", "from: {Customer", 11, "unknown key 'form' (nearest: 'from')"),
        (
            "unit: dollars",
            "unit: wan-yuan",
            17,
            "unit 'dollars' does not fit amount; it takes fen, yuan, wan-yuan",
        ),
        ("unti: wan-yuan", "unit: wan-yuan", 17, "unknown key 'unti' (nearest: 'unit')"),
        (
            "column: c, const: 3",
            "column: c, unit: wan-yuan",
            17,
            "give one of 'column', 'columns' and 'const'",
        ),
        ("recordId: []", "recordId: no", 5, "name the column, or the columns, or leave 'recordId' out"),
        (
            "path: visits",
            "path: visits.csv",
            2,
            "the name 'visits' tells no format; state 'format', or end it in .csv",
        ),
        ("path: visits.xls", "path: visits.csv", 2, "(a workbook of this kind: save it as .xlsx)"),
        (
            "set: {name: {column: 姓名, unit: yuan}}",
            "set: {name: 姓名}",
            9,
            "'unit' is for numbers, and name is text",
        ),
        (
            "set: {since: {column: 迁入, format: YYYY-MM-DD}}",
            "set: {since: 迁入}",
            13,
            "format 'YYYY-MM-DD' reads no date; write it like %Y-%m-%d",
        ),
        ("set: {since: {column: 迁入, format: '%Q'}}", "set: {since: 迁入}", 13, "format '%Q' reads no date"),
        ("recordId: no\n    observedAt: 2026-13-31", "recordId: no", 6, "'2026-13-31' is not a date"),
        (
            "recordId: no\n    observedAt: {column: 日期, format: 日}",
            "recordId: no",
            6,
            "format '日' reads no date",
        ),
        (
            "path: visits.csv\n    encoding: ansi",
            "path: visits.csv",
            4,
            "on Windows in Chinese it is gb18030",
        ),
        ("path: visits.csv\n    encoding: unicode_escape", "path: visits.csv", 4, "there is no encoding"),
        (
            "set: {name: [姓, 名]}",
            "set: {name: 姓名}",
            9,
            "the name of a column is expected, or more words about it",
        ),
        ("set: {name: }", "set: {name: 姓名}", 9, "the name of a column is expected"),
        ("set: {name: true}", "set: {name: 姓名}", 9, "the name of a column is expected"),
        (
            "set: {kind: {column: 类别, words: {居民: resident}}}",
            "set: {name: 姓名}",
            9,
            "'resident' is not one of consumer, organisation",
        ),
        (
            "set: {name: 姓名}\n        when: {column: 类别, equals: []}",
            "set: {name: 姓名}",
            10,
            "at least one value is expected",
        ),
        ("path: visits.csv\n    encoding: gbkk", "path: visits.csv", 4, "there is no encoding 'gbkk'"),
    ],
)
def test_a_fault_is_named_by_line_and_nearest_word(desk, wrong, right, line, reason):
    assert right in GOOD
    text = GOOD.replace(right, wrong)
    fault = fault_of(desk, text)
    assert fault.code == "MANIFEST_FAULT"
    assert reason in str(fault.details["reason"])
    assert fault.details["line"] == line
    assert english_left(fault.message("zh") + fault.remedy("zh")) == []


def test_the_good_one_is_accepted(desk):
    manifest = read(desk.write("good.yaml", GOOD))
    (mapper,) = compile_manifest(desk.ledger, manifest, schema())
    assert mapper.columns == {"no", "户号", "姓名", "地址", "迁入", "a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("sources: [", "MANIFEST_FAULT", 1),
        ("a: b: c", "MANIFEST_FAULT", 1),
        ("", "MANIFEST_FAULT", 1),
        ("- x\n", "MANIFEST_FAULT", 1),
        ("sources: visits.csv\n", "MANIFEST_FAULT", 1),
        ("sources:\n\t- name: a\n", "MANIFEST_FAULT", 2),
        (GOOD.split("      - node", maxsplit=1)[0].replace("mapping:", "mapping: []"), "MANIFEST_FAULT", 6),
        (GOOD.split("      - node", maxsplit=1)[0], "MANIFEST_FAULT", 6),
        ("sources: []\n", "MANIFEST_FAULT", 1),
        ("sources:\n  - name: a\n    name: b\n", "MANIFEST_FAULT", 3),
        (GOOD + GOOD.removeprefix("sources:\n"), "MANIFEST_FAULT", 18),
        (GOOD.replace("name: visits", "name: a/b"), "MANIFEST_FAULT", 2),
        (GOOD.replace("    path: visits.csv\n", ""), "MANIFEST_FAULT", 2),
    ],
)
def test_what_is_no_manifest_is_refused(desk, text, code, line):
    fault = fault_of(desk, text)
    assert (fault.code, fault.details["line"]) == (code, line)
    if "YAML" not in fault.message():  # whose parser speaks English only
        assert english_left(fault.message("zh")) == []


def test_a_manifest_without_sources_is_told_in_our_words(desk):
    assert fault_of(desk, "sources: []\n").details["reason"] == "at least one entry is expected"


def test_a_missing_manifest(tmp_path):
    with pytest.raises(KehutuError) as caught:
        read(tmp_path / "none.yaml")
    assert caught.value.code == "MANIFEST_MISSING"


def test_a_manifest_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_bytes(GOOD.encode("gbk"))
    with pytest.raises(KehutuError, match="a manifest is UTF-8"):
        read(path)


def test_an_unknown_format_is_refused_before_anything_is_read(desk):
    desk.write("a.csv", "x")
    with pytest.raises(KehutuError) as caught:
        desk.load(GOOD.replace("path: visits.csv", "path: a.csv\n    format: cvs"))
    assert caught.value.code == "READER_UNKNOWN"
    assert "csv" in caught.value.message()


def test_a_mapping_may_lie_in_a_file_of_its_own(desk):
    desk.write("people.yaml", "mapping:\n  - node: Customer\n    key: {local: id}\n    set: {name: name}\n")
    desk.write("a.csv", "id,name\n1,Li\n")
    report = desk.load("sources:\n  - {name: a, path: a.csv, channel: survey, mapping: people.yaml}\n")
    assert report.sources[0].accepted == 1
    desk.write("people.yaml", "mapping:\n  - node: Customer\n    key: {local: id}\n    sets: {name: name}\n")
    with pytest.raises(KehutuError) as caught:
        desk.load("sources:\n  - {name: a, path: a.csv, channel: survey, mapping: people.yaml}\n")
    assert (caught.value.details["file"], caught.value.details["line"]) == ("people.yaml", 4)


def test_an_unknown_mapping_is_named(desk):
    with pytest.raises(KehutuError, match="there is no mapping 'nowhere'"):
        desk.load("sources:\n  - {name: a, path: a.csv, channel: survey, mapping: nowhere}\n")


def test_the_committed_json_schema_is_current():
    committed = Path(__file__).parents[2] / "docs" / "manifest.schema.json"
    assert json.loads(committed.read_text(encoding="utf-8")) == json_schema(), (
        "run `python -m ingest.manifests.manifest`"
    )
