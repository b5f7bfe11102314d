"""Parquet files, read in batches: only the mapped columns, never a whole row group as Python objects.

Structs and lists of structs are read by path, as objects of JSON are (``address.city``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ingest.readers import COLUMN_LIMIT, BadRow, Opened, Request, Row
from ingest.readers.input import EMPTY, OTHER, check_options, content_of, open_file, reading
from terms.cleanup import on_failure
from terms.errors import KehutuError
from terms.texts import Texts

_BATCH: Final = 8_192
_BROKEN: Final = (pa.ArrowException, OSError, ValueError, EOFError, MemoryError)


def read(request: Request) -> Opened:
    """A Parquet file; its rows are numbered from 1.

    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_A_TABLE``, ``FILE_DAMAGED``,
            ``FILE_HEADER_FAULTY``, ``FILE_TOO_WIDE``; ``FILE_DAMAGED`` also between rows.
    """
    check_options(request, "parquet", frozenset())
    file = open_file(request)
    with on_failure(file.close), reading(request.name):
        return _opened(file, request)


def _opened(file: BinaryIO, request: Request) -> Opened:
    head = file.read(16)
    file.seek(0)
    if not head.startswith(b"PAR1"):
        what = content_of(head) or (OTHER if head else EMPTY)
        raise KehutuError("FILE_NOT_A_TABLE", file=request.name, found=what, expected="Parquet")
    try:
        table = pq.ParquetFile(file, page_checksum_verification=True)
        names = [str(name) for name in table.schema_arrow.names]
        groups, rows = table.metadata.num_row_groups, table.metadata.num_rows
    except _BROKEN as fault:
        raise KehutuError("FILE_DAMAGED", file=request.name, reason=_reason(fault)) from fault
    if len(names) > COLUMN_LIMIT:
        raise KehutuError("FILE_TOO_WIDE", file=request.name, found=len(names), limit=COLUMN_LIMIT)
    twice = next((name for position, name in enumerate(names) if name in names[:position]), None)
    if twice is not None:
        reason = Texts(f"two columns have the name '{twice[:80]}'", f"有两列都叫“{twice[:80]}”")
        raise KehutuError("FILE_HEADER_FAULTY", file=request.name, line=1, reason=reason)
    opened = Opened(iter(()), tuple(path for field in table.schema_arrow for path in _paths(field)))
    wanted = [field.name for field in table.schema_arrow if not request.wanted.isdisjoint(_paths(field))]
    if rows == 0 or groups == 0:
        opened.notices.add("NOTICE_EMPTY", file=request.name)
    opened.rows = _rows(table, wanted, file, request.name)
    return opened


def _rows(table: Any, columns: list[str], file: BinaryIO, name: str) -> Iterator[Row | BadRow]:
    number = 0
    with file:
        batches = table.iter_batches(batch_size=_BATCH, columns=columns, use_threads=False)
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    return
                batch.validate(full=True)
                cells = [_cells(column) for column in batch.columns]
            except _BROKEN as fault:
                raise KehutuError("FILE_DAMAGED", file=name, reason=_reason(fault)) from fault
            for values in zip(*cells, strict=True):
                number += 1
                yield Row(name, number, dict(zip(columns, values, strict=True)))


def _paths(field: Any, before: str = "") -> Iterator[str]:
    """The name of a column, and the paths to what lies in it."""
    path, kind = f"{before}{field.name}", field.type
    yield path
    while pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    if pa.types.is_struct(kind):
        for inner in kind:
            yield from _paths(inner, f"{path}.")


def _cells(column: Any) -> list[object]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        # Instants are kept to the microsecond.
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        with suppress(pa.ArrowInvalid):  # no text: the mapping refuses the cells one by one
            column = column.cast(pa.large_string())
    cells: list[object] = column.to_pylist()
    return cells


def _reason(fault: BaseException) -> Texts:
    lines = str(fault).strip().splitlines()
    text = lines[0] if lines else type(fault).__name__
    told = text.rstrip(".")[:200]
    return Texts(told, f"无法读取（{told}）")
