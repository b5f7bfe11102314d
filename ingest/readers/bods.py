"""Beneficial ownership statements of the Open Ownership standard (BODS 0.4): who owns and directs which company.

A JSON array of statements becomes tables: entities, persons, and the interests of either in entities. Only direct
interests are taken: an indirect share follows from the direct ones, and the product computes it. An exact share is a
``share``; of a range the lower end is a stand-in (``share_at_least``), as the rest is not known. A record that says
``closed`` is a withdrawal. Record ids are those of the file and its publisher: they are put behind the file's name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.published import options
from terms.errors import KehutuError

Statement = dict[str, Any]

TABLES: dict[str, tuple[str, ...]] = {
    "entities": ("id", "name", "address", "founded_on", "stated_on", "status"),
    "persons": ("id", "name", "birth_date", "address", "stated_on", "status"),
    "entity_holdings": (
        "id", "holder", "company", "share", "share_at_least", "exact", "since", "stated_on", "status",
    ),
    "person_holdings": (
        "id", "holder", "company", "share", "share_at_least", "exact", "since", "stated_on", "status",
    ),
    "directors": ("id", "person", "company", "position", "since", "stated_on", "status"),
}  # fmt: skip
_BOARD = {"boardMember": "board member", "boardChair": "board chair"}
_DAY = 10  # characters of an ISO day


def read(request: Request) -> Opened:
    """One table of a file of statements.

    Raises:
        KehutuError: ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``, ``FILE_MISSING``, ``FILE_UNREADABLE``,
            ``FILE_NOT_A_TABLE``.
    """
    options("bods", request, {})
    table = request.table or ""
    if table not in TABLES:
        raise KehutuError("READER_TABLE_UNKNOWN", reader="bods", found=table, known=", ".join(TABLES))
    if request.path is None:
        raise KehutuError("FILE_MISSING", file=request.name)
    statements = _statements(request.path, request.name)
    make, stem, name = _ROWS[table], request.path.stem, request.name

    def rows() -> Iterator[Row | BadRow]:
        kinds = {str(s.get("recordId")): str(s.get("recordType")) for s in statements}
        for number, statement in enumerate(statements, start=1):
            for values in make(statement, stem, kinds):
                yield Row(name, number, {**values, **_about(statement)})

    return Opened(rows=rows(), columns=TABLES[table])


def _statements(path: Path, name: str) -> list[Statement]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise KehutuError("FILE_MISSING", file=name) from None
    except OSError as fault:
        raise KehutuError("FILE_UNREADABLE", file=name, reason=fault.strerror) from fault
    except ValueError as fault:
        raise KehutuError("FILE_NOT_A_TABLE", file=name, expected="JSON", found=str(fault)) from fault
    if not isinstance(data, list) or not all(isinstance(s, dict) and "recordDetails" in s for s in data):
        raise KehutuError(
            "FILE_NOT_A_TABLE", file=name, expected="an array of BODS 0.4 statements", found="other JSON"
        )
    return data


def _about(statement: Statement) -> dict[str, object]:
    return {
        "stated_on": str(statement.get("statementDate", ""))[:_DAY],
        "status": str(statement.get("recordStatus", "")),
    }


def _entities(statement: Statement, stem: str, kinds: dict[str, str]) -> Iterator[dict[str, object]]:  # noqa: ARG001
    details = statement["recordDetails"]
    if statement.get("recordType") == "entity" and details.get("name"):
        yield {
            "id": _id(stem, statement["recordId"]),
            "name": details["name"],
            "address": _address(details),
            "founded_on": _whole_day(details.get("foundingDate")),
        }


def _persons(statement: Statement, stem: str, kinds: dict[str, str]) -> Iterator[dict[str, object]]:  # noqa: ARG001
    details = statement["recordDetails"]
    names = details.get("names") or [{}]
    if statement.get("recordType") == "person" and names[0].get("fullName"):
        yield {
            "id": _id(stem, statement["recordId"]),
            "name": names[0]["fullName"],
            "birth_date": _whole_day(details.get("birthDate")),
            "address": _address(details),
        }


def _holdings(kind: str) -> Callable[[Statement, str, dict[str, str]], Iterator[dict[str, object]]]:
    def rows(statement: Statement, stem: str, kinds: dict[str, str]) -> Iterator[dict[str, object]]:
        for number, (holder, company, interest) in enumerate(_interests(statement, kinds, kind), start=1):
            share = interest.get("share") or {}
            if interest.get("type") != "shareholding":
                continue
            exact = share.get("exact")
            least = share.get("minimum", share.get("exclusiveMinimum"))
            yield {
                "id": f"{_id(stem, statement['recordId'])}.{number}",
                "holder": _id(stem, holder),
                "company": _id(stem, company),
                "share": exact,
                "share_at_least": least if exact is None else None,
                "exact": exact is not None,
                "since": _whole_day(interest.get("startDate")),
            }

    return rows


def _directors(statement: Statement, stem: str, kinds: dict[str, str]) -> Iterator[dict[str, object]]:
    for number, (person, company, interest) in enumerate(_interests(statement, kinds, "person"), start=1):
        if interest.get("type") in _BOARD:
            yield {
                "id": f"{_id(stem, statement['recordId'])}.{number}",
                "person": _id(stem, person),
                "company": _id(stem, company),
                "position": _BOARD[interest["type"]],
                "since": _whole_day(interest.get("startDate")),
            }


def _interests(
    statement: Statement, kinds: dict[str, str], kind: str
) -> Iterator[tuple[str, str, Statement]]:
    """Direct interests of parties of a kind; an unnamed party has none (the remainder stays unknown)."""
    details = statement["recordDetails"]
    holder, company = details.get("interestedParty"), details.get("subject")
    if (
        statement.get("recordType") != "relationship"
        or not isinstance(holder, str)
        or not isinstance(company, str)
    ):
        return
    if kinds.get(holder) != kind or kinds.get(company) != "entity":
        return
    for interest in details.get("interests") or ():
        if interest.get("directOrIndirect", "direct") != "indirect" and not interest.get("endDate"):
            yield holder, company, interest


def _id(stem: str, record: object) -> str:
    return f"{stem}:{record}"


def _whole_day(text: object) -> str:
    """A day; a month or a year alone is none."""
    return str(text)[:_DAY] if text and len(str(text)) >= _DAY else ""


def _address(details: Statement) -> str:
    listed = details.get("addresses") or [{}]
    country = listed[0].get("country") or {}
    parts = (listed[0].get("address"), listed[0].get("postCode"), country.get("name") if country else None)
    return ", ".join(str(part).strip().rstrip(",") for part in parts if part)


_ROWS: dict[str, Callable[[Statement, str, dict[str, str]], Iterator[dict[str, object]]]] = {
    "entities": _entities,
    "persons": _persons,
    "entity_holdings": _holdings("entity"),
    "person_holdings": _holdings("person"),
    "directors": _directors,
}
