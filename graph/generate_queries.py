"""Writes ``graph/queries.py`` and ``graph/seen_queries.py`` from ``cypher/``: ``python -m graph.generate_queries``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph.query_files import queries
from graph.query_shapes import BOUND, IDS, NAMES, TYPES, Parameter, Query, Shape
from graph.query_sight import ids, shows
from graph.schema.load import schema
from graph.schema.model import Schema

KNOWN = {"NodeType": "_NODE_TYPES", "RelationType": "_RELATION_TYPES"}
WHOLE = Path(__file__).with_name("queries.py")
SEEN = Path(__file__).with_name("seen_queries.py")

_WHOLE_HEAD = '''"""The named queries of ``cypher/`` that read the whole graph, or write; no answer calls them.

Made by ``python -m graph.generate_queries``; a test compares. Change the ``.cypher`` file instead.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, TypedDict

from graph.blocks import filled, known


class Store(Protocol):
    """What the functions need of :class:`graph.store.Store`."""

    def read(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows in the order of the query."""

    def write(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        """Rows of a query that changes the graph."""
'''

_SEEN_HEAD = '''"""The named queries of ``cypher/`` that answers read: typed functions that give what the asker sees.

Made by ``python -m graph.generate_queries``; a test compares. Change the ``.cypher`` file instead.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from graph.blocks import Block, Reader, Shown, bounded, known'''


def generate(found: Sequence[Query], declared: Schema) -> dict[Path, str]:
    """The text of each module; equal queries and schema give equal texts."""
    nodes = "".join(f'\n    "{name}",' for name in sorted(declared.nodes))
    relations = "".join(f'\n    "{name}",' for name in sorted(declared.relations))
    names = f"_NODE_TYPES = frozenset({{{nodes}\n}})\n_RELATION_TYPES = frozenset({{{relations}\n}})\n"
    texts = {}
    for path, head, chosen in (
        (WHOLE, _WHOLE_HEAD, [query for query in found if not query.sees]),
        (SEEN, _SEEN_HEAD, [query for query in found if query.sees]),
    ):
        told = ["\n".join(_query(query)) + "\n" for query in chosen]
        if path == SEEN:
            told.append(_blocks(chosen))
        texts[path] = "\n\n".join([head, names, *told])
    return texts


def _blocks(found: Sequence[Query]) -> str:
    """All blocks by name, for who puts columns of several together."""
    entries = "".join(f'\n    "{query.name}": _{query.name.upper()},' for query in found)
    return f"BLOCKS = {{{entries}\n}}\n"


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
    if query.sees:
        yield from _block(query, constant)
    else:
        yield f'{constant} = r"""'
        yield f"// {query.name}"
        yield query.text
        yield '"""'
    yield ""
    yield ""
    yield from _signature(query, kind)
    yield from _documentation(query)
    call = _seen_call(query, constant) if query.sees else _whole_call(query, constant)
    if not query.columns:
        yield f"    {call}"
        return
    fields = ", ".join(f'row["{name}"]' for name, _ in query.columns)
    yield f"    rows = {call}"
    if query.one:
        yield f"    return next(({kind}({fields}) for row in rows), None)"
    else:
        yield f"    return [{kind}({fields}) for row in rows]"


def _block(query: Query, constant: str) -> Iterator[str]:
    yield f"{constant} = Block("
    yield f'    "{query.name}",'
    yield '    r"""'
    yield f"// {query.name}"
    yield query.text
    yield '""",'
    seen = ", ".join(f'"{name}": "{declared}"' for name, declared in query.sees.items())
    yield f"    {{{seen}}},"
    told = shows(query)
    if told:
        yield "    shows=("
        for shown in told:
            yield f'        Shown({_texts(shown.path)}, "{shown.type}", {_texts(shown.names)}),'
        yield "    ),"
    if query.paths:
        yield f"    paths=frozenset({{{', '.join(f'{name!r}' for name in sorted(query.paths))}}}),".replace(
            "'", '"'
        )
    found = ids(query)
    if found:
        yield f"    ids=({' '.join(f'{_texts(path)},' for path in found)}),"
    asked = [p.name for p in query.parameters if p.shape.word in IDS]
    if asked:
        yield f"    asked={_texts(asked)},"
    yield ")"


def _texts(found: Sequence[str]) -> str:
    quoted = ", ".join(f'"{one}"' for one in found)
    return f"({quoted},)" if len(found) == 1 else f"({quoted})"


def _places(query: Query) -> str:
    """Names of the schema and lengths of paths, which stand in the text itself."""
    found = [
        f'"{p.name}": known({p.name}, {KNOWN[p.shape.word]})'
        if p.shape.word in NAMES
        else f'"{p.name}": bounded({p.name})'
        for p in query.parameters
        if p.shape.word in (*NAMES, BOUND)
    ]
    return f"{{{', '.join(found)}}}"


def _seen_call(query: Query, constant: str) -> str:
    sent = [f'"{p.name}": {p.name}' for p in query.parameters if p.shape.word not in (*NAMES, BOUND)]
    return f"seen.rows({constant}, {_places(query)}, {{{', '.join(sent)}}})"


def _whole_call(query: Query, constant: str) -> str:
    places = _places(query)
    text = constant if places == "{}" else f"filled({constant}, {places})"
    sent = "".join(f", {p.name}={p.name}" for p in query.parameters if p.shape.word not in (*NAMES, BOUND))
    return f"store.{'write' if query.write else 'read'}({text}{sent})"


def _signature(query: Query, kind: str) -> Iterator[str]:
    answer = "None" if not query.columns else f"{kind} | None" if query.one else f"list[{kind}]"
    # A parameter without default may follow one with: all are named by the caller.
    parameters = "".join(f", {_parameter(p)}" for p in query.parameters)
    reader = "seen: Reader" if query.sees else "store: Store"
    yield f"def {query.name}({reader}{', *' if parameters else ''}{parameters}) -> {answer}:"


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
    """Write the modules."""
    for path, text in generate(queries(schema()), schema()).items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
