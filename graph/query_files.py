"""Named queries: reads ``cypher/*.cypher`` into checked blocks that become typed functions.

A block is its name, what it answers, its parameters and its columns, then the Cypher::

    // name: guarantees_given
    // Guarantees that an enterprise has given; largest first. Unknown amounts are left out.
    // param guarantor: PartyId
    // param least: Fen = 0            smaller ones are left out
    // param first: Int = 50
    // row borrower: PartyId, contract: Text, amount: Fen, record: RecordId
    MATCH ...

``// one`` instead of ``// row``: at most one row. ``// write``: the query changes the graph. A ``?`` after a
type: the value may be missing. A column of maps says what they hold: ``bills: List<{id: Text, due: Date?}>``.
Other ``//`` lines of the head tell what is answered and in which order.

A parameter of type ``NodeType`` or ``RelationType`` stands where Cypher wants a name (``(n:$type {id: $id})``): the
function puts a name of the schema there and refuses any other. A store finds a node fast only by type and id.
``runs(r, $day)`` says whether a relation holds on a day (``graph.query_words``).
A parameter of type ``Hops`` is the upper bound of a path (``[*1..$longest]``), which Cypher takes as a number only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn, TypeAlias

from graph.query_checks import check_text, returned
from graph.query_words import expanded
from graph.schema.model import Schema
from graph.schema.source import nearest
from terms.errors import KehutuError

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

BOUND = "Hops"
"""Likewise, at the end of the length of a path."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
_FIELD = re.compile(r"[a-z][A-Za-z0-9_]*")
_PARAM = re.compile(
    r"param (?P<name>\w+): (?P<type>[\w<>?]+)(?: = (?P<default>'[^']*'|\S+))?(?:\s+(?P<text>.*))?"
)
_SCALAR_DEFAULT = re.compile(r"-?\d+(\.\d+)?|true|false|null|'[^'\\]*'")


@dataclass(frozen=True, slots=True)
class Shape:
    """A type in a block: a word, a list of a shape, or a map of named shapes; each may be missing."""

    word: str = ""
    item: Shape | None = None
    fields: tuple[tuple[str, Shape], ...] = ()
    optional: bool = False


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
    """One block of a file."""

    name: str
    file: str
    line: int
    documentation: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, Shape], ...]
    one: bool
    write: bool
    text: str


_Lines: TypeAlias = list[tuple[int, str]]


@dataclass(slots=True)
class _Block:
    """A block while it is read; lines with their numbers from 1."""

    file: str
    line: int
    name: str
    head: _Lines = field(default_factory=list)
    body: _Lines = field(default_factory=list)

    def fault(self, line: int, reason: str) -> NoReturn:
        raise KehutuError("QUERY_FAULT", file=self.file, line=line, query=self.name or "-", reason=reason)


def queries(schema: Schema, folder: Traversable | Path | None = None) -> tuple[Query, ...]:
    """All blocks of a folder of ``.cypher`` files (without one the product's), by file and place.

    Raises: QUERY_FAULT naming file, line and query: a doubled name, a parameter that is not declared or not
        used, an unknown type, a column that is not returned or not declared, a label, relation type or property
        that the schema lacks, and what the two stores do not answer alike.
    """
    folder = folder or resources.files("cypher")
    found: dict[str, Query] = {}
    for file in sorted((f for f in folder.iterdir() if f.name.endswith(".cypher")), key=lambda f: f.name):
        for block in _blocks(file.name, file.read_text(encoding="utf-8")):
            query = _query(block, schema)
            if query.name in found:
                first = found[query.name]
                block.fault(block.line, f"the name stands twice, first in {first.file}, line {first.line}")
            found[query.name] = query
    return tuple(found.values())


def _blocks(file: str, text: str) -> Iterable[_Block]:
    block: _Block | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("// name:"):
            if block:
                yield block
            block = _Block(file, number, line.removeprefix("// name:").strip())
        elif block is None:
            if line.strip() and not line.startswith("//"):
                _Block(file, number, "").fault(number, "a block begins with '// name: ...'")
        elif line.startswith("//") and not block.body:
            block.head.append((number, line.removeprefix("//").strip()))
        elif line.strip() or block.body:
            block.body.append((number, expanded(line)))
    if block:
        yield block


def _query(block: _Block, schema: Schema) -> Query:
    if not _NAME.fullmatch(block.name):
        block.fault(block.line, f"'{block.name}' is no name: small letters, digits and _")
    documentation: list[str] = []
    parameters: list[Parameter] = []
    columns: list[tuple[str, Shape]] = []
    one = write = False
    column_line = block.line
    for line, text in block.head:
        keyword = text.partition(" ")[0]
        if keyword == "param":
            parameters.append(_parameter(block, line, text))
        elif keyword in ("row", "one"):
            one, column_line = one or keyword == "one", line
            columns += _Reader(block, line, text.partition(" ")[2]).fields()
        elif text == "write":
            write = True
        else:
            documentation.append(text)
    while block.body and not block.body[-1][1].strip():
        block.body.pop()
    if not block.body:
        block.fault(block.line, "there is no query under the head")
    if not "".join(documentation):
        block.fault(block.line, "a line that says what the query answers is missing")
    for name, _ in columns:
        if not _COLUMN.fullmatch(name):
            block.fault(column_line, f"the column '{name}' is not written in small letters, digits and _")
    _once(block, column_line, "column", [name for name, _ in columns])
    _once(block, block.line, "parameter", [p.name for p in parameters])
    places = frozenset(p.name for p in parameters if p.shape.word in NAMES)
    bounds = frozenset(p.name for p in parameters if p.shape.word == BOUND)
    lines = {p.name: p.line for p in parameters}
    check_text(block.body, lines, schema, block.fault, places=places, bounds=bounds)
    _match_columns(block, column_line, [name for name, _ in columns])
    query = Query(
        name=block.name,
        file=block.file,
        line=block.line,
        documentation=tuple(documentation),
        parameters=tuple(parameters),
        columns=tuple(columns),
        one=one,
        write=write,
        text="\n".join(line for _, line in block.body),
    )
    if columns and not one and not returned(block.body).ordered:
        block.fault(block.body[-1][0], "many rows need a stated order: ORDER BY is missing")
    return query


def _parameter(block: _Block, line: int, text: str) -> Parameter:
    match = _PARAM.fullmatch(text)
    if not match:
        block.fault(line, f"'{text}' is not of the form 'param name: Type = default   text'")
    default = match["default"]
    if default is not None and not _SCALAR_DEFAULT.fullmatch(default):
        block.fault(line, f"the default {default} is no number, text, true, false or null")
    shape = _Reader(block, line, match["type"]).whole()
    return Parameter(match["name"], shape, default, (match["text"] or "").strip(), line)


def _match_columns(block: _Block, line: int, declared: list[str]) -> None:
    found = returned(block.body)
    for name in declared:
        if name not in found.columns:
            block.fault(line, f"the column '{name}' is not returned{nearest(name, found.columns)}")
    for name in found.columns:
        if name not in declared:
            block.fault(
                found.line, f"the returned column '{name}' is not declared{nearest(name, tuple(declared))}"
            )


def _once(block: _Block, line: int, what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            block.fault(line, f"the {what} '{name}' stands twice")


class _Reader:
    """Reads ``name: Type, name: List<{...}>?`` from left to right."""

    def __init__(self, block: _Block, line: int, text: str) -> None:
        self._block, self._line = block, line
        self._words: list[str] = re.findall(r"\w+|\S", text)

    def fields(self, end: str = "") -> tuple[tuple[str, Shape], ...]:
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
            shape = Shape(shape.word, shape.item, shape.fields, optional=True)
        return shape

    def whole(self) -> Shape:
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
        self._block.fault(self._line, reason)
