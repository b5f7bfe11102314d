"""XML from strangers, read element by element: no entities, no document types, nothing fetched, bounded memory.

What a document type can do (entities that grow without end, files and addresses that are read in passing) no data
format of ours needs, so the first sign of one refuses the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NoReturn
from xml.parsers import expat

from terms.errors import KehutuError
from terms.texts import Texts

DEPTH: Final = 100
"""How deep elements may lie in each other."""

_LARGEST: Final = 1_000_000  # elements that are held at once
_BLOCK: Final = 1 << 16


@dataclass(slots=True)
class Element:
    """An element with its attributes, its text and what lies in it. ``tag``: the local name, without namespace."""

    tag: str
    space: str
    line: int
    attributes: dict[str, str]
    text: str = ""
    inner: list[Element] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        """The elements of that name directly below."""
        return [one for one in self.inner if one.tag == tag]

    def at(self, *way: str) -> str:
        """The text at the end of a way down by first elements, without blanks around it; '' where it ends early."""
        here: Element | None = self
        for tag in way:
            here = next(iter(here.all(tag)), None) if here is not None else None
        return "" if here is None else here.text.strip()


def elements(file: BinaryIO, name: str, tag: str) -> Iterator[Element]:
    """Every element of a name, whole, in the order of the file; an element in one of the same name belongs to it.

    Raises:
        KehutuError: ``FILE_DAMAGED`` naming the line, for what is no XML, has a document type or lies too deep.
    """
    reading = _Reading(name, tag)
    while block := file.read(_BLOCK):
        reading.feed(block, final=False)
        yield from reading.taken()
    reading.feed(b"", final=True)
    yield from reading.taken()


class _Reading:
    """The parser with what it is in the middle of."""

    def __init__(self, name: str, tag: str) -> None:
        self._name = name
        self._tag = tag
        self._open: list[Element] = []
        self._depth = 0
        self._held = 0
        self._done: list[Element] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self._parser.ExternalEntityRefHandler = self._refuse

    def feed(self, data: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(data, final)
        except expat.ExpatError as fault:
            told = expat.ErrorString(fault.code)
            self._damaged(Texts(f"no XML: {told}", f"不是 XML（{told}）"))
        except (ValueError, LookupError) as fault:  # an encoding that nobody knows
            self._damaged(Texts(str(fault), f"无法读取（{fault}）"))

    def taken(self) -> Iterator[Element]:
        done, self._done = self._done, []
        self._held = 0 if not self._open else self._held
        return iter(done)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH:
            self._damaged(
                Texts(f"elements lie deeper than {DEPTH} in each other", f"元素的嵌套超过 {DEPTH} 层")
            )
        space, _, local = tag.rpartition(" ")
        if self._open or local == self._tag:
            self._held += 1
            if self._held > _LARGEST:
                self._damaged(
                    Texts(
                        f"an element with more than {_LARGEST} elements in it",
                        f"有元素含有超过 {_LARGEST} 个元素",
                    )
                )
            element = Element(local, space, self._parser.CurrentLineNumber, attributes)
            if self._open:
                self._open[-1].inner.append(element)
            self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._depth -= 1
        if self._open:
            element = self._open.pop()
            if not self._open:
                self._done.append(element)

    def _characters(self, text: str) -> None:
        if self._open:
            self._open[-1].text += text

    def _refuse(self, *_declared: object) -> NoReturn:
        self._damaged(
            Texts(
                "it has a document type or entities, which data does not need and which are refused",
                "含有文档类型或实体声明，数据不需要它们，因此拒绝读取",
            )
        )

    def _damaged(self, reason: Texts) -> NoReturn:
        line = self._parser.CurrentLineNumber
        told = Texts(f"line {line}: {reason.en}", f"第 {line} 行：{reason.zh}")
        raise KehutuError("FILE_DAMAGED", file=self._name, reason=told)
