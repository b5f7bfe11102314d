"""Texts for people, in the languages of the product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
