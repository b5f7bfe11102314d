"""Texts for people, in the languages of the product."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

SURROGATES: Final = re.compile("[\ud800-\udfff]+")
"""Halves of characters: no text in UTF-8 has them. A half alone comes of bytes or escapes that were cut."""


def lone_surrogates(text: str) -> bool:
    r"""Whether a text cannot be written in UTF-8.

    >>> lone_surrogates("电力"), lone_surrogates("电\udcff")
    (False, True)
    """
    return not text.isascii() and SURROGATES.search(text) is not None


@dataclass(frozen=True, slots=True)
class Texts:
    """One text in both languages.

    As a detail of a :class:`terms.errors.KehutuError` it stands in the English text in English and in the Chinese one
    in Chinese.
    """

    en: str
    zh: str

    def of(self, lang: Literal["en", "zh"]) -> str:
        """The text in one language."""
        return self.en if lang == "en" else self.zh


class _Counting(string.Formatter):
    """Knows ``{count:one|many}`` beside what every format knows."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if bar:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_COUNTING: Final = _Counting()


def filled(text: str, details: Mapping[str, object] | None = None, /, **more: object) -> str:
    """A text with its ``{placeholders}`` filled, its nouns and verbs in the number that they need.

    >>> text = "{count} {count:row holds|rows hold} nothing"
    >>> filled(text, {"count": 1}), filled(text, count=2)
    ('1 row holds nothing', '2 rows hold nothing')

    Raises:
        KeyError: a detail is missing.
    """
    return _COUNTING.vformat(text, (), {**(details or {}), **more})


def in_the_plural(text: str) -> str:
    """A text as a page shows it, with the words for several and its placeholders.

    >>> in_the_plural("{count} {count:row holds|rows hold} {field}")
    '{count} rows hold {field}'
    """
    return re.sub(r"\{\w+:[^{}|]*\|([^{}|]*)\}", r"\1", text)
