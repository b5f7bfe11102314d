"""The text of a cell: what every other conversion starts from."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from ingest.cells.absence import REPLACED
from ingest.cells.numbers import LARGEST
from ingest.cells.workbook_values import shown_text
from ingest.input_errors import NotAcceptedError
from ingest.readers import FIELD_LIMIT
from ingest.readers.shown import Shown

_HIDDEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def hidden_characters(text: str) -> bool:
    """Whether a text holds characters that cannot be seen but change what is shown or compared.

    Tabulator, line feed and carriage return are allowed, and so are the joiners that emoji and scripts need.
    """
    return not text.isprintable() and _HIDDEN.search(text) is not None


def text_of(cell: object) -> str | None:
    """The text of a cell; numbers that files made of codes lose their ``.0``. Blank is absent."""
    if cell is None:
        return None
    text = cell if isinstance(cell, str) else written_out(cell)
    if REPLACED in text:
        raise NotAcceptedError(
            "the characters that stood here are expected", code="ROW_CHARACTERS_LOST", zh="应为原有的字符"
        )
    # The way of nearly all cells.
    if text.isprintable() and len(text) <= FIELD_LIMIT:
        return None if not text or text.isspace() else text
    if text.isspace():
        return None
    if len(text) > FIELD_LIMIT:
        raise NotAcceptedError(str(FIELD_LIMIT), code="ROW_FIELD_TOO_LONG")
    if _HIDDEN.search(text):
        raise NotAcceptedError("visible characters are expected", code="ROW_CHARACTERS", zh="应只含可见字符")
    return text


_ERRORS: Final = frozenset(
    {"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA"}
)
"""What a spreadsheet shows where a formula failed. ``#N/A`` and ``#NULL!`` are written for what is absent, too."""


def refuse_error(text: str) -> None:
    """Refuse a text that a spreadsheet wrote in place of a value.

    Raises:
        NotAcceptedError: ``ROW_CELL_ERROR``, as of a cell of a workbook that shows it.
    """
    if text[:1] == "#" and text.strip() in _ERRORS:
        raise NotAcceptedError("the value is expected", code="ROW_CELL_ERROR", zh="应为其值")


def written_out(cell: object) -> str:
    """The text of a typed cell."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if math.isnan(cell):
            return ""  # what pandas writes for an absent cell
        return str(int(cell)) if cell.is_integer() and abs(cell) < LARGEST else repr(cell)
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, Shown):
        return shown_text(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, dict):
        raise NotAcceptedError("one value", code="ROW_OBJECT", zh="单个值")
    raise NotAcceptedError("one value", zh="单个值")


def code_of(cell: object) -> str | None:
    """The text of a key: as :func:`text_of`, without blanks around it and with full-width forms folded."""
    if isinstance(cell, str) and cell.isascii() and cell.isalnum() and len(cell) <= FIELD_LIMIT:
        return cell  # the way of nearly all keys
    text = text_of(cell)
    if text is None:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return text.strip() or None
