"""What the store holds of an entity or relation that a single record describes: nearly all of a large graph.

The same as :func:`ingest.entities.surviving_values.node_row` and :func:`ingest.entities.relations.relation_row` give
for a single claim, without an object for each: a value goes from the record's payload into the line as it is, and what
is equal for all statements that give values to the same properties is found out once
(docs/decisions/0014-large-graphs-at-once.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from graph.schema.keys import value_of
from graph.schema.model import NodeType, RelationType
from graph.search_text import search_text
from graph.validity import OPEN
from graph.write import FLOATS, Row
from ingest.statements import Value
from ledger import scan
from terms.ids import record_id

_END: Final = orjson.OPT_APPEND_NEWLINE


class _Shape(NamedTuple):
    """What is equal for all statements of one type that name the same properties.

    ``kept``: those that are stored. ``whole``: all of them are. ``floats``: those that store a whole number as a float.
    ``open``: stored key properties that are not named, so their value may be read off a key. ``searched``: properties
    of the search text, in declared order.
    """

    kept: tuple[str, ...]
    whole: bool
    floats: tuple[str, ...]
    open: frozenset[str]
    searched: tuple[str, ...]

    @classmethod
    def of(cls, kind: NodeType | RelationType, names: Collection[str]) -> _Shape:
        declared = kind.properties
        kept = tuple(name for name in names if name in declared and declared[name].kept)
        open_ = frozenset(p.name for p in declared.values() if p.identity == "key" and p.kept).difference(
            kept
        )
        return cls(
            kept=kept,
            whole=len(kept) == len(names),
            floats=tuple(name for name in kept if declared[name].type in FLOATS),
            open=open_,
            searched=tuple(
                p.name for p in declared.values() if p.searched and (p.name in kept or p.name in open_)
            ),
        )


class Alone:
    """Remembers shapes, and of the last record how it is named in its relations."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[str, ...], _Shape] = {}
        self._record: scan.Row | None = None
        self._named = b""

    def node_line(
        self,
        kind: NodeType,
        key: str,
        said: Mapping[str, Value],
        proxy: Collection[str],
        origins: Sequence[str],
    ) -> bytes:
        """The line for the loader of an entity of one key that one sighting describes, or that is only referred to.

        Args:
            said: the sighting's values; ``proxy``: names of those that are proxies.
            origins: of the sighting's record, or of all records that refer to the entity; each once, sorted.
        """
        shape = self._shape(kind, said)
        shown = _values(shape, said, proxy)
        if shape.open and (stated := value_of(key, kind)) is not None and stated[0] in shape.open:
            shown[stated[0]] = stated[1]
        if searched := [shown[name] for name in shape.searched if name in shown]:
            shown["search"] = search_text(searched)
        own = {"@type": "v", "@class": kind.name, "id": key, "keys": (key,), "origins": origins}
        return orjson.dumps(own | shown, option=_END)

    def relation_text(self, kind: RelationType, said: Mapping[str, Any], record: scan.Row) -> bytes:
        """All that is stored of a relation that one record claims, as JSON.

        Args:
            said: the record's statement.
        """
        if record is not self._record:
            # Most records state several relations.
            name, origins = record_id(record.source, record.record_id), (record.origin,)
            self._named = orjson.dumps({"recordId": name, "origins": origins})
            self._record = record
        text = self._named
        if kind.key:
            text = b'{"key":%b,%b' % (orjson.dumps(said.get("key", "")), text[1:])
        if values := _bounded(kind, said.get("set")):
            shown = _values(self._shape(kind, values), values, said.get("proxy", ()))
            if shown:
                text = b"%b,%b" % (orjson.dumps(shown)[:-1], text[1:])
        return text

    def _shape(self, kind: NodeType | RelationType, said: Mapping[str, Value]) -> _Shape:
        names = (kind.name, *said)
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._shapes[names] = _Shape.of(kind, said)
        return shape


def _bounded(kind: RelationType, values: Mapping[str, Value] | None) -> Mapping[str, Value] | None:
    """Values without an end that is said to be open."""
    if values and kind.spans and values.get("until") == OPEN:
        return {name: value for name, value in values.items() if name != "until"}
    return values


def _values(shape: _Shape, said: Mapping[str, Value], proxy: Collection[str]) -> Row:
    values: Row = dict(said) if shape.whole else {name: said[name] for name in shape.kept}
    for name in shape.floats:
        if type(value := values[name]) is int:
            values[name] = float(value)
    if proxy and (proxies := sorted(name for name in proxy if name in values)):
        values["proxies"] = proxies
    return values
