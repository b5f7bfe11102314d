"""Which code a cell of a key, evidence or record id holds: what software did to it is undone where nothing is lost.

A spreadsheet shows a long number as ``1.33E+21``, saves a text as ``="00123"`` or ``'00123``; a program that knows
only floats writes ``1001.0``. Where the digits are gone, the cell is refused with what to do.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from graph.schema.model import Numbering
from ingest.cells.absence import Absence, filler, letters_lost
from ingest.cells.check_digits import credit_code_holds, identity_number_holds
from ingest.cells.doubtful import Convert, Doubtful, Taken
from ingest.cells.texts import refuse_error
from ingest.input_errors import NotAcceptedError, UndecidedError
from terms.texts import Texts

_MONTHS: Final = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"

KEPT_DIGITS: Final = 15
"""Digits of a number that a spreadsheet keeps; it writes zeros for the others."""

EXACT: Final = 2**53
"""Below it a float holds every whole number."""

FLOAT_CODE: Final = re.compile(r"(0|[1-9][0-9]{0,14})\.0{1,4}", re.ASCII)
"""A whole number as programs write it that know only floats, or show so many decimals."""

_FORMULA: Final = re.compile(
    r'(?:=(?:T\()?)?"((?:[^"]|"")*)"\)?(?:&"")?|=([0-9]+)', re.DOTALL | re.IGNORECASE
)
"""A text as programs write it so that a spreadsheet keeps it as one: ="00123", =T("00123"), =00123, "00123"."""
_APOSTROPHE: Final = re.compile(r"'[0-9A-Za-z+(][^'\s]*")
# A sign or a point: without either it is a code such as 12E5. Spreadsheets write two digits of the exponent or more.
_SCIENTIFIC: Final = re.compile(r"([1-9])(?:[.,]([0-9]+))?[Ee](\+?)([0-9]{1,3})", re.ASCII)
_GROUPED: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+", re.ASCII)
_TOO_NARROW: Final = re.compile("#{3,}")  # what a spreadsheet shows of a number in a narrow column
_DATE_LIKE: Final = re.compile(
    rf"[0-3]?[0-9]-{_MONTHS}|{_MONTHS}-[0-9]{{2}}|(?:[0-9]{{4}}年)?1?[0-9]月(?:[1-3]?[0-9]日)?", re.ASCII
)
_TOUCHED_FIRST: Final = frozenset("#=\"'0123456789JFMASOND")
"""What a code begins with that software may have touched."""
_GONE: Final = Texts(
    "every digit is expected, and those that this notation does not show are gone",
    "应包含全部数字，而这种写法未显示的数字已经丢失",
)

_HOLDS: Final[dict[Numbering, Callable[[str], bool]]] = {
    "identity-number": identity_number_holds,
    "credit-code": credit_code_holds,
}


def whole_number_text(cell: float | Decimal) -> str | None:
    """The digits of a number cell that is whole; ``None`` where it is not.

    Raises:
        NotAcceptedError: the number is larger than its kind of cell keeps exactly.
    """
    if isinstance(cell, float):
        if not math.isfinite(cell) or not cell.is_integer():
            return None
        if abs(cell) >= EXACT:
            raise lost_digits()
        return str(int(cell))
    if not cell.is_finite() or cell != cell.to_integral_value():
        return None
    if int(cell.as_tuple().exponent) > 0 and cell.adjusted() >= KEPT_DIGITS:
        raise lost_digits()
    return str(int(cell))


def lost_digits() -> NotAcceptedError:
    """The refusal of a number whose digits are gone."""
    return NotAcceptedError(_GONE.en, code="ROW_DIGITS_LOST", zh=_GONE.zh)


def restored(text: str) -> str | Doubtful:
    """A code as it was before a spreadsheet saved it.

    Raises:
        NotAcceptedError: its digits are gone.

    >>> restored('="00123"'), restored("'00123"), restored("1.33001E+5"), restored("1,234,567"), restored("AB-1")
    ('00123', '00123', '133001', '1234567', 'AB-1')
    """
    if text[0] not in _TOUCHED_FIRST:
        return text
    if text[0] == "#" and _TOO_NARROW.fullmatch(text):
        raise lost_digits()
    if (formula := _FORMULA.fullmatch(text)) is not None:
        return formula[2] or formula[1].replace('""', '"')
    if _APOSTROPHE.fullmatch(text):
        return text[1:]
    if _GROUPED.fullmatch(text):
        return text.replace(",", "")
    if _DATE_LIKE.fullmatch(text):
        return Doubtful(text, "NOTICE_CODE_LIKE_DATE")
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific is None or not (scientific[2] or scientific[3]):
        return text
    return _written_out(scientific, text)


def _written_out(scientific: re.Match[str], text: str) -> str | Doubtful:
    first, rest, plus, exponent = scientific.groups()
    shown, digits = first + (rest or "").rstrip("0"), int(exponent) + 1
    if len(shown) > digits:
        return text  # no whole number, so none that was a code
    missing = digits - len(first + (rest or ""))
    number = shown.ljust(digits, "0")
    if missing <= 0 and int(number) < EXACT:
        return number
    # Spreadsheets round to a few digits and write E+05; programs write 1.33E+5 or 1.33E5 and round nothing.
    if digits > KEPT_DIGITS or (plus and len(exponent) > 1):
        raise lost_digits()
    return Doubtful(number, "NOTICE_ZEROS_FILLED")


def code_converter(
    clean: Callable[[object], str | None],
    absent: Absence,
    *,
    floats: bool | None = False,
    numbering: Numbering | None = None,
    strict: bool = False,
    prose: bool = False,
    names: bool = True,
) -> Convert:
    """The function for cells of keys and evidence.

    Args:
        clean: the text of a cell; ``None`` where it is blank.
        floats: whether the codes of the column were floats and lose their ``.0``; ``None``: that is not decided, and
            a cell that ends so raises :class:`UndecidedError`.
        strict: whether a wrong check digit refuses the cell; otherwise it is taken with a notice.
        prose: the key is a text that people write (an address): only ``="…"`` is undone in it.
        names: the text names an entity or tells parties apart, which a text of question marks does not.
    """
    numbered = None if numbering is None else number_check(numbering, strict=strict)

    def code(cell: object) -> Taken:
        if isinstance(cell, float | Decimal):
            cell = whole_number_text(cell) or cell
        text = clean(cell)
        if text is None:
            return None
        doubt: Doubtful | None = None
        # Nearly all codes are letters and digits only.
        if (not text.isalnum() or text[-1] in "月日") and (not prose or text.startswith("=")):
            found = restored(text)
            doubt, text = (found, str(found.value)) if isinstance(found, Doubtful) else (None, found)
            if text.endswith("0") and floats is not False and (float_code := FLOAT_CODE.fullmatch(text)):
                if floats is None:
                    raise UndecidedError
                text = float_code[1]
        refuse_error(text)
        if names and letters_lost(text):
            return Doubtful(None, "NOTICE_LETTERS_LOST")
        if not text or absent.says_nothing(text):
            return None
        if numbered is not None and (checked := numbered(text)) != text:
            return checked
        return doubt or text

    return code


def number_check(numbering: Numbering, *, strict: bool) -> Callable[[str], Taken]:
    """The function for numbers that are made by a rule: a filler names nobody, a wrong check digit is a doubt.

    Args:
        strict: whether a wrong check digit refuses the cell.
    """
    holds = _HOLDS.get(numbering)

    def checked(text: str) -> Taken:
        if filler(text):
            return Doubtful(None, "NOTICE_FILLER_NUMBER")
        if holds is None or holds(text):
            return text
        if strict:
            raise NotAcceptedError(
                "the last character does not fit the others",
                code="ROW_CHECK_DIGIT",
                zh="末位校验码与其他位不符",
            )
        return Doubtful(text, "NOTICE_CHECK_DIGIT")

    return checked
