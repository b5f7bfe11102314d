"""What py2neo holds in memory or reaches on a server, in one shape; see :mod:`ingest.readers.py2neo_graph`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol, TypeAlias
from urllib.parse import urlsplit

from ingest.readers import Request
from terms.errors import KehutuError
from terms.texts import Texts

Values: TypeAlias = Mapping[str, object]

_ADDRESS: Final = Texts(
    "the address of a Neo4j is expected, as bolt://localhost:7687",
    "应为 Neo4j 的地址，如 bolt://localhost:7687",
)
_NO_VARIABLE: Final = Texts("there is no such variable in the environment", "环境变量中没有这个变量")
_NAMES: Final = "UNWIND keys(x) AS name RETURN DISTINCT name ORDER BY name"


class Node(NamedTuple):
    """``labels``: in the order of text."""

    labels: tuple[str, ...]
    values: Values


class Link(NamedTuple):
    """A relationship with its ends."""

    type: str
    values: Values
    source: Node
    target: Node


class Origin(Protocol):
    """Where nodes and relationships come from. Every call reads anew."""

    name: str

    def labels(self) -> tuple[str, ...]:
        """All labels that some node has."""

    def types(self) -> tuple[str, ...]:
        """All types that some relationship has."""

    def names(self, label: str) -> tuple[str, ...]:
        """Names of all properties of nodes with a label, in the order of text."""

    def link_names(self, type_: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Names of all properties of relationships of a type, of their sources, and of their targets."""

    def nodes(self, label: str | None = None) -> Iterator[Node]:
        """Nodes with a label, or all."""

    def links(self, type_: str) -> Iterator[Link]:
        """Relationships of a type."""


def origin_of(graph: Any) -> Origin:
    """Of a ``py2neo.Graph``, or of a ``py2neo.Subgraph`` with its relatives (node, relationship, path)."""
    return _Server(graph, "py2neo") if hasattr(graph, "run") else _Memory(graph)


def server(request: Request) -> Origin:
    """The server that the options of a source name.

    Raises:
        KehutuError: ``READER_PACKAGE_MISSING``, ``READER_OPTION_INVALID``, ``READER_SERVER_DOWN``.
    """
    url = request.options.get("url")
    if not isinstance(url, str) or "://" not in url:
        raise _invalid("url", url, _ADDRESS)
    variable = request.options.get("passwordVariable")
    password = os.environ.get(str(variable)) if variable is not None else ""
    if password is None:
        raise _invalid("passwordVariable", variable, _NO_VARIABLE)
    try:
        graph_class: Any = import_module("py2neo").Graph
    except ImportError:
        raise KehutuError("READER_EXTRA_MISSING", reader="py2neo", extra="py2neo") from None
    user, database = request.options.get("user"), request.options.get("database")
    shown = _without_password(url)
    with _reaching(shown):
        auth = (str(user), password) if user is not None else None
        name = None if database is None else str(database)
        return _Server(graph_class(url, name=name, auth=auth), shown)


class _Server:
    """Reads properties and labels, not entities: py2neo keeps every entity that it has seen."""

    def __init__(self, graph: Any, name: str) -> None:
        self._graph = graph
        self.name = name

    def labels(self) -> tuple[str, ...]:
        # db.labels() also names what no node has any more.
        return self._texts("MATCH (n) UNWIND labels(n) AS label RETURN DISTINCT label ORDER BY label")

    def types(self) -> tuple[str, ...]:
        return self._texts("MATCH ()-[r]->() RETURN DISTINCT type(r) AS type ORDER BY type")

    def names(self, label: str) -> tuple[str, ...]:
        return self._texts(f"MATCH (x:{_quoted(label)}) {_NAMES}")

    def link_names(self, type_: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        quoted = _quoted(type_)
        return (
            self._texts(f"MATCH ()-[x:{quoted}]->() {_NAMES}"),
            self._texts(f"MATCH (x)-[:{quoted}]->() {_NAMES}"),
            self._texts(f"MATCH ()-[:{quoted}]->(x) {_NAMES}"),
        )

    def nodes(self, label: str | None = None) -> Iterator[Node]:
        what = "(n)" if label is None else f"(n:{_quoted(label)})"
        for labels, values in self._rows(f"MATCH {what} RETURN labels(n), properties(n)"):
            yield _node(labels, values)

    def links(self, type_: str) -> Iterator[Link]:
        query = (
            f"MATCH (a)-[r:{_quoted(type_)}]->(b) "
            "RETURN properties(r), labels(a), properties(a), labels(b), properties(b)"
        )
        for values, labels, start, others, end in self._rows(query):
            yield Link(type_, _native(values), _node(labels, start), _node(others, end))

    def _texts(self, query: str) -> tuple[str, ...]:
        return tuple(str(row[0]) for row in self._rows(query))

    def _rows(self, query: str) -> Iterator[Any]:
        with _reaching(self.name):
            yield from self._graph.run(query)


class _Memory:
    """A subgraph in memory: a set, put in order by what its members say."""

    name = "py2neo"

    def __init__(self, subgraph: Any) -> None:
        self._nodes = sorted((_node(node.labels, node) for node in subgraph.nodes), key=repr)
        links = (
            Link(type(link).__name__, _native(link), *(_node(end.labels, end) for end in link.nodes))
            for link in subgraph.relationships
        )
        self._links = sorted(links, key=repr)

    def labels(self) -> tuple[str, ...]:
        return tuple(sorted({label for node in self._nodes for label in node.labels}))

    def types(self) -> tuple[str, ...]:
        return tuple(sorted({link.type for link in self._links}))

    def names(self, label: str) -> tuple[str, ...]:
        return _sorted_names(node.values for node in self.nodes(label))

    def link_names(self, type_: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        links = list(self.links(type_))
        return (
            _sorted_names(link.values for link in links),
            _sorted_names(link.source.values for link in links),
            _sorted_names(link.target.values for link in links),
        )

    def nodes(self, label: str | None = None) -> Iterator[Node]:
        return (node for node in self._nodes if label is None or label in node.labels)

    def links(self, type_: str) -> Iterator[Link]:
        return (link for link in self._links if link.type == type_)


def _sorted_names(all_values: Iterable[Values]) -> tuple[str, ...]:
    return tuple(sorted({name for values in all_values for name in values}))


def _node(labels: Any, values: Any) -> Node:
    return Node(tuple(sorted(str(label) for label in labels)), _native(values))


def _native(values: Any) -> Values:
    """Properties by name, in the order of text; py2neo's own dates as those of Python."""
    return {name: _of_python(value) for name, value in sorted(dict(values).items())}


def _of_python(value: object) -> object:
    """py2neo's own dates by their ISO text: its conversion to Python's loses the zone."""
    if type(value).__module__.startswith("interchange"):
        kind = {"Date": date, "DateTime": datetime}.get(type(value).__name__)
        return value if kind is None else kind.fromisoformat(str(value))
    return value


def _quoted(name: str) -> str:
    """A name as Cypher takes it whatever is in it; backslashes are escapes in some versions."""
    return "`" + name.replace("\\", "\\u005C").replace("`", "``") + "`"


def _invalid(option: str, found: object, expected: Texts) -> KehutuError:
    return KehutuError(
        "READER_OPTION_INVALID", reader="py2neo", option=option, found=found or "", expected=expected
    )


@contextmanager
def _reaching(name: str) -> Iterator[None]:
    """Turn what py2neo and its connections raise into ``READER_SERVER_DOWN``."""
    try:
        yield
    except (KehutuError, GeneratorExit):
        raise
    except Exception as fault:  # py2neo raises what its connections raise: no common class
        reason = str(fault).splitlines()[0][:200] if str(fault) else type(fault).__name__
        told = reason.rstrip(".")
        raise KehutuError(
            "READER_SERVER_DOWN", server=name, reason=Texts(told, f"服务器报告：{told}")
        ) from fault


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host).geturl()
