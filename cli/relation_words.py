"""What a relation of the risk model is called at a terminal: in Chinese with its word, before the name to type."""

from __future__ import annotations

from services.arrears.answer.relation_words import relation_text
from terms.errors import Lang


def relation_named(relation: str, lang: Lang) -> str:
    """``GUARANTEES``, in Chinese ``担保（GUARANTEES）``; flags such as ``--cut-relation`` take the name."""
    word = relation_text(relation, lang)
    return relation if lang == "en" or word == relation else f"{word}（{relation}）"
