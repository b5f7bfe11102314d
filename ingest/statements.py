"""What one row says, in the model's own words: the payload of a record.

A mapping turns a row into statements; identity, entities and the graph are functions of statements alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import orjson

from terms.ids import Key

Value: TypeAlias = str | int | float | bool
"""A checked value: text, integer (money in fen), decimal, boolean; dates as ISO text, instants as ISO text in UTC."""


@dataclass(frozen=True, slots=True)
class NodeStatement:
    """A row names an entity and may give it values.

    ``keys``: every key that the row states, the declared first choice first; never empty.
    ``set``: values of properties, key properties included; absent cells are left out.
    ``proxy``: names of properties that the mapping marked as proxies.
    """

    type: str
    keys: tuple[Key, ...]
    set: dict[str, Value] = field(default_factory=dict)
    proxy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RelationStatement:
    """A row relates two entities that it names.

    ``source`` and ``target``: the first key of either end (its node statement stands in the same record).
    ``key``: the declared key of the relation (a contract number), the record's own id where the row gives none,
    and empty for types that declare no key.
    """

    type: str
    source_type: str
    source: Key
    target_type: str
    target: Key
    key: str = ""
    set: dict[str, Value] = field(default_factory=dict)
    proxy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statements:
    """All that one row states."""

    nodes: tuple[NodeStatement, ...] = ()
    relations: tuple[RelationStatement, ...] = ()

    def to_json(self) -> bytes:
        """Canonical JSON: equal statements give equal bytes, so a hash over them is the content hash of the row."""
        return orjson.dumps(
            {
                "nodes": [_plain(n, ("type", "keys", "set", "proxy")) for n in self.nodes],
                "relations": [
                    _plain(
                        r, ("type", "source_type", "source", "target_type", "target", "key", "set", "proxy")
                    )
                    for r in self.relations
                ],
            },
            option=orjson.OPT_SORT_KEYS,
        )

    @classmethod
    def from_json(cls, payload: bytes) -> Statements:
        """The inverse of :meth:`to_json`."""
        data = orjson.loads(payload)
        return cls(
            nodes=tuple(
                NodeStatement(
                    n["type"], tuple(Key(k) for k in n["keys"]), n.get("set", {}), tuple(n.get("proxy", ()))
                )
                for n in data["nodes"]
            ),
            relations=tuple(
                RelationStatement(
                    r["type"],
                    r["source_type"],
                    Key(r["source"]),
                    r["target_type"],
                    Key(r["target"]),
                    r.get("key", ""),
                    r.get("set", {}),
                    tuple(r.get("proxy", ())),
                )
                for r in data["relations"]
            ),
        )


def _plain(statement: NodeStatement | RelationStatement, names: tuple[str, ...]) -> dict[str, object]:
    return {name: value for name in names if (value := getattr(statement, name)) not in ((), {}, "")}
