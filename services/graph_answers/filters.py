"""What a list may be narrowed and ordered by: own properties, words, risk, community, place in the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graph.schema.model import NodeType, Property
from graph.schema.source import hint
from terms.errors import KehutuError

Bound: TypeAlias = str | int | float
"""A number, an amount in fen, or a date, month or instant as ISO text."""

ISO = {
    "date": (re.compile(r"\d{4}-\d{2}-\d{2}"), "a date such as 2026-01-31"),
    "month": (re.compile(r"\d{4}-\d{2}"), "a month such as 2026-01"),
    "instant": (
        re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?"),
        "a date, or an instant such as 2026-01-31T08:00:00Z",
    ),
}
RISK, EXPECTED_LOSS = "risk", "expectedLoss"
SCORES = (RISK, EXPECTED_LOSS)
"""Orders that come from the current run, not from the store."""


@dataclass(frozen=True, slots=True)
class Range:
    """From and to, both included; absent where it is open."""

    least: Bound | None = None
    most: Bound | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """What the entries of a list have in common; everything must fit.

    ``equal``: values of own properties. ``ranges``: of own properties. ``region``: path of an area, whose parts fit
    too. ``text``: words as for a search. ``community``, ``risk``: of the entry's party in the current run.
    ``segment``: of the customer in it, an id or the name of a prototype. ``line``: id or number of an element of the
    network that feeds the entry.
    """

    equal: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    region: str | None = None
    text: str | None = None
    community: str | None = None
    segment: str | None = None
    risk: Range | None = None
    line: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """``by``: ``id``, an own property, or one of :data:`SCORES`; entries without a value come last either way."""

    by: str = "id"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class OwnFilter:
    """The part of a filter that the store checks, as parameters of the named seen_queries."""

    equal: dict[str, object]
    starts: dict[str, object]
    least: dict[str, object]
    most: dict[str, object]

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return bool(self.equal or self.starts or self.least or self.most)

    @property
    def parameters(self) -> dict[str, dict[str, object]]:
        """As keyword arguments."""
        return {"equal": self.equal, "starts": self.starts, "least": self.least, "most": self.most}


def own_filter(declared: NodeType, wanted: Filter) -> OwnFilter:
    """The conditions on stored properties.

    Raises:
        KehutuError: ``FILTER_UNKNOWN``, ``FILTER_VALUE``.
    """
    least: dict[str, object] = {}
    most: dict[str, object] = {}
    for name, bounds in wanted.ranges.items():
        prop = own(declared, name)
        if bounds.least is not None:
            least[name] = _bound(prop, bounds.least)
        if bounds.most is not None:
            most[name] = _bound(prop, bounds.most, end=True)
    starts: dict[str, object] = {}
    if wanted.region:
        own(declared, "region")
        # 'CN/37/02' alone would also fit 'CN/37/021'.
        starts["region"] = wanted.region.rstrip("/") + "/"
    return OwnFilter(
        {own(declared, name).name: value for name, value in wanted.equal.items()}, starts, least, most
    )


def own(declared: NodeType, name: str) -> Property:
    """A stored property of a type.

    Raises:
        KehutuError: ``FILTER_UNKNOWN``.
    """
    found = declared.properties.get(name)
    copies = declared.copies
    if found is None or not found.kept or found in copies:
        known = tuple(p.name for p in declared.properties.values() if p.kept and p not in copies)
        raise KehutuError("FILTER_UNKNOWN", type=declared.name, found=name, hint=hint(name, known))
    return found


def _bound(prop: Property, value: Bound, *, end: bool = False) -> Bound:
    pattern, expected = ISO.get(prop.type, (None, ""))
    if pattern is None:
        return value
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise KehutuError("FILTER_VALUE", field=prop.name, found=value, expected=expected)
    if prop.type == "instant" and end and "T" not in value:
        return value + "T23:59:59Z"
    return value
