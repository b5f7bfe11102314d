"""Relationship records of legal entity identifiers (GLEIF level 2, RR-CDF 2.1): which enterprise stands above which.

The golden copy as CSV, or records as JSON, become rows. ``IS_DIRECTLY_CONSOLIDATED_BY`` is taken: the end node holds
the start node, by a share that is not published; a quantifier in per cent stands in for it. Left out by name and count
are ultimate parents, which follow from the direct ones, branches, which are the same enterprise, and funds. The period
of the relationship is its span; a relationship that is no longer ACTIVE and has no end ended by its last update. A
record that was annulled or is a duplicate was never true: its ``status`` is ``withdrawn``. One that waits for
validation is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ingest.notices import Place
from ingest.readers import BadRow, Opened, Request, Row, delimited
from ingest.readers.input import OTHER_JSON, check_options, json_of, open_file
from ingest.readers.json import read_objects
from terms.errors import KehutuError
from terms.texts import Texts

COLUMNS: Final = ("id", "parent", "child", "share", "since", "until", "stated_on", "status")
_CHILD: Final = "Relationship.StartNode.NodeID"
_PARENT: Final = "Relationship.EndNode.NodeID"
_TYPE: Final = "Relationship.RelationshipType"
_STATUS: Final = "Relationship.RelationshipStatus"
_REGISTERED: Final = "Registration.RegistrationStatus"
_UPDATED: Final = "Registration.LastUpdateDate"
_NEEDED: Final = (_CHILD, _PARENT, _TYPE)
_TAKEN: Final = "IS_DIRECTLY_CONSOLIDATED_BY"
_NEVER_TRUE: Final = frozenset({"ANNULLED", "DUPLICATE"})
_WAITING: Final = frozenset({"PENDING_VALIDATION", "PENDING_TRANSFER", "PENDING_ARCHIVAL"})
_PERIOD: Final = re.compile(r"Relationship\.(?:RelationshipPeriods|Period)\.(\d+)\.periodType", re.IGNORECASE)
_DAY: Final = 10  # characters of an ISO day


def read(request: Request) -> Opened:
    """Direct parents, plain or packed.

    Raises:
        KehutuError: ``READER_OPTION_UNKNOWN``, ``FILE_NOT_A_TABLE``, ``FILE_COLUMNS_MISSING`` and what CSV and JSON
            raise.
    """
    check_options(request, "gleif", frozenset(), takes=frozenset({"encoding", "delimiter"}))
    with open_file(request) as file:
        lines = json_of(file.read(4_096)) is not None
    opened = read_objects(request) if lines else delimited.read(replace(request, wanted=frozenset(_NEEDED)))
    columns = opened.columns
    missing = [name for name in _NEEDED if columns is not None and name not in columns]
    if missing:
        present = ", ".join(f"'{name[:40]}'" for name in (columns or ())[:20])
        names = ", ".join(f"'{name}'" for name in missing)
        raise KehutuError("FILE_COLUMNS_MISSING", file=request.name, columns=names, present=present)
    opened.columns = COLUMNS
    opened.rows = _rows(opened.rows, opened, request.name)
    return opened


def _rows(records: Iterator[Row | BadRow], opened: Opened, file: str) -> Iterator[Row | BadRow]:
    for number, row in enumerate(records):
        if isinstance(row, BadRow):
            yield row
            continue
        record = _flat(row.values)
        if number == 0 and not record.keys() & set(_NEEDED):
            expected = Texts("relationship records of GLEIF level 2", "GLEIF 二级关系记录")
            raise KehutuError("FILE_NOT_A_TABLE", file=file, found=OTHER_JSON, expected=expected)
        type_ = record.get(_TYPE, "")
        registered = record.get(_REGISTERED, "")
        if type_ != _TAKEN or registered in _WAITING:
            kind = type_ if type_ != _TAKEN else registered
            opened.left_out.add("LEFT_OUT_KIND", Place(file, row.line), kind=kind or "?")
            continue
        yield Row(file, row.line, _values(record))


def _values(record: Mapping[str, str]) -> dict[str, object]:
    child, parent = record.get(_CHILD, ""), record.get(_PARENT, "")
    updated = record.get(_UPDATED, "")
    since, until = _span(record)
    if not until and record.get(_STATUS) not in (None, "", "ACTIVE"):
        until = updated[:_DAY]
    return {
        "id": f"{child}/{_TAKEN}/{parent}",
        "parent": parent,
        "child": child,
        "share": _share(record),
        "since": since,
        "until": until,
        "stated_on": updated or record.get("Registration.InitialRegistrationDate", ""),
        "status": "withdrawn" if record.get(_REGISTERED) in _NEVER_TRUE else "",
    }


def _span(record: Mapping[str, str]) -> tuple[str, str]:
    """Begin and end of the relationship itself; periods of accounting and filing say nothing of it."""
    for name, type_ in record.items():
        if type_ == "RELATIONSHIP_PERIOD" and _PERIOD.fullmatch(name):
            before = name[: -len("periodType")]
            start, end = (record.get(f"{before}{side}Date", "")[:_DAY] for side in ("start", "end"))
            return start, end
    return "", ""


def _share(record: Mapping[str, str]) -> str:
    for number in range(1, 6):
        before = f"Relationship.Quantifiers.{number}."
        if record.get(f"{before}QuantifierUnits") == "PERCENTAGE":
            return record.get(f"{before}QuantifierAmount", "")
    return ""


def _flat(values: Mapping[str, object]) -> dict[str, str]:
    """A record by the names of the CSV files, texts only; JSON wraps each text as ``{"$": text}``."""
    flat: dict[str, str] = {}
    inner = values.get("RelationshipRecord")
    _flatten(inner if isinstance(inner, dict) else values, "", flat)
    return flat


_IN_JSON: Final = {
    "Relationship.RelationshipPeriods.RelationshipPeriod": "Relationship.Period",
    "Relationship.RelationshipQuantifiers.RelationshipQuantifier": "Relationship.Quantifiers",
}
"""Where JSON has a list, or one element in its place -> the beginning of the names of the CSV file."""
_NAMES: Final = {"StartDate": "startDate", "EndDate": "endDate", "PeriodType": "periodType"}


def _flatten(value: object, path: str, flat: dict[str, str]) -> None:
    if isinstance(value, dict) and set(value) == {"$"}:
        value = value["$"]
    if path in _IN_JSON:
        path, value = _IN_JSON[path], value if isinstance(value, list) else [value]
    if isinstance(value, list):
        value = {str(number): inner for number, inner in enumerate(value, start=1)}
    if isinstance(value, dict):
        for name, inner in value.items():
            _flatten(inner, f"{path}.{_NAMES.get(name, name)}" if path else name, flat)
    elif value is not None:
        flat[path] = str(value).strip()
