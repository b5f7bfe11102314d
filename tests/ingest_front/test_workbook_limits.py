"""Workbooks made to fill the memory, or damaged: read, or refused with a reason, and the next source goes in."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest

from ingest.readers import Request
from ingest.readers.excel import read
from terms.errors import KehutuError
from tests.workbooks import Cell, shared_xml, sheet_xml, workbook

HEADER = ["id", "name"]
MEBIBYTE = 1 << 20
MOST = 512 * MEBIBYTE

NAMES = '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>name</v></c></row>'
CORNER = sheet_xml(
    f'<sheetData>{NAMES}<row r="2"><c r="A2"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576" t="str"><v> </v></c></row></sheetData>'
)
UNDER_A_LIMIT = r"""
import json, re, resource, sys
from pathlib import Path
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[2]), int(sys.argv[2])))
from ingest.loads.load import load
from ledger.database import Ledger
folder = Path(sys.argv[1])
report = load(Ledger.open(folder / "home"), folder / "m.yaml")
# Not ru_maxrss: it begins at what the process had that started this one.
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024
print(json.dumps({"peak": peak, "sources": [[s.name, s.accepted, s.quarantined, s.error] for s in report.sources]}))
"""


def texts(count: int, length: int) -> str:
    """Texts that differ and yet pack to a hundredth of their size."""
    draw = random.Random(1)
    pieces = ["".join(draw.choices("abcdefghij客户", k=200)) for _ in range(10)]
    return shared_xml(*(f"<t>{n}{pieces[n % 10] * (length // 200)}</t>" for n in range(count)))


def rows_of(*texts_named: int) -> str:
    """A sheet of ids and shared texts, by their numbers."""
    rows = "".join(
        f'<row><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>{text}</v></c></row>'
        for n, text in enumerate(texts_named, start=2)
    )
    return sheet_xml(f"<sheetData>{NAMES}{rows}</sheetData>")


def one_row(cells: str) -> str:
    return sheet_xml(f'<sheetData><row r="1">{cells}</row></sheetData>')


def with_sheet(xml: str, shared: str = "") -> bytes:
    parts = {"xl/worksheets/sheet1.xml": xml} | ({"xl/sharedStrings.xml": shared} if shared else {})
    return workbook({"a": [HEADER]}, parts=parts)


def entities() -> str:
    """Eight entities of ten times the one before."""
    names = "abcdefghi"
    made = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise(names))
    return f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{made}]><worksheet>&i;</worksheet>'


def hostile() -> dict[str, tuple[bytes, str]]:
    """Name -> a workbook and a part of what is said of it; nothing where its rows are read."""
    long_tag = " ".join(f'a{n}="{n}"' for n in range(200_000))
    return {
        "corner": (with_sheet(CORNER), ""),
        "many-texts": (with_sheet(rows_of(*range(1_000)), texts(1_000, 30_000)), ""),
        "one-text-often": (with_sheet(rows_of(*[0] * 1_500), texts(1, 32_000)), ""),
        "entities": (with_sheet(entities()), "declares a document type"),
        "deep": (with_sheet("<worksheet>" + "<a>" * 300_000), "tags within tags"),
        "deep-rows": (with_sheet("<worksheet><sheetData>" + '<row r="1">' * 150_000), "stands within row"),
        "long-tag": (with_sheet(f"<worksheet {long_tag}>"), "a tag of more than"),
        "names": (with_sheet("<worksheet>" + "".join(f"<n{n}/>" for n in range(400_000))), "names"),
        "wide-row": (with_sheet(one_row("<c><v>1</v></c>" * 100_000)), "a cell has the place 'XFE'"),
        "same-cell": (with_sheet(one_row('<c r="A1"><v>1</v></c>' * 80_000)), "row 1 holds more than"),
        "last-row": (with_sheet(sheet_xml('<sheetData><row r="9999999"/></sheetData>')), "a row 9,999,999"),
        "packed": (with_sheet(sheet_xml(f"<sheetData>{' ' * 60 * MEBIBYTE}</sheetData>")), "it unpacks to"),
    }


def test_hostile_workbooks_keep_within_bounds_and_stop_no_other_source(tmp_path: Path):
    books = hostile()
    books["last"] = (workbook({"a": [HEADER, ["1", "客户"]]}), "")
    manifest = "sources:\n"
    for name, (content, _) in books.items():
        assert len(content) < 10 * MEBIBYTE
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        manifest += (
            f"  - {{name: {name}, path: {name}.xlsx, channel: survey, recordId: id, observedAt: 2026-01-31,\n"
            "     mapping: [{node: Customer, key: {local: id}, set: {name: name}}]}\n"
        )
    (tmp_path / "m.yaml").write_text(manifest)
    done = subprocess.run(
        [sys.executable, "-c", UNDER_A_LIMIT, str(tmp_path), str(MOST)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    told = json.loads(done.stdout)
    for name, accepted, quarantined, error in told["sources"]:
        expected = books[name][1]
        assert expected in (error or ""), name
        assert bool(error) == bool(expected), (name, error)
        assert bool(accepted or quarantined) == (not expected), name
    assert told["sources"][-1] == ["last", 1, 0, None]
    assert told["peak"] < MOST


@pytest.mark.parametrize("seed", range(60))
def test_a_damaged_workbook_is_read_or_refused(tmp_path: Path, seed: int):
    """Bytes changed at random never raise anything but what a reader may raise."""
    draw = random.Random(seed)
    content = bytearray(workbook({"a": [HEADER, *([Cell(str(n)), "x"] for n in range(50))]}))
    for _ in range(draw.randint(1, 8)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    (tmp_path / "b.xlsx").write_bytes(content[: draw.choice((len(content), draw.randrange(len(content))))])
    told: list[str] = []
    rows = 0
    try:
        rows = sum(1 for _ in read(Request(tmp_path / "b.xlsx", "b.xlsx")).rows)
    except KehutuError as fault:
        told.append(fault.message())
    assert rows <= 50
    assert all("b.xlsx" in message for message in told)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"xl/workbook.bin": b"\x83"}, "a binary Excel workbook (.xlsb)"),
        (
            {"content.xml": b"<x/>", "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"},
            "OpenDocument",
        ),
        ({"a.txt": b"x"}, "a zip archive"),
    ],
)
def test_what_is_another_kind_of_workbook_is_called_so(tmp_path: Path, parts: dict[str, bytes], found: str):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    (tmp_path / "b.xlsx").write_bytes(packed.getvalue())
    with pytest.raises(KehutuError) as caught:
        read(Request(tmp_path / "b.xlsx", "b.xlsx"))
    assert (caught.value.code, found in caught.value.message()) == ("FILE_NOT_A_TABLE", True)
