"""Bad input, one table: files that a test makes and, where it lies beside the checkout, a corpus of hostile input."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.cells.absence import SHIPPED, letters_lost
from ingest.loads.load import load
from ingest.loads.report import SourceReport
from tests.ingest_front.bad_input import ABOUT, ABSENT, CASES, CORPUS, NAUGHTY, TEXTS, Case, is_later, named
from tests.loads import said

beside = pytest.mark.skipif(not CORPUS.is_dir(), reason=ABSENT)

MANIFEST = """\
sources:
  - name: people
    path: '{path}'
    channel: survey
    recordId: customer_id
    observedAt: read_at
    mapping:
      - node: Customer
        key: {{local: customer_id}}
        set: {{name: name, phone: phone}}
      - relation: LIVES_AT
        from: {{Customer: {{local: customer_id}}}}
        to: {{Address: {{text: address}}}}
      - node: Bill
        key: {{local: customer_id}}
        set: {{energy: kwh}}
"""
JSON_MANIFEST = """\
  - name: {name}
    path: '{name}.json'
    channel: survey
    mapping: [{{node: Customer, set: {{name: name}}}}]
"""
WORD = {"y": "to be accepted", "n": "to be refused", "i": "either way"}


def manifest_of(case: Case) -> str:
    text = MANIFEST.format(path=case.file)
    if case.mapping:
        text = text[: text.index("    mapping:")] + "    mapping:\n" + case.mapping
    for line in case.stated.splitlines():
        key = line.partition(":")[0]
        text = "".join(
            kept for kept in text.splitlines(keepends=True) if not kept.startswith(f"    {key}:")
        ).replace("    channel:", f"    {line}\n    channel:")
    return text


def fares_as_written(desk, case: Case, report: SourceReport) -> None:
    """The report, the quarantine and the records are what the case says."""
    assert report.read == report.accepted + report.quarantined + report.duplicate
    if case.error:
        assert case.error in (report.error or "")
        assert report.error.startswith(case.file)
        assert (report.read, desk.records(), desk.refused()) == (0, [], [])
        return
    assert report.error is None
    assert (report.accepted, report.duplicate) == (case.accepted, case.duplicate)
    assert tuple(desk.reasons()) == case.refused
    assert case.encoding in (None, report.encoding)
    assert case.delimiter in (None, report.delimiter)
    if case.warning:
        assert said(report) == [case.warning]
    if case.left_out:
        assert tuple(one.reason for one in report.left_out) == case.left_out
    if case.names is not None:
        assert tuple(desk.names()) == case.names
    energy = {
        record.record_id: node.set.get("energy")
        for record, said in zip(desk.records(), desk.statements(), strict=True)
        for node in said.nodes
        if node.type == "Bill"
    }
    assert {name: energy[name] for name in case.energy} == case.energy


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_file_fares_as_written(desk, case):
    desk.write(f"in/{case.file}", case.made)
    before = set(desk.folder.parent.rglob("escape*"))
    report = load(desk.ledger, desk.write("m.yaml", manifest_of(case)), base=desk.folder / "in").sources[0]
    fares_as_written(desk, case, report)
    assert set(desk.folder.parent.rglob("escape*")) == before
    assert [path.name for path in (desk.folder / "in").iterdir()] == [case.file]


@beside
@pytest.mark.parametrize("case", [case for case in CASES if not case.alone], ids=str)
def test_the_file_of_the_corpus_fares_alike(desk, case):
    base = CORPUS / "own" / "tables"
    report = load(desk.ledger, desk.write("m.yaml", manifest_of(case)), base=base).sources[0]
    # Its names are its own; how many rows are taken and which are refused is the same.
    fares_as_written(desk, replace(case, names=None), report)


@beside
def test_every_file_of_the_corpus_is_named():
    files = {str(path.relative_to(CORPUS)) for path in CORPUS.rglob("*") if path.is_file()}
    left = {name for name in files if not is_later(name) and Path(name).name not in ABOUT} - named()
    read_as_folders = {
        name
        for name in left
        if name in TEXTS or name.split("/")[0] in ("json-test-suite", "csv-spectrum", "parquet-bad")
    }
    assert left - read_as_folders == set()
    assert named() <= files


def json_fares(desk, folder: Path, names: list[str]) -> dict[str, SourceReport]:
    text = "sources:\n" + "".join(JSON_MANIFEST.format(name=name) for name in names)
    reports = load(desk.ledger, desk.write("json.yaml", text), base=folder).sources
    assert all(report.read == report.accepted + report.quarantined + report.duplicate for report in reports)
    return {report.name: report for report in reports}


def check_json(reports: dict[str, SourceReport]) -> None:
    """``y_``: read; ``n_``: refused whole; ``i_``: either of both."""
    wrong = {
        f"{name}, {WORD[name[0]]}: {report.error}"
        for name, report in reports.items()
        if (name.startswith("y_") and report.error is not None)
        or (name.startswith("n_") and (report.error is None or report.read))
    }
    assert wrong == set()


def test_json_is_read_strictly(desk):
    texts = {
        "y_number_real": b"[1.5E+2]",
        "y_object_empty_key": b'{"":0}',
        "y_string_pair": b'["\\uD834\\uDd1e"]',
        "y_structure_lonely": b" true\n",
        "n_number_leading_zero": b"[012]",
        "n_number_inf": b"[Infinity]",
        "n_object_trailing_comma": b'{"id":0,}',
        "n_object_unquoted": b"{a: 1}",
        "n_string_tab": b'["\t"]',
        "n_structure_no_data": b"",
        "n_structure_open": b'[{"a":',
        "i_string_surrogate": b'["\\uDADA"]',
        "i_number_huge": b"[1.5e+9999]",
        "i_string_invalid": b'["\xff"]',
    }
    for name, text in texts.items():
        desk.write(f"{name}.json", text)
    check_json(json_fares(desk, desk.folder, list(texts)))


@beside
def test_the_suite_of_json_fares_by_its_names(desk):
    folder = CORPUS / "json-test-suite" / "test_parsing"
    names = sorted(path.stem for path in folder.iterdir())
    assert {path.suffix for path in folder.iterdir()} == {".json"}
    reports = json_fares(desk, folder, names)
    assert len(reports) > 100
    check_json(reports)


@beside
def test_what_json_readers_change_in_silence_is_kept_or_refused(desk):
    folder = CORPUS / "json-test-suite" / "test_transform"
    reports = json_fares(desk, folder, sorted(path.stem for path in folder.iterdir()))
    twice = reports.pop("object_same_key_same_value")
    assert (twice.accepted, twice.quarantined) == (0, 1)
    for name in ("object_key_nfc_nfd", "object_key_nfd_nfc"):
        assert reports.pop(name).accepted == 1
    for name, report in reports.items():
        # A text or a number in place of an object, or bytes that are no text.
        assert (report.accepted, report.duplicate) == (0, 0), name


def texts_fare(desk, texts: Sequence[str]) -> None:
    """Each text is in every field of a row: taken as it is, quarantined as it was, or absent where it says nothing."""
    rows = [
        {"customer_id": f"R{i}", "name": text, "phone": text[:200], "address": text}
        for i, text in enumerate(texts)
    ]
    content = "\n".join(json.dumps(row) for row in rows)
    desk.load_file("texts.jsonl", content.replace('"customer_id"', '"id"'))
    kept = {
        record.record_id: said.nodes for record, said in zip(desk.records(), desk.statements(), strict=True)
    }
    refused = {str(row.raw["id"]): row for row in desk.refused()}
    assert kept.keys() | refused.keys() == {f"R{i}" for i in range(len(texts))}
    for i, text in enumerate(texts):
        if (row := refused.get(f"R{i}")) is not None:
            lost = "\ufffd" in text
            assert (row.code, row.raw["name"]) == ("ROW_CHARACTERS_LOST" if lost else "ROW_CHARACTERS", text)
        else:
            customer, *address = kept[f"R{i}"]
            blank = not text or text.isspace() or SHIPPED.says_nothing(text)
            assert customer.set.get("name") == (None if blank else text)
            assert [node.set["text"] for node in address] == ([] if blank or letters_lost(text) else [text])


def test_any_text_is_kept_as_it_is_or_quarantined(desk):
    texts_fare(desk, NAUGHTY)


@beside
@pytest.mark.parametrize("name", TEXTS)
def test_any_text_of_the_corpus_is_kept_as_it_is_or_quarantined(desk, name):
    found = json.loads((CORPUS / name).read_text(encoding="utf-8"))
    texts_fare(desk, [entry if isinstance(entry, str) else str(entry["payload"]) for entry in found])


@beside
@pytest.mark.parametrize(
    "name", ["escaped_quotes", "json", "newlines", "newlines_crlf", "quotes_and_newlines"]
)
def test_dialects_of_csv_give_the_rows_that_are_expected(desk, name):
    folder = CORPUS / "csv-spectrum"
    assert {path.stem for path in (folder / "csvs").iterdir()} == {
        path.stem for path in (folder / "json").iterdir()
    }
    expected = json.loads((folder / "json" / f"{name}.json").read_text(encoding="utf-8"))
    columns = list(expected[0])
    text = f"sources:\n  - name: t\n    path: csvs/{name}.csv\n    channel: survey\n    mapping:\n" + "".join(
        f"      - {{node: Customer, key: {{local: {{column: {columns[0]}, prefix: '{column}-'}}}}, "
        f"set: {{name: {column}}}}}\n"
        for column in columns
    )
    report = load(desk.ledger, desk.write("m.yaml", text), base=folder).sources[0]
    assert (report.accepted, report.error, report.quarantined) == (len(expected), None, 0)
    assert [[node.set["name"] for node in said.nodes] for said in desk.statements()] == [
        [row[column] for column in columns] for row in expected
    ]


@beside
@pytest.mark.parametrize("name", sorted(path.name for path in (CORPUS / "parquet-bad").glob("*.parquet")))
def test_corrupt_parquet_is_refused(desk, name):
    try:
        columns = pq.ParquetFile(CORPUS / "parquet-bad" / name).schema_arrow.names
    except OSError:
        columns = ["x"]
    text = (
        f"sources:\n  - name: t\n    path: {name}\n    channel: survey\n"
        f"    mapping: [{{node: Customer, set: {{name: {{columns: {json.dumps(columns)}}}}}}}]\n"
    )
    report = load(desk.ledger, desk.write("m.yaml", text), base=CORPUS / "parquet-bad").sources[0]
    if name == "ARROW-GH-43605.parquet":
        # Indices of no bits into a dictionary of one value: unusual, and it says what it says.
        assert (report.read, report.error, desk.names()) == (21_186, None, ["0"])
    else:
        assert report.read == 0
        assert f"{name} is damaged" in report.error
