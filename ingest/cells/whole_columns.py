"""What only a whole column of a file can tell: how its numbers are written, and whether its codes were floats.

Rows are mapped as they come. Where a cell hangs on its column (``412,750``, ``1001.0``), the file is read once more to
its end and looked at; memory is a few numbers a column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.cells.absence import SHIPPED, Absence
from ingest.cells.codes import FLOAT_CODE
from ingest.cells.number_styles import COMMA, POINT, Proof, Style
from ingest.cells.texts import code_of
from ingest.input_errors import NotAcceptedError
from ingest.notices import Notices, Place
from ingest.readers import Opened, Row

_ENOUGH: Final = 1_000
"""So many proofs of one style and none of the other settle a column before its end."""

_CLEAR: Final = 9
"""So many times as many cells prove the one style as the other: what could be meant either way is then read by it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided of the columns of a file. ``floats``: columns of codes that lose their ``.0``."""

    styles: tuple[tuple[str, Style], ...] = ()
    floats: frozenset[str] = frozenset()

    def to_plain(self) -> dict[str, object]:
        """As it is kept with the load."""
        return {
            "styles": {column: list(style) for column, style in self.styles},
            "floats": sorted(self.floats),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Mapping[str, Sequence[object]]]) -> Decided:
        """The inverse of :meth:`to_plain`."""
        styles = {column: Style(str(d), str(t), bool(f)) for column, (d, t, f) in plain["styles"].items()}
        return cls(tuple(sorted(styles.items())), frozenset(map(str, plain["floats"])))


@dataclass(slots=True)
class Questions:
    """What a mapping asks of whole columns.

    ``codes``: columns of keys, evidence and record ids. ``numbers``: columns of numbers whose style nobody has
    declared, with what a cell proves.
    """

    codes: set[str] = field(default_factory=set)
    numbers: dict[str, Callable[[str], Proof]] = field(default_factory=dict)
    absent: Absence = SHIPPED

    def answered(self, opened: Opened, source: str, notices: Notices) -> Decided:
        """Look at all rows of a file; what stays open is noticed."""
        survey = _Survey(self, opened.sheet)
        for row in opened.rows:
            if isinstance(row, Row) and not survey.look(row):
                break
        return survey.decided(source, notices)


class _Survey:
    def __init__(self, asked: Questions, sheet: str | None) -> None:
        self.asked = asked
        self.sheet = sheet
        self.codes = set(asked.codes)  # those whose every filled cell was a float so far
        self.filled: set[str] = set()
        self.proofs: dict[str, Counter[Proof]] = {column: Counter() for column in asked.numbers}
        self.places: dict[str, list[Place]] = {column: [] for column in asked.numbers}
        self.open = dict(asked.numbers)

    def look(self, row: Row) -> bool:
        """Whether there is still something to find out."""
        for column in tuple(self.codes):
            text = self._code(row.values.get(column))
            if text is None:
                continue
            self.filled.add(column)
            if not FLOAT_CODE.fullmatch(text):
                self.codes.discard(column)
        for column, proof_of in tuple(self.open.items()):
            cell = row.values.get(column)
            if isinstance(cell, str):
                self._count(column, proof_of(cell), row)
        return bool(self.codes or self.open)

    def _code(self, cell: object) -> str | None:
        try:
            text = code_of(cell) if isinstance(cell, str) else None
        except NotAcceptedError:
            return None
        return None if text is None or self.asked.absent.says_nothing(text) else text

    def _count(self, column: str, proof: Proof, row: Row) -> None:
        if proof is None:
            return
        counts = self.proofs[column]
        counts[proof] += 1
        if proof == "open" and counts["open"] <= 3:
            self.places[column].append(Place(row.file, row.line, self.sheet))
        if (
            counts[proof] >= _ENOUGH
            and proof != "open"
            and not counts["comma" if proof == "point" else "point"]
        ):
            del self.open[column]

    def decided(self, source: str, notices: Notices) -> Decided:
        styles = []
        for column, counts in self.proofs.items():
            point, comma = counts["point"], counts["comma"]
            style = COMMA if comma > point else POINT
            if point and comma:
                style = style._replace(firm=max(point, comma) >= _CLEAR * min(point, comma))
                notices.add(
                    "NOTICE_COLUMN_CONTRADICTS", source=source, field=column, point=point, comma=comma
                )
            elif counts["open"] and not point and not comma:
                for place in self.places[column]:
                    notices.add("NOTICE_COLUMN_UNDECIDED", place, source=source, field=column)
                rest = counts["open"] - len(self.places[column])
                if rest:
                    notices.add("NOTICE_COLUMN_UNDECIDED", count=rest, source=source, field=column)
            styles.append((column, style))
        return Decided(tuple(sorted(styles)), frozenset(self.codes & self.filled))
