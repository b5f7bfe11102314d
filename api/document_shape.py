"""A document as the audit trail keeps it: what was asked, without values and names that who asked has put into it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from graphql import (
    EnumValueNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    NameNode,
    OperationDefinitionNode,
    StringValueNode,
    Visitor,
    parse,
    print_ast,
    strip_ignored_characters,
    visit,
)

DOCUMENTS: Final = 256
"""Shapes that are remembered."""
GONE: Final = "…"


@lru_cache(DOCUMENTS)
def shape_of(text: str, schema: GraphQLSchema) -> str:
    """The document with every value left out and every name that is not the schema's replaced; '' of one that is none.

    >>> from graphql import build_schema
    >>> schema = build_schema("type Query { customer(id: ID!): String }")
    >>> shape_of('query Zhang { wei: customer(id: "4400000001") }', schema)
    '{customer(id:"…")}'
    """
    try:
        document = parse(text, no_location=True)
    except (GraphQLError, RecursionError):
        return ""
    return strip_ignored_characters(print_ast(visit(document, _Stripping(_names(schema)))))


class _Stripping(Visitor):
    """Aliases go, literals become one, and names that are not the schema's are numbered."""

    def __init__(self, known: frozenset[str]) -> None:
        super().__init__()
        self._known, self._others = known, dict[str, str]()

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode:
        return replace(node, alias=None)

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> OperationDefinitionNode:
        return replace(node, name=None)

    def enter_name(self, node: NameNode, *_: Any) -> NameNode | None:
        if node.value in self._known:
            return None
        return replace(node, value=self._others.setdefault(node.value, f"n{len(self._others) + 1}"))

    def leave_string_value(self, *_: Any) -> StringValueNode:
        return StringValueNode(value=GONE, block=False)

    def leave_int_value(self, *_: Any) -> StringValueNode:
        return StringValueNode(value=GONE, block=False)

    def leave_float_value(self, *_: Any) -> StringValueNode:
        return StringValueNode(value=GONE, block=False)

    def leave_enum_value(self, node: EnumValueNode, *_: Any) -> EnumValueNode | None:
        return None if node.value in self._known else replace(node, value="n")


@lru_cache(4)
def _names(schema: GraphQLSchema) -> frozenset[str]:
    """Every name of a schema: of types, fields, arguments, values of enumerations and directives."""
    found = {"__typename", "__schema", "__type"}
    for name, kind in schema.type_map.items():
        found.add(name)
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            found |= kind.fields.keys()
            found |= {argument for field in kind.fields.values() for argument in field.args}
        elif isinstance(kind, GraphQLInputObjectType):
            found |= kind.fields.keys()
        elif isinstance(kind, GraphQLEnumType):
            found |= kind.values.keys()
    for directive in schema.directives:
        found |= {directive.name, *directive.args}
    return frozenset(found)
