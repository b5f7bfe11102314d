"""Parquet: typed cells, only the mapped columns, damaged files refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.readers import Request, Row
from ingest.readers.parquet import read
from tests.loads import said

MANIFEST = """\
sources:
  - name: bills
    path: bills.parquet
    channel: marketing
    recordId: no
    observedAt: seen
    mapping:
      - node: Bill
        key: {billNo: no}
        set: {amount: amount, energy: energy, dueOn: due, period: period}
"""


def table(rows: int = 3) -> pa.Table:
    return pa.table(
        {
            "no": pa.array([1000 + i for i in range(rows)], pa.int64()),
            "amount": pa.array([Decimal("12.30")] * rows, pa.decimal128(12, 2)),
            "energy": pa.array([12.5] * (rows - 1) + [None], pa.float64()),
            "due": pa.array([date(2026, 1, 31)] * rows, pa.date32()),
            "period": pa.array(["2026-01"] * rows).dictionary_encode(),
            "seen": pa.array([datetime(2026, 2, 1, 8, tzinfo=UTC)] * rows, pa.timestamp("ns", "UTC")),
            "unmapped": pa.array([[1, 2]] * rows),
        }
    )


def test_typed_cells_become_values(desk):
    pq.write_table(table(), desk.folder / "bills.parquet")
    (report,) = desk.load(MANIFEST).sources
    assert (report.read, report.accepted, report.error) == (3, 3, None)
    first, _, last = (s.nodes[0] for s in desk.statements())
    assert first.set == {
        "billNo": "1000", "amount": 1230, "energy": 12.5, "dueOn": "2026-01-31", "period": "2026-01",
    }  # fmt: skip
    assert "energy" not in last.set
    assert desk.records()[0].observed_at == datetime(2026, 2, 1, 8, tzinfo=UTC)
    assert [r.location for r in desk.records()] == [f"bills.parquet:{i}" for i in (1, 2, 3)]
    assert desk.load(MANIFEST).sources[0].duplicate == 3


def test_only_mapped_columns_are_read_in_batches(tmp_path):
    pq.write_table(table(20_000), tmp_path / "a.parquet", row_group_size=3_000)
    opened = read(Request(tmp_path / "a.parquet", "a.parquet", frozenset({"no", "period"})))
    assert opened.columns is not None
    assert "unmapped" in opened.columns
    rows = list(opened.rows)
    assert (len(rows), rows[-1].line) == (20_000, 20_000)
    assert isinstance(rows[0], Row)
    assert rows[0].values == {"no": 1000, "period": "2026-01"}


def test_invalid_cells_quarantine_their_row(desk):
    bad = table().set_column(2, "energy", pa.array([1.0, float("inf"), 2.0]))
    bad = bad.set_column(0, "no", pa.array(["1", "", "3"]))
    bad = bad.set_column(1, "amount", pa.array([1.25, 1.25, 1.255]))
    pq.write_table(bad, desk.folder / "bills.parquet")
    (report,) = desk.load(MANIFEST).sources
    assert (report.accepted, desk.reasons()) == (
        1,
        [(2, "no", "ROW_ID_MISSING"), (3, "amount", "ROW_FIELD_INVALID")],
    )


def test_a_missing_column_is_named(desk):
    pq.write_table(table().drop_columns(["due"]), desk.folder / "bills.parquet")
    (report,) = desk.load(MANIFEST).sources
    assert report.read == 0
    assert "no column 'due'" in report.error


def test_no_rows_are_no_error(desk):
    pq.write_table(table().slice(0, 0), desk.folder / "bills.parquet")
    (report,) = desk.load(MANIFEST).sources
    assert (report.error, said(report)) == (None, ["bills.parquet has no rows."])


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def zeros_in_a_page(whole: bytes) -> bytes:
    return whole[:200] + bytes(300) + whole[500:]


def zeros_in_the_footer(whole: bytes) -> bytes:
    return whole[:-1500] + bytes(1000) + whole[-500:]


def huge_footer(_whole: bytes) -> bytes:
    return b"PAR1" + bytes(50) + b"\xff\xff\xff\x7f" + b"PAR1"


@pytest.mark.parametrize("harm", [cut, zeros_in_a_page, zeros_in_the_footer, huge_footer])
def test_damaged_files_are_refused(desk, harm):
    path = desk.folder / "bills.parquet"
    pq.write_table(table(500), path, use_dictionary=False, write_page_checksum=True)
    path.write_bytes(harm(path.read_bytes()))
    (report,) = desk.load(MANIFEST).sources
    assert report.read == 0
    assert "bills.parquet is damaged" in report.error


@pytest.mark.parametrize(
    ("content", "found"), [(b"", "an empty file"), (b"no,amount\n1,2\n", "something else")]
)
def test_what_is_no_parquet_is_refused(desk, content, found):
    desk.write("bills.parquet", content)
    (report,) = desk.load(MANIFEST).sources
    assert report.read == 0
    assert f"is not Parquet: its content looks like {found}" in report.error


def test_two_columns_of_one_name_are_refused(desk):
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["no", "no"])
    pq.write_table(twice, desk.folder / "bills.parquet")
    assert "two columns have the name 'no'" in desk.load(MANIFEST).sources[0].error
