"""Beneficial ownership statements of the Open Ownership standard (BODS 0.4): who owns and directs which company.

A JSON array of statements, or one statement a line, becomes rows: entities, persons, and the interests of either in
entities. Only direct interests are taken: an indirect share follows from the direct ones, and the product computes it.
An exact share is a ``share``; of a range the lower end is a stand-in (``share_at_least``), as the rest is not known.

A record that says ``closed`` has ended (BODS, Information updates: it is no longer part of the network): its
interests end on their ``endDate``, else on the day of the statement, and its ``status`` is ``ended``. Only a closed
record that an annotation calls a correction was never true: its status is ``closed``, and a manifest withdraws it. What
an update no longer lists has ended as well. Record ids are those of a publisher: its name, else that of the file,
stands before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from ingest.notices import Place
from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.archives import PACKED
from ingest.readers.input import OTHER_JSON, check_options
from ingest.readers.json import read_objects
from terms.errors import KehutuError
from terms.texts import Texts

Statement = Mapping[str, Any]

_SAID: Final = ("until", "stated_on", "status")
_SPAN: Final = ("since", *_SAID)
_HOLDING: Final = ("id", "holder", "company", "share", "share_at_least", "exact", *_SPAN)
TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "entities": ("id", "name", "other_names", "address", "founded_on", "dissolved_on", *_SAID),
    "persons": ("id", "name", "other_names", "birth_date", "address", *_SAID),
    "entity_holdings": _HOLDING,
    "person_holdings": _HOLDING,
    "directors": ("id", "person", "company", "position", *_SPAN),
}
"""Table -> its columns. Without a table all rows come in one, with ``table`` and every column."""

ALL: Final = ("table", *dict.fromkeys(column for columns in TABLES.values() for column in columns))

_BOARD: Final = {"boardMember": "board member", "boardChair": "board chair"}
_TYPES: Final = {
    "entity_holdings": {"shareholding"},
    "person_holdings": {"shareholding"},
    "directors": set(_BOARD),
}
_OF: Final = {
    "entity": ("entities", "entity_holdings"),
    "person": ("persons", "person_holdings", "directors"),
}
"""Type of a record -> the tables that it, or what it holds, has rows in."""

_DATES: Final = ("foundingDate", "dissolutionDate", "birthDate")
_DAY: Final = 10  # characters of an ISO day


class Known(NamedTuple):
    """What a file says of a record that others name: its type, and its id with the publisher's name."""

    type: str
    id: str


def read(request: Request) -> Opened:
    """One table of a file of statements, or all in one.

    Raises:
        KehutuError: ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``, ``FILE_NOT_A_TABLE`` and what JSON raises.
    """
    check_options(request, "bods", frozenset(), takes=frozenset({"table", "encoding"}))
    if request.table is not None and request.table not in TABLES:
        raise KehutuError("READER_TABLE_UNKNOWN", reader="bods", found=request.table, known=", ".join(TABLES))
    known: dict[str, Known] = {}
    for number, row in enumerate(read_objects(request).rows):
        if isinstance(row, Row) and _is_statement(row.values):
            record = str(row.values["recordId"])
            known.setdefault(record, Known(str(row.values["recordType"]), _id(request.name, row.values)))
        elif number == 0:
            expected = Texts("BODS 0.4 statements", "BODS 0.4 声明")
            raise KehutuError("FILE_NOT_A_TABLE", file=request.name, expected=expected, found=OTHER_JSON)
    opened = read_objects(request)
    opened.columns = ALL if request.table is None else TABLES[request.table]
    opened.rows = _Statements(request, opened, known).rows(opened.rows)
    return opened


def _is_statement(values: Mapping[str, object]) -> bool:
    named = all(isinstance(values.get(name), str) for name in ("recordId", "recordType"))
    return named and isinstance(values.get("recordDetails"), dict)


class _Statements:
    """The statements of one file on their way to rows."""

    def __init__(self, request: Request, opened: Opened, known: Mapping[str, Known]) -> None:
        self.file = request.name
        self.tables = TABLES if request.table is None else (request.table,)
        self.columns = ALL if request.table is None else TABLES[request.table]
        self.opened = opened
        self.known = known
        # Id of a relationship in a table -> what its last statement says of each interest.
        self.listed: dict[str, list[dict[str, object]]] = {}

    def rows(self, statements: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
        for row in statements:
            if isinstance(row, BadRow):
                yield row
            elif not _is_statement(row.values):
                details: dict[str, object] = {
                    "field": "recordDetails",
                    "found": "",
                    "expected": "a statement",
                }
                details |= {"reason": "no BODS 0.4 statement", "reason_zh": "不是 BODS 0.4 声明"}
                yield BadRow(row.file, row.line, "ROW_JSON", details, {"": str(dict(row.values))[:2_000]})
            else:
                yield from self._of(row)

    def _of(self, row: Row) -> Iterator[Row]:
        statement: Statement = row.values
        type_ = statement["recordType"]
        if type_ == "relationship":
            yield from self._interests(row)
            return
        make = {"entity": _entity, "person": _person}.get(type_)
        table = next((table for table in _OF.get(type_, ())[:1] if table in self.tables), None)
        if make is None or table is None:
            return
        details: Statement = statement["recordDetails"]
        values = make(details)
        if not values["name"]:
            self._leave("LEFT_OUT_UNNAMED", row)
            return
        for name in _DATES:
            if details.get(name) and not _whole_day(details[name]):
                self._leave("LEFT_OUT_DATE", row)
        yield self._row(table, row, {"id": _id(self.file, statement), **values})

    def _interests(self, row: Row) -> Iterator[Row]:
        statement: Statement = row.values
        details: Statement = statement["recordDetails"]
        interests = [one for one in details.get("interests") or () if isinstance(one, dict)]
        parties = [self._party(details.get(end)) for end in ("interestedParty", "subject")]
        holder, company = parties
        if holder is None or company is None or company.type != "entity" or holder.type not in _OF:
            if set(self.tables) & set(_TYPES):
                self._leave("LEFT_OUT_PARTY", row, count=max(1, len(interests)))
            return
        tables = [table for table in _OF[holder.type][1:] if table in self.tables]
        direct = [one for one in interests if one.get("directOrIndirect") != "indirect"]
        if any(table != "directors" for table in tables):
            self._tell_what_is_left(holder.type, interests, row)
        for table in tables:
            own = [one for one in direct if one.get("type") in _TYPES[table]]
            yield from self._of_table(table, row, (holder.id, company.id), own)

    def _of_table(
        self, table: str, row: Row, ends: tuple[str, str], own: Sequence[Statement]
    ) -> Iterator[Row]:
        statement: Statement = row.values
        record = _id(self.file, statement)
        if len(self.tables) > 1 and table == "directors":
            record += ".board"  # the ids of all tables stand in one source
        parties = {"holder": ends[0], "person": ends[0], "company": ends[1]}
        said = [_interest(interest) for interest in own]
        for number, (interest, values) in enumerate(zip(own, said, strict=True), start=1):
            until = interest.get("endDate") or _closed_on(statement)
            yield self._row(table, row, {"id": f"{record}.{number}", **parties, **values, "until": until})
        # What the record listed before and lists no more has ended. What an earlier file may have said is taken back.
        before = self.listed.get(f"{table} {record}")
        self.listed[f"{table} {record}"] = said
        unknown = before is None and statement.get("recordStatus") != "new"
        for number in range(len(own) + 1, (1 if unknown else len(before or ())) + 1):
            earlier = {} if before is None else before[number - 1]
            gone = {"id": f"{record}.{number}", **parties, **earlier, "until": _day(statement)}
            yield self._row(table, row, gone, "closed" if before is None else "ended")

    def _tell_what_is_left(self, kind: str, interests: Sequence[Statement], row: Row) -> None:
        mapped = set().union(*(_TYPES[table] for table in _OF[kind][1:]))
        for interest in interests:
            type_ = str(interest.get("type") or "unknownInterest")
            if type_ not in mapped:
                place = Place(self.file, row.line)
                self.opened.notices.add("NOTICE_INTEREST_WITHOUT_PLACE", place, type=type_)
            elif interest.get("directOrIndirect") == "indirect":
                self._leave("LEFT_OUT_INDIRECT", row)

    def _leave(self, code: str, row: Row, *, count: int = 1) -> None:
        self.opened.left_out.add(code, Place(self.file, row.line), count=count)

    def _party(self, named: object) -> Known | None:
        return self.known.get(named) if isinstance(named, str) else None

    def _row(self, table: str, row: Row, values: dict[str, object], status: str = "") -> Row:
        said = {
            "table": table,
            "stated_on": _stated(row.values),
            "status": status or _status(row.values),
        }
        kept = {"table", *TABLES[table]}
        found = {name: value for name, value in {**values, **said}.items() if name in kept}
        return Row(self.file, row.line, {column: found.get(column) for column in self.columns})


def _interest(interest: Statement) -> dict[str, object]:
    """What an interest says of itself, but for its end."""
    share = interest.get("share") or {}
    exact = share.get("exact")
    least = share.get("minimum", share.get("exclusiveMinimum"))
    return {
        "share": exact,
        "share_at_least": least if exact is None else None,
        "exact": exact is not None,
        "position": _BOARD.get(str(interest.get("type"))),
        "since": interest.get("startDate") or "",
    }


def _entity(details: Statement) -> dict[str, object]:
    return {
        "name": details.get("name") or "",
        "other_names": "; ".join(str(name) for name in details.get("alternateNames") or () if name),
        "address": _address(details),
        "founded_on": _whole_day(details.get("foundingDate")),
        "dissolved_on": _whole_day(details.get("dissolutionDate")),
    }


def _person(details: Statement) -> dict[str, object]:
    listed = [name for name in details.get("names") or () if isinstance(name, dict)]
    # The legal name before others; sorting keeps the order of the rest.
    names = [_full(name) for name in sorted(listed, key=lambda name: name.get("type") != "legal")]
    first, *others = [name for name in dict.fromkeys(names) if name] or [""]
    return {
        "name": first,
        "other_names": "; ".join(others),
        "birth_date": _whole_day(details.get("birthDate")),
        "address": _address(details),
    }


def _full(name: Statement) -> str:
    parts = (name.get("givenName"), name.get("patronymicName"), name.get("familyName"))
    return str(name.get("fullName") or " ".join(str(part) for part in parts if part))


def _status(statement: Statement) -> str:
    status = str(statement.get("recordStatus", ""))
    if status != "closed":
        return status
    notes = [note for note in statement.get("annotations") or () if isinstance(note, dict)]
    return "closed" if any(note.get("motivation") == "correcting" for note in notes) else "ended"


def _closed_on(statement: Statement) -> str:
    return _day(statement) if statement.get("recordStatus") == "closed" else ""


def _stated(statement: Statement) -> str:
    published = statement.get("publicationDetails") or {}
    return str(statement.get("statementDate") or published.get("publicationDate") or "")


def _day(statement: Statement) -> str:
    return _stated(statement)[:_DAY]


def _id(file: str, statement: Statement) -> str:
    """The record's id behind the name of its publisher, or of the file where it names none."""
    publisher = (statement.get("publicationDetails") or {}).get("publisher") or {}
    path = PurePosixPath(file)
    stem = PurePosixPath(path.stem).stem if path.suffix.lower() in PACKED else path.stem
    return f"{publisher.get('name') or stem}:{statement['recordId']}"


def _whole_day(text: object) -> str:
    """A day; a month or a year alone is none."""
    return str(text)[:_DAY] if text and len(str(text)) >= _DAY else ""


def _address(details: Statement) -> str:
    listed = details.get("addresses") or [{}]
    country = listed[0].get("country") or {}
    parts = (listed[0].get("address"), listed[0].get("postCode"), country.get("name") if country else None)
    return ", ".join(str(part).strip().rstrip(",") for part in parts if part)
