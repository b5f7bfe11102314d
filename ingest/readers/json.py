"""JSON: an array of objects, one object, or lines of objects.

Read strictly by RFC 8259. A file of the first two kinds is checked to its end before its first row is given, so a
broken one is refused whole; of lines a broken one is a bad row. Numbers keep all their digits. Objects in objects
become columns with dotted names (``location.latitude``).
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO, Final, NoReturn

from ingest.readers import COLUMN_LIMIT, BadRow, Opened, Request, Row
from ingest.readers.encoding import encoding_of
from ingest.readers.input import check_options, content_of, open_file, reading
from ingest.readers.lines import KEPT, Encoding, blocks_of
from terms.errors import KehutuError
from terms.texts import Texts

DEPTH: Final = 100
"""How deep values may lie in each other."""

_WINDOW: Final = 1 << 18
_LARGEST: Final = 16 << 20  # characters of one object
_BLANK: Final = " \t\n\r"
_KINDS: Final = {
    list: ("an array", "数组"),
    str: ("a text", "文本"),
    bool: ("true or false", "真假值"),
    type(None): ("null", "空值"),
}


class _FaultyError(ValueError):
    """An object that is JSON and yet no row; carries the reason in both languages."""

    def __init__(self, reason: Texts) -> None:
        super().__init__(reason.en)
        self.reason = reason


def read(request: Request) -> Opened:
    """An array of objects, or one object.

    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_NOT_A_TABLE``, ``FILE_ENCODING_UNKNOWN``,
            ``FILE_DAMAGED`` naming the line.
    """
    return _open(request, _array)


def read_lines(request: Request) -> Opened:
    """Objects, one a line; blank lines are skipped, a line that is no object is a bad row."""
    return _open(request, _lines)


def _open(request: Request, rows: Callable[[BinaryIO, Encoding, str], Iterator[Row | BadRow]]) -> Opened:
    check_options(request, "json", frozenset(), takes=frozenset({"encoding"}))
    file = open_file(request)
    try:
        with reading(request.name):
            what = content_of(file.read(65_536))
            file.seek(0)
            if what is not None:
                raise KehutuError("FILE_NOT_A_TABLE", file=request.name, found=what, expected="JSON")
            encoding = encoding_of(file, request)
            opened = Opened(iter(()), None, {"encoding": encoding.name})
            found = rows(file, encoding, request.name)
            first = next(found, None)
    except BaseException:
        file.close()
        raise
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
            value, start = _decode(line, start)
        except (ValueError, RecursionError) as fault:
            yield _bad(name, number, _reason(fault), line[start:])
            return
        yield _row(value, number, name)
        start = _skip(line, start)


def _array(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[Row | BadRow]:
    # Once to the end, keeping nothing, so that a broken file gives no rows at all.
    for _ in _Elements(file, encoding, name):
        pass
    for value, line in _Elements(file, encoding, name):
        yield _row(value, line, name)


class _Elements:
    """The elements of an array, or the one value of a file, each with the line on which it starts.

    Holds one window of text: memory is bounded by the largest element.
    """

    def __init__(self, file: BinaryIO, encoding: Encoding, name: str) -> None:
        file.seek(encoding.skip)
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding.name)()
        self._encoding = encoding.name
        self._name = name
        self._text = ""
        self._at = 0
        self._line = 1
        self._more = True

    def __iter__(self) -> Iterator[tuple[object, int]]:
        first = self._peek()
        if not first:
            self._damaged("the file is empty, which is no JSON")
        if first != "[":
            yield self._value()
        else:
            self._at += 1
            if self._peek() == "]":
                self._at += 1
            else:
                yield from self._members()
        if self._peek():
            self._damaged("something follows after the end; for one object a line state `format: jsonl`")

    def _members(self) -> Iterator[tuple[object, int]]:
        while True:
            self._peek()
            yield self._value()
            mark = self._peek()
            self._at += 1
            if mark == "]":
                return
            if mark != ",":
                self._damaged(
                    "',' or ']' is expected after a value" if mark else "the file ends in the middle"
                )

    def _value(self) -> tuple[object, int]:
        """The next value. A fault at the end of the window may be a cut: look at more of the file first."""
        while True:
            try:
                value, end = _decode(self._text, self._at)
            except (ValueError, RecursionError) as fault:
                if len(self._text) - self._at > _LARGEST:
                    self._damaged(f"a value of more than {_LARGEST >> 20} MiB")
                if self._fill():
                    continue
                self._damaged(_reason(fault).en)
            # A number at the end of the window may go on behind it.
            if end == len(self._text) and self._fill():
                continue
            line = self._line
            self._line += self._text.count("\n", self._at, end)
            self._at = end
            return value, line

    def _peek(self) -> str:
        """The next character that is not blank, or nothing at the end."""
        while True:
            end = _skip(self._text, self._at)
            self._line += self._text.count("\n", self._at, end)
            self._at = end
            if end < len(self._text):
                return self._text[end]
            if not self._fill():
                return ""

    def _fill(self) -> bool:
        """Take in more of the file, as much again as is waiting; false at its end."""
        waiting = self._text[self._at :]
        self._at = 0
        more = ""
        try:
            while self._more and not more:
                data = self._file.read(max(_WINDOW, len(waiting)))
                self._more = bool(data)
                more = self._decoder.decode(data, final=not data)
        except UnicodeDecodeError:
            line = self._line + waiting.count("\n")
            self._damaged(f"bytes that are not {self._encoding}, in or after line {line}", here=False)
        self._text = waiting + more
        return bool(more)

    def _damaged(self, reason: str, *, here: bool = True) -> NoReturn:
        place = f"line {self._line}: " if here else ""
        raise KehutuError("FILE_DAMAGED", file=self._name, reason=place + reason)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _row(value: object, line: int, name: str) -> Row | BadRow:
    if not isinstance(value, dict):
        en, zh = _KINDS.get(type(value), ("a number", "数字"))
        what = Texts(f"an object is expected, not {en}", f"应为一个对象，而不是{zh}")
        return _bad(name, line, what, str(value))
    twice = value.pop(_TWICE, None)
    if twice is not None:
        return _bad(name, line, _twice(str(twice)[:80]), _dumped(value))
    if any(isinstance(inner, dict) for inner in value.values()):
        flat: dict[str, object] = {}
        try:
            _flatten(value, "", flat)
        except _FaultyError as fault:
            return _bad(name, line, fault.reason, _dumped(value))
        value = flat
    if len(value) > COLUMN_LIMIT:
        what = Texts(
            f"more than {COLUMN_LIMIT} names in one object", f"一个对象中的名称超过 {COLUMN_LIMIT} 个"
        )
        return _bad(name, line, what, "")
    return Row(name, line, value)


def _flatten(value: dict[str, object], prefix: str, flat: dict[str, object]) -> None:
    for key, inner in value.items():
        if isinstance(inner, dict):
            twice = inner.pop(_TWICE, None)
            if twice is not None:
                raise _FaultyError(_twice(f"{prefix}{key}.{twice}"))
            _flatten(inner, f"{prefix}{key}.", flat)
        else:
            flat[prefix + key] = inner


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


def _reason(fault: BaseException) -> Texts:
    if isinstance(fault, _FaultyError):
        return fault.reason
    if isinstance(fault, RecursionError):
        return Texts(f"values lie deeper than {DEPTH} in each other", f"值的嵌套超过 {DEPTH} 层")
    if isinstance(fault, json.JSONDecodeError):
        parsing = f"{fault.msg[:1].lower()}{fault.msg[1:].removesuffix(' at')}"
        return Texts(f"no JSON: {parsing}", f"不是 JSON（{parsing}）")
    said = str(fault.args[0]) if fault.args else type(fault).__name__
    return Texts(said, f"不是 JSON（{said}）")


# JSON cannot hold this name: a lone surrogate is refused in data.
_TWICE: Final = "\udcff"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        value[_TWICE] = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return value


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _whole(text: str) -> int | Decimal:
    # A number of thousands of digits is kept as it is; every property refuses it.
    return int(text) if len(text) < 400 else Decimal(text)


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent of twenty digits
        return text


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_decimal, parse_int=_whole, parse_constant=_no_number
)


def _decode(text: str, at: int) -> tuple[Any, int]:
    """The value that starts at a place, and the place behind it.

    Raises:
        ValueError: it is no JSON. RecursionError: it lies too deep.
    """
    value, end = _DECODER.raw_decode(text, _skip(text, at))
    if isinstance(value, dict | list):
        _check_depth(value)
    return value, end


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(DEPTH):
        below: list[object] = []
        for one in level:
            inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            below.extend(i for i in inner if isinstance(i, dict | list))
        if not below:
            return
        level = below
    raise RecursionError
