"""Which types and properties the graph holds, and their words."""

from __future__ import annotations

from graph.schema import load, words
from graph.schema.model import NodeType, Property, RelationType, Schema
from terms.errors import Lang

__all__ = [
    "NodeType",
    "Property",
    "RelationType",
    "Schema",
    "described",
    "naming",
    "schema",
    "stored",
    "type_text",
    "value_text",
]


def schema() -> Schema:
    """Node and relation types with their properties."""
    return load.schema()


def stored(type_name: str, property_name: str) -> str:
    """The description of a stored property, in English, with its unit."""
    entry = (schema().nodes.get(type_name) or schema().relations[type_name]).properties[property_name]
    unit = f" Unit: {entry.unit}." if entry.unit and entry.type != "money" else ""
    return f"{entry.en}{unit}"


def described(type_name: str) -> str:
    """The description of a node type, in English."""
    return schema().nodes[type_name].en


def naming(type_name: str) -> str:
    """The description of what people call an entity of a type, in English."""
    naming = schema().nodes[type_name].properties
    return naming["name"].en if "name" in naming else "What people call it."


def type_text(name: str, lang: Lang) -> str:
    """A type of node or relation for people: its name, in Chinese after its word; the name alone of any other."""
    declared = schema().nodes.get(name) or schema().relations.get(name)
    return words.type_text(declared, lang) if declared else name


def value_text(type_name: str, property_name: str, value: object, lang: Lang) -> str:
    """A stored value of an entity for people: a word of a list in Chinese after what it is called."""
    return words.value_text(schema().nodes[type_name].properties[property_name], value, lang)
