"""XML of a stranger, parsed while it is unpacked and within limits.

A document type is refused (so no entity can grow), and so is what would pile up in memory: a tag that does not end,
tags within tags without end, more names than any table has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol
from xml.parsers import expat

from terms.texts import Texts

BLOCK: Final = 1 << 16
DEPTH: Final = 64
_LONGEST_TAG: Final = 1 << 20
_MOST_NAMES: Final = 10_000


class UnreadableError(ValueError):
    """A workbook that cannot be read as a whole; ``reason`` says why, for people."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.reason = Texts(en, zh)


def parser_within_limits() -> expat.XMLParserType:
    """A parser without document types; text comes in one piece unless it is long."""
    parser = expat.ParserCreate(intern={})
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_doctype
    return parser


class Bytes(Protocol):
    """What can be read in blocks."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""


def steps(part: Bytes, parser: expat.XMLParserType, *, block: int = BLOCK) -> Iterator[None]:
    """Parse block by block, and pause after each so that what was found can be taken away.

    Raises:
        UnreadableError: no well-formed XML, or beyond the limits.
    """
    fed = 0
    try:
        while data := part.read(block):
            parser.Parse(data, False)
            fed += len(data)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise UnreadableError(
                    f"a tag of more than {_LONGEST_TAG:,} bytes stands in its XML",
                    f"其 XML 中有超过 {_LONGEST_TAG:,} 字节的标签",
                )
            if len(parser.intern) > _MOST_NAMES:
                raise UnreadableError(
                    f"its XML has more than {_MOST_NAMES:,} names", f"其 XML 中的名称超过 {_MOST_NAMES:,} 个"
                )
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as fault:
        raise UnreadableError(f"its XML is faulty: {fault}", f"其 XML 有误：{fault}") from fault


def too_deep() -> UnreadableError:
    """What to raise for tags within tags."""
    return UnreadableError(
        f"its XML has tags within tags beyond {DEPTH} levels", f"其 XML 的标签嵌套超过 {DEPTH} 层"
    )


def local(name: str) -> str:
    """The name of a tag or attribute without the prefix of its namespace."""
    return name.rpartition(":")[2]


def attributes(found: dict[str, str]) -> dict[str, str]:
    """Attributes by their local names."""
    return {local(name): value for name, value in found.items()}


def _no_doctype(*_about: object) -> None:
    raise UnreadableError(
        "its XML declares a document type, which no workbook has", "其 XML 声明了文档类型，而工作簿不应含有"
    )
