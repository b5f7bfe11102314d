"""What answers had to assume or leave out, in words: the one catalogue for command line, API and reports."""

from __future__ import annotations

from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from terms.errors import Lang
from terms.texts import filled


@cache
def cautions() -> dict[str, dict[Lang, str]]:
    """The sentences of every code, with ``{placeholders}``."""
    text = resources.files("terms").joinpath("cautions.yaml").read_text(encoding="utf-8")
    entries = YAML(typ="safe", pure=True).load(text)
    return {code: {"en": entry["en"], "zh": entry["zh"]} for code, entry in entries.items()}


def sentence(code: str, lang: Lang, **details: object) -> str:
    """A caution in words; ``KeyError`` for a code that the catalogue lacks: a fault of ours."""
    return filled(cautions()[code][lang], details)
