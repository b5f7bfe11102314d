"""What a load tells beside its counts: notices, which stop nothing, and what was left out on purpose.

Readers, mapping and projection add to a :class:`Notices`; equal ones become one with a count and its first places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from terms.errors import KehutuError, Lang

PLACES: Final = 10
"""Places that one notice names; the count goes on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input something stands."""

    file: str
    """File."""
    line: int | None = None
    """Line of the text or row of the table, from 1."""
    sheet: str | None = None
    """Sheet of a workbook."""
    cell: str | None = None
    """Cell of a sheet, as in B7."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the operator should know: an entry of the catalogue with its details, how often, and where first.

    The texts of the catalogue may use ``{count}``, and ``{file}`` and ``{line}`` of the first place.
    """

    code: str
    details: dict[str, object]
    count: int = 1
    places: tuple[Place, ...] = ()

    def message(self, lang: Lang = "en") -> str:
        """What was noticed, in words."""
        return self._error().message(lang)

    def remedy(self, lang: Lang = "en") -> str:
        """What can be done about it."""
        return self._error().remedy(lang)

    def _error(self) -> KehutuError:
        details: dict[str, object] = {"count": self.count}
        if self.places:
            details |= {"file": self.places[0].file, "line": self.places[0].line}
        return KehutuError(
            self.code, **details, **{k: v for k, v in self.details.items() if k not in details}
        )


class Notices:
    """Collects notices in the order in which their kinds were first met."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Notice] = {}

    def add(self, code: str, place: Place | None = None, *, count: int = 1, **details: object) -> None:
        """Count a notice of this code and these details, and keep its place if it is one of the first.

        Give as ``details`` what tells one kind from another (source, column), never what differs from row to row:
        each difference is a notice of its own.
        """
        if place is None and "file" in details:
            place = Place(str(details["file"]))
        places = () if place is None else (place,)
        self.merge([Notice(code, details, count, places)])

    def merge(self, others: Iterable[Notice]) -> None:
        """Add notices that were counted elsewhere (by a reader, in another process)."""
        for one in others:
            kind = one.code, repr(sorted(one.details.items()))
            known = self._found.get(kind)
            if known is None:
                self._found[kind] = replace(one, places=one.places[:PLACES])
            else:
                places = (*known.places, *one.places)[:PLACES]
                self._found[kind] = replace(known, count=known.count + one.count, places=places)

    def __iter__(self) -> Iterator[Notice]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)
