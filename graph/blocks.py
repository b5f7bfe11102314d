"""How a named query is run: names of the schema go in, then the asker's conditions; values come out as it may see them.

``graph/seen_queries.py`` holds the blocks that answers read as typed functions; each asks a :class:`Reader` for rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Protocol, TypeAlias

Rows: TypeAlias = list[dict[str, Any]]

ANY: Final = "any"
"""Stands for the type of a node that may be of each type."""

SEEN_IN: Final = "seenIn"
"""The property of a node that says where it is seen (``graph.seen_in``): no answer shows it."""

ASKER: Final = "asker_"
"""How names of parameters of conditions begin."""

MARK: Final = re.compile(r"\bsees\((?P<names>\w+(?:, \w+)*)\)(?P<more>\s+AND\b)?")
"""Where the conditions of the asker stand: ``WHERE sees(n, m)``, and ``AND`` where more follows."""

_BARE: Final = re.compile(r"\bWHERE\s+(?P<mark>sees\([^()]*\)(?:\s+AND\b)?)")


class ReadsStore(Protocol):
    """What a reader needs of :class:`graph.store.Store`."""

    def read(self, query: str, /, **parameters: object) -> Rows:
        """Rows in the order of the query."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A column that holds values of a property.

    ``path``: the column, then the fields down to the value. ``type``: a type; ``$name`` of a parameter that names one;
    or the field beside the value that does. ``names``: the properties that it may be, ``$name`` for one that a
    parameter names; none: it is a map of properties.
    """

    path: tuple[str, ...]
    type: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Block:
    """A named query that answers read.

    ``sees``: the type of each node, and of the nodes of each path, by variable: a type, ``$name`` of a parameter that
    names one, or :data:`ANY`. ``ids``: columns that hold ids, each the way down to it; ``asked``: parameters that hold
    one.
    """

    name: str
    text: str
    sees: Mapping[str, str]
    shows: tuple[Shown, ...] = ()
    paths: frozenset[str] = field(default_factory=frozenset)
    ids: tuple[tuple[str, ...], ...] = ()
    asked: tuple[str, ...] = ()
    kept: dict[tuple[str, ...], str] = field(default_factory=dict, compare=False, repr=False)
    """Texts by what conditions say of each variable."""

    @cached_property
    def whole(self) -> str:
        """The text without its marks: for who sees everything."""
        return woven(self.text, lambda _: "")


class Reader(Protocol):
    """Whoever asks, as the functions of ``graph/seen_queries.py`` need it."""

    def rows(self, block: Block, places: Mapping[str, str | int], parameters: Mapping[str, object]) -> Rows:
        """Rows of a block, in the order of the query.

        Args:
            places: names of types and lengths of paths, which stand in the text itself.
            parameters: values that are sent beside it.
        """


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an asker sees.

    ``of``: Cypher about a node of a type (:data:`ANY`: whatever type), from type and variable; empty where each is
    seen. ``parameters``: what it names, by names that begin with ``asker_``. ``shown``: a value of one of some
    properties of a type as the asker may see it.
    """

    of: Callable[[str, str], str]
    parameters: Mapping[str, object]
    shown: Callable[[str, tuple[str, ...], object], object]
    touched: Callable[[str], frozenset[str]] | None = None
    """From a type to the properties that :attr:`shown` may change; None: any."""


Told: TypeAlias = Callable[[Block, Rows, Mapping[str, object]], None]
"""Hears of the rows of a block as they were read, with what was asked for."""


@dataclass(frozen=True, slots=True)
class StoreReader:
    """Reads blocks from a store, as an asker with these conditions sees it; without conditions everything."""

    store: ReadsStore
    conditions: Conditions | None = None
    told: Told | None = None

    def rows(self, block: Block, places: Mapping[str, str | int], parameters: Mapping[str, object]) -> Rows:
        """Rows of a block; see :class:`Reader`."""
        given = {**parameters, **places}
        text, sent = asked_by(self.conditions, block, places, parameters)
        found = self.store.read(text, **sent)
        if self.told is not None:
            self.told(block, found, given)
        return shown_to(self.conditions, block, found, given)


def asked_by(
    conditions: Conditions | None,
    block: Block,
    places: Mapping[str, str | int],
    parameters: Mapping[str, object],
) -> tuple[str, dict[str, object]]:
    """The text of a block for who asks, and what is sent beside it."""
    if conditions is None:
        return filled(block.whole, places), dict(parameters)
    asked = conditions

    def condition(variable: str) -> str:
        if variable in block.paths:
            seen = asked.of(ANY, "node")
            return f"all(node IN nodes({variable}) WHERE {seen})" if seen else ""
        declared = block.sees[variable]
        return asked.of(str(places[declared[1:]]) if declared.startswith("$") else declared, variable)

    said = tuple(condition(variable) for variable in (*block.sees, *block.paths))
    return filled(_woven(block, said), places), {**parameters, **asked.parameters}


def shown_to(conditions: Conditions | None, block: Block, found: Rows, given: Mapping[str, object]) -> Rows:
    """Rows of a block with what the asker may see in the place of each value."""
    if conditions is not None:
        for shown in block.shows:
            for row in found:
                _show(row, shown, given, conditions)
    return found


def _woven(block: Block, said: tuple[str, ...]) -> str:
    """The text with conditions, which are few: one for each shape of what is seen. Kept with the block."""
    known = block.kept.get(said)
    if known is None:
        by_name = dict(zip((*block.sees, *block.paths), said, strict=True))
        known = block.kept[said] = woven(block.text, by_name.__getitem__)
    return known


def woven(text: str, condition: Callable[[str], str]) -> str:
    """The text with the conditions of its variables in place of the marks; a mark without any leaves nothing behind.

    >>> woven("MATCH (n) WHERE sees(n) AND n.id > 1 RETURN n.id", lambda _: "")
    'MATCH (n) WHERE n.id > 1 RETURN n.id'
    >>> woven("MATCH (n)-->(m) WHERE sees(n, m) RETURN m.id", lambda name: f"{name}.region = $asker_region")
    'MATCH (n)-->(m) WHERE (n.region = $asker_region) AND (m.region = $asker_region) RETURN m.id'
    """

    def put(match: re.Match[str]) -> str:
        mark = MARK.fullmatch(match["mark"])
        assert mark is not None  # noqa: S101  # the loader has checked it
        found = [f"({said})" for name in mark["names"].split(", ") if (said := condition(name))]
        if found:
            return f"WHERE {' AND '.join(found)}{mark['more'] or ''}"
        return "WHERE" if mark["more"] else ""

    put_in = _BARE.sub(put, text)
    return "\n".join(line for line in put_in.split("\n") if line.strip())


def filled(text: str, places: Mapping[str, str | int]) -> str:
    """The text with names of the schema and lengths of paths in their places; Cypher takes no parameters there."""
    for place, value in places.items():
        pattern = rf"\.\.\${place}\b" if isinstance(value, int) else rf":\${place}\b"
        text = re.sub(pattern, f"..{value:d}" if isinstance(value, int) else f":{value}", text)
    return text


def known(name: str, names: frozenset[str]) -> str:
    """A name of the schema. Raises: KeyError."""
    if name not in names:
        raise KeyError(name)
    return name


def bounded(hops: int) -> int:
    """The upper bound of a path. Raises: ValueError beyond 1 to 100."""
    if not 1 <= hops <= 100:
        raise ValueError(hops)
    return hops


def _show(
    row: dict[str, Any],
    shown: Shown,
    given: Mapping[str, object],
    asked: Conditions,
) -> None:
    """Put what the asker may see in the place of the values of one column."""
    last = shown.path[-1]
    names = tuple(str(given[name[1:]]) if name.startswith("$") else name for name in shown.names)
    for holder in holders(row, shown.path[:-1]):
        if holder[last] is None:
            continue
        kind = shown.type
        if kind.startswith("$"):
            kind = str(given[kind[1:]])
        elif kind in holder:
            kind = str(holder[kind])
        touched = None if asked.touched is None else asked.touched(kind)
        if touched is not None and touched.isdisjoint(names or holder[last]):
            continue
        show = asked.shown
        if names:
            holder[last] = show(kind, names, holder[last])
        else:
            stated = {name: value for name, value in holder[last].items() if name != SEEN_IN}
            holder[last] = {name: show(kind, (name,), value) for name, value in stated.items()}


def holders(held: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The maps at the end of a path; a list on the way stands for each of its entries."""
    if isinstance(held, list):
        for entry in held:
            yield from holders(entry, path)
    elif path:
        yield from holders(held[path[0]], path[1:])
    elif held is not None:
        yield held
