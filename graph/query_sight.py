"""Checks of what a block shows: each node is declared and marked, each value leaves with its property.

As in ``graph.query_checks`` the text is not parsed as Cypher. Clauses and patterns are found by their words, outside of
strings and comments, and by the depth of the brackets around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from graph.blocks import ANY, MARK, Shown
from graph.query_checks import Fault, Lines, blanked
from graph.query_shapes import IDS, Query, Shape
from graph.schema.model import Property, Schema
from graph.schema.source import nearest

_WORDS: Final = re.compile(
    r"[()\[\]{}]|\b(?:OPTIONAL\s+MATCH|MATCH|(?<!STARTS )(?<!ENDS )WITH|RETURN|UNWIND|CALL|YIELD|UNION|WHERE|ORDER\s+BY"
    r"|MERGE|CREATE|SET|DELETE)\b"
)
_NODE: Final = re.compile(r"\((?P<name>\w*)(?::(?P<label>[$\w|&!]+))?\s*(?:\{[^{}]*\})?\)")
_RELATION: Final = re.compile(r"\[(?P<name>\w+)(?::(?P<types>[$\w|&!]+))?")
_PATH: Final = re.compile(r"\b(?P<name>\w+)\s*=\s*\(")
_YIELDED: Final = re.compile(r"\bnode\b(?:\s+AS\s+(?P<name>\w+))?")
_LINK: Final = re.compile(r"-\[|--")
_READ: Final = re.compile(r"\b(?P<name>\w+)\.(?P<property>\w+)\b")
_CHOSEN: Final = re.compile(r"\b\w+\[\$(?P<name>\w+)\]")
_ASKED: Final = re.compile(r"\bWHEN\b.*?\bTHEN\b", re.DOTALL)
"""What a CASE asks is no value that it gives."""
_ALL_VALUES: Final = re.compile(r"\bproperties\(")


@dataclass(frozen=True, slots=True)
class _Clause:
    """One clause: its word, what follows it and from where. ``scope``: where the brackets around it begin."""

    word: str
    text: str
    start: int
    scope: tuple[int, ...]
    ends: int
    """Where the innermost of these brackets ends."""
    condition: str = ""
    at: int = 0
    """Where the condition begins."""


class _Sight:
    """The check of one block."""

    def __init__(self, query: Query, lines: Lines, schema: Schema, fault: Fault) -> None:
        self._query, self._schema, self._fault = query, schema, fault
        self._first = lines[0][0]
        self._text = "\n".join(text for _, text in blanked(lines))
        self._clauses = list(_clauses(self._text))
        self.paths: set[str] = set()
        self._types: dict[str, tuple[str, ...]] = {}

    def check(self) -> None:
        query = self._query
        if query.write or query.whole:
            if query.sees:
                self._fault(query.line, "'// sees:' stands in a block that no answer reads")
            if MARK.search(self._text):
                self._fault(query.line, "sees(...) stands in a block that no answer reads")
            return
        self._declarations()
        marks = 0
        bound: dict[tuple[int, ...], frozenset[str]] = {}
        for clause in self._clauses:
            around = (clause.scope[:n] for n in range(len(clause.scope) - 1, -1, -1))
            outer = next((bound[scope] for scope in around if scope in bound), frozenset[str]())
            known = bound.get(clause.scope, outer)
            if clause.word == "UNION":
                known = outer
            elif clause.word in ("WITH", "RETURN"):
                known &= frozenset(re.findall(r"\w+", clause.text))
            elif clause.word in ("MATCH", "YIELD"):
                wanted = self._bound_by(clause, known)
                marks += self._marked(clause, wanted)
                known |= frozenset(wanted)
            bound[clause.scope] = known
        if marks != len(MARK.findall(self._text)):
            self._fault(query.line, "sees(...) stands elsewhere than first in the WHERE of a MATCH or YIELD")
        for variable in query.sees:
            if variable not in self._types:
                self._fault(query.line, f"'{variable}' is declared and no pattern binds it")
        patterns = [(c.start, c.start + len(c.text)) for c in self._clauses if c.word == "MATCH"]
        for link in _LINK.finditer(self._text):
            if not any(start <= link.start() < end for start, end in patterns):
                self._fault(self._line(link.start()), "a pattern outside of MATCH cannot say what is seen")
        self._values()

    def _declarations(self) -> None:
        parameters = {p.name for p in self._query.parameters if p.shape.word == "NodeType"}
        for declared in self._query.sees.values():
            if declared.startswith("$"):
                if declared[1:] not in parameters:
                    reason = f"'{declared}' is no parameter of type NodeType{nearest(declared[1:], tuple(parameters))}"
                    self._fault(self._query.line, reason)
            elif declared != ANY and declared not in self._schema.nodes:
                known = (*self._schema.nodes, ANY)
                self._fault(
                    self._query.line, f"the schema has no node type '{declared}'{nearest(declared, known)}"
                )

    def _bound_by(self, clause: _Clause, bound: frozenset[str]) -> list[str]:
        """Variables of nodes, or of the path, that a clause binds."""
        sees = self._query.sees
        for relation in _RELATION.finditer(clause.text):
            types = (relation["types"] or "").split("|")
            static = types[0] != "" and not types[0].startswith("$")
            self._types[relation["name"]] = tuple(types) if static else tuple(self._schema.relations)
        found: list[tuple[str, str | None, int]]
        if clause.word == "YIELD":
            found = [(m["name"] or "node", None, m.start()) for m in _YIELDED.finditer(clause.text)]
        else:
            path = _PATH.search(clause.text)
            if path and path["name"] in sees:
                if sees[path["name"]] != ANY:
                    self._fault(self._line(clause.start), f"the path '{path['name']}' is declared as {ANY}")
                self.paths.add(path["name"])
                self._types[path["name"]] = ()
                return [path["name"]]
            found = [(m["name"], m["label"], m.start()) for m in _NODE.finditer(clause.text)]
        new: list[str] = []
        for name, label, place in found:
            line = self._line(clause.start + place)
            if not name:
                self._fault(line, "a node of the pattern has no name, so that '// sees:' cannot declare it")
            if name not in sees:
                self._fault(line, f"the node '{name}' is not declared: {self._remedy(name, label)}")
            if name in bound or name in new:
                continue
            if sees[name] != (label or ANY):
                self._fault(
                    line, f"the node '{name}' is declared as {sees[name]} and bound as {label or ANY}"
                )
            declared = sees[name]
            fixed = declared != ANY and not declared.startswith("$")
            self._types[name] = (declared,) if fixed else tuple(self._schema.nodes)
            new.append(name)
        return new

    def _remedy(self, name: str, label: str | None) -> str:
        said = f"'// sees: {name} {label or ANY}'"
        return said if self._query.sees else f"{said}, or '// whole: why' where no answer reads the block"

    def _marked(self, clause: _Clause, wanted: list[str]) -> int:
        """How many marks the clause has: one where it binds something."""
        mark = MARK.match(clause.condition)
        if not wanted and not mark:
            return 0
        if not mark or mark["names"].split(", ") != wanted:
            expected = f"WHERE sees({', '.join(wanted)})" if wanted else "no mark"
            self._fault(self._line(clause.at or clause.start), f"{expected} is expected where they are bound")
        return 1

    def _values(self) -> None:
        """Each column of values says whose they are."""
        told = {name for shown in shows(self._query) for name in shown.names}
        maps = sum(not shown.names for shown in shows(self._query))
        for name, shape in self._query.columns:
            self._of(name, shape, dict(self._query.columns))
        for clause in self._clauses:
            if clause.word != "RETURN":
                continue
            given = self._given(clause)
            maps -= len(_ALL_VALUES.findall(given))
            for read in _READ.finditer(given):
                if read["property"] not in told and self._personal(read["name"], read["property"]):
                    reason = (
                        f"the column of {read[0]} does not say 'of TYPE.{read['property']}', personal data"
                    )
                    self._fault(self._line(clause.start + read.start()), reason)
        if maps:
            self._fault(
                self._query.line, "each properties(...) needs one column 'Map of TYPE', and each such one"
            )
        for chosen in _CHOSEN.finditer(self._text):
            if f"${chosen['name']}" not in told:
                reason = f"the column of {chosen[0]} does not say 'of TYPE.${chosen['name']}'"
                self._fault(self._line(chosen.start()), reason)

    def _given(self, clause: _Clause) -> str:
        """What a RETURN gives, without what queries inside of it and conditions read; place for place."""
        given = _ASKED.sub(lambda asked: " " * len(asked[0]), clause.text)
        for inner in self._clauses:
            if len(inner.scope) > len(clause.scope) and inner.scope[: len(clause.scope)] == clause.scope:
                begin, end = inner.scope[-1] - clause.start, inner.ends - clause.start
                if 0 <= begin < len(given):
                    given = given[:begin] + " " * (end - begin) + given[end:]
        return given

    def _personal(self, variable: str, name: str) -> bool:
        known = self._schema.nodes | self._schema.relations
        found: list[Property | None] = [
            known[kind].properties.get(name) for kind in self._types.get(variable, ()) if kind in known
        ]
        return any(one is not None and one.personal != "public" for one in found)

    def _of(self, name: str, shape: Shape, beside: Mapping[str, Shape]) -> None:
        if shape.item:
            self._of(name, shape.item, beside)
        for inner, inner_shape in shape.fields:
            self._of(inner, inner_shape, dict(shape.fields))
        if shape.word == "Map" and not shape.of:
            self._fault(
                self._query.line, f"the column '{name}' does not say whose properties it holds: 'Map of TYPE'"
            )
        if not shape.of:
            return
        parameters = {p.name: p.shape.word for p in self._query.parameters}
        known = self._schema.nodes | self._schema.relations
        kind = shape.of.type
        if kind.startswith("$"):
            good = parameters.get(kind[1:]) in ("NodeType", "RelationType")
        else:
            good = kind in known or (kind in beside and kind != name)
        if not good:
            self._fault(
                self._query.line, f"'{kind}' is no type, no parameter for one and no column beside '{name}'"
            )
        for one in shape.of.names:
            if one.startswith("$"):
                good = one[1:] in parameters
            else:
                good = any(one in t.properties for t in ([known[kind]] if kind in known else known.values()))
            if not good:
                self._fault(self._query.line, f"'{kind}' has no property '{one}' that '{name}' could hold")
        if bool(shape.of.names) == (shape.word == "Map"):
            self._fault(self._query.line, f"'{name}' is 'Map of TYPE', or a value 'of TYPE.property'")

    def _line(self, place: int) -> int:
        return self._first + self._text.count("\n", 0, place)


def check_sight(query: Query, lines: Lines, schema: Schema, fault: Fault) -> frozenset[str]:
    """Fault on a node that is not declared or not marked, or a value without its property.

    Args:
        lines: the query with line numbers.
        fault: called with line and reason; does not return.
    Returns:
        The variables that stand for paths.
    """
    sight = _Sight(query, lines, schema, fault)
    sight.check()
    return frozenset(sight.paths)


def shows(query: Query) -> tuple[Shown, ...]:
    """The columns of a query that hold values of properties."""

    def found(path: tuple[str, ...], shape: Shape) -> Iterator[Shown]:
        if shape.of:
            yield Shown(path, shape.of.type, shape.of.names)
        if shape.item:
            yield from found(path, shape.item)
        for name, inner in shape.fields:
            yield from found((*path, name), inner)

    return tuple(shown for name, shape in query.columns for shown in found((name,), shape))


def ids(query: Query) -> tuple[tuple[str, ...], ...]:
    """The columns of a query that hold ids of entities, each with the way down to it."""

    def found(path: tuple[str, ...], shape: Shape) -> Iterator[tuple[str, ...]]:
        if shape.word in IDS or (shape.item and shape.item.word in IDS):
            yield path
        elif shape.item:
            yield from found(path, shape.item)
        for name, inner in shape.fields:
            yield from found((*path, name), inner)

    return tuple(path for name, shape in query.columns for path in found((name,), shape))


def _clauses(text: str) -> Iterator[_Clause]:
    """The clauses of a text, by where they begin; one inside another follows it."""
    words: list[
        tuple[str, int, int, tuple[int, ...]]
    ] = []  # the word, where it begins and ends, and its scope
    scope: tuple[int, ...] = ()
    ends = {scope: len(text)}
    for match in _WORDS.finditer(text):
        found = match[0]
        if found in "([{":
            scope = (*scope, match.start())
        elif found in ")]}":
            ends[scope] = match.start()
            scope = scope[:-1]
        else:
            words.append(("MATCH" if found.endswith("MATCH") else found, *match.span(), scope))
    for index, (word, _, begin, around) in enumerate(words):
        if word == "WHERE" or word.startswith("ORDER"):
            continue
        later = [(w, s, e) for w, s, e, other in words[index + 1 :] if other == around]
        stop = next((s for w, s, _ in later if w != "WHERE"), ends[around])
        cut, at = next(((s, e) for w, s, e in later if w == "WHERE" and s < stop), (stop, stop))
        condition = text[at:stop]
        at += len(condition) - len(condition.lstrip())
        yield _Clause(word, text[begin:cut], begin, around, ends[around], condition.strip(), at)
