"""How readers of published data sets open files inside packages, packed tables, and several tables in one source."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO, cast

from ingest.readers import BadRow, Opened, Request, Row
from terms.errors import KehutuError
from terms.texts import Texts


def package_folder(reader: str, package: str) -> Path:
    """Folder of an installed package, found without importing it: only its data files are read.

    Raises:
        KehutuError: ``READER_PACKAGE_MISSING``.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise KehutuError("READER_PACKAGE_MISSING", reader=reader, package=package)
    return Path(spec.origin).parent


def options(reader: str, request: Request, known: Mapping[str, str]) -> dict[str, str]:
    """The request's options as text over their defaults.

    Raises:
        KehutuError: ``READER_OPTION_UNKNOWN``.
    """
    for option in request.options:
        if option not in known:
            raise KehutuError(
                "READER_OPTION_UNKNOWN",
                reader=reader,
                option=option,
                known=", ".join(sorted(known)) or Texts("none", "无"),
            )
    return {**known, **{option: str(value) for option, value in request.options.items()}}


def open_table(
    reader: str,
    request: Request,
    tables: Mapping[str, Sequence[Mapping[str, object]]],
    columns: Mapping[str, Sequence[str]],
) -> Opened:
    """One of several tables that are already in memory; the row's number in its table stands for the line.

    Raises:
        KehutuError: ``READER_TABLE_UNKNOWN``.
    """
    table = request.table or ""
    if table not in tables:
        raise KehutuError("READER_TABLE_UNKNOWN", reader=reader, found=table, known=", ".join(sorted(tables)))
    name = f"{request.name}#{table}"

    def rows() -> Iterator[Row | BadRow]:
        for number, values in enumerate(tables[table], start=1):
            yield Row(name, number, values)

    return Opened(rows=rows(), columns=tuple(columns[table]))


def packed_table(
    path: Path, name: str, needed: Sequence[str], *, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a UTF-8 table, gzip or not, each with the number of its last line.

    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_COLUMNS_MISSING``.
    """
    try:
        with cast(
            TextIO, (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="")
        ) as lines:
            reader = csv.DictReader(lines, delimiter=delimiter)
            present = tuple(reader.fieldnames or ())
            missing = [column for column in needed if column not in present]
            if missing:
                raise KehutuError(
                    "FILE_COLUMNS_MISSING",
                    file=name,
                    columns=", ".join(f"'{column}'" for column in missing),
                    present=", ".join(f"'{column}'" for column in present),
                )
            for row in reader:
                yield reader.line_num, row
    except FileNotFoundError:
        raise KehutuError("FILE_MISSING", file=name) from None
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as fault:
        raise KehutuError(
            "FILE_UNREADABLE", file=name, reason=Texts(str(fault), f"无法读取（{fault}）")
        ) from fault
