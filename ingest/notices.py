"""What a load tells beside its counts: notices, which stop nothing, and what was left out on purpose.

Readers, mapping and projection add to a :class:`Notices`; equal ones become one with a count and its first places.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from terms.errors import KehutuError, Lang

PLACES: Final = 10
"""Places that one notice names; the count goes on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the input something stands."""

    file: str
    """Name of the file."""
    line: int | None = None
    """Line of the text or row of the table, from 1."""
    sheet: str | None = None
    """Sheet of a workbook."""
    cell: str | None = None
    """Cell of a sheet, as in B7."""

    @property
    def words(self) -> dict[str, object]:
        """What texts of the catalogue say of it: file, with the sheet in both languages, and line."""
        words: dict[str, object] = {"file": self.file, "line": self.line}
        if self.sheet is not None:
            words["file"] = f"{self.file}, sheet '{self.sheet}'"
            words["file_zh"] = f"{self.file}，工作表“{self.sheet}”"
        return words


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
            details |= self.places[0].words
        return KehutuError(
            self.code, **details, **{k: v for k, v in self.details.items() if k not in details}
        )


@dataclass(slots=True)
class _Counted:
    """A notice while it is counted."""

    code: str
    details: dict[str, object]
    count: int = 0
    places: list[Place] = field(default_factory=list)


class Notices:
    """Collects notices in the order in which their kinds were first met."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], _Counted] = {}

    def add(self, code: str, place: Place | None = None, *, count: int = 1, **details: object) -> None:
        """Count a notice of this code and these details, and keep its place if it is one of the first.

        Give as ``details`` what tells one kind from another (source, column), never what differs from row to row:
        each difference is a notice of its own.
        """
        if place is None and "file" in details:
            place = Place(str(details["file"]))
        self._count(code, details, count, () if place is None else (place,))

    def merge(self, others: Iterable[Notice]) -> None:
        """Add notices that were counted elsewhere (by a reader, in another process)."""
        for one in others:
            self._count(one.code, one.details, one.count, one.places)

    def _count(self, code: str, details: dict[str, object], count: int, places: tuple[Place, ...]) -> None:
        kind = (code, *sorted(details.items()))
        found = self._found.get(kind)
        if found is None:
            found = self._found[kind] = _Counted(code, details)
        found.count += count
        if len(found.places) < PLACES:
            found.places += places[: PLACES - len(found.places)]

    def __iter__(self) -> Iterator[Notice]:
        for one in self._found.values():
            yield Notice(one.code, one.details, one.count, tuple(one.places))

    def __len__(self) -> int:
        return len(self._found)
