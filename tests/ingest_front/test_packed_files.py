"""gzip, Zstandard and zip: one table, within limits, and never a file outside."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from tests.loads import said

TABLE = ("id,name,phone,address\n" + "".join(f"C{i},客户{i},{i},上海市{i}号\n" for i in range(50))).encode()


def zstd(data: bytes) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(data)
    return bytes(out.getvalue())


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(TABLE)),
        ("a.csv.gz", gzip.compress(TABLE[:100]) + gzip.compress(TABLE[100:])),
        ("a.csv.zst", zstd(TABLE)),
        ("a.csv.zip", zipped(("b.csv", TABLE))),
        ("a.zip", zipped(("folder/", b""), ("folder/b.csv", TABLE))),
        ("a.csv.gz", gzip.compress(TABLE.decode().encode("gbk"))),
        ("A.CSV.GZ", gzip.compress(TABLE)),
    ],
)
def test_packed_tables_are_read(desk, name, content):
    report = desk.load_file(name, content)
    assert (report.read, report.accepted, report.error) == (50, 50, None)
    assert desk.records()[0].location == f"{name}:2"


def test_a_packed_table_of_another_format(desk):
    lines = b"".join(b'{"id":"%d","name":"n","phone":"1","address":"x"}\n' % i for i in range(3))
    assert desk.load_file("a.jsonl.gz", gzip.compress(lines)).accepted == 3
    assert desk.load_file("b.zip", zipped(("c.ndjson", lines))).duplicate == 3


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv.gz", TABLE, "its content is not what its ending says"),
        ("a.csv.gz", gzip.compress(TABLE)[:-20], "it is damaged"),
        ("a.csv.gz", b"\x1f\x8b" + bytes(100), "it is damaged"),
        ("a.csv.zst", zstd(TABLE)[:-20], "it is damaged"),
        ("a.csv.zst", zstd(TABLE)[:10] + bytes(50), "it is damaged"),
        ("a.zip", b"PK\x03\x04" + bytes(200), "it is damaged"),
        ("a.zip", zipped(("a.csv", TABLE))[:-30], "it is damaged"),
        ("a.csv.gz", gzip.compress(bytes(8 << 20)), "more than 100 times its size"),
        ("a.csv.zst", zstd(bytes(8 << 20)), "more than 100 times its size"),
        ("a.csv.zip", zipped(("a.csv", bytes(8 << 20))), "more than 100 times its size"),
        ("a.zip", zipped(), "it holds 0 files"),
        ("a.zip", zipped(("a.csv", TABLE), ("b.csv", TABLE)), "it holds 2 files"),
        ("a.zip", zipped(("../../escape.csv", TABLE)), "leads outside"),
        ("a.zip", zipped(("/etc/escape.csv", TABLE)), "leads outside"),
        ("a.zip", zipped(("C:\\escape.csv", TABLE)), "leads outside"),
        ("a.zip", zipped((link("a.csv"), b"/etc/passwd")), "its file is a link"),
        ("a.csv.gz", gzip.compress(gzip.compress(TABLE)), "looks like gzip"),
        ("a.csv.gz", gzip.compress(zipped(("a.csv", TABLE))), "looks like a zip archive"),
        ("a.zip", zipped(("a.exe", TABLE)), "no format or reader '.exe'"),
    ],
)
def test_what_is_no_packed_table_is_refused(desk, name, content, reason):
    before = set(Path(desk.folder).rglob("*"))
    report = desk.load_file(name, content)
    assert (report.read, desk.records()) == (0, [])
    assert reason in report.error
    new = {path.name for path in Path(desk.folder).rglob("*")} - {path.name for path in before}
    assert new - {name, "m0.yaml"} == set() or all(
        "ledger" in n or n == "key" for n in new - {name, "m0.yaml"}
    )


def test_two_members_of_one_name_are_refused(desk):
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(("d.csv", TABLE), ("d.csv", TABLE))
    assert "it holds 2 files" in desk.load_file("a.zip", content).error


@pytest.mark.parametrize(
    ("company", "told"),
    [
        ([("__MACOSX/._b.csv", b"\0\5\x16\7")], "__MACOSX/._b.csv"),
        ([("__MACOSX/", b""), ("__MACOSX/in/", b"")], "__MACOSX/, __MACOSX/in/"),
        ([(".DS_Store", b"\0\0\0\1Bud1")], ".DS_Store"),
        ([("in/Thumbs.db", b"x"), ("in/desktop.ini", b"[.ShellClassInfo]")], "in/Thumbs.db, in/desktop.ini"),
        ([("~$b.xlsx", b"\4user"), ("empty/", b"")], "~$b.xlsx, empty/"),
    ],
)
def test_what_comes_along_in_an_archive_is_passed_over_with_a_notice(desk, company, told):
    for name, content in (
        ("a.zip", zipped(("b.csv", TABLE), *company)),
        ("b.csv.zip", zipped(*company, ("b", TABLE))),
    ):
        report = desk.load_file(name, content)
        assert (report.read, report.error) == (50, None)
        assert said(report) == [f"{name}: passed over, because they are no tables: {told}."]


def test_what_comes_along_beside_files_is_passed_over_with_a_notice(desk):
    desk.write("in/~$a.csv", b"\4user")
    desk.write("in/old.csv/a.txt", b"x")
    report = desk.load_file("in/a.csv", TABLE)
    assert (report.accepted, said(report)) == (50, [])
    report = desk.load_file("in/*.csv")
    assert (report.duplicate, report.error) == (50, None)
    assert said(report) == ["in/*.csv: passed over, because they are no tables: in/old.csv/, in/~$a.csv."]


def test_a_pattern_of_nothing_but_company_matches_no_file(desk):
    desk.write("in/~$a.csv", b"\4user")
    report = desk.load_file("in/*.csv")
    assert "There is no file in/*.csv" in report.error
