"""Graphs of users who come with py2neo code, as tables: one for each label and each relationship type.

py2neo is at the end of its life; only this module and ``py2neo_origin`` know it, and need it only to reach a server
(the extra ``kehutu[py2neo]``). A manifest names a table and where it lies::

    format: py2neo
    table: Customer               # a label or a type; what is both: (Customer) or [GUARANTEES], as Cypher draws them
    recordId: _key
    options: {url: "bolt://old.example:7687", user: reader, passwordVariable: OLD_PASSWORD, keys: {Customer: number}}

A program that holds a ``py2neo.Graph`` or a ``Subgraph`` hands it over instead of the URL:
``load(ledger, manifest, readers={"py2neo": reader_of(graph)})``; :func:`tables` says what there is to map.

Columns are the properties, and ``_labels`` and ``_key`` of a node; ``_key``, ``_from`` and ``_to`` of a relationship,
whose ends' properties are ``from.NAME`` and ``to.NAME``. ``_key`` is ``Label:value`` by the properties that ``keys``
names for a label, else ``~`` and a hash of the node's labels and properties. Ids of the server are never used: they are
given to other nodes in time. So two nodes without a key and with equal content cannot be told apart; where keys are
asked for they are quarantined, and so are their relationships.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeAlias

from ingest.readers import BadRow, Opened, Reader, Request, Row
from ingest.readers.input import check_options
from ingest.readers.py2neo_origin import Link, Node, Origin, origin_of, server
from terms.errors import KehutuError
from terms.texts import Texts

_IN_HAND: Final = frozenset({"keys"})
_OPTIONS: Final = _IN_HAND | {"url", "user", "passwordVariable", "database"}
_TAKES: Final = frozenset({"table"})
_NODE_COLUMNS: Final = ("_key", "_labels")
_LINK_COLUMNS: Final = ("_key", "_from", "_to")
_KEYED: Final = frozenset({"_key", "_from", "_to"})

Keys: TypeAlias = Mapping[str, tuple[str, ...]]
"""Label -> the properties that name a node with it."""


def read(request: Request) -> Opened:
    """A table of the graph on the server that the options name.

    Raises:
        KehutuError: ``READER_EXTRA_MISSING``, ``READER_OPTION_UNKNOWN``, ``READER_OPTION_INVALID``,
            ``READER_SERVER_DOWN`` (also between rows), ``READER_TABLE_UNKNOWN``, ``FILE_HEADER_FAULTY``.
    """
    check_options(request, "py2neo", _OPTIONS, takes=_TAKES)
    return _opened(server(request), request)


def reader_of(graph: Any) -> Reader:
    """A reader of the tables of a ``py2neo.Graph`` or ``py2neo.Subgraph`` that the caller holds."""

    def read_held(request: Request) -> Opened:
        check_options(request, "py2neo", _IN_HAND, takes=_TAKES)
        return _opened(origin_of(graph), request)

    return read_held


def tables(graph: Any) -> dict[str, tuple[str, ...]]:
    """The tables of a ``py2neo.Graph`` or ``py2neo.Subgraph``, by name, with their columns. O(graph)."""
    origin = origin_of(graph)
    labels, types = origin.labels(), origin.types()
    both = set(labels) & set(types)
    found = {f"({name})" if name in both else name: _node_columns(origin, name) for name in labels}
    return found | {f"[{name}]" if name in both else name: _link_columns(origin, name) for name in types}


def _opened(origin: Origin, request: Request) -> Opened:
    labels, types = origin.labels(), origin.types()
    table = request.table or ""
    keys = _keys(request)
    name = f"{request.name}#{table}"
    asked = bool(_KEYED & request.wanted)
    opened = Opened(iter(()), ())
    if (label := _named(table, "()", labels, types)) is not None:
        opened.columns = _node_columns(origin, label)
        same = _twins(origin.nodes(label), keys) if asked else frozenset()
        opened.rows = _node_rows(origin.nodes(label), keys, same, request, name)
    elif (type_ := _named(table, "[]", types, labels)) is not None:
        opened.columns = _link_columns(origin, type_)
        same = _twins(origin.nodes(), keys) if asked else frozenset()
        opened.rows = _link_rows(origin.links(type_), keys, same, request, name)
    else:
        known = ", ".join((*(f"({label})" for label in labels), *(f"[{type_}]" for type_ in types))) or Texts(
            "none", "无"
        )
        raise KehutuError("READER_TABLE_UNKNOWN", reader="py2neo", found=table, known=known)
    _check_twice(opened.columns, name)
    left = [column for column in opened.columns if column not in request.wanted and column[:1] != "_"]
    left = [column for column in left if not column.startswith(("from.", "to."))]
    if left:
        opened.notices.add("NOTICE_COLUMNS_LEFT", source=request.name, columns=", ".join(left))
    return opened


def _named(table: str, brackets: str, names: tuple[str, ...], others: tuple[str, ...]) -> str | None:
    """The one of ``names`` that a table means: in brackets, or bare where the others have none of that name."""
    if table in names and table not in others:
        return table
    inner = table[1:-1]
    return inner if inner in names and table == brackets[0] + inner + brackets[1] else None


def _keys(request: Request) -> Keys:
    given = request.options.get("keys", {})
    expected = Texts(
        "labels with the property, or the properties, that name a node: {Customer: number}",
        "应为各标签及用来命名节点的属性：{Customer: number}",
    )
    if not isinstance(given, Mapping) or not all(
        isinstance(p, str) or (isinstance(p, list) and p) for p in given.values()
    ):
        raise KehutuError(
            "READER_OPTION_INVALID", reader="py2neo", option="keys", found=given, expected=expected
        )
    return {
        str(label): (names,) if isinstance(names, str) else tuple(map(str, names))
        for label, names in given.items()
    }


def _node_columns(origin: Origin, label: str) -> tuple[str, ...]:
    return (*_NODE_COLUMNS, *origin.names(label))


def _link_columns(origin: Origin, type_: str) -> tuple[str, ...]:
    own, source, target = origin.link_names(type_)
    ends = (*(f"from.{name}" for name in source), *(f"to.{name}" for name in target))
    return (*_LINK_COLUMNS, *own, *ends)


def _check_twice(columns: tuple[str, ...], name: str) -> None:
    twice = next((column for column, count in Counter(columns).items() if count > 1), None)
    if twice is not None:
        reason = Texts(
            f"two columns have the name '{twice[:80]}', one of them a property",
            f"有两列都叫“{twice[:80]}”，其中一列是属性",
        )
        raise KehutuError("FILE_HEADER_FAULTY", file=name, line=1, reason=reason)


def _node_rows(
    nodes: Iterator[Node], keys: Keys, same: frozenset[bytes], request: Request, name: str
) -> Iterator[Row | BadRow]:
    for number, node in enumerate(nodes, start=1):
        values = {"_key": _name(node, keys), "_labels": ";".join(node.labels), **node.values}
        twin = _has_twin(node, keys, same)
        yield _row(values, "_key" if twin else "", request, name, number)


def _link_rows(
    links: Iterator[Link], keys: Keys, same: frozenset[bytes], request: Request, name: str
) -> Iterator[Row | BadRow]:
    again: Counter[str] = Counter()
    for number, link in enumerate(links, start=1):
        source, target = _name(link.source, keys), _name(link.target, keys)
        key = f"{source} {link.type} {target}"
        if link.values:
            key += f" ~{_digest(link.values).hex()}"
        again[key] += 1
        values = {
            # Two that are alike are two, as in the graph; which of them is the second does not matter.
            "_key": f"{key} #{again[key]}" if again[key] > 1 else key,
            "_from": source,
            "_to": target,
            **link.values,
            **{f"from.{column}": value for column, value in link.source.values.items()},
            **{f"to.{column}": value for column, value in link.target.values.items()},
        }
        ends = (("_from", link.source), ("_to", link.target))
        twin = next((column for column, end in ends if _has_twin(end, keys, same)), "")
        yield _row(values, twin, request, name, number)


def _row(values: dict[str, object], twin: str, request: Request, name: str, number: int) -> Row | BadRow:
    if twin:
        details: dict[str, object] = {"field": twin, "found": values["_labels" if twin == "_key" else twin]}
        details["expected"] = "a key of its own"
        return BadRow(name, number, "ROW_NODE_TWIN", details, _kept(values, twin))
    for column in sorted(request.wanted):
        value = values.get(column)
        if value is not None and not isinstance(value, str | int | float | Decimal | date):
            details = {"field": column, "found": type(value).__name__}
            return BadRow(name, number, "ROW_VALUE_KIND", details, _kept(values, column))
    return Row(name, number, values)


def _kept(values: Mapping[str, object], column: str) -> dict[str, object]:
    """Cells as the quarantine can keep them; marked (``""``) as no row, so that a retry asks the graph again."""
    plain = (str, int, float, type(None))
    kept = {name: value if isinstance(value, plain) else str(value) for name, value in values.items()}
    return {**kept, "": column}


def _label_of(node: Node, keys: Keys) -> str | None:
    """The first label of ``keys`` that the node has with all its properties."""
    for label, names in keys.items():
        if label in node.labels and all(node.values.get(name) not in (None, "") for name in names):
            return label
    return None


def _name(node: Node, keys: Keys) -> str:
    label = _label_of(node, keys)
    if label is None:
        return f"~{_digest([node.labels, node.values]).hex()}"
    return f"{label}:" + "/".join(str(node.values[name]) for name in keys[label])


def _twins(nodes: Iterator[Node], keys: Keys) -> frozenset[bytes]:
    """Content that two nodes without a key have in common."""
    seen: set[bytes] = set()
    twice: set[bytes] = set()
    for node in nodes:
        if _label_of(node, keys) is None:
            digest = _digest([node.labels, node.values])
            (twice if digest in seen else seen).add(digest)
    return frozenset(twice)


def _has_twin(node: Node, keys: Keys, same: frozenset[bytes]) -> bool:
    return bool(same) and _label_of(node, keys) is None and _digest([node.labels, node.values]) in same


def _digest(content: object) -> bytes:
    """16 bytes that stand for labels and properties."""
    text = json.dumps(content, sort_keys=True, default=repr, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "backslashreplace"), digest_size=16).digest()
