"""A cell of a file becomes a value of the model, or is refused: nothing is guessed and nothing is rounded.

:func:`converter` looks once at the declared property and at what the mapping says of the column, and returns
a function for the cells. The rules, by type of property:

* text: kept byte for byte; control, bidirectional and zero-width characters are refused; blank is absent.
* keys: blanks around them are dropped and full-width forms folded; what is looked up has at most 500 characters.
* numbers: digits in any width, one sign, a decimal point, thousands separators, an exponent; finite, and no more
  digits than are kept. Money is whole fen, with the sign of its currency and unit (¥1,234.56, 12万元); shares may be %.
* dates, months, instants: ISO, or the mapping's format; without a zone in that of the home (:mod:`terms.zones`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Final, NamedTuple

from graph.schema.ddl import longest_of
from graph.schema.model import Property
from ingest.cells.absence import NEVER, SHIPPED, Absence, letters_lost, usual_text
from ingest.cells.codes import code_converter, number_check
from ingest.cells.doubtful import Convert, Doubtful, Taken, value_of
from ingest.cells.number_styles import POINT, Style
from ingest.cells.numbers import numbers_of
from ingest.cells.texts import code_of, refuse_error, text_of, written_out
from ingest.cells.times import FIRST_DAYS, ZERO, check_format, dated, instant, zoned
from ingest.cells.trial_names import BEGINS, trial_name
from ingest.cells.workbook_values import shown_in_text, shown_time
from ingest.input_errors import NotAcceptedError, WrongUseError
from ingest.readers import FIELD_LIMIT
from ingest.readers.shown import Shown
from ingest.statements import Value
from terms.texts import Texts
from terms.zones import DEFAULT_ZONE

_TRUE = frozenset({"true", "yes", "y", "1", "是", "真"})
_NAME: Final = "name"
_FALSE = frozenset({"false", "no", "n", "0", "否", "假"})


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a source are read.

    ``absent``: the words that say nothing. ``strict_keys``: whether a wrong check digit quarantines its row. ``style``:
    how numbers are written. ``floats``: whether codes were floats and lose their ``.0``. Where one of the two is
    ``None``, it hangs on the column and is not decided yet. ``zone``: of times without one, and of days.
    """

    absent: Absence = SHIPPED
    strict_keys: bool = False
    style: Style | None = POINT
    floats: bool | None = False
    zone: tzinfo = DEFAULT_ZONE


PLAIN: Final = Reading()
"""The reading of a source that states nothing about it."""

AS_WRITTEN: Final = Reading(absent=NEVER)
"""Of what the manifest itself says: constants and the meaning of words. Nothing is undone in it."""


def converter(
    declared: Property,
    *,
    unit: str | None = None,
    format: str | None = None,
    words: Mapping[str, str] | None = None,
    code: bool = False,
    reading: Reading = PLAIN,
) -> Convert:
    """The function for one mapped column.

    Args:
        declared: the property that the column fills.
        unit: of the numbers in the column; the property's own when absent, yuan for money.
        format: of dates, ``strptime`` or ``epoch-s`` or ``epoch-ms``.
        words: what the cells say -> what the model says (``居民`` -> ``consumer``), which is taken as it is written.
        code: the text tells relations apart, and is read like keys and evidence.
    Raises:
        WrongUseError: a unit or format that does not fit the property.
        NotAcceptedError: a word's meaning is no value of the property.
    """
    kind = declared.type
    if format is not None:
        if kind not in ("date", "instant", "month"):
            raise WrongUseError(
                Texts(
                    f"'format' is for dates, and {declared.name} is {kind}",
                    f"format 用于日期，而 {declared.name} 为 {kind}",
                )
            )
        check_format(format)
    if unit is not None and kind not in ("integer", "decimal", "money", "share"):
        raise WrongUseError(
            Texts(
                f"'unit' is for numbers, and {declared.name} is {kind}",
                f"unit 用于数值，而 {declared.name} 为 {kind}",
            )
        )
    convert: Convert
    if kind == "text":
        convert = _text_converter(declared, reading, code=code or is_code(declared))
    elif kind == "boolean":
        convert = _boolean_converter(reading.absent)
    elif kind in ("date", "instant", "month"):
        convert = dated(declared, format, reading.absent, reading.zone)
    else:
        convert = numbers_of(declared, unit, reading.absent, reading.style).convert
    if kind != "text" and reading.absent.own:
        convert = _without_own_words(convert, reading.absent)
    if not words:
        return convert
    meant = converter(declared, unit=unit, format=format, code=code, reading=AS_WRITTEN)
    return _translated(convert, {word: value_of(meant(said)) for word, said in words.items()})


def part_converter(clean: Callable[[object], str | None], declared: Property, reading: Reading) -> Convert:
    """The function for cells that are a part of a value: what says nothing is left out of it."""
    if is_code(declared):
        return code_converter(
            clean, reading.absent, floats=reading.floats, prose=_is_prose(declared), names=False
        )
    return _filled_text(clean, reading.absent)


def record_id_converter(reading: Reading) -> Convert:
    """The function for cells that name their row; a word that says nothing names none."""
    convert = code_converter(code_of, reading.absent, floats=reading.floats, names=False)
    likely = reading.absent.first

    def record_id(cell: object) -> Taken:
        if (
            type(cell) is str
            and cell.isascii()
            and cell.isalnum()
            and cell[0] not in likely
            and len(cell) <= FIELD_LIMIT
        ):
            return cell  # the way of nearly all ids
        return convert(cell)

    return record_id


def instant_of(cell: object, format: str | None = None, reading: Reading = PLAIN) -> datetime | None:
    """The instant of a cell, with zone; a date is its first moment in the zone of the reading.

    None where the cell says nothing, or a first day of a calendar that stands for none.
    """
    if isinstance(cell, Shown):
        cell = shown_time(cell)
    if isinstance(cell, datetime):
        at = zoned(cell, reading.zone)
    elif isinstance(cell, date):
        at = datetime(cell.year, cell.month, cell.day, tzinfo=reading.zone)
    else:
        text = code_of(cell)
        if text is None or reading.absent.says_nothing(text) or ZERO.fullmatch(text):
            return None
        at = instant(text, format, reading.zone)
    return None if at.date() in FIRST_DAYS else at


def is_code(declared: Property) -> bool:
    """Whether a property names something or tells parties apart: its cells are read as codes."""
    return declared.identity != "none" or declared.numbering is not None


def _is_prose(declared: Property) -> bool:
    """An address is a key too, and is kept as it is written."""
    return declared.hashed and not declared.pattern


def _text_converter(declared: Property, reading: Reading, *, code: bool) -> Convert:
    clean: Callable[[object], str | None] = text_of
    prose = _is_prose(declared)
    if declared.identity == "key" and not prose:
        clean = code_of
    absent = reading.absent
    values = frozenset(declared.values)
    if values:
        expected = "one of " + ", ".join(declared.values)
        in_chinese = f"以下之一：{'、'.join(declared.values)}"

        def one_of(cell: object) -> Taken:
            text = code_of(cell)
            if text is None or text in values:
                return text
            if absent.says_nothing(text):
                return None
            raise NotAcceptedError(expected, zh=in_chinese)

        return one_of
    longest = longest_of(declared)
    convert: Convert = clean
    if code and reading is not AS_WRITTEN:
        convert = code_converter(
            clean,
            absent,
            floats=reading.floats,
            numbering=declared.numbering,
            strict=reading.strict_keys,
            prose=prose,
        )
    elif reading is not AS_WRITTEN:
        convert = _filled_text(clean, absent, named=declared.name == _NAME)
    plain: _PlainCodes | _PlainTexts | None = None
    if reading is not AS_WRITTEN and clean is text_of and (prose or not code):
        plain = _PlainTexts(usual_text(absent, BEGINS if declared.name == _NAME else ""))
    elif code and reading is not AS_WRITTEN:
        numbering, strict = declared.numbering, reading.strict_keys
        plain = _PlainCodes(absent, None if numbering is None else number_check(numbering, strict=strict))
    if declared.pattern is None:
        return _short(convert, longest, plain)
    match = re.compile(declared.pattern).fullmatch
    form = declared.form or Texts(f"of the form {declared.pattern}", f"形如 {declared.pattern}")

    def matching(cell: object) -> Taken:
        taken = convert(cell)
        text = value_of(taken)
        if text is None or match(str(text)):
            return taken
        raise NotAcceptedError(form.en, zh=form.zh)

    return _short(matching, longest, plain, match)


class _PlainCodes(NamedTuple):
    """Codes of ASCII letters and digits, as nearly all are: taken as they stand unless they may say nothing.

    ``check``: of numbers that are made by a rule.
    """

    absent: Absence
    check: Callable[[str], Taken] | None


class _PlainTexts(NamedTuple):
    """Texts of which no rule says anything, as nearly all are."""

    usual: Callable[[str], object]


def _short(
    convert: Convert,
    longest: int,
    plain: _PlainCodes | _PlainTexts | None,
    match: Callable[[str], object] | None = None,
) -> Convert:
    """Refuse a text that is longer than the graph takes: behind the door it would stop the graph for good.

    ``plain``: the short way, a third of the time. ``match``: what such a code must be.
    """

    def short(cell: object) -> Taken:
        taken = convert(shown_in_text(cell) if isinstance(cell, Shown) else cell)
        text = value_of(taken)
        if text is not None and len(str(text)) > longest:
            raise NotAcceptedError(str(longest), code="ROW_FIELD_TOO_LONG")
        return taken

    if plain is None:
        return short
    if isinstance(plain, _PlainTexts):
        usual = plain.usual

        def short_text(cell: object) -> Taken:
            if (
                type(cell) is str
                and len(cell) <= longest
                and cell.isprintable()
                and usual(cell)
                and (match is None or match(cell))
            ):
                return cell
            return short(cell)

        return short_text
    likely, check = plain.absent.first, plain.check

    def short_code(cell: object) -> Taken:
        if (
            type(cell) is str
            and cell.isascii()
            and cell.isalnum()
            and len(cell) <= longest
            and cell[0] not in likely
            and (match is None or match(cell))
        ):
            return cell if check is None else check(cell)
        return short(cell)

    return short_code


def _filled_text(clean: Callable[[object], str | None], absent: Absence, *, named: bool = False) -> Convert:
    """Texts that are neither key nor evidence; ``named``: names, which may be those of a trial."""

    def filled(cell: object) -> Taken:
        text = clean(cell)
        if text is None or absent.says_nothing(text):
            return None
        refuse_error(text)
        if named and trial_name(text):
            return Doubtful(text, "NOTICE_TRIAL_NAME")
        return Doubtful(text, "NOTICE_LETTERS_LOST") if letters_lost(text, whole=True) else text

    return filled


def _without_own_words(convert: Convert, absent: Absence) -> Convert:
    """Number cells may be words of the manifest's own: ``absent: [-999]``."""

    def filled(cell: object) -> Taken:
        typed = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
        return None if typed and absent.says_nothing(written_out(cell)) else convert(cell)

    return filled


def _boolean_converter(absent: Absence) -> Convert:
    def boolean(cell: object) -> Taken:
        if isinstance(cell, bool):
            return cell
        text = code_of(cell)
        if text is None:
            return None
        folded = text.casefold()
        if folded in _TRUE:
            return True
        if folded in _FALSE:
            return False
        if absent.says_nothing(text):
            return None
        raise NotAcceptedError("yes or no", zh="是或否")

    return boolean


def _translated(convert: Convert, meanings: Mapping[str, Value | None]) -> Convert:
    def translated(cell: object) -> Taken:
        text = code_of(cell)
        return meanings[text] if text is not None and text in meanings else convert(cell)

    return translated
