"""Checks of a query's text without a store: names against the schema, parameters, and the common dialect.

The text is not parsed as Cypher: strings and comments are blanked, then patterns are looked for. A style makes
that safe: no space after the colon of a label (``(c:Customer)``), a space after that of a map (``{id: $id}``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from graph.schema.load import RESERVED
from graph.schema.model import Schema
from graph.schema.source import nearest

Fault: TypeAlias = Callable[[int, str], NoReturn]
Lines: TypeAlias = list[tuple[int, str]]

STORE_LABELS = frozenset({"Meta"})
STORE_PROPERTIES = RESERVED | {"ledgerId", "watermark", "inFlight", "schemaVersion", "digest"}

_BLANKED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_PARAMETER = re.compile(r"(:?)\$(\w+)")
_LABELS = re.compile(r"(?<=[\w(\[]):(?=[A-Za-z!])([\w|&!]+)")
_VARIABLES = re.compile(r"\((\w+)(?=[:){\s])|\[(\w+)(?=[:\]*\s])")
_PROPERTY = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z]\w*)")
_PROJECTED = re.compile(r"[{,]\s*\.(\w+)")
_PATTERN_MAP = re.compile(r"(?<!\w)[(\[]\w*(?::[\w|&!]+)?(?:\*[\d.]+)?\s*\{([^}]*)\}")
_MAP_KEY = re.compile(r"(?:^|,)\s*(\w+)\s*:")
_STAR = re.compile(r"\[\w*(?::[\w|&!]+)?\*([^\]{]*)")
_BOUNDED = re.compile(r"\s*(\d+|\d*\.\.(\d+|\$(?P<bound>\w+)))\s*")
_RETURN = re.compile(r"\bRETURN\b", re.IGNORECASE)
_END = re.compile(r"\b(ORDER\s+BY|SKIP|LIMIT|UNION)\b", re.IGNORECASE)
_ORDER = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
_ALIAS = re.compile(r".*\bAS\s+(\w+)\s*", re.IGNORECASE | re.DOTALL)
_DIALECT = (
    (re.compile(r"\b(gds|apoc)\.", re.IGNORECASE), "'{}' exists on one store only"),
    (
        re.compile(r"\b(id|elementId)\s*\(", re.IGNORECASE),
        "'{}()' is the engine's own number; use the property id",
    ),
    (re.compile(r"\b(SHORTEST)\s+\d", re.IGNORECASE), "'{}' is not understood by the embedded store"),
    (
        re.compile(r"\b(allShortestPaths|shortestPath)\b"),
        "'{}' loses paths under a filter on the embedded store",
    ),
)


@dataclass(frozen=True, slots=True)
class Returned:
    """What the last RETURN of a query gives: its columns in order, its line, whether ORDER BY follows."""

    columns: tuple[str, ...]
    line: int
    ordered: bool


def check_text(
    lines: Lines,
    parameters: dict[str, int],
    schema: Schema,
    fault: Fault,
    *,
    places: frozenset[str],
    bounds: frozenset[str],
) -> None:
    """Faults on the first wrong name.

    Args:
        lines: the query with line numbers.
        parameters: declared ones with the lines that declare them.
        fault: called with line and reason; does not return.
        places: those of the parameters that stand for a type.
        bounds: those of them that end the length of a path.
    """
    clean = blanked(lines)
    used: set[str] = set()
    for line, text in clean:
        for match in _PARAMETER.finditer(text):
            colon, name = match.groups()
            if name not in parameters:
                fault(line, f"the parameter ${name} is not declared{nearest(name, tuple(parameters))}")
            if bool(colon) != (name in places):
                fault(line, f"':${name}' is the place of a type, '${name}' that of a value")
            used.add(name)
    for name, line in parameters.items():
        if name not in used:
            fault(line, f"the parameter {name} is never used")
    whole = "\n".join(text for _, text in clean)
    _names(clean, whole, schema, fault)
    for line, text in clean:
        for pattern, reason in _DIALECT:
            if found := pattern.search(text):
                fault(line, reason.format(found[1]))
        for match in _STAR.finditer(text):
            length = _BOUNDED.fullmatch(match[1])
            if not length:
                fault(line, "a path of any length needs an upper bound, as *1..30")
            if length["bound"] and length["bound"] not in bounds:
                fault(line, f"the bound ${length['bound']} of a path is no parameter of type Hops")


def _names(lines: Lines, whole: str, schema: Schema, fault: Fault) -> None:
    labels = frozenset(schema.nodes) | frozenset(schema.relations) | STORE_LABELS
    properties = frozenset(name for each in schema.types for name in each.properties) | STORE_PROPERTIES
    variables = {a or b for a, b in _VARIABLES.findall(whole)}
    for line, text in lines:
        for match in _LABELS.finditer(text):
            for label in re.findall(r"\w+", match[1]):
                if label not in labels:
                    fault(line, f"the schema has no type '{label}'{nearest(label, labels)}")
        named = [name for variable, name in _PROPERTY.findall(text) if variable in variables]
        named += _PROJECTED.findall(text)
        for inside in _PATTERN_MAP.findall(text):
            named += _MAP_KEY.findall(inside)
        for name in named:
            if name not in properties:
                fault(line, f"no type has a property '{name}'{nearest(name, properties)}")


def returned(lines: Lines) -> Returned:
    """What the query returns; no columns if it does not."""
    text = "\n".join(line for _, line in blanked(lines))
    flat = _flatten(text)
    starts = list(_RETURN.finditer(flat))
    if not starts:
        return Returned((), lines[0][0], ordered=False)
    start = starts[-1]
    end = _END.search(flat, start.end())
    stop = end.start() if end else len(flat)
    names = []
    for begin, finish in _items(flat, start.end(), stop):
        item = re.sub(r"^\s*DISTINCT\b", "", text[begin:finish], flags=re.IGNORECASE)
        alias = _ALIAS.fullmatch(item)
        names.append(alias[1] if alias else item.strip().rstrip(";"))
    return Returned(
        tuple(names),
        lines[0][0] + text.count("\n", 0, start.start()),
        ordered=bool(_ORDER.search(flat, start.end())),
    )


def _items(flat: str, start: int, stop: int) -> list[tuple[int, int]]:
    commas = [i for i in range(start, stop) if flat[i] == ","]
    return list(zip([start, *(i + 1 for i in commas)], [*commas, stop], strict=True))


def _flatten(text: str) -> str:
    """The text with everything inside brackets of any kind blanked, place for place."""
    depth, out = 0, []
    for character in text:
        depth -= character in ")]}"
        out.append(character if depth == 0 or character == "\n" else " ")
        depth += character in "([{"
    return "".join(out)


def blanked(lines: Lines) -> Lines:
    """The lines with strings and comments blanked, place for place."""
    text = "\n".join(line for _, line in lines)
    clean = _BLANKED.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    return list(zip((number for number, _ in lines), clean.split("\n"), strict=True))
