"""Bad input, one table: files that a test makes and, where it lies beside the checkout, a corpus of hostile input."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingest.cells.absence import SHIPPED, letters_lost
from ingest.loads.load import load
from ingest.loads.report import SourceReport
from ingest.loads.retry import retry
from ingest.statements import Statements
from ledger import loads, withdrawals
from ledger.records import current
from terms.errors import KehutuError, catalogue
from tests.ingest_front.bad_case import Case, Told, manifest_of, mended_manifest
from tests.ingest_front.bad_input import ABOUT, ABSENT, CASES, CORPUS, NAUGHTY, TEXTS, is_later, named
from tests.loads import said

beside = pytest.mark.skipif(not CORPUS.is_dir(), reason=ABSENT)

JSON_MANIFEST = """\
  - name: {name}
    path: '{name}.json'
    channel: survey
    mapping: [{{node: Customer, set: {{name: name}}}}]
"""
WORD = {"y": "to be accepted", "n": "to be refused", "i": "either way"}


def told_by(desk) -> dict[str, dict[str, object]]:
    """Record id -> what its row says, those of a name together where there are several."""
    told: dict[str, dict[str, object]] = {}
    names = [(record.source, record.record_id) for record in desk.records()]
    for (_, id_), record in current(desk.ledger, names).items():
        if record.deleted:
            continue
        said = Statements.from_json(record.payload)
        found: dict[str, list[object]] = {}
        for node in said.nodes:
            found.setdefault(node.type, []).append("known" if node.type == "Person" else node.keys[0])
            for name, value in node.set.items():
                found.setdefault(f"{node.type}.{name}", []).append(value)
        for relation in said.relations:
            found.setdefault(f"{relation.type}.key", []).append(relation.key)
            for name, value in relation.set.items():
                found.setdefault(f"{relation.type}.{name}", []).append(value)
        told[id_] = {name: values[0] if len(values) == 1 else tuple(values) for name, values in found.items()}
    return told


def tells(desk, expected: Told) -> None:
    """The records say what is expected of them."""
    told = told_by(desk)
    found = {
        id_: values and {name: told.get(id_, {}).get(name) for name in values}
        for id_, values in expected.items()
    }
    assert found == expected
    assert not [id_ for id_, values in expected.items() if values is None and id_ in told]


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
    if case.noticed is not None:
        assert {one.code: tuple(p.line for p in one.places) for one in report.notices} == case.noticed
    tells(desk, case.told)
    if case.left_out:
        assert tuple(one.reason for one in report.left_out) == case.left_out
    if case.names is not None:
        assert tuple(desk.names()) == case.names
    for row in desk.refused():
        # Place, raw text, what was expected, a remedy.
        error = KehutuError(row.code, **row.details)
        assert row.raw
        assert error.remedy()
        assert "sheet" in row.details or not case.file.endswith(".xlsx")
    energy = {
        record.record_id: node.set.get("energy")
        for record, said in zip(desk.records(), desk.statements(), strict=True)
        for node in said.nodes
        if node.type == "Bill"
    }
    assert {name: energy[name] for name in case.energy} == case.energy


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_file_fares_as_written(desk, case):
    given = case.beside or {case.file: case.made}
    for name, content in given.items():
        desk.write(f"in/{name}", content)
    before = set(desk.folder.parent.rglob("escape*"))
    report = load(desk.ledger, desk.write("m.yaml", manifest_of(case)), base=desk.folder / "in").sources[0]
    fares_as_written(desk, case, report)
    assert set(desk.folder.parent.rglob("escape*")) == before
    assert {path.name for path in (desk.folder / "in").iterdir()} == {Path(name).parts[0] for name in given}


ELSEWHERE = {
    "NOTICE_COMPARED_IN_PART": "a source of millions of rows: test_contradictions",
    "NOTICE_INTEREST_WITHOUT_PLACE": "formats of the field: tests/ingest_sources",
    "NOTICE_CURVE_GAPS": "load curves: tests/ingest_sources",
    "NOTICE_COLUMNS_LEFT": "graphs of py2neo: tests/ingest_sources",
    "NOTICE_NOT_MAPPED": "graphs of py2neo: tests/ingest_sources",
    "ROW_NODE_TWIN": "graphs of py2neo: tests/ingest_sources",
    "ROW_VALUE_KIND": "graphs of py2neo: tests/ingest_sources",
}
"""Codes that no file of a table gives -> what gives them, and where that is shown."""

NOTHING_TO_FOLLOW = {"NOTICE_EMPTY", "NOTICE_PASSED_OVER"}
"""Codes whose remedy is that there is nothing to do."""

MENDED = [case for case in CASES if case.mended]


def remedies(desk, report: SourceReport) -> str:
    """All that whoever reads the report and the quarantine is told to do."""
    refused = [KehutuError(row.code, **row.details).remedy() for row in desk.refused()]
    return " ".join([report.error or "", *refused, *(notice.remedy for notice in report.notices)])


@pytest.mark.parametrize("case", MENDED, ids=str)
def test_the_remedy_works_when_it_is_followed(desk, case):
    """It is read where it is told, followed, and the rows go in and say what was meant."""
    base, mended = desk.folder / "in", case.mended
    desk.write(f"in/{case.file}", case.made)
    (report,) = load(desk.ledger, desk.write("m.yaml", manifest_of(case)), base=base).sources
    assert mended.says in remedies(desk, report)
    if mended.made is not None:
        desk.write(f"in/{mended.file or case.file}", mended.made)
    manifest = desk.write("m.yaml", mended_manifest(case))
    if case.refused:
        assert {one.outcome for one in retry(desk.ledger, manifest, changes=mended.by_hand, base=base)} == {
            "accepted"
        }
    else:
        if mended.taken_back:
            take_back(desk)
        (report,) = load(desk.ledger, manifest, base=base).sources
        assert (report.error, report.quarantined) == (None, 0)
        assert [notice.code for notice in report.notices] == list(mended.left)
    assert desk.refused() == []
    tells(desk, mended.told)


def take_back(desk) -> None:
    """Withdraw what the one load brought, as `kehutu loads withdraw` does."""
    (only,) = loads.listing(desk.ledger)
    with desk.ledger.writer():
        withdrawals.begin(desk.ledger, only.id, at=datetime.now(UTC))
        assert list(withdrawals.withdraw(desk.ledger, only.id, at=datetime.now(UTC)))


def test_every_code_of_rows_has_its_case():
    """What a load may say of a cell, a row, a sheet or an archive stands in the table, and each remedy is followed."""
    told = {code for case in CASES for _, _, code in case.refused}
    told |= {code for case in CASES for code in case.noticed or ()}
    known = {code for code in catalogue() if code.startswith(("ROW_", "NOTICE_"))}
    assert known - told == ELSEWHERE.keys()
    followed = {code for case in MENDED for _, _, code in case.refused}
    followed |= {code for case in MENDED for code in case.noticed or ()}
    assert told - followed == NOTHING_TO_FOLLOW


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
