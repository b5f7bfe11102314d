"""The text of JSON: one value after the other, by RFC 8259, with bounded memory and all digits of numbers."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO, Final, NoReturn

from ingest.readers.lines import Encoding
from terms.errors import KehutuError
from terms.texts import Texts

DEPTH: Final = 100
"""How deep values may lie in each other."""

_WINDOW: Final = 1 << 18
_LARGEST: Final = 16 << 20  # characters of one object
_BLANK: Final = " \t\n\r"
_EMPTY: Final = Texts("the file is empty, which is no JSON", "文件为空，不是 JSON")
_MORE: Final = Texts(
    "something follows after the end; for one object a line state `format: jsonl`",
    "结尾之后还有内容；如每行一个对象，请设置 `format: jsonl`",
)
_NO_MARK: Final = Texts("',' or ']' is expected after a value", "值之后应为“,”或“]”")
_CUT: Final = Texts("the file ends in the middle", "文件在中途结束")


class FaultyError(ValueError):
    """An object that is JSON and yet no row; carries the reason in both languages."""

    def __init__(self, reason: Texts) -> None:
        super().__init__(reason.en)
        self.reason = reason


class Elements:
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
            self._damaged(_EMPTY)
        if first != "[":
            yield self._value()
        else:
            self._at += 1
            if self._peek() == "]":
                self._at += 1
            else:
                yield from self._members()
        if self._peek():
            self._damaged(_MORE)

    def _members(self) -> Iterator[tuple[object, int]]:
        while True:
            self._peek()
            yield self._value()
            mark = self._peek()
            self._at += 1
            if mark == "]":
                return
            if mark != ",":
                self._damaged(_NO_MARK if mark else _CUT)

    def _value(self) -> tuple[object, int]:
        """The next value. A fault at the end of the window may be a cut: look at more of the file first."""
        while True:
            try:
                value, end = decode(self._text, self._at)
            except (ValueError, RecursionError) as fault:
                if len(self._text) - self._at > _LARGEST:
                    size = _LARGEST >> 20
                    self._damaged(Texts(f"a value of more than {size} MiB", f"有值超过 {size} MiB"))
                if self._fill():
                    continue
                self._damaged(reason(fault))
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
            end = skip(self._text, self._at)
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
            told = Texts(
                f"bytes that are not {self._encoding}, in or after line {line}",
                f"第 {line} 行或其后有不属于 {self._encoding} 的字节",
            )
            self._damaged(told, here=False)
        self._text = waiting + more
        return bool(more)

    def _damaged(self, reason: Texts, *, here: bool = True) -> NoReturn:
        if here:
            reason = Texts(f"line {self._line}: {reason.en}", f"第 {self._line} 行：{reason.zh}")
        raise KehutuError("FILE_DAMAGED", file=self._name, reason=reason)


def skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def reason(fault: BaseException) -> Texts:
    if isinstance(fault, FaultyError):
        return fault.reason
    if isinstance(fault, RecursionError):
        return Texts(f"values lie deeper than {DEPTH} in each other", f"值的嵌套超过 {DEPTH} 层")
    if isinstance(fault, json.JSONDecodeError):
        parsing = f"{fault.msg[:1].lower()}{fault.msg[1:].removesuffix(' at')}"
        return Texts(f"no JSON: {parsing}", f"不是 JSON（{parsing}）")
    said = str(fault.args[0]) if fault.args else type(fault).__name__
    return Texts(said, f"不是 JSON（{said}）")


# JSON cannot hold this name: a lone surrogate is refused in data.
TWICE: Final = "\udcff"


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                value[TWICE] = key
                break
            seen.add(key)
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


def decode(text: str, at: int) -> tuple[Any, int]:
    """The value that starts at a place, and the place behind it.

    Raises:
        ValueError: it is no JSON. RecursionError: it lies too deep.
    """
    value, end = _DECODER.raw_decode(text, skip(text, at))
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
