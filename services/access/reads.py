"""Of whom an asker has read something in clear, gathered where values are read, for the audit trail.

It may name more than is printed: whoever is read of to compute an answer counts. It never names fewer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, Final

from graph.blocks import Block, Rows, Shown, holders
from graph.schema.load import schema
from graph.schema.model import PersonalData, Property
from services.access.areas.computing import BELONGS, THROUGH

PEOPLE: Final = frozenset({"Customer", "Technician", "WorkOrder", *BELONGS, *THROUGH}) - {
    "Community",
    "Segment",
}
"""Types of entities that are somebody, or that belong to somebody."""


class Reads:
    """What has been read in clear and is not noted yet. It belongs to one question and one thread."""

    def __init__(self, note: Callable[[Reads], None] | None = None) -> None:
        """``note``: brings what was gathered into the trail; absent where nobody asks, as in a test of one part."""
        self.subjects: set[str] = set()
        self.classes: set[str] = set()
        self._note = note

    def settle(self) -> None:
        """Note what was gathered: what was read may leave after that.

        Raises:
            KehutuError: AUDIT_UNWRITABLE, AUDIT_MISSING; then nothing of it may leave.
        """
        if self._note is not None and self.subjects and self.classes:
            self._note(self)
        self.subjects.clear()
        self.classes.clear()

    def of(self, masked: frozenset[PersonalData], ids: Iterable[str], kinds: Iterable[str]) -> None:
        """Note that of some entities values of some classes were read.

        Args:
            masked: classes that the asker does not see in clear.
        """
        clear = {kind for kind in kinds if kind not in masked} - {"public"}
        self.classes |= clear
        if clear:
            self.subjects |= {one for one in ids if one.partition(":")[0] in people()}

    def raw(self, where: str) -> None:
        """Note that rows were read as they arrived, of whomever they speak."""
        self.subjects.add(where)
        self.classes |= {"id", "contact"}

    def rows(
        self,
        masked: frozenset[PersonalData],
        block: Block,
        rows: Rows,
        given: Mapping[str, object],
    ) -> None:
        """Note what rows of a named query hold, as they were read from the store."""
        if not rows:
            return
        kinds = {kind for shown in block.shows for kind in _kinds(shown, rows, given)}
        found = {
            str(one)
            for path in block.ids
            for row in rows
            for holder in holders(row, path[:-1])
            for one in _several(holder[path[-1]])
        }
        asked = (
            {str(given[name]) for name in block.asked if given.get(name)}
            if kinds - masked - {"public"}
            else ()
        )
        self.of(masked, {*found, *asked}, {*kinds, "id"} if found else kinds)


_gathered: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def gathering(reads: Reads) -> Iterator[None]:
    """Let all that is seen in this block be gathered in one place."""
    token = _gathered.set(reads)
    try:
        yield
    finally:
        _gathered.reset(token)


def gathered() -> Reads:
    """Where what is seen is gathered: that of the block around, else one of its own."""
    return _gathered.get() or Reads()


@cache
def people() -> frozenset[str]:
    """How ids of somebody, or of what belongs to somebody, begin."""
    known = schema().nodes
    return frozenset(known[name].prefix for name in PEOPLE)


def _several(held: Any) -> Iterable[Any]:
    return held if isinstance(held, list) else () if held is None else (held,)


def _kinds(shown: Shown, rows: Rows, given: Mapping[str, object]) -> Iterator[PersonalData]:
    """Classes of the values of one column that are not absent."""
    last, names = shown.path[-1], shown.names
    for row in rows:
        for holder in holders(row, shown.path[:-1]):
            value = holder[last]
            if value is None:
                continue
            declared = _declared(shown, holder, given)
            stated: Iterable[str] = names or [name for name, one in value.items() if one is not None]
            for name in stated:
                told = declared.get(str(given[name[1:]]) if name.startswith("$") else name)
                if told is not None:
                    yield told.personal


def _declared(shown: Shown, holder: Mapping[str, Any], given: Mapping[str, object]) -> Mapping[str, Property]:
    kind = shown.type
    if kind.startswith("$"):
        kind = str(given[kind[1:]])
    elif kind in holder:
        kind = str(holder[kind])
    found = schema().nodes.get(kind) or schema().relations[kind]
    return found.properties
