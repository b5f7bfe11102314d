"""The model of the customer graph as typed objects; ``load`` reads them from the YAML files beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from terms.texts import Texts

LONGEST_TEXT = 16_384
"""Characters of a text that a property may hold, at most 64 KiB. All texts of the widest type together stay far below
what one message to a store takes, so that no accepted record can stop the graph."""

PropertyType: TypeAlias = Literal[
    "text", "integer", "decimal", "money", "share", "boolean", "date", "instant", "month"
]
"""How a value is written: ``money`` is an integer of fen, ``share`` a fraction from 0 to 1, ``date`` ISO text
(2026-01-31), ``month`` ISO text (2026-01), ``instant`` ISO text in UTC."""

PersonalData: TypeAlias = Literal["public", "id", "contact", "location", "financial", "usage", "derived"]
IdentityRole: TypeAlias = Literal["key", "evidence", "none"]
Numbering: TypeAlias = Literal["identity-number", "credit-code", "telephone"]
"""Rules by which numbers are made: what fills them without meaning, and which check digit they have, follows."""

Time: TypeAlias = Literal["span", "event"]
"""How a relation lies in time: a ``span`` runs from ``since`` to before ``until``, as :mod:`graph.validity` has it; an
``event`` happened once, and the node at its end says when."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A way by which information comes; its place in ``Schema.channels`` is its trust."""

    id: str
    en: str
    zh: str
    online: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """What the types of one YAML file have in common; ``name`` is the file's name without its ending."""

    name: str
    en: str
    zh: str


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
    pattern: str | None = None  # what a text must match in full
    form: Texts | None = None  # the pattern in words: "10 digits"
    longest: int = LONGEST_TEXT  # characters of a text
    values: tuple[str, ...] = ()  # the words that a text may be
    values_zh: tuple[
        str, ...
    ] = ()  # the same in Chinese, in the same order; empty where the schema does not say
    minimum: float | None = None
    maximum: float | None = None
    usual: tuple[float, float] | None = None  # outside of it a value is taken, and noticed
    numbering: Numbering | None = None  # by which rule its numbers are made
    past: bool = False  # a day that has been: a two-digit year of it never lies ahead
    hashed: bool = False  # the key is a keyed hash of the value
    kept: bool = True  # the value is a property of its node; False: it serves to make the key only
    searched: bool = False  # part of the search text of its node
    indexed: bool = False  # looked up by value
    others: str | None = (
        None  # of several values in one cell the first is kept here, the others in that property
    )
    priority: tuple[str, ...] = ()  # channels that win over the schema's default order


@dataclass(frozen=True, slots=True)
class NodeType:
    """One type of node. ``keys``: its key properties by declared priority; the first gives ``prefix:value``.

    ``derived``: written by the product only; no mapping may name it. ``ended``: the property that holds the last day
    of an entity, on which it still is; None where the type knows no end.
    """

    name: str
    prefix: str  # of its keys: `enterprise`
    en: str
    zh: str
    topic: str  # the YAML file
    party: bool = False
    derived: bool = False
    avoid: tuple[str, ...] = ()  # words that texts do not use for it
    properties: dict[str, Property] = field(default_factory=dict)
    ended: str | None = None

    @property
    def searched(self) -> tuple[Property, ...]:
        """Properties whose values make the search text, in declared order."""
        return tuple(p for p in self.properties.values() if p.searched)

    @property
    def copies(self) -> tuple[Property, ...]:
        """Properties that hold a copy of the current run: nobody states them, and no answer reads them."""
        return () if self.derived else tuple(p for p in self.properties.values() if p.personal == "derived")

    @property
    def keys(self) -> tuple[Property, ...]:
        """Key properties, the declared first choice first."""
        return tuple(p for p in self.properties.values() if p.identity == "key")


@dataclass(frozen=True, slots=True)
class RelationType:
    """One type of relation. ``key``: properties that tell two relations of the same ends apart.

    ``parts``: the key is optional. Those with one are parts of what joins the two ends, and add up; without one there
    is one relation per pair. Of other types a row without the key makes a relation of its own.

    ``ends``: the pairs of node types that it may join; ``source`` and ``target``: all that occur on a side.
    ``time``: whether it can end, and so has ``since`` and ``until``; None for what is derived.
    ``derived``: written by the product only; no mapping may name it.
    """

    name: str
    ends: tuple[tuple[str, str], ...]
    en: str
    zh: str
    topic: str
    key: tuple[str, ...] = ()
    parts: bool = False
    harm: Literal["target -> source", "source -> target"] | None = None
    one: Literal["source", "target"] | None = None  # "source": a source has at most one such relation
    time: Time | None = None
    derived: bool = False
    avoid: tuple[str, ...] = ()  # words that texts do not use for it
    properties: dict[str, Property] = field(default_factory=dict)

    @property
    def spans(self) -> bool:
        """Whether it can end."""
        return self.time == "span"

    @property
    def source(self) -> tuple[str, ...]:
        """Node types that it may start from, in declared order."""
        return tuple(dict.fromkeys(source for source, _ in self.ends))

    @property
    def target(self) -> tuple[str, ...]:
        """Node types that it may lead to, in declared order."""
        return tuple(dict.fromkeys(target for _, target in self.ends))

    def allows(self, source: str, target: str) -> bool:
        """Whether it may lead from a node of the one type to a node of the other."""
        return (source, target) in self.ends


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything that is declared about the graph."""

    nodes: dict[str, NodeType]
    relations: dict[str, RelationType]
    channels: tuple[str, ...]  # ids, the most trusted first: the default order of survivorship
    version: int
    channel_types: tuple[Channel, ...] = ()
    topics: tuple[Topic, ...] = ()

    @property
    def types(self) -> tuple[NodeType | RelationType, ...]:
        """Node types, then relation types."""
        return (*self.nodes.values(), *self.relations.values())

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the node types that carry risk."""
        return tuple(n.name for n in self.nodes.values() if n.party)
