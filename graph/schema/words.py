"""What types, relations and values of the model are called by people, in either language."""

from __future__ import annotations

from graph.schema.model import NodeType, Property, RelationType
from terms.errors import Lang


def type_text(declared: NodeType | RelationType, lang: Lang) -> str:
    """The name of a type, which queries and flags take; in Chinese after its word: ``用电客户（Customer）``."""
    return declared.name if lang == "en" else f"{declared.zh}（{declared.name}）"


def value_text(declared: Property, value: object, lang: Lang) -> str:
    """A value as it is stored; one of a list of words in Chinese after its word: ``居民（consumer）``."""
    if lang == "zh" and declared.values_zh and value in declared.values:
        return f"{declared.values_zh[declared.values.index(str(value))]}（{value}）"
    return str(value)
