"""JSON: an array of objects, one object, or lines of objects.

Read strictly by RFC 8259. A file of the first two kinds is checked to its end before its first row is given, so a
broken one is refused whole; of lines a broken one is a bad row. Numbers keep all their digits. Objects in objects
become columns with dotted names (``location.latitude``); lists stay as they are, for the mapping to take apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final

from ingest.readers import COLUMN_LIMIT, BadRow, Opened, Request, Row
from ingest.readers.encoding import encoding_of
from ingest.readers.input import check_options, content_of, open_file, reading
from ingest.readers.json_text import TWICE, Elements, FaultyError, decode, reason, skip
from ingest.readers.json_wrapped import Path, at_path, elements_at, list_within
from ingest.readers.lines import KEPT, Encoding, blocks_of
from terms.cleanup import on_failure
from terms.errors import KehutuError
from terms.texts import Texts

_HEAD: Final = 4_096
_KINDS: Final = {
    list: ("an array", "数组"),
    str: ("a text", "文本"),
    bool: ("true or false", "真假值"),
    type(None): ("null", "空值"),
}


def read(request: Request) -> Opened:
    """An array of objects, or one object; where its rows lie in a list of that object, these.

    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_A_TABLE``, ``FILE_ENCODING_UNKNOWN``,
            ``FILE_DAMAGED`` naming the line.
    """
    check_options(request, "json", frozenset(), takes=frozenset({"encoding"}))
    lists: dict[Path, None] = {}

    def rows(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[Row | BadRow]:
        return _spread(_array(file, encoding, name, request.wanted, lists), request.wanted, lists)

    return _flattened(_open(request, rows), request, lists)


def read_lines(request: Request) -> Opened:
    """Objects, one a line; blank lines are skipped, a line that is no object is a bad row."""
    check_options(request, "json", frozenset(), takes=frozenset({"encoding"}))
    lists: dict[Path, None] = {}

    def rows(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[Row | BadRow]:
        return _spread(_lines(file, encoding, name), request.wanted, lists)

    return _flattened(_open(request, rows), request, lists)


def read_objects(request: Request) -> Opened:
    """Objects as they stand in the file, an array of them or one a line; for readers of a format that is JSON."""
    return _open(request, _either)


def _flattened(opened: Opened, request: Request, lists: Mapping[Path, None]) -> Opened:
    """``lists``: where rows lie within objects; complete after the last row."""
    rows, wanted = opened.rows, request.wanted

    def flat() -> Iterator[Row | BadRow]:
        for row in rows:
            yield _flat(row, wanted)
        for path in lists:
            opened.notices.add("NOTICE_LIST_WITHIN", file=request.name, list=".".join(path))

    opened.rows = flat()
    return opened


def _spread(
    rows: Iterator[Row | BadRow], wanted: frozenset[str], lists: dict[Path, None]
) -> Iterator[Row | BadRow]:
    """The rows of each object that is none itself but holds a list of them, as the pages of an API do."""
    for row in rows:
        path = list_within(row.values, wanted) if isinstance(row, Row) else None
        if path is None or not isinstance(row, Row):
            yield row
            continue
        lists[path] = None
        for value in at_path(row.values, path):
            yield _row(value, row.line, row.file)


def _open(request: Request, rows: Callable[[BinaryIO, Encoding, str], Iterator[Row | BadRow]]) -> Opened:
    file = open_file(request)
    with on_failure(file.close), reading(request.name):
        what = content_of(file.read(65_536))
        file.seek(0)
        if what is not None:
            raise KehutuError("FILE_NOT_A_TABLE", file=request.name, found=what, expected="JSON")
        encoding = encoding_of(file, request)
        opened = Opened(iter(()), None, {"encoding": encoding.name})
        found = rows(file, encoding, request.name)
        first = next(found, None)
    if first is None:
        file.close()
        opened.notices.add("NOTICE_EMPTY", file=request.name)
    else:
        opened.rows = _rest(first, found, file, request.name)
    return opened


def _rest(
    first: Row | BadRow, rows: Iterator[Row | BadRow], file: BinaryIO, name: str
) -> Iterator[Row | BadRow]:
    with file, reading(name):
        yield first
        yield from rows


def _lines(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[Row | BadRow]:
    number = 0
    for block in blocks_of(file, encoding, name):
        for position, line in enumerate(block.lines):
            number += 1
            if position in block.faulty:
                code, details = block.faulty[position]
                yield BadRow(name, number, code, details, {"": line[:KEPT]})
            elif not line.isspace():
                yield from _objects_of_line(line, number, name)


def _objects_of_line(line: str, number: int, name: str) -> Iterator[Row | BadRow]:
    """Nearly always one; two that were joined without a line end are two."""
    start = 0
    while start < len(line):
        try:
            value, start = decode(line, start)
        except (ValueError, RecursionError) as fault:
            yield _bad(name, number, reason(fault), line[start:])
            return
        yield _row(value, number, name)
        start = skip(line, start)


def _array(
    file: BinaryIO,
    encoding: Encoding,
    name: str,
    wanted: frozenset[str] = frozenset(),
    lists: dict[Path, None] | None = None,
) -> Iterator[Row | BadRow]:
    """``lists``: told where the rows lie in an object that is no row."""
    # Once to the end, keeping nothing but the last value, so that a broken file gives no rows at all.
    last: object = None
    count = 0
    for value, _ in Elements(file, encoding, name):
        last = value
        count += 1
    path = list_within(last, wanted) if count == 1 and isinstance(last, dict) else None
    if path is not None and lists is not None and _doubled(last, "") is None:
        file.seek(encoding.skip)
        last = None
        text = file.read().decode(encoding.name)
        if text[skip(text, 0)] == "{":
            lists[path] = None
            for value, line in elements_at(text, path):
                yield _row(value, line, name)
            return
    for value, line in Elements(file, encoding, name):
        yield _row(value, line, name)


def _either(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[Row | BadRow]:
    file.seek(encoding.skip)
    head = file.read(_HEAD).decode(encoding.name, "ignore").lstrip()
    return (_array if head.startswith("[") else _lines)(file, encoding, name)


def _row(value: object, line: int, name: str) -> Row | BadRow:
    """An object as it stands in the file."""
    if not isinstance(value, dict):
        en, zh = _KINDS.get(type(value), ("a number", "数字"))
        what = Texts(f"an object is expected, not {en}", f"应为一个对象，而不是{zh}")
        return _bad(name, line, what, str(value))
    if (twice := _doubled(value, "")) is not None:
        return _bad(name, line, _twice(twice[:80]), _dumped(value))
    return Row(name, line, value)


def _flat(row: Row | BadRow, wanted: frozenset[str]) -> Row | BadRow:
    """An object as a row of columns with dotted names; one that the mapping names as a value stays, to be refused."""
    if isinstance(row, BadRow):
        return row
    file, line, values = row
    if any(isinstance(inner, dict) for inner in values.values()):
        flat: dict[str, object] = {}
        try:
            _flatten(values, "", flat, wanted)
        except FaultyError as fault:
            return _bad(file, line, fault.reason, _dumped(values))
        row = Row(file, line, flat)
    if len(row.values) > COLUMN_LIMIT:
        what = Texts(
            f"more than {COLUMN_LIMIT} names in one object", f"一个对象中的名称超过 {COLUMN_LIMIT} 个"
        )
        return _bad(file, line, what, "")
    return row


def _doubled(value: object, path: str) -> str | None:
    """The name that stands twice in an object, or in one that lies in it; the mark of it is taken out."""
    if isinstance(value, list):
        return next((twice for inner in value if (twice := _doubled(inner, path)) is not None), None)
    if not isinstance(value, dict):
        return None
    twice = value.pop(TWICE, None)
    below = (_doubled(inner, f"{path}{name}.") for name, inner in value.items())
    return f"{path}{twice}" if twice is not None else next((one for one in below if one is not None), None)


def _flatten(
    value: Mapping[str, object], prefix: str, flat: dict[str, object], wanted: frozenset[str]
) -> None:
    for key, given in value.items():
        inner = _plain(given)
        if isinstance(inner, dict):
            if inner and prefix + key in wanted:
                flat[prefix + key] = inner
            _flatten(inner, f"{prefix}{key}.", flat, wanted)
        elif prefix + key in flat:
            raise FaultyError(_twice(prefix + key))
        else:
            flat[prefix + key] = inner


def _plain(value: object) -> object:
    """A value as it is, where a database writes its type with it: ``{"$numberLong": "1001"}``."""
    while isinstance(value, dict) and len(value) == 1 and (name := next(iter(value))) in _TYPED:
        value = value[name]
        if name == "$date" and isinstance(value, dict):
            return _at_milliseconds(_plain(value))
    return value


def _at_milliseconds(value: object) -> object:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(str(value)))
    except (ValueError, OverflowError):
        return value  # no time; whoever maps it refuses it


_TYPED: Final = frozenset(
    {"$oid", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$date", "$uuid", "$symbol"}
)
"""How MongoDB exports values (Extended JSON)."""


def _twice(name: str) -> Texts:
    return Texts(f"the name '{name}' stands twice in one object", f"名称“{name}”在一个对象中出现两次")


def _bad(name: str, line: int, reason: Texts, raw: str) -> BadRow:
    details: dict[str, object] = {
        "field": "",
        "found": reason.en,
        "expected": "a JSON object",
        "reason": reason.en,
        "reason_zh": reason.zh,
    }
    return BadRow(name, line, "ROW_JSON", details, {"": raw[:KEPT].strip()})


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
