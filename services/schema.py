"""Which types and properties the graph holds, and their words."""

from __future__ import annotations

from graph.schema import load
from graph.schema.model import NodeType, Property, RelationType, Schema

__all__ = ["NodeType", "Property", "RelationType", "Schema", "described", "naming", "schema", "stored"]


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
