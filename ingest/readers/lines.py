"""Text files in blocks of whole lines, whatever their encoding; lines that are not in it are marked."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple, TypeAlias

from terms.errors import KehutuError
from terms.texts import Texts

LINE_LIMIT: Final = 1 << 20
"""Characters of one line; a longer one is a bad row."""

KEPT: Final = 2_000
"""Characters of a faulty line that are kept."""

WHOLE: Final = "(the line)"
"""What stands for the field in a fault of a whole line."""

_BLOCK: Final = 1 << 20
_ENDLESS: Final = 64 << 20  # bytes without a line end: no table

Fault: TypeAlias = tuple[str, dict[str, object]]
"""A code of the catalogue of errors and its details."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """``name``: a codec of Python. ``skip``: bytes of the mark at the start of the file."""

    name: str
    skip: int = 0

    @property
    def unit(self) -> int:
        """Bytes of a code unit: a line feed of UTF-16 is two bytes."""
        return 4 if self.name.startswith("utf-32") else 2 if self.name.startswith("utf-16") else 1


class Block(NamedTuple):
    """Lines with their ends. ``faulty``: position of a line in the block -> what is wrong with its bytes."""

    lines: list[str]
    faulty: dict[int, Fault]


def blocks_of(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[Block]:
    """The text of a file in blocks of whole lines."""
    file.seek(encoding.skip)
    replaced = encoding.unit > 1
    source = Transcoded(file, encoding.name) if replaced else file
    codec = "utf-8" if replaced else encoding.name
    for data in whole_lines(source, name):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            yield _decoded_apart(data, codec, encoding.name)
            continue
        if len(data) > LINE_LIMIT or (replaced and "\ufffd" in text):
            yield _decoded_apart(data, codec, encoding.name, replaced=replaced)
        else:
            yield Block(list(io.StringIO(text, newline="")), {})


def _decoded_apart(data: bytes, codec: str, name: str, *, replaced: bool = False) -> Block:
    """Line by line, where some line is too long or is not in the encoding."""
    lines: list[str] = []
    faulty: dict[int, Fault] = {}
    for position, line in enumerate(data.splitlines(keepends=True)):
        try:
            text = line.decode(codec)
        except UnicodeDecodeError:
            text = line.decode(codec, "backslashreplace")
            faulty[position] = (
                "ROW_ENCODING",
                {"field": "", "encoding": name, "found": "", "expected": name},
            )
        if replaced and "\ufffd" in text:
            faulty[position] = (
                "ROW_ENCODING",
                {"field": "", "encoding": name, "found": "", "expected": name},
            )
        if len(text) > LINE_LIMIT:
            details: dict[str, object] = {"field": WHOLE, "found": len(text), "expected": LINE_LIMIT}
            faulty[position] = ("ROW_FIELD_TOO_LONG", details)
            text = text[:KEPT].replace('"', " ") + "\n"
        lines.append(text)
    return Block(lines, faulty)


class Transcoded:
    """A file of UTF-16 or UTF-32 as UTF-8, so that lines can be found by byte."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def read(self, size: int) -> bytes:
        while data := self._file.read(size):
            if text := self._decoder.decode(data):
                return text.encode("utf-8", "replace")
        return self._decoder.decode(b"", final=True).encode("utf-8", "replace")


def whole_lines(file: BinaryIO | Transcoded, name: str) -> Iterator[bytes]:
    """Bytes up to the last line end of about every block; the last part may have none."""
    parts: list[bytes] = []
    size = 0
    while block := file.read(_BLOCK):
        end = block.rfind(b"\n") + 1
        if end == 0:
            # Old Macintosh files; a CR at the very end may be half of a CRLF.
            end = block.rfind(b"\r", 0, len(block) - 1) + 1
        if end:
            yield b"".join((*parts, block[:end]))
            parts, size = [], 0
        parts.append(block[end:])
        size += len(block) - end
        if size > _ENDLESS:
            raise KehutuError(
                "FILE_NOT_A_TABLE",
                file=name,
                found=Texts(f"{size >> 20} MiB without a line end", f"{size >> 20} MiB 内没有换行"),
                expected=Texts("a table", "表格"),
            )
    if rest := b"".join(parts):
        yield rest
