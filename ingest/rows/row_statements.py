"""What one row has stated so far: how it names entities, and the statements on their way to JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from graph.schema.keys import record_key
from ingest.cells.bounds import Times
from ingest.cells.doubtful import Doubtful, Taken
from ingest.cells.row_values import RowFaultError, Take, refused
from ingest.input_errors import NotAcceptedError
from ingest.readers.lists import Values, elements, found
from ingest.rows.repeated_holdings import Holding
from ingest.statements import Value
from terms.ids import Key

Plain: TypeAlias = dict[str, Any]
"""A statement on its way to JSON, with the keys of ``ingest.statements``."""

Named: TypeAlias = tuple[list[Key], Plain]
"""The keys by which a row names an entity, none where all are empty, and the values to keep."""


class Passed(NamedTuple):
    """A statement that the row does not make, because a column that it needs is empty. ``code``: of the catalogue."""

    code: str
    type: str
    column: str


class Doubt(NamedTuple):
    """A cell that is taken, or left out, with a notice; ``column`` names its origin."""

    code: str
    column: str


class KeyPart(NamedTuple):
    """One key that an entry states. ``kept``: the property that the value fills; ``None`` keeps the key only.

    ``derivable``: the key itself gives the value back, so that a bare reference need not repeat it. ``column`` names
    its origin.
    """

    take: Take
    make: Callable[[str], Key]
    kept: str | None
    derivable: bool
    column: str


@dataclass(frozen=True, slots=True)
class EntityNaming:
    """How an entry names an entity.

    ``parts``: its keys by declared priority; none: the record itself names it, as its ``index``-th of this type.
    ``slot``: equal namings in one mapping share it, so that each is worked out once a row. ``columns``: all that the
    keys are taken from.
    """

    type: str
    prefix: str
    parts: tuple[KeyPart, ...]
    slot: int
    columns: tuple[str, ...]
    source: str
    index: int = 0

    @property
    def column(self) -> str:
        """The columns, in words."""
        return ", ".join(self.columns)


class Stated:
    """What one row has stated so far, and what it has not.

    ``overwritten``: types and properties of nodes of which an earlier entry said something else. ``far``: a relation
    that begins on a later day than this may lie too far ahead. ``named``: what has been worked out, by slot.
    """

    __slots__ = (
        "by_key", "doubts", "element", "far", "holdings", "id", "id_used", "named", "nodes", "overwritten", "passed",
        "relations", "times", "values",
    )  # fmt: skip

    def __init__(self, values: Values, id_: str, far: str) -> None:
        self.values = values
        self.id = id_
        self.far = far
        self.id_used = False
        self.element = 0  # of those for which an entry is repeated; 0 where it is not
        self.nodes: list[Plain] = []
        self.relations: list[Plain] = []
        self.times: list[Times] = []
        self.holdings: list[Holding] = []
        self.passed: list[Passed] = []
        self.overwritten: list[tuple[str, str]] = []
        self.by_key: dict[str, Plain] = {}
        self.named: dict[int, Named] = {}
        self.doubts: dict[Doubt, None] = {}

    def doubted(self, taken: Doubtful, column: str) -> Value | None:
        """The value of a doubtful cell; the doubt is kept for the report."""
        self.doubts[Doubt(taken.code, column)] = None
        return taken.value

    def each(self, columns: tuple[str, ...], state: Callable[[Stated], str | None]) -> list[str | None]:
        """State something once for each element of the lists in these columns, which then stands in its column alone.

        Raises:
            RowFaultError: of an element, with its place in the list.
        """
        whole, named = self.values, self.named
        stated = []
        try:
            for self.element, (places, self.values) in enumerate(elements(whole, columns), start=1):
                self.named = {}
                try:
                    stated.append(state(self))
                except RowFaultError as fault:
                    raise fault.within(places) from None
        except NotAcceptedError as fault:
            raise refused(fault, ", ".join(columns), found(whole, columns[0])) from None
        self.values, self.named, self.element = whole, named, 0
        return stated

    def without(self, type_: str, end: EntityNaming) -> str:
        """Note that a relation is left out; the column that is empty."""
        self.passed.append(Passed("LEFT_OUT_RELATION", type_, end.column))
        return end.column

    def keys(self, named: EntityNaming) -> Named:
        """Work out how the row names an entity; ``named`` has it from then on."""
        keys: list[Key] = []
        kept: Plain = {}
        for take, make, name, _, column in named.parts:
            text: Taken = take(self.values)
            if type(text) is Doubtful:
                text = self.doubted(text, column)
            if text is not None:
                keys.append(make(str(text)))
                if name is not None:
                    kept[name] = text
        if not named.parts:
            self.id_used = True
            keys.append(record_key(named.prefix, named.source, self.id, named.index))
        found = self.named[named.slot] = keys, kept
        return found

    def node(self, type_: str, keys: list[Key], values: Plain, proxy: list[str] | None) -> Plain:
        """Add a statement, or add to the one that the row already has of this entity."""
        by_key = self.by_key
        known = by_key.get(keys[0])
        if known is None and len(keys) > 1:
            known = next((by_key[key] for key in keys if key in by_key), None)
        if known is None:
            known = {"type": type_, "keys": keys}
            self.nodes.append(known)
            if values:
                known["set"] = values
        else:
            known["keys"] = keys = [*known["keys"], *(k for k in keys if k not in known["keys"])]
            if values and (before := known.get("set")):
                changed = [name for name, value in values.items() if before.get(name, value) != value]
                self.overwritten += [(type_, name) for name in changed]
                values = {**before, **values}
            if values:
                known["set"] = values
        if proxy:
            known["proxy"] = [*known.get("proxy", ()), *proxy]
        for key in keys:
            by_key[key] = known
        return known
