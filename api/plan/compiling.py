"""From a validated document to functions that make its answer of what has been read.

Each field of the document becomes a function from the object that it stands on to its JSON value. Resolvers are those
of the schema, called with their arguments at once; only those that read nothing are taken (``api.at_hand``). What the
compiler does not know it says by :class:`UnknownToPlanError`, and graphql-core executes the document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any, Final, TypeAlias

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    InlineFragmentNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    is_specified_scalar_type,
    value_from_ast,
)
from strawberry.types.field import StrawberryField

from api.at_hand import AT_HAND
from api.context import Context


class UnknownToPlanError(Exception):
    """A document holds something that plans do not know, or an answer that they do not give."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What resolvers know of a request, as far as those at hand use it."""

    context: Context
    variables: Mapping[str, Any]


Give: TypeAlias = Callable[[Any, Surroundings], Any]
"""From an object to a value."""
Given: TypeAlias = tuple[tuple[str, str | None, bool, Any], ...]
"""Arguments: the parameter, the variable where it is one, whether it may not be null, else the value."""
_DEFINITION: Final = "strawberry-definition"


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles selections of one document."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]

    def fields(self, kind: GraphQLObjectType, sets: list[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields of selections on an object by their names in the answer, in the order of the answer.

        Raises:
            UnknownToPlanError: a directive.
        """
        found: dict[str, list[FieldNode]] = {}
        for one in sets:
            self._collect(kind, one, found)
        return found

    def _collect(
        self, kind: GraphQLObjectType, selected: SelectionSetNode, found: dict[str, list[FieldNode]]
    ) -> None:
        for selection in selected.selections:
            if selection.directives:
                raise UnknownToPlanError("a directive")
            if isinstance(selection, FieldNode):
                name = selection.alias.value if selection.alias else selection.name.value
                found.setdefault(name, []).append(selection)
                continue
            fragment: FragmentDefinitionNode | InlineFragmentNode
            if isinstance(selection, FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
            elif isinstance(selection, InlineFragmentNode):
                fragment = selection
            else:
                raise UnknownToPlanError(selection.kind)
            if self._fits(kind, fragment):
                self._collect(kind, fragment.selection_set, found)

    def _fits(self, kind: GraphQLObjectType, fragment: FragmentDefinitionNode | InlineFragmentNode) -> bool:
        condition = fragment.type_condition
        if condition is None or condition.name.value == kind.name:
            return True
        named = self.schema.type_map[condition.name.value]
        return isinstance(named, GraphQLInterfaceType) and self.schema.is_sub_type(named, kind)

    def object(self, kind: GraphQLObjectType, sets: list[SelectionSetNode]) -> Give:
        """The function that makes the JSON object of one of the schema's."""
        made = tuple((name, self.field(kind, nodes)) for name, nodes in self.fields(kind, sets).items())

        def give(source: Any, around: Surroundings) -> dict[str, Any]:
            answer = {}  # a loop, as Python 3.11 calls a function for each comprehension
            for name, field in made:
                answer[name] = field(source, around)
            return answer

        return give

    def field(self, kind: GraphQLObjectType, nodes: list[FieldNode]) -> Give:
        """The function that gives the value of one field."""
        node = nodes[0]
        if node.name.value == "__typename":
            name = kind.name
            return lambda _source, _around: name
        declared = kind.fields.get(node.name.value)
        if declared is None:
            raise UnknownToPlanError(node.name.value)
        read = self.reading(declared, node)
        shown, needed = self.shown(declared.type, nodes), isinstance(declared.type, GraphQLNonNull)

        def give(source: Any, around: Surroundings) -> Any:
            found = read(source, around)
            if found is None:
                if needed:
                    raise UnknownToPlanError("nothing where something has to be")
                return None
            return shown(found, around)

        return give

    def reading(self, declared: GraphQLField, node: FieldNode) -> Give:
        """The function that calls the resolver of a field.

        Raises:
            UnknownToPlanError: it may read from the store, or takes what is no plain value.
        """
        definition: StrawberryField = declared.extensions[_DEFINITION]
        resolver = definition.base_resolver
        if resolver is None:
            attribute = definition.python_name
            return lambda source, _around: getattr(source, attribute)
        function: Any = resolver.wrapped_func
        if function not in AT_HAND:
            raise UnknownToPlanError(node.name.value)
        given = self.arguments(declared, node)
        owner = resolver.parent_parameter or resolver.root_parameter
        owned, informed = owner.name if owner else None, bool(resolver.info_parameter)
        if resolver.self_parameter is None and owned is None:
            raise UnknownToPlanError("a resolver of nothing")
        if given:
            return _with_arguments(function, given, owned, informed=informed)
        if owned is not None and next(iter(signature(function).parameters)) != owned:
            raise UnknownToPlanError("a resolver that takes what it stands on elsewhere")
        if informed:
            return lambda source, around: function(source, info=around)
        return lambda source, _around: function(source)

    def arguments(self, declared: GraphQLField, node: FieldNode) -> Given:
        """Arguments in a document.

        Raises:
            UnknownToPlanError: it is no plain value.
        """
        definition: StrawberryField = declared.extensions[_DEFINITION]
        names = {
            graphql: argument.python_name
            for argument in definition.arguments
            for graphql, known in declared.args.items()
            if known.extensions[_DEFINITION] is argument
        }
        return tuple(
            (names[one.name.value], *_value(declared.args[one.name.value], one.value))
            for one in node.arguments or ()
        )

    def shown(self, kind: GraphQLOutputType, nodes: list[FieldNode]) -> Give:
        """The function that makes JSON of a value of a type, which is not None."""
        if isinstance(kind, GraphQLNonNull):
            return self.shown(kind.of_type, nodes)
        if isinstance(kind, GraphQLList):
            return _each(self.shown(kind.of_type, nodes), needed=isinstance(kind.of_type, GraphQLNonNull))
        if isinstance(kind, GraphQLScalarType | GraphQLEnumType):
            return _leaf(kind)
        sets = [node.selection_set for node in nodes if node.selection_set]
        if isinstance(kind, GraphQLObjectType):
            return self.object(kind, sets)
        if isinstance(kind, GraphQLInterfaceType):
            made = {
                one.extensions[_DEFINITION].origin: self.object(one, sets)
                for one in self.schema.get_possible_types(kind)
            }
            return lambda found, around: made[type(found)](found, around)
        raise UnknownToPlanError(str(kind))


def _with_arguments(function: Any, given: Given, owned: str | None, *, informed: bool) -> Give:
    def read(source: Any, around: Surroundings) -> Any:
        named = given_values(given, around.variables)
        if informed:
            named["info"] = around
        if owned is None:
            return function(source, **named)
        named[owned] = source
        return function(**named)

    return read


def _each(shown: Give, *, needed: bool) -> Give:
    def give(found: Any, around: Surroundings) -> list[Any]:
        if needed:
            return [shown(one, around) for one in found]
        return [None if one is None else shown(one, around) for one in found]

    return give


def given_values(given: Given, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as a resolver takes them; a variable without a value is left out.

    Raises:
        UnknownToPlanError: null where a value has to be.
    """
    found = {}
    for name, variable, needed, value in given:
        if variable is None:
            found[name] = value
        elif variable in variables:
            found[name] = variables[variable]
            if needed and found[name] is None:
                raise UnknownToPlanError("null")
    return found


def _value(declared: GraphQLArgument, node: ValueNode) -> tuple[str | None, bool, Any]:
    kind = declared.type
    plain = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if not (isinstance(plain, GraphQLScalarType) and is_specified_scalar_type(plain)):
        raise UnknownToPlanError(f"an argument of type {kind}")
    needed = isinstance(kind, GraphQLNonNull)
    if isinstance(node, VariableNode):
        return node.name.value, needed, None
    return None, needed, value_from_ast(node, kind)


def _leaf(kind: GraphQLScalarType | GraphQLEnumType) -> Give:
    serialize = kind.serialize
    if kind is GraphQLString:
        return lambda found, _around: found if type(found) is str else serialize(found)
    return lambda found, _around: serialize(found)
