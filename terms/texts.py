"""Texts for people, in the languages of the product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

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
