"""In which direction a relation runs, in words."""

from __future__ import annotations

from typing import Final

from services.entity import RelationDirection
from terms.errors import Lang

_ZH: Final = {RelationDirection.IN: "入", RelationDirection.OUT: "出"}


def direction_text(direction: RelationDirection, lang: Lang) -> str:
    """The direction, seen from the entity that was asked for."""
    return direction.value if lang == "en" else _ZH[direction]
