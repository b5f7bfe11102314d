"""Which values are taken although they are hardly true: a negative consumption, a birth in 2068."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from graph.schema.model import Schema
from ingest.cells.bounds import FAR_YEARS
from ingest.cells.row_values import Filled

Usual: TypeAlias = tuple[str, float, float]
"""A property with the least and the most that is usual."""

Dated: TypeAlias = tuple[str, bool]
"""A property that is a day or an instant, and whether it is one that has been."""

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Likely(NamedTuple):
    """What is likely of the nodes of a mapping, by type: its numbers and its days, where any are looked at."""

    numbers: Mapping[str, Sequence[Usual]] = _NONE
    days: Mapping[str, Sequence[Dated]] = _NONE


class Unusual(NamedTuple):
    """A number beyond what is usual."""

    type: str
    property: str
    value: float


class Ahead(NamedTuple):
    """A day that may lie too far after the one on which its row was true. ``past``: it is one that has been."""

    type: str
    property: str
    day: str
    past: bool


def likely_of(schema: Schema, entries: Iterable[tuple[str, Sequence[Filled]]]) -> Likely:
    """What to look at in the nodes of a mapping.

    Args:
        entries: type of a node, and what is filled from columns.
    """
    numbers: dict[str, Sequence[Usual]] = {}
    days: dict[str, list[Dated]] = {}
    for type_, filled in entries:
        declared = schema.nodes[type_].properties
        if found := [(p.name, *p.usual) for p in declared.values() if p.usual is not None]:
            numbers[type_] = found
        for one in filled:
            prop = declared[one.name]
            if prop.type in {"date", "instant"} and one.column != "const":
                days.setdefault(type_, []).append((prop.name, prop.past))
    return Likely(numbers, days)


def unusual(nodes: Sequence[Mapping[str, Any]], likely: Likely) -> Iterator[Unusual]:
    """Numbers beyond what is usual."""
    for node in nodes:
        for name, least, most in likely.numbers.get(node["type"], ()):
            value = node.get("set", _NONE).get(name)
            if value is not None and not least <= value <= most:
                yield Unusual(node["type"], name, value)


def ahead(nodes: Sequence[Mapping[str, Any]], likely: Likely, latest: tuple[str, str]) -> Sequence[Ahead]:
    """Days far ahead.

    Args:
        latest: see :func:`latest_days`; empty texts where the row does not say when it was true, which is known later.
    """
    has_been, will_be = latest
    found: Sequence[Ahead] = ()
    for node in nodes:
        dated = likely.days.get(node["type"])
        if dated and (values := node.get("set")):
            for name, past in dated:
                if name in values and values[name] > (has_been if past else will_be):
                    found = (*found, Ahead(node["type"], name, values[name], past))
    return found


def far_ahead(found: Ahead, observed: datetime) -> bool:
    """Whether a day is hardly meant: one that has been in a year after the next one, another ten years on."""
    return found.day > latest_days(observed)[not found.past]


@lru_cache(maxsize=4_096)
def latest_days(observed: datetime) -> tuple[str, str]:
    """The last day that may be meant, of those that have been and of others; it sorts behind every time of that day.

    Args:
        observed: when its row was true.
    """
    return f"{observed.year + 1}-12-31~", f"{observed.year + FAR_YEARS}-12-31~"
