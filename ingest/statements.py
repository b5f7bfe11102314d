"""What a row states, in the words of the model: the payload of a record.

A mapping turns a row into statements; identity, entities and the graph are functions of statements alone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import orjson

from terms.ids import Key

Value: TypeAlias = str | int | float | bool
"""A checked value: text, integer (money in fen), decimal, boolean; dates and instants (UTC) as ISO text."""


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
    ``key``: the declared key of the relation (a contract number), the record's own id where the row gives
    none; empty for types that declare no key, and where a holding has no part number.
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
        """Canonical JSON: equal statements give equal bytes; a hash over them is the row's content hash."""
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


def relation_mention(relation: RelationStatement) -> str:
    """The key under which the ledger finds every record that states this relation of these two keys.

    ``relation:`` and 128 bits over type, source key, target key and declared key.
    """
    return relation_key(relation.type, relation.source, relation.target, relation.key)


def relation_mentions(type_: str, source: str, target: str, key: str) -> tuple[str, ...]:
    """All names under which the ledger finds a statement of a relation: its own, and for a type with a declared key
    also that of its pair of ends, under which other contracts between the two are found."""
    own = relation_key(type_, source, target, key)
    return (own, relation_key(type_, source, target, "")) if key else (own,)


def relation_key(type_: str, source: str, target: str, key: str) -> str:
    """As :func:`relation_mention`, from the parts: rival claims may use any pair of two ends' keys."""
    digest = _BEGUN.copy()  # half the time of beginning each time
    digest.update(f"{type_}\0{source}\0{target}\0{key}".encode())
    return "relation:" + digest.hexdigest()


_BEGUN: Final = hashlib.blake2b(digest_size=16)


_NOT_IN_PHONE = re.compile(r"[^0-9+]+")


def evidence_mention(property_name: str, value: str) -> str:
    """The key of a value that several parties may share without being one: ``phone:13800000000``.

    Telephone numbers lose blanks, dashes and the country code of China; other values are folded in width,
    case and blanks.
    """
    if value.isascii() and value.isdigit() and not value.startswith("00"):
        return f"{property_name}:{value}"
    text = unicodedata.normalize("NFKC", value)
    if property_name == "phone":
        text = _NOT_IN_PHONE.sub("", text)
        text = text.removeprefix("+86").removeprefix("0086")
    else:
        text = " ".join(text.casefold().split())
    return f"{property_name}:{text}"
