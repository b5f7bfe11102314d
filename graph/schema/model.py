"""The model of the customer graph as typed objects; ``load`` reads them from the YAML files beside this module."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

PropertyType: TypeAlias = Literal[
    "text", "integer", "decimal", "money", "share", "boolean", "date", "instant", "month"
]
"""How a value is written: ``money`` is an integer of fen, ``share`` a fraction from 0 to 1, ``date`` ISO text
(2026-01-31), ``month`` ISO text (2026-01), ``instant`` ISO text in UTC."""

PersonalData: TypeAlias = Literal["public", "id", "contact", "location", "financial", "usage", "derived"]
IdentityRole: TypeAlias = Literal["key", "evidence", "none"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or relation type."""

    name: str
    type: PropertyType
    en: str
    zh: str
    personal: PersonalData
    identity: IdentityRole = "none"
    unit: str | None = None
    pattern: str | None = None          # what a text must match in full
    values: tuple[str, ...] = ()        # the words that a text may be
    minimum: float | None = None
    maximum: float | None = None
    hashed: bool = False                # the key is a keyed hash of the value; the value itself is not kept
    searched: bool = False              # part of the search text of its node
    indexed: bool = False               # looked up by value
    priority: tuple[str, ...] = ()      # channels that win over the schema's default order


@dataclass(frozen=True, slots=True)
class NodeType:
    """One type of node. ``keys``: its key properties by declared priority; the first gives ``prefix:value``."""

    name: str
    prefix: str                         # of its keys: `enterprise`
    en: str
    zh: str
    topic: str                          # the YAML file
    party: bool = False
    properties: dict[str, Property] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[Property, ...]:
        """Key properties, the declared first choice first."""
        return tuple(p for p in self.properties.values() if p.identity == "key")


@dataclass(frozen=True, slots=True)
class RelationType:
    """One type of relation. ``key``: properties that tell two relations of the same ends apart."""

    name: str
    source: tuple[str, ...]
    target: tuple[str, ...]
    en: str
    zh: str
    topic: str
    key: tuple[str, ...] = ()
    harm: Literal["target -> source", "source -> target"] | None = None
    one: Literal["source", "target"] | None = None   # "source": a source has at most one such relation
    properties: dict[str, Property] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that is declared about the graph."""

    nodes: dict[str, NodeType]
    relations: dict[str, RelationType]
    channels: tuple[str, ...]           # ids, the most trusted first: the default order of survivorship
    version: int

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the node types that carry risk."""
        return tuple(n.name for n in self.nodes.values() if n.party)
