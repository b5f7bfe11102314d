"""A named query as the head of its block tells it: what its columns and parameters hold, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NoReturn

from graph.query_checks import Fault
from graph.schema.source import nearest

TYPES: dict[str, str] = {
    "PartyId": "str",
    "EntityId": "str",
    "Key": "str",
    "RecordId": "str",
    "Text": "str",
    "Date": "str",
    "Fen": "int",
    "Int": "int",
    "Float": "float",
    "Bool": "bool",
    "Map": "dict[str, object]",
    "Any": "object",
    "NodeType": "str",
    "RelationType": "str",
    "Hops": "int",
}
"""Names of types in a block and what they are in Python; dates are ISO text."""

NAMES = ("NodeType", "RelationType")
"""Types of parameters that are put into the text, not sent beside it."""

IDS = ("EntityId", "PartyId")
"""Types of what names an entity."""

BOUND = "Hops"
"""Likewise, at the end of the length of a path."""

_FIELD = re.compile(r"[a-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Of:
    """Whose values a column holds: a type, ``$name`` of a parameter, or the column beside it that names the type.

    ``names``: the property, or several that it may be; none where it is a map of properties.
    """

    type: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """A type in a block: a word, a list of a shape, or a map of named shapes; each may be missing."""

    word: str = ""
    item: Shape | None = None
    fields: tuple[tuple[str, Shape], ...] = ()
    optional: bool = False
    of: Of | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One ``param`` line. ``default``: its Cypher literal, None where the caller must give a value."""

    name: str
    shape: Shape
    default: str | None
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Query:
    """One block of a file. ``sees``: types by the variables of what is shown; ``whole``: why it reads everything."""

    name: str
    file: str
    line: int
    documentation: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, Shape], ...]
    one: bool
    write: bool
    text: str
    sees: Mapping[str, str] = field(default_factory=dict)
    whole: str = ""
    paths: frozenset[str] = frozenset()


class Shapes:
    """Reads ``name: Type, name: List<{...}>?`` from left to right."""

    def __init__(self, fault: Fault, line: int, text: str) -> None:
        """``fault``: called with line and reason; does not return."""
        self._report, self._line = fault, line
        self._words: list[str] = re.findall(r"\w+|\S", text)

    def fields(self, end: str = "") -> tuple[tuple[str, Shape], ...]:
        """Names with their shapes, up to an end."""
        found = []
        while True:
            name = self._take()
            if not _FIELD.fullmatch(name):
                self._fault(f"'{name}' is no name of a column")
            self._expect(":")
            found.append((name, self.shape()))
            if self._peek() != ",":
                break
            self._take()
            if self._peek() == end:
                break
        if not end and self._words:
            self._fault(f"'{self._words[0]}' is not expected here")
        return tuple(found)

    def shape(self) -> Shape:
        """One shape; more may follow."""
        word = self._take()
        if word == "List":
            self._expect("<")
            shape = Shape(item=self.shape())
            self._expect(">")
        elif word == "{":
            shape = Shape(fields=self.fields("}"))
            self._expect("}")
        elif word in TYPES:
            shape = Shape(word=word)
        else:
            self._fault(f"unknown type '{word}'{nearest(word, (*TYPES, 'List'))}")
        if self._peek() == "?":
            self._take()
            shape = replace(shape, optional=True)
        if self._peek() == "of":
            self._take()
            shape = replace(shape, of=self._whose())
        return shape

    def _whose(self) -> Of:
        kind, names = self._name(), list[str]()
        while self._peek() == ("|" if names else "."):
            self._take()
            names.append(self._name())
        return Of(kind, tuple(names))

    def _name(self) -> str:
        word = self._take()
        return word + self._take() if word == "$" else word

    def whole(self) -> Shape:
        """One shape and nothing after it."""
        shape = self.shape()
        if self._words:
            self._fault(f"'{self._words[0]}' is not expected after the type")
        return shape

    def _peek(self) -> str:
        return self._words[0] if self._words else ""

    def _take(self) -> str:
        if not self._words:
            self._fault("the line ends too early")
        return self._words.pop(0)

    def _expect(self, word: str) -> None:
        found = self._take()
        if found != word:
            self._fault(f"'{word}' is expected, not '{found}'")

    def _fault(self, reason: str) -> NoReturn:
        self._report(self._line, reason)
