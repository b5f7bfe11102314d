"""Documents about customers, made at random: fields, arguments, variables, aliases, fragments; for tests of plans."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from api.at_hand import AT_HAND
from services.access.asker import Asker, refuse_unless_ruled
from terms.errors import KehutuError


class Document(NamedTuple):
    """A document with its variables."""

    text: str
    variables: dict[str, Any]


class DocumentsOfCustomers:
    """Documents for an asker, the same for the same seed."""

    def __init__(self, schema: GraphQLSchema, asked: Asker, ids: list[str], seed: int) -> None:
        self._schema, self._asked, self._ids = schema, asked, ids
        self._draw = random.Random(seed)
        self._declared: list[str] = []
        self._given: dict[str, Any] = {}
        self._fragments: list[str] = []
        self._aliases = 0

    def next(self) -> Document:
        """One more document."""
        self._declared, self._given, self._fragments, self._aliases = [], {}, [], 0
        draw = self._draw
        roots = [self._root(number) for number in range(draw.choice((1, 1, 1, 2, 3)))]
        head = f"query Q({', '.join(self._declared)}) " if self._declared else ""
        return Document(" ".join([head + "{ " + " ".join(roots) + " }", *self._fragments]), self._given)

    def _root(self, number: int) -> str:
        draw = self._draw
        if number == 0 and draw.random() < 0.3:
            page = self._arguments(first=draw.choice((None, 1, 2, 3, 50, 100)))
            return f"customers{page} {self._of('CustomerConnection', 3)}"
        chosen = draw.choice(self._ids)
        return f"c{number}: customer({self._argument('id', 'ID!', chosen)}) {self._of('Customer', 3)}"

    def _argument(self, name: str, kind: str, value: object) -> str:
        if self._draw.random() < 0.5:
            variable = f"v{len(self._declared)}"
            self._declared.append(f"${variable}: {kind}")
            self._given[variable] = value
            return f"{name}: ${variable}"
        return f'{name}: "{value}"' if isinstance(value, str) else f"{name}: {str(value).lower()}"

    def _arguments(self, *, first: int | None, ended: bool | None = None) -> str:
        given = [] if first is None else [self._argument("first", "Int!", first)]
        if ended is not None:
            given.append(self._argument("ended", "Boolean!", ended))
        return f"({', '.join(given)})" if given else ""

    def _of(self, type_name: str, depth: int) -> str:
        kind = self._schema.type_map[type_name]
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        chosen = [
            part for name, field in kind.fields.items() for part in self._field(kind.name, name, field, depth)
        ]
        body = " ".join(chosen or ["__typename"])
        if self._draw.random() < 0.15:
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {type_name} {{ {body} }}")
            return f"{{ ...{name} __typename }}"
        if type_name == "Party" and self._draw.random() < 0.5:
            return (
                f"{{ {body} ... on Enterprise {{ industry netAssets {{ fen }} }} ... on Person {{ email }} }}"
            )
        return f"{{ {body} }}"

    def _field(self, parent: str, name: str, field: GraphQLField, depth: int) -> list[str]:
        inner, draw = get_named_type(field.type), self._draw
        if any(map(is_required_argument, field.args.values())) or not self._open(parent, name, inner.name):
            return []
        # What plans do not know keeps a whole document from them: chosen seldom.
        resolver = field.extensions["strawberry-definition"].base_resolver
        if resolver is not None and resolver.wrapped_func not in AT_HAND and draw.random() > 0.01:
            return []
        alias = ""
        if draw.random() < 0.1:
            self._aliases += 1
            alias = f"a{self._aliases}: "
        if is_leaf_type(inner):
            return [alias + name] if draw.random() < 0.6 else []
        if name not in ("edges", "node") and (not depth or draw.random() < 0.5):
            return []
        arguments = ""
        if "first" in field.args and draw.random() < 0.7:
            ended = draw.random() < 0.5 if "ended" in field.args else None
            arguments = self._arguments(first=draw.choice((0, 1, 2, 3, 5, 12, 99, 100)), ended=ended)
        below = depth if name in ("edges", "node") else depth - 1
        return [f"{alias}{name}{arguments} {self._of(inner.name, below)}"]

    def _open(self, parent: str, name: str, inner: str) -> bool:
        if self._asked.whole:
            return True
        try:
            for coordinate in (f"{parent}.{name}", f"{inner}.id"):
                if not is_leaf_type(self._schema.type_map[coordinate.partition(".")[0]]):
                    refuse_unless_ruled(self._asked, coordinate)
        except KehutuError:
            return False
        return True
