"""Named queries: reads ``cypher/*.cypher`` into checked blocks that become typed functions.

A block is its name, what it answers, its parameters and its columns, then the Cypher::

    // name: guarantees_given
    // Guarantees that an enterprise has given; largest first. Unknown amounts are left out.
    // param guarantor: PartyId
    // param least: Fen = 0            smaller ones are left out
    // param first: Int = 50
    // row borrower: PartyId, contract: Text, amount: Fen, record: RecordId
    MATCH ...

What a block shows stands in its head, so that nobody gets to see what an asker may not (decision 0022)::

    // sees: n $type                the node n, of the type that the parameter names
    // sees: m any                  of whatever type
    // sees: path any               every node of the path

Each node that a pattern binds has a name and is declared, whether it is returned, counted or passed by; a relation is
seen when its ends are. The ``WHERE`` of the clause that binds nodes begins with their mark, ``sees(n, m)``: there the
conditions of the asker stand, and for who sees everything nothing. The nodes of a declared path need no names:
``sees(path)`` is a condition on each. A block that no answer reads says so: ``// whole: why``, or ``// write``.

A column that holds values says whose: ``Map of Bill`` are properties of a bill, ``Text? of type.name`` is the name of
what the column ``type`` beside it names, ``$type`` and ``$property`` are those of parameters.
``of type.name|title`` is either of two. The reader shows them as the asker may see them.

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
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn, TypeAlias

from graph.blocks import ASKER
from graph.query_checks import check_text, returned
from graph.query_shapes import BOUND, NAMES, Parameter, Query, Shape, Shapes
from graph.query_sight import check_sight
from graph.query_words import expanded
from graph.schema.model import Schema
from graph.schema.source import nearest
from terms.errors import KehutuError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*")
_PARAM = re.compile(
    r"param (?P<name>\w+): (?P<type>[\w<>?]+)(?: = (?P<default>'[^']*'|\S+))?(?:\s+(?P<text>.*))?"
)
_SEES = re.compile(r"(?P<name>\w+) (?P<type>\$?\w+)")
_SCALAR_DEFAULT = re.compile(r"-?\d+(\.\d+)?|true|false|null|'[^'\\]*'")


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


@dataclass(slots=True)
class _Head:
    """What the lines above a query say of it."""

    documentation: list[str] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    columns: list[tuple[str, Shape]] = field(default_factory=list)
    sees: dict[str, str] = field(default_factory=dict)
    whole: str = ""
    one: bool = False
    write: bool = False
    column_line: int = 0

    def read(self, block: _Block) -> None:
        self.column_line = block.line
        for line, text in block.head:
            keyword, _, rest = text.partition(" ")
            if keyword == "param":
                self.parameters.append(_parameter(block, line, text))
            elif keyword in ("row", "one"):
                self.one, self.column_line = self.one or keyword == "one", line
                self.columns += Shapes(block.fault, line, rest).fields()
            elif keyword == "sees:":
                self._sees(block, line, rest.strip())
            elif keyword == "whole:":
                self.whole = rest.strip()
            elif text == "write":
                self.write = True
            else:
                self.documentation.append(text)
        if not "".join(self.documentation):
            block.fault(block.line, "a line that says what the query answers is missing")
        for name, _ in self.columns:
            if not _COLUMN.fullmatch(name):
                reason = f"the column '{name}' is not written in small letters, digits and _"
                block.fault(self.column_line, reason)
        _once(block, self.column_line, "column", [name for name, _ in self.columns])
        _once(block, block.line, "parameter", [p.name for p in self.parameters])

    def _sees(self, block: _Block, line: int, text: str) -> None:
        match = _SEES.fullmatch(text)
        if not match:
            block.fault(line, f"'{text}' is not of the form 'node Type'")
        if match["name"] in self.sees:
            block.fault(line, f"the node '{match['name']}' is declared twice")
        self.sees[match["name"]] = match["type"]


def _query(block: _Block, schema: Schema) -> Query:
    if not _NAME.fullmatch(block.name):
        block.fault(block.line, f"'{block.name}' is no name: small letters, digits and _")
    while block.body and not block.body[-1][1].strip():
        block.body.pop()
    if not block.body:
        block.fault(block.line, "there is no query under the head")
    head = _Head()
    head.read(block)
    places = frozenset(p.name for p in head.parameters if p.shape.word in NAMES)
    bounds = frozenset(p.name for p in head.parameters if p.shape.word == BOUND)
    lines = {p.name: p.line for p in head.parameters}
    check_text(block.body, lines, schema, block.fault, places=places, bounds=bounds)
    _match_columns(block, head.column_line, [name for name, _ in head.columns])
    if head.columns and not head.one and not returned(block.body).ordered:
        block.fault(block.body[-1][0], "many rows need a stated order: ORDER BY is missing")
    query = Query(
        name=block.name,
        file=block.file,
        line=block.line,
        documentation=tuple(head.documentation),
        parameters=tuple(head.parameters),
        columns=tuple(head.columns),
        one=head.one,
        write=head.write,
        text="\n".join(line for _, line in block.body),
        sees=head.sees,
        whole=head.whole,
    )
    return replace(query, paths=check_sight(query, block.body, schema, block.fault))


def _parameter(block: _Block, line: int, text: str) -> Parameter:
    match = _PARAM.fullmatch(text)
    if not match:
        block.fault(line, f"'{text}' is not of the form 'param name: Type = default   text'")
    default = match["default"]
    if default is not None and not _SCALAR_DEFAULT.fullmatch(default):
        block.fault(line, f"the default {default} is no number, text, true, false or null")
    if match["name"].startswith(ASKER):
        block.fault(line, f"names that begin with {ASKER} are those of the asker's conditions")
    shape = Shapes(block.fault, line, match["type"]).whole()
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
