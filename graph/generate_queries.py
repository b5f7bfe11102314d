"""Writes ``graph/queries.py`` from ``cypher/*.cypher``: ``python -m graph.generate_queries``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.query_files import BOUND, NAMES, TYPES, Parameter, Query, Shape, queries
from graph.schema.load import schema
from graph.schema.model import Schema

KNOWN = {"NodeType": "_NODE_TYPES", "RelationType": "_RELATION_TYPES"}
TARGET = Path(__file__).with_name("queries.py")

_HEAD = '''"""The named queries of ``cypher/`` as typed functions.

Made by ``python -m graph.generate_queries``; a test compares. Change the ``.cypher`` file instead.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Protocol, TypedDict


class Store(Protocol):
    """What the functions need of :class:`graph.store.Store`."""

    def read(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows in the order of the query."""

    def write(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows of a query that changes the graph."""


def _put(text: str, place: str, name: str, known: frozenset[str]) -> str:
    """The text with a name of the schema in a place; parameters cannot stand there. Raises: KeyError."""
    if name not in known:
        raise KeyError(name)
    return re.sub(rf":\\${place}\\b", f":{name}", text)


def _bound(text: str, place: str, hops: int) -> str:
    """The text with the upper bound of a path in a place. Raises: ValueError beyond 1 to 100."""
    if not 1 <= hops <= 100:
        raise ValueError(hops)
    return re.sub(rf"\\.\\.\\${place}\\b", f"..{hops:d}", text)
'''


def generate(found: Sequence[Query], declared: Schema) -> str:
    """The module's text; equal queries and schema give equal text."""
    nodes = "".join(f'\n    "{name}",' for name in sorted(declared.nodes))
    relations = "".join(f'\n    "{name}",' for name in sorted(declared.relations))
    known = f"_NODE_TYPES = frozenset({{{nodes}\n}})\n_RELATION_TYPES = frozenset({{{relations}\n}})\n"
    parts = [_HEAD, known]
    for query in found:
        parts.append("\n".join(_query(query)) + "\n")
    return "\n\n".join(parts)


def _query(query: Query) -> Iterator[str]:
    kind = _camel(query.name)
    constant = f"_{query.name.upper()}"
    for name, shape in query.columns:
        yield from _maps(f"{kind}{_camel(name)}", f"One entry of ``{name}``.", shape)
    if query.columns:
        yield "@dataclass(frozen=True, slots=True)"
        yield f"class {kind}:"
        yield f'    """A row of :func:`{query.name}`."""'
        yield ""
        for name, shape in query.columns:
            yield f"    {name}: {_python(shape, f'{kind}{_camel(name)}')}"
        yield ""
        yield ""
    yield f'{constant} = r"""'
    yield f"// {query.name}"
    yield query.text
    yield '"""'
    yield ""
    yield ""
    yield from _signature(query, kind)
    yield from _documentation(query)
    arguments = ""
    text = constant
    for p in query.parameters:
        if p.shape.word in NAMES:
            text = f'_put({text}, "{p.name}", {p.name}, {KNOWN[p.shape.word]})'
        elif p.shape.word == BOUND:
            text = f'_bound({text}, "{p.name}", {p.name})'
        else:
            arguments += f", {p.name}={p.name}"
    call = f"store.{'write' if query.write else 'read'}({text}{arguments})"
    if not query.columns:
        yield f"    {call}"
        return
    fields = ", ".join(f'row["{name}"]' for name, _ in query.columns)
    yield f"    rows = {call}"
    if query.one:
        yield f"    return next(({kind}({fields}) for row in rows), None)"
    else:
        yield f"    return [{kind}({fields}) for row in rows]"


def _signature(query: Query, kind: str) -> Iterator[str]:
    answer = "None" if not query.columns else f"{kind} | None" if query.one else f"list[{kind}]"
    # A parameter without default may follow one with: all are named by the caller.
    parameters = "".join(f", {_parameter(p)}" for p in query.parameters)
    yield f"def {query.name}(store: Store{', *' if parameters else ''}{parameters}) -> {answer}:"


def _parameter(parameter: Parameter) -> str:
    words = {"true": "True", "false": "False", "null": "None"}
    shown = f"{parameter.name}: {_python(parameter.shape, '')}"
    if parameter.default is None:
        return shown
    return f"{shown} = {words.get(parameter.default, parameter.default)}"


def _documentation(query: Query) -> Iterator[str]:
    first, *rest = query.documentation
    told = [p for p in query.parameters if p.text]
    if not rest and not told:
        yield f'    """{first}"""'
        return
    yield f'    """{first}'
    if rest:
        yield ""
        yield from (f"    {line}" if line else "" for line in rest)
    if told:
        yield ""
        yield "    Args:"
        yield from (f"        {p.name}: {p.text}" for p in told)
    yield '    """'


def _maps(name: str, text: str, shape: Shape) -> Iterator[str]:
    """A TypedDict for every map in a shape, the inner ones first."""
    if shape.item:
        yield from _maps(name, text, shape.item)
    for inner, inner_shape in shape.fields:
        yield from _maps(f"{name}{_camel(inner)}", f"One entry of ``{inner}``.", inner_shape)
    if shape.fields:
        yield f"class {name}(TypedDict):"
        yield f'    """{text}"""'
        yield ""
        for inner, inner_shape in shape.fields:
            yield f"    {inner}: {_python(inner_shape, f'{name}{_camel(inner)}')}"
        yield ""
        yield ""


def _python(shape: Shape, name: str) -> str:
    if shape.item:
        text = f"list[{_python(shape.item, name)}]"
    elif shape.fields:
        text = name
    else:
        text = TYPES[shape.word]
    return f"{text} | None" if shape.optional else text


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def main() -> None:
    """Write the module."""
    TARGET.write_text(generate(queries(schema()), schema()), encoding="utf-8")


if __name__ == "__main__":
    main()
