"""Cells of a workbook that say more than their value: what Excel shows of them, and why some cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "code", "percent", "date", "time", "elapsed", "long", "no-date", "error", "formula-without-value"
]
"""What a cell is.

* ``code``: a number with leading zeros or other characters that its format adds (000001234567, 0012-3456);
* ``percent``: a number in percent (0.35, shown as 35%);
* ``date``: a date or a date with time; ``time``: a time of day; ``elapsed``: hours that may exceed a day;
* ``long``: a number of more digits than Excel keeps; ``no-date``: in a format of dates and none (1900-02-29);
* ``error``: #N/A, #REF! and the like; ``formula-without-value``: one that no program has worked out.
"""

REFUSED: Final[Mapping[str, str]] = {
    "long": "ROW_DIGITS_LOST",
    "no-date": "ROW_CELL_NO_DATE",
    "error": "ROW_CELL_ERROR",
    "formula-without-value": "ROW_FORMULA_EMPTY",
}
"""Kinds that are no text -> the code of the catalogue of errors that says so."""

CellValue: TypeAlias = int | float | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell that shows something else than its value. Who uses the cell decides which of both counts.

    Attributes:
        value: the number, or the date, time or duration that it stands for; ``None`` where there is none.
        text: what it shows, all digits kept; dates and times in ISO form.
    """

    kind: Kind
    value: CellValue
    text: str

    def __str__(self) -> str:
        return self.text


def kept(cell: object) -> object:
    """A cell as the quarantine keeps it: plain JSON from which :func:`again` makes the same cell."""
    if not isinstance(cell, Shown):
        return cell
    found: dict[str, object] = {"shown": cell.text, "kind": cell.kind}
    if isinstance(cell.value, int | float):
        found["value"] = cell.value
    elif isinstance(cell.value, date) and cell.kind == "time":
        found["value"] = cell.value.isoformat()  # the time of a day that the cell does not show
    return found


def again(cell: object) -> object:
    """The inverse of :func:`kept`."""
    if not (isinstance(cell, dict) and cell.keys() <= {"shown", "kind", "value"} and "shown" in cell):
        return cell
    text = str(cell["shown"])
    kind: Kind | None = next((kind for kind in get_args(Kind) if kind == cell.get("kind")), None)
    if kind is None:
        return cell
    given = cell.get("value")
    value: CellValue = given if isinstance(given, int | float) else None
    if kind == "date" or (kind == "time" and given):
        value = datetime.fromisoformat(str(given or text))
    elif kind == "time":
        value = time.fromisoformat(text)
    elif kind == "elapsed":
        hours, minutes, *seconds = map(int, text.split(":"))
        value = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
    return Shown(kind, value, text)
