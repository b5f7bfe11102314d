"""Which root fields a document asks for, and whether who asks may use them."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
)

from api.masked import coordinates
from services.access.asker import Asker, refuse_unless_open, refuse_unless_ruled
from services.access.root_fields import ROOT_FIELDS
from terms.errors import KehutuError


def root_fields(document: DocumentNode) -> frozenset[str]:
    """Names of the root fields of all operations, those in fragments too; none of ``__schema`` and the like.

    >>> from graphql import parse
    >>> sorted(root_fields(parse("{ a ...F __typename } fragment F on Query { b { c } }")))
    ['a', 'b']
    """
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    known: set[str] = set()

    def fields(found: SelectionSetNode | None) -> Iterator[str]:
        for selection in found.selections if found else ():
            if isinstance(selection, FieldNode):
                yield selection.name.value
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in fragments and name not in known:  # each once: fragments may use each other
                    known.add(name)
                    yield from fields(fragments[name].selection_set)
            else:
                yield from fields(getattr(selection, "selection_set", None))

    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return frozenset(
        name
        for operation in operations
        for name in fields(operation.selection_set)
        if not name.startswith("__")
    )


def refusal_of(document: DocumentNode, asked: Asker, schema: GraphQLSchema) -> GraphQLError | None:
    """The error of a document with a field that who asks may not use, or none.

    A name that nobody has listed, new or misspelt, is refused too, but for who sees everything: that one hears of it by
    validation.
    """
    names = root_fields(document)
    try:
        for name in sorted(names & frozenset(ROOT_FIELDS) if asked.whole else names):
            refuse_unless_open(asked, name)
        if not asked.whole:
            for coordinate in sorted(coordinates(document, schema)):
                if "__" not in coordinate:
                    refuse_unless_ruled(asked, coordinate)
    except KehutuError as fault:
        return GraphQLError(str(fault), original_error=fault)
    return None
