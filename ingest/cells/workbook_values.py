"""Which text, number or time a cell of a workbook holds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Final

from ingest.input_errors import NotAcceptedError
from ingest.readers.shown import REFUSED, Shown
from terms.texts import Texts

_WANTED: Final = Texts("a value is expected", "应为一个值")
_ALL_DIGITS: Final = Texts(
    "at most 15 digits are kept of a number, and all of it are expected",
    "数字最多保留 15 位，而此处应包含全部数字",
)
_TEXT: Final = Texts("text or a number", "文本或数字")


def shown_text(cell: Shown) -> str:
    """What the cell shows, for keys and texts.

    Raises:
        NotAcceptedError: it is an error, a formula without a value, no date, or has lost digits.
    """
    _check(cell)
    return cell.text


def shown_in_text(cell: Shown) -> str:
    """As :func:`shown_text`, where a whole cell is one key or text: a date is none.

    Excel makes dates of what is typed: of the contract 2024-5 the first of May.
    """
    if cell.kind == "date":
        raise _is_date(_TEXT)
    return shown_text(cell)


def shown_number(cell: Shown, expected: Texts) -> int | float:
    """The number of the cell.

    Raises:
        NotAcceptedError: it is a date or a time, or as of :func:`shown_text`; lost digits are those of a key only.
    """
    if cell.kind == "date":
        raise _is_date(expected)
    if cell.kind != "long":
        _check(cell)
    if isinstance(cell.value, int | float):
        return cell.value
    raise NotAcceptedError.of(expected)


def shown_time(cell: Shown) -> date | datetime | int | float | str:
    """The date or the instant of the cell; a number stays one, and a time of day is no time without its day."""
    if cell.kind != "long":
        _check(cell)
    value = cell.value
    return cell.text if value is None or isinstance(value, time | timedelta) else value


def _check(cell: Shown) -> None:
    code = REFUSED.get(cell.kind)
    if code is not None:
        expected = _ALL_DIGITS if cell.kind == "long" else _WANTED
        raise NotAcceptedError(expected.en, code=code, zh=expected.zh)


def _is_date(expected: Texts) -> NotAcceptedError:
    return NotAcceptedError(expected.en, code="ROW_CELL_DATE", zh=expected.zh)
