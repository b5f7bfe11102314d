"""Two tables, nodes and relations, as Parquet or CSV: written batch by batch, so of any size."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from services.export.content import Column, Content, Row, Value
from services.export.xml_files import written

TYPES: Final = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64(), "truth": pa.bool_()}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or passes over before one."""


def companion(out: Path, what: str) -> Path:
    """The file beside the one that was asked for.

    >>> companion(Path("all.csv"), "edges").name
    'all.edges.csv'
    """
    return out.with_name(f"{out.stem}.{what}{out.suffix}")


def write_parquet(out: Path, content: Content) -> tuple[int, int]:
    """Nodes to ``out``, relations to its companion ``edges``; both carry the header in the metadata of the file."""
    counts = []
    with ExitStack() as both:
        writers = []
        for path, columns, batches in _tables(out, content):
            schema = pa.schema([(column.name, TYPES[column.kind]) for column in columns])
            writer = both.enter_context(pq.ParquetWriter(path, schema))
            writers.append(writer)
            count = 0
            for rows in batches:
                writer.write_table(pa.Table.from_pylist(rows, schema=schema))
                count += len(rows)
            counts.append(count)
        for writer in writers:
            writer.add_key_value_metadata(content.header().entries())
    return counts[0], counts[1]


def write_csv(out: Path, content: Content) -> tuple[int, int]:
    """Nodes to ``out``, relations to its companion ``edges``, the header to the companion ``header`` as JSON.

    UTF-8 with a byte order mark, by which spreadsheets know it. A text that begins like a formula gets an apostrophe
    before it.
    """
    counts = []
    for path, columns, batches in _tables(out, content):
        count = 0
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column.name for column in columns])
            for rows in batches:
                writer.writerows([_cell(row.get(column.name)) for column in columns] for row in rows)
                count += len(rows)
        counts.append(count)
    header = companion(out, "header").with_suffix(".json")
    header.write_text(json.dumps(content.header().entries(), ensure_ascii=False) + "\n", encoding="utf-8")
    return counts[0], counts[1]


def _cell(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return written(value)


def _tables(out: Path, content: Content) -> Sequence[tuple[Path, Sequence[Column], Iterable[list[Row]]]]:
    return (
        (out, content.columns.nodes, content.nodes),
        (companion(out, "edges"), content.columns.edges, content.edges),
    )


def files_of(out: Path, written_format: str) -> list[Path]:
    """The files that an export writes."""
    files = [out]
    if written_format in WRITERS:
        files.append(companion(out, "edges"))
    if written_format == "csv":
        files.append(companion(out, "header").with_suffix(".json"))
    return files


def removed(files: Iterable[Path]) -> None:
    """Delete files that an export left half written."""
    for path in files:
        with suppress(OSError):
            path.unlink(missing_ok=True)


WRITERS: Final[dict[str, Callable[[Path, Content], tuple[int, int]]]] = {
    "parquet": write_parquet,
    "csv": write_csv,
}
