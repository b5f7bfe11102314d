"""Documents made from the schema: any choice of what is open, a few levels deep, the same for the same number."""

from __future__ import annotations

import random
from collections.abc import Iterator

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from services.access.asker import Asker, refuse_unless_ruled
from terms.errors import KehutuError

LEFT_OUT = frozenset({"hidden"})
"""Named by the definitions as what may differ."""


class Documents:
    """Selections of types for an asker."""

    def __init__(self, schema: GraphQLSchema, asked: Asker, seed: int) -> None:
        self._schema, self._asked, self._draw = schema, asked, random.Random(seed)

    def of(self, type_name: str, depth: int = 2) -> str:
        """A selection of some fields of a type."""
        kind = self._schema.type_map[type_name]
        if isinstance(kind, GraphQLUnionType):
            parts = [f"... on {one.name} {self.of(one.name, depth)}" for one in kind.types]
            return "{ __typename " + " ".join(parts) + " }"
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        chosen = list(self._fields(kind, depth))
        return "{ __typename " + " ".join(chosen) + " }"

    def _fields(self, kind: GraphQLObjectType | GraphQLInterfaceType, depth: int) -> Iterator[str]:
        connection = {"edges", "node"} & kind.fields.keys()
        for name, field in kind.fields.items():
            inner = get_named_type(field.type)
            if name in LEFT_OUT or not self._open(kind.name, name, inner.name) or _needs(field):
                continue
            if is_leaf_type(inner):
                if self._draw.random() < 0.8:
                    yield name
            elif name in connection or (depth and self._draw.random() < 0.4):
                below = self.of(inner.name, depth if name in connection else depth - 1)
                yield f"{name} {below}"

    def _open(self, parent: str, name: str, inner: str) -> bool:
        try:
            for coordinate in (f"{parent}.{name}", f"{inner}.id"):
                if not is_leaf_type(self._schema.type_map[coordinate.partition(".")[0]]):
                    refuse_unless_ruled(self._asked, coordinate)
        except KehutuError:
            return False
        return True


def _needs(field: GraphQLField) -> bool:
    return any(map(is_required_argument, field.args.values()))
