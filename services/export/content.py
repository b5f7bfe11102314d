"""What an export holds: typed columns, rows of nodes and relations, and a header; the same for every format."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, Literal, TypeAlias

from graph.schema.model import Property, PropertyType, Schema

Kind: TypeAlias = Literal["text", "whole", "number", "truth"]
Value: TypeAlias = str | int | float | bool
Row: TypeAlias = dict[str, Value]
"""Values by name of column; what is absent is not there."""

KINDS: Final[Mapping[PropertyType, Kind]] = {
    "text": "text",
    "date": "text",
    "instant": "text",
    "month": "text",
    "integer": "whole",
    "money": "whole",
    "decimal": "number",
    "share": "number",
    "boolean": "truth",
}
NODE_OWN: Final = ("id", "type", "label")
NODE_LISTS: Final = ("origins", "proxies")
EDGE_OWN: Final = ("id", "source", "target", "label", "relationKey", "recordId")
"""``relationKey`` is what other places call ``key``: networkx takes an attribute of that name for its own."""
EDGE_LISTS: Final = ("origins", "proxies", "periods")
WEIGHT: Final = "weight"
REPLACEMENT: Final = "\ufffd"
_ILLEGAL: Final = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for: control characters, halves of surrogate pairs, two that are no characters."""
_LINE_END: Final = re.compile("\r\n?")


@dataclass(frozen=True, slots=True)
class Column:
    """A property of nodes or relations. One name has one kind everywhere, as the schema declares it."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself. ``origins``: real, benchmark or synthetic, of all that is in it."""

    run: str
    """Id of the run whose results are in it; empty without a run."""
    cut_off: str
    """The day of the data, an ISO date."""
    origins: tuple[str, ...]
    policy: str
    """Who asked: the role, and what narrows it; the file holds what that asker sees."""

    def entries(self) -> dict[str, str]:
        """The same as texts by name."""
        return {
            "run": self.run,
            "cutOff": self.cut_off,
            "origins": json.dumps(list(self.origins)),
            "policy": self.policy,
        }


@dataclass(slots=True)
class Cleaning:
    """Turns stored values into values of a file, and counts the characters that it had to replace."""

    replaced: int = 0

    def text(self, value: str) -> str:
        """A text as XML can hold it: U+FFFD for what it cannot, LF for CR LF and CR."""
        value = _LINE_END.sub("\n", value)
        clean, count = _ILLEGAL.subn(REPLACEMENT, value)
        self.replaced += count
        return clean

    def identity(self, value: str) -> str:
        """An id as :meth:`text`; one that had to be changed gets a hash of what it was, so that no two become one."""
        clean = self.text(value)
        if clean == value:
            return value
        digest = blake2b(value.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
        return f"{clean}~{digest}"

    def listed(self, values: Sequence[str]) -> str:
        """A list as JSON text."""
        return json.dumps([self.text(value) for value in values], ensure_ascii=False)

    def value(self, kind: Kind, value: object) -> Value | None:
        """A stored value of a kind; None where it is absent, of another kind, not finite, or an empty text."""
        if value is None or value == "":
            return None
        match kind:
            case "text":
                return self.text(str(value))
            case "whole":
                return int(value) if isinstance(value, int | float) else None
            case "number":
                return float(value) if isinstance(value, int | float) and math.isfinite(value) else None
            case "truth":
                return bool(value)


def relation_identity(relation: str, source: str, target: str, key: str) -> str:
    """What tells a relation from all others: its type, its ends and its key, with blanks between them.

    >>> relation_identity("GUARANTEES", "enterprise:1", "person:a b", "")
    'GUARANTEES enterprise:1 person:a%20b'
    """
    parts = [relation, source, target, *([key] if key else [])]
    return " ".join(part.replace("%", "%25").replace(" ", "%20") for part in parts)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a whole export, in the order in which files have them."""

    nodes: tuple[Column, ...]
    edges: tuple[Column, ...]

    @classmethod
    def of(cls, schema: Schema) -> Columns:
        """Own ones first, then each property that a type of the schema keeps, by name."""
        return cls(
            nodes=(
                *(Column(name, "text") for name in NODE_OWN),
                *_declared(one.properties for one in schema.nodes.values()),
                *(Column(name, "text") for name in NODE_LISTS),
            ),
            edges=(
                *(Column(name, "text") for name in EDGE_OWN),
                Column(WEIGHT, "number"),
                *_declared(one.properties for one in schema.relations.values()),
                *(Column(name, "text") for name in EDGE_LISTS),
            ),
        )


def _declared(types: Iterator[Mapping[str, Property]]) -> list[Column]:
    kinds: dict[str, set[Kind]] = {}
    for properties in types:
        for one in properties.values():
            if one.kept:
                kinds.setdefault(one.name, set()).add(KINDS[one.type])
    # A name that two types of the schema understand differently is text in a file.
    return [Column(name, min(found) if len(found) == 1 else "text") for name, found in sorted(kinds.items())]


@dataclass(slots=True)
class Content:
    """A graph to be written: nodes and relations batch by batch, and what is known of them only once they are read."""

    columns: Columns
    nodes: Iterator[list[Row]]
    edges: Iterator[list[Row]]
    cleaning: Cleaning
    run: str
    cut_off: str
    policy: str
    origins: set[str] = field(default_factory=set)

    def header(self) -> Header:
        """The header; whole only after all nodes and relations have been read."""
        return Header(self.run, self.cut_off, tuple(sorted(self.origins)), self.policy)
