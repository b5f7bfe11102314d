"""San Francisco's 311 service requests (DataSF, public domain): real requests with channel, subject, times and place.

One file, ``requests.csv`` or packed. Tables are the ways by which requests came, because a source has one channel.
Coordinates of 0 and "Not associated with a specific address" mean unknown. The free text of the staff's notes is left
out: it may name people.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.published import options, packed_table
from terms.errors import KehutuError

WAYS: dict[str, frozenset[str]] = {
    "phone": frozenset({"Phone"}),
    "mobile": frozenset({"Mobile/Open311"}),
    "web": frozenset({"Web", "Twitter", "Email", "Integrated Agency", "Other Department"}),
}
"""Table -> what the file's column ``source`` says."""

COLUMNS = (
    "request_no",
    "title",
    "category",
    "detail",
    "queue",
    "status",
    "opened_at",
    "closed_at",
    "address",
    "longitude",
    "latitude",
)
_NEEDED = (
    "unique_key",
    "created_date",
    "closed_date",
    "status",
    "agency_name",
    "category",
    "complaint_type",
    "descriptor",
    "incident_address",
    "source",
    "latitude",
    "longitude",
)
_NO_ADDRESS = "Not associated with a specific address"


def read(request: Request) -> Opened:
    """Requests that came by one way: ``table`` is ``phone``, ``mobile`` or ``web``.

    Raises:
        KehutuError: ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``, ``FILE_MISSING``, ``FILE_UNREADABLE``,
            ``FILE_COLUMNS_MISSING``.
    """
    options("sf311", request, {})
    table = request.table or ""
    if table not in WAYS:
        raise KehutuError("READER_TABLE_UNKNOWN", reader="sf311", found=table, known=", ".join(WAYS))
    if request.path is None or not request.path.is_file():
        raise KehutuError("FILE_MISSING", file=request.name)
    return Opened(rows=_rows(request.path, request.name, WAYS[table]), columns=COLUMNS)


def _rows(path: Path, name: str, ways: frozenset[str]) -> Iterator[Row | BadRow]:
    for line, row in packed_table(path, name, _NEEDED):
        if row["source"] in ways:
            yield Row(name, line, _values(row))


def _values(row: dict[str, str]) -> dict[str, object]:
    placed = float(row["latitude"] or 0) != 0 and float(row["longitude"] or 0) != 0
    return {
        "request_no": row["unique_key"],
        "title": row["complaint_type"],
        "category": row["category"],
        "detail": row["descriptor"],
        "queue": row["agency_name"],
        "status": row["status"],
        "opened_at": row["created_date"],
        "closed_at": row["closed_date"],
        "address": "" if row["incident_address"] == _NO_ADDRESS else row["incident_address"],
        "longitude": row["longitude"] if placed else "",
        "latitude": row["latitude"] if placed else "",
    }
