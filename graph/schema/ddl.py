"""Which constraints and indexes a store needs; how a store is told is the dialects' matter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from graph.schema.model import NodeType, Property, Schema

LONGEST_KEY = 500
"""Characters of a value that is looked up. An index of Neo4j takes some 8,000 bytes (these may be 4 each, and stand in
an id with more); a value beyond would stop the graph at its record for good."""


@dataclass(frozen=True, slots=True)
class Index:
    """One constraint or index on nodes of a type.

    ``unique``: no two nodes share the value; ``range``: looked up by value; ``fulltext``: over the search
    text, split at spaces only. ``name`` is the same in every store that names its indexes.
    """

    type: str
    properties: tuple[str, ...]
    kind: Literal["unique", "range", "fulltext"]
    name: str


def indexes(schema: Schema) -> tuple[Index, ...]:
    """Per node type a unique ``id``, business keys, ``indexed`` properties and the search text."""
    return tuple(index for node in schema.nodes.values() for index in _of(node))


def fulltext_index(schema: Schema, node_type: str) -> Index:
    """The full-text index of a node type. Raises: KeyError for a type that is not searched."""
    for index in _of(schema.nodes[node_type]):
        if index.kind == "fulltext":
            return index
    raise KeyError(node_type)


def _of(node: NodeType) -> list[Index]:
    found = [Index(node.name, ("id",), "unique", f"{_snake(node.name)}_id")]
    found += [
        Index(node.name, (prop.name,), "range", f"{_snake(node.name)}_{_snake(prop.name)}")
        for prop in node.properties.values()
        if looked_up(prop)
    ]
    if node.searched:
        found.append(Index(node.name, ("search",), "fulltext", f"{_snake(node.name)}_search"))
    return found


def looked_up(prop: Property) -> bool:
    """Whether an index is over the values of this property, so that they may not be longer than LONGEST_KEY."""
    # A hashed key is found by its id; its value is long or not kept.
    return prop.indexed or (prop.identity == "key" and not prop.hashed)


def longest_of(prop: Property) -> int:
    """Characters that a text may have: what is declared, and no more than an index takes where there is one."""
    return min(prop.longest, LONGEST_KEY) if looked_up(prop) else prop.longest


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
