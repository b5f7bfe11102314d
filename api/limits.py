"""How much a document may ask for: counted before it is validated, so that a small text cannot cost much.

Every fragment is weighed once and its weight remembered: a document whose fragments use each other twice, n deep, asks
for 2^n fields and is refused in as many steps as it has words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)
from strawberry.extensions import ValidationCache

from api.allowed import refusal_of
from api.context import Context
from api.costs import COSTS
from api.masked import plain_schema
from services.paging import SHORT_PAGE
from terms.errors import KehutuError
from terms.texts import Texts

TOKENS = 2_000
DEPTH = 24
"""GraphiQL's own question about the schema is 13 deep."""
ALIASES = 40
DIRECTIVES = 20
FIELDS = 2_000
COST = 100_000
"""Values of an answer, at most: a list counts as often as `first` says, and a field that has to compute as many values
(``api.costs``)."""
USUAL_PAGE = 20
_MOST = 10**12


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part of a document asks for, its fragments written out."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    cost: int = 0
    page: int = 0

    def __add__(self, other: Weight) -> Weight:
        return Weight(
            max(self.depth, other.depth),
            min(_MOST, self.fields + other.fields),
            min(_MOST, self.aliases + other.aliases),
            min(_MOST, self.directives + other.directives),
            min(_MOST, self.cost + other.cost),
            max(self.page, other.page),
        )


LARGEST = Weight(DEPTH, FIELDS, ALIASES, DIRECTIVES, COST, SHORT_PAGE)


@dataclass(slots=True)
class _Scales:
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    known: dict[str, Weight] = field(default_factory=dict)

    def selections(self, found: SelectionSetNode | None) -> Weight:
        total = Weight()
        for selection in found.selections if found else ():
            directives = len(selection.directives or ())
            if isinstance(selection, FieldNode):
                total += self._field(selection, directives)
            elif isinstance(selection, FragmentSpreadNode):
                total += self._fragment(selection.name.value) + Weight(directives=directives)
            else:
                total += self.selections(getattr(selection, "selection_set", None))
                total += Weight(directives=directives)
        return total

    def _field(self, found: FieldNode, directives: int) -> Weight:
        inner = self.selections(found.selection_set)
        first = self._first(found)
        return Weight(
            depth=inner.depth + 1,
            fields=inner.fields + 1,
            aliases=inner.aliases + (found.alias is not None),
            directives=inner.directives + directives,
            cost=min(
                _MOST,
                1 + COSTS.get(found.name.value, 0) + (first or self._usual(found)) * inner.cost,
            ),
            page=max(inner.page, first),
        )

    def _first(self, found: FieldNode) -> int:
        """The asked size of a page; 0 where none is asked."""
        for argument in found.arguments or ():
            if argument.name.value == "first":
                value: Any = argument.value
                if isinstance(value, VariableNode):
                    value = self.variables.get(value.name.value, 0)
                elif isinstance(value, IntValueNode):
                    value = int(value.value[:12])
                return max(1, value) if isinstance(value, int) else 0
        return 0

    @staticmethod
    def _usual(found: FieldNode) -> int:
        inside = found.selection_set.selections if found.selection_set else ()
        paged = any(isinstance(entry, FieldNode) and entry.name.value == "edges" for entry in inside)
        return USUAL_PAGE if paged else 1

    def _fragment(self, name: str) -> Weight:
        if name not in self.known:
            # A fragment that uses itself weighs nothing the second time; validation refuses it.
            self.known[name] = Weight()
            found = self.fragments.get(name)
            self.known[name] = self.selections(found.selection_set) if found else Weight()
        return self.known[name]


def weigh(document: DocumentNode, variables: Mapping[str, Any] | None = None) -> Weight:
    """The weight of all operations of a document together.

    >>> from graphql import parse
    >>> weigh(parse("{ a { b c } }"))
    Weight(depth=2, fields=3, aliases=0, directives=0, cost=3, page=0)
    """
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    scales = _Scales(fragments, variables or {})
    total = Weight()
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            total += scales.selections(node.selection_set) + Weight(directives=len(node.directives or ()))
        elif isinstance(node, FragmentDefinitionNode):
            total += Weight(directives=len(node.directives or ()))
    return total


_NAMED = {
    "cost": "取值数",
    "directives": "指令数",
    "aliases": "别名数",
    "fields": "字段数",
    "depth": "嵌套层数",
}


def variables_of_pages(document: DocumentNode) -> tuple[str, ...]:
    """Variables on which the weight of a document depends."""
    found: dict[str, None] = {}

    class Pages(Visitor):
        def enter_argument(self, node: ArgumentNode, *_: object) -> None:
            if node.name.value == "first" and isinstance(node.value, VariableNode):
                found[node.value.name.value] = None

    visit(document, Pages())
    return tuple(found)


def refusal(found: Weight, largest: Weight = LARGEST) -> GraphQLError | None:
    """The error of a document that asks for too much (``PAGE_SIZE``, ``DOCUMENT_TOO_LARGE``), or none."""
    fault = None
    if found.page > largest.page:
        fault = KehutuError("PAGE_SIZE", found=found.page, largest=largest.page)
    for name in ("cost", "directives", "aliases", "fields", "depth"):
        asked, allowed = getattr(found, name), getattr(largest, name)
        if asked > allowed and fault is None:
            verb = "is" if name in {"depth", "cost"} else "are"
            reason = Texts(
                f"its {name} {verb} {asked:,}, {allowed:,} at most",
                f"其{_NAMED[name]}为 {asked:,}，最多 {allowed:,}",
            )
            fault = KehutuError("DOCUMENT_TOO_LARGE", reason=reason)
    return None if fault is None else GraphQLError(str(fault), original_error=fault)


class DocumentLimits(ValidationCache):
    """Refuses a document that asks for too much, or leaves open what it asks, before it is validated.

    The built-in cache is below it and not beside it: it would overwrite the refusal (Strawberry 0.341.2).
    """

    def on_parse(self) -> Iterator[None]:
        """Bound the number of words."""
        self.execution_context.parse_options["max_tokens"] = TOKENS
        yield

    def on_validate(self) -> Iterator[None]:
        """Weigh the document; validate it, once for every text."""
        context = self.execution_context
        document = context.graphql_document
        refused = refusal(weigh(document, context.variables)) if document is not None else None
        if refused is None and document is not None and isinstance(context.context, Context):
            refused = refusal_of(document, context.context.asker, plain_schema(context.schema))
        if refused:
            context.pre_execution_errors = [refused]
            yield
        elif document is not None and context._provided_operation_name is None and _operations(document) > 1:
            # Strawberry 0.341.2 would execute the first of them.
            context.pre_execution_errors = [GraphQLError("operationName has to name one of the operations.")]
            yield
        else:
            yield from super().on_validate()


def _operations(document: DocumentNode) -> int:
    return sum(isinstance(node, OperationDefinitionNode) for node in document.definitions)
