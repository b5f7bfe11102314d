"""Results of runs as Parquet files: ``home/columns/<run>/<name>.parquet``, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from ledger.files import draft_of, sync_folder
from terms.arrow import pa
from terms.errors import KehutuError
from terms.texts import Texts

FOLDER: Final = "columns"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class ColumnFile:
    """A written table: its path relative to the home, SHA-256 of its bytes (hex) and number of rows."""

    path: str
    sha256: str
    rows: int


def write(
    home: Path, run_id: str, name: str, table: pa.Table, *, rows_together: int | None = None
) -> ColumnFile:
    """Write a table; equal tables (schema, values, order of dictionaries) give equal bytes, however chunked.

    The file appears under its name only when all of it is on disk; one of that name is replaced.

    Args:
        run_id, name: letters, digits, ``.``, ``_`` and ``-``.
        rows_together: rows of one group; a reader that narrows passes over groups that have none of what it wants.
    Raises:
        KehutuError: COLUMNS_UNWRITABLE.
    """
    path = _path(home, run_id, name)
    draft = draft_of(path)
    whole = table.combine_chunks()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Checksums per page: a flipped byte is found on reading without hashing the whole file.
            pq.write_table(
                whole, draft, compression="zstd", write_page_checksum=True, row_group_size=rows_together
            )
            digest = _sha256(draft)
            with draft.open("rb") as file:
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as fault:
        raise KehutuError("COLUMNS_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
    return ColumnFile(str(path.relative_to(home)), digest, table.num_rows)


def read(
    home: Path,
    run_id: str,
    name: str,
    *,
    sha256: str | None = None,
    only: Sequence[str] | None = None,
    where: Sequence[tuple[str, str, Any]] | None = None,
) -> pa.Table:
    """Read a table from the mapped file.

    Args:
        only: read no other columns than these.
        where: read rows only for which all of these hold: column, comparison, value.
        sha256: check the whole file against this first; pages are checked in any case.
    Raises:
        KehutuError: COLUMNS_MISSING, COLUMNS_DAMAGED.
    """
    path = _path(home, run_id, name)
    if not path.is_file():
        raise KehutuError("COLUMNS_MISSING", path=path, run=run_id)
    try:
        if sha256 is not None and _sha256(path) != sha256:
            reason = Texts("the content does not fit its SHA-256", "内容与其 SHA-256 校验值不符")
            raise KehutuError("COLUMNS_DAMAGED", path=path, run=run_id, reason=reason)
        return pq.read_table(
            path,
            columns=None if only is None else list(only),
            filters=None if where is None else list(where),
            memory_map=True,
            page_checksum_verification=True,
        )
    # A damaged footer shows as any of these, depending on which byte it is.
    except (pa.ArrowException, OSError, MemoryError, UnicodeDecodeError) as fault:
        told = Texts(f"it cannot be read ({fault})", f"无法读取（{fault}）")
        raise KehutuError("COLUMNS_DAMAGED", path=path, run=run_id, reason=told) from fault


def sha256_of(home: Path, run_id: str, name: str) -> str | None:
    """SHA-256 (hex) of a file as it is; None where it is missing or cannot be read."""
    try:
        return _sha256(_path(home, run_id, name))
    except OSError:
        return None


def _path(home: Path, run_id: str, name: str) -> Path:
    for part in (run_id, name):
        if not _NAME.fullmatch(part):
            raise KehutuError("COLUMNS_NAME", found=part)
    return home / FOLDER / run_id / f"{name}.parquet"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
