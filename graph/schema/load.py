"""Reads the YAML files beside this module into a :class:`Schema` and refuses a faulty one by file and line.

A file is one topic. Its entries in CamelCase are node types, those in UPPER_CASE are relation types;
``shared.yaml`` holds the version, the order of topics and the properties that many types share,
``channels.yaml`` the channels.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, cast, get_args

from graph.schema.model import (
    LONGEST_TEXT,
    Channel,
    IdentityRole,
    NodeType,
    Numbering,
    PersonalData,
    Property,
    PropertyType,
    RelationType,
    Schema,
    Time,
    Topic,
)
from graph.schema.source import Place, nearest, read
from graph.validity import BOUNDS
from terms.texts import Texts

UNITS = frozenset({"fen", "kWh", "kW", "kVA", "kV", "A", "m", "deg", "min", "day", "month", "count", "ratio"})
"""Units that a property may be measured in; ``ratio`` and ``count`` for what has no other."""

RESERVED = frozenset({"id", "keys", "origins", "search", "key", "recordId", "proxies", "periods"})
"""Properties that the store gives to every node or relation; no type may declare them."""

_PROPERTY = frozenset(
    {
        "type", "en", "zh", "personal", "identity", "unit", "pattern", "form", "longest", "values", "minimum",
        "maximum", "usual", "numbering", "past", "hashed", "kept", "searched", "indexed", "others",
        "priority",
    }
)  # fmt: skip
_NODE = frozenset({"prefix", "en", "zh", "avoid", "party", "derived", "ended", "shared", "properties"})
_RELATION = frozenset(
    {
        "from",
        "to",
        "ends",
        "en",
        "zh",
        "avoid",
        "key",
        "parts",
        "harm",
        "one",
        "time",
        "derived",
        "shared",
        "properties",
    }
)
_NODE_NAME = re.compile(r"[A-Z][a-z][A-Za-z]*")
_RELATION_NAME = re.compile(r"[A-Z]+(_[A-Z]+)*")
_PROPERTY_NAME = re.compile(r"[a-z][A-Za-z]*")
_HARM: dict[str, Literal["target -> source", "source -> target"]] = {
    "to -> from": "target -> source",
    "from -> to": "source -> target",
}
_ONE: dict[str, Literal["source", "target"]] = {"from": "source", "to": "target"}


@cache
def schema() -> Schema:
    """The schema that ships with the product."""
    return load()


def load(folder: Traversable | Path | None = None) -> Schema:
    """The schema of a folder of YAML files; without one that of the product.

    Raises: SCHEMA_FAULT naming file and line, for what is no YAML, an unknown or doubled name, an unknown
        type or unit, a relation whose end does not exist, a property without texts or personal-data class,
        one name with two meanings, a key that is no property, a relation of which nothing says whether it can end.
    """
    folder = folder or resources.files("graph.schema")
    files = {
        f.name: read(f) for f in sorted(folder.iterdir(), key=lambda f: f.name) if f.name.endswith(".yaml")
    }
    shared, channels = files.pop("shared.yaml", None), files.pop("channels.yaml", None)
    channel_types = _channels(channels)
    reader = _Reader(shared, tuple(c.id for c in channel_types))
    for name in sorted(files, key=lambda name: (reader.order.get(name, len(files)), name)):
        reader.topic(files[name])
    reader.check()
    return Schema(
        nodes=reader.nodes,
        relations=reader.relations,
        channels=reader.channels,
        version=reader.version,
        channel_types=channel_types,
        topics=tuple(reader.topics),
    )


def _channels(place: Place | None) -> tuple[Channel, ...]:
    if place is None:
        return ()
    known = frozenset({"online", "en", "zh"})
    found = []
    for name, entry in place.mapping(frozenset({"channels"}), ("channels",))["channels"].mapping().items():
        texts = entry.mapping(known, ("online", "en", "zh"))
        found.append(Channel(name, texts["en"].text(), texts["zh"].text(), texts["online"].flag()))
    return tuple(found)


class _Reader:
    """Collects the types of all files; the places are kept for faults that only the whole shows."""

    def __init__(self, shared: Place | None, channels: tuple[str, ...]) -> None:
        self.nodes: dict[str, NodeType] = {}
        self.relations: dict[str, RelationType] = {}
        self.topics: list[Topic] = []
        self.channels = channels
        self.version = 0
        self.order: dict[str, int] = {}
        self._words: dict[str, dict[str, Place]] = {}
        self._ends: list[tuple[Place, str]] = []
        self._seen: dict[str, Place] = {}  # type names and prefixes
        self._meaning: dict[str, tuple[Property, Place]] = {}  # property name -> its first use
        if shared:
            parts = shared.mapping(frozenset({"version", "topics", "properties"}), ("version", "properties"))
            self.version = int(parts["version"].number())
            if "topics" in parts:
                self.order = {f"{topic}.yaml": i for i, topic in enumerate(parts["topics"].texts())}
            for name, entry in parts["properties"].mapping().items():
                self._words[name] = entry.mapping(_PROPERTY)

    def topic(self, place: Place) -> None:
        """Reads one file."""
        name = place.file.removesuffix(".yaml")
        entries = dict(place.mapping())
        texts = entries.pop("topic", place).mapping(needed=("en", "zh"))
        self.topics.append(Topic(name, texts["en"].text(), texts["zh"].text()))
        for entry_name, entry in entries.items():
            self._once(entry_name, entry, "type")
            if _NODE_NAME.fullmatch(entry_name):
                self._node(entry_name, entry, name)
            elif _RELATION_NAME.fullmatch(entry_name):
                self._relation(entry_name, entry, name)
            else:
                entry.fault("a node type is written CamelCase, a relation type UPPER_CASE")

    def _node(self, name: str, place: Place, topic: str) -> None:
        entry = place.mapping(_NODE, ("prefix", "en", "zh"))
        prefix = entry["prefix"].text()
        self._once(prefix, entry["prefix"], "prefix")
        node = NodeType(
            name=name,
            prefix=prefix,
            en=entry["en"].text(),
            zh=entry["zh"].text(),
            topic=topic,
            party=_flag(entry, "party"),
            derived=_flag(entry, "derived"),
            avoid=entry["avoid"].texts() if "avoid" in entry else (),
            properties=self._properties(entry),
            ended=entry["ended"].text() if "ended" in entry else None,
        )
        last_day = node.properties.get(node.ended) if node.ended is not None else None
        if node.ended is not None and (last_day is None or last_day.type != "date"):
            entry["ended"].fault(
                f"'{node.ended}' is no date of {name}{nearest(node.ended, tuple(node.properties))}"
            )
        if not node.keys:
            place.fault("no property has identity: key")
        for prop in node.keys:
            if prop.type != "text":
                place.fault(f"the key {prop.name} must be a text")
        self.nodes[name] = node

    def _relation(self, name: str, place: Place, topic: str) -> None:
        entry = place.mapping(_RELATION, ("en", "zh"))
        if "ends" in entry:
            if "from" in entry or "to" in entry:
                entry["ends"].fault("either 'ends' or 'from' and 'to', not both")
            pairs = tuple(self._pair(item) for item in entry["ends"].items())
        else:
            sides = place.mapping(_RELATION, ("from", "to"))
            for side in ("from", "to"):
                self._ends.extend((item, item.text()) for item in sides[side].items())
            pairs = tuple((s, t) for s in sides["from"].texts() for t in sides["to"].texts())
        time = self._time(place, entry)
        properties = self._properties(entry)
        if time == "span":
            for bound in (name for name in BOUNDS if name not in properties):
                properties[bound] = self._property(bound, entry["time"], {})
        key = entry["key"].texts() if "key" in entry else ()
        for part in key:
            if part not in properties:
                entry["key"].fault(f"the key '{part}' is no property{nearest(part, tuple(properties))}")
        if _flag(entry, "parts") and not key:
            entry["parts"].fault("parts are told apart by a key, as 'key: [partNo]'")
        for prop in properties.values():
            if prop.identity == "key":
                place.fault(f"{prop.name}: a relation's key is declared by 'key: [{prop.name}]'")
        self.relations[name] = RelationType(
            name=name,
            ends=pairs,
            en=entry["en"].text(),
            zh=entry["zh"].text(),
            topic=topic,
            key=key,
            parts=_flag(entry, "parts"),
            harm=_HARM[entry["harm"].text(tuple(_HARM))] if "harm" in entry else None,
            one=_ONE[entry["one"].text(tuple(_ONE))] if "one" in entry else None,
            time=time,
            derived=_flag(entry, "derived"),
            avoid=entry["avoid"].texts() if "avoid" in entry else (),
            properties=properties,
        )

    def _time(self, place: Place, entry: dict[str, Place]) -> Time | None:
        """Whether a relation spans a time or is an event; only spans have ``since`` and ``until``."""
        derived = _flag(entry, "derived")
        if derived and "time" in entry:
            entry["time"].fault("a derived relation is of its run and has no time of its own")
        if not derived and "time" not in entry:
            place.fault("'time' is missing: span where it can end, event where it happened once")
        time = None if derived else cast(Time, entry["time"].text(get_args(Time)))
        own = entry["properties"].mapping() if "properties" in entry else {}
        shared = {item.text(): item for item in entry["shared"].items()} if "shared" in entry else {}
        for bound in BOUNDS:
            if bound in shared and time == "span":
                shared[bound].fault(f"'time: span' gives '{bound}' already")
            if time != "span" and (bound in own or bound in shared):
                {**own, **shared}[bound].fault(f"only a relation with 'time: span' has '{bound}'")
        return time

    def _pair(self, place: Place) -> tuple[str, str]:
        source, arrow, target = (part.strip() for part in place.text().partition("->"))
        if not (source and arrow and target):
            place.fault(f"'{place.value}' is not of the form 'Line -> Substation'")
        self._ends.extend(((place, source), (place, target)))
        return source, target

    def _properties(self, entry: dict[str, Place]) -> dict[str, Property]:
        found: dict[str, Property] = {}
        for name, own in entry["properties"].mapping().items() if "properties" in entry else ():
            found[name] = self._property(name, own, own.mapping(_PROPERTY))
        for item in entry["shared"].items() if "shared" in entry else ():
            name = item.text()
            if name not in self._words:
                item.fault(f"'{name}' is not declared in shared.yaml{nearest(name, tuple(self._words))}")
            if name in found:
                item.fault(f"'{name}' stands under 'shared' and under 'properties'")
            found[name] = self._property(name, item, {})
        return found

    def _property(self, name: str, place: Place, own: dict[str, Place]) -> Property:
        said = {**self._words.get(name, {}), **own}
        if not _PROPERTY_NAME.fullmatch(name):
            place.fault("a property is written camelCase, in letters")
        if name in RESERVED:
            place.fault(f"'{name}' is a name that the store itself gives")
        for needed in ("type", "en", "zh", "personal"):
            if needed not in said:
                place.fault(f"'{needed}' is missing")
        kind = cast(PropertyType, said["type"].text(get_args(PropertyType)))
        prop = Property(
            name=name,
            type=kind,
            en=said["en"].text(),
            zh=said["zh"].text(),
            personal=cast(PersonalData, said["personal"].text(get_args(PersonalData))),
            identity=cast(IdentityRole, said["identity"].text(get_args(IdentityRole)))
            if "identity" in said
            else "none",
            unit=said["unit"].text(tuple(sorted(UNITS))) if "unit" in said else None,
            pattern=_pattern(said["pattern"]) if "pattern" in said else None,
            form=_form(said["form"]) if "form" in said else None,
            longest=int(said["longest"].number()) if "longest" in said else LONGEST_TEXT,
            values=said["values"].words()[0] if "values" in said else (),
            values_zh=said["values"].words()[1] if "values" in said else (),
            minimum=said["minimum"].number() if "minimum" in said else None,
            maximum=said["maximum"].number() if "maximum" in said else None,
            usual=_usual(said["usual"]) if "usual" in said else None,
            numbering=cast(Numbering, said["numbering"].text(get_args(Numbering)))
            if "numbering" in said
            else None,
            past=_flag(said, "past"),
            hashed=_flag(said, "hashed"),
            kept=_flag(said, "kept", True),
            searched=_flag(said, "searched"),
            indexed=_flag(said, "indexed"),
            others=said["others"].text() if "others" in said else None,
            priority=said["priority"].texts() if "priority" in said else (),
        )
        self._fits(prop, place)
        first, where = self._meaning.setdefault(name, (prop, place))
        if (first.type, first.unit) != (prop.type, prop.unit):
            place.fault(
                f"'{name}' has two meanings: {_measured(prop)} here, {_measured(first)} in {where.file}, "
                f"line {where.line}"
            )
        return prop

    def _fits(self, prop: Property, place: Place) -> None:
        """What a property says of itself must go together."""
        if prop.type in ("integer", "decimal", "money") and prop.unit is None:
            place.fault("a number needs a unit ('count' or 'ratio' where there is none)")
        if (prop.type == "money") != (prop.unit == "fen"):
            place.fault("money is in fen, and nothing else is")
        if prop.type not in ("integer", "decimal", "money") and prop.unit:
            place.fault(f"a {prop.type} has no unit")
        if (prop.pattern or prop.values or prop.numbering) and prop.type != "text":
            place.fault(f"a {prop.type} has neither pattern nor values nor numbering")
        if bool(prop.pattern) != bool(prop.form):
            place.fault("a pattern and its form in words go together: form: {en: 10 digits, zh: 10 位数字}")
        if prop.longest != LONGEST_TEXT and (prop.type != "text" or not 0 < prop.longest < LONGEST_TEXT):
            place.fault(f"'longest' is the number of characters of a text, below {LONGEST_TEXT}")
        if prop.past and prop.type != "date":
            place.fault(f"a {prop.type} is no day that can be past")
        if prop.usual is not None and prop.type not in ("integer", "decimal"):
            place.fault(f"what is usual is said of integers and decimals, not of a {prop.type}")
        if prop.hashed and prop.identity != "key":
            place.fault("only a key is hashed")
        if not prop.kept and (not prop.hashed or prop.searched or prop.indexed):
            place.fault("only a hashed key that nobody looks up can be left out")
        for channel in prop.priority:
            if channel not in self.channels:
                place.fault(f"'{channel}' is no channel{nearest(channel, self.channels)}")

    def _once(self, name: str, place: Place, what: str) -> None:
        first = self._seen.setdefault(name, place)
        if first is not place:
            place.fault(f"the {what} '{name}' stands twice, first in {first.file}, line {first.line}")

    def check(self) -> None:
        """What only the whole shows: ends of relations are node types, other values have a property of their own."""
        for place, end in self._ends:
            if end not in self.nodes:
                place.fault(f"there is no node type '{end}'{nearest(end, tuple(self.nodes))}")
        types: tuple[NodeType | RelationType, ...] = (*self.nodes.values(), *self.relations.values())
        for type_ in types:
            for prop in type_.properties.values():
                others = type_.properties.get(prop.others or prop.name)
                if others is None or (prop.others and others.type != "text"):
                    _, place = self._meaning[prop.name]
                    place.fault(f"{type_.name} has no text '{prop.others}' for other values of '{prop.name}'")


def _usual(place: Place) -> tuple[float, float]:
    bounds = [item.number() for item in place.items()]
    if len(bounds) != 2 or bounds[0] >= bounds[1]:
        place.fault("the least and the most that is usual are expected, as [0, 1000]")
    return bounds[0], bounds[1]


def _flag(entry: dict[str, Place], name: str, absent: bool = False) -> bool:
    return entry[name].flag() if name in entry else absent


def _pattern(place: Place) -> str:
    try:
        re.compile(place.text())
    except re.error as error:
        place.fault(f"'{place.value}' is no regular expression: {error}")
    return place.text()


def _form(place: Place) -> Texts:
    texts = place.mapping(frozenset({"en", "zh"}), ("en", "zh"))
    return Texts(texts["en"].text(), texts["zh"].text())


def _measured(prop: Property) -> str:
    return f"{prop.type} in {prop.unit}" if prop.unit else prop.type
