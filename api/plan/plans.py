"""Documents with their plans: compiled once for each text, after graphql-core has answered it without an error."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    get_variable_values,
    parse,
    validate,
)

from api.allowed import refusal_of
from api.context import Context
from api.entities import Customer
from api.limits import TOKENS, refusal, variables_of_pages, weigh
from api.masked import masked_of, plain_schema
from api.plan.compiling import Compiler, Give, Given, Surroundings, UnknownToPlanError, given_values
from api.schema import Schema
from api.wanted import Names, names_in, wanted_of
from services.access.asker import Asker
from services.paging import SHORT_PAGE
from services.planned import Asked, Found, PageAsked, PlanReader

KEPT: Final = 512
_WEIGHTS: Final = 64


@dataclass(frozen=True, slots=True)
class _Root:
    """A field of the root: its name in the answer, its arguments, what makes its value of what was read."""

    name: str
    page: bool
    given: Given
    show: Give


@dataclass(slots=True)
class Plan:
    """How one document is answered. Nothing of it depends on who asks, or on variables."""

    text: str
    document: DocumentNode
    operation: OperationDefinitionNode
    sizes: tuple[str, ...]
    names: Names
    roots: tuple[_Root, ...]
    _weighed: dict[tuple[Any, ...], bool] = field(default_factory=dict)
    _allowed: dict[Asker, bool] = field(default_factory=dict)

    def fits(self, given: Mapping[str, Any], asked: Asker, schema: GraphQLSchema) -> bool:
        """Whether limits and policy let the document be answered; if not, graphql-core says why not."""
        sizes = tuple((name, given.get(name)) for name in self.sizes)
        if any(isinstance(size, dict | list) for _, size in sizes):
            return False
        if sizes not in self._weighed:
            _forget(self._weighed)
            self._weighed[sizes] = refusal(weigh(self.document, given)) is None
        if asked not in self._allowed:
            _forget(self._allowed)
            self._allowed[asked] = refusal_of(self.document, asked, schema) is None
        return self._weighed[sizes] and self._allowed[asked]

    def asked(self, variables: Mapping[str, Any]) -> Asked:
        """What has to be read.

        Raises:
            UnknownToPlanError: a page is larger than may be.
        """
        names, page = list[str](), None
        for root in self.roots:
            found = given_values(root.given, variables)
            if root.page:
                first, after = found.get("first", 20), found.get("after")
                if not 0 <= first <= SHORT_PAGE:
                    raise UnknownToPlanError("the size of a page")
                page = PageAsked(first, after, self.names.counted)
            else:
                names.append(found["id"])
        cursors = bool(self.names.fields & {"cursor", "startCursor", "endCursor"})
        return Asked(tuple(names), page, wanted_of(self.names, variables), cursors)

    def answer(self, found: Found, around: Surroundings) -> dict[str, Any]:
        """The data of the answer."""
        data = {}
        for root in self.roots:
            if root.page:
                page = (
                    None if found.page is None else found.page.map(lambda row: Customer.read(found.seen, row))
                )
                data[root.name] = None if page is None else root.show(page, around)
            else:
                row = found.customers[given_values(root.given, around.variables)["id"]]
                customer = None if row is None else Customer.read(found.seen, row)
                data[root.name] = None if customer is None else root.show(customer, around)
        return data


class Plans:
    """The plans of one schema by text and name of the operation."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._core = schema._schema
        self._plans: OrderedDict[tuple[str, str | None], Plan | None] = OrderedDict()
        self._lock = threading.Lock()
        self._reader = PlanReader()

    def of(self, text: str, name: str | None) -> Plan | None:
        """The plan of a document; None where there is none, or not yet."""
        found = self._plans.get((text, name))
        if found is not None:
            with self._lock:
                self._plans.move_to_end((text, name))
        return found

    def learn(self, text: str, name: str | None) -> None:
        """Compile a document that has been answered, unless that has been tried."""
        if (text, name) in self._plans:
            return
        plan = self._compiled(text, name)
        with self._lock:
            self._plans[text, name] = plan
            while len(self._plans) > KEPT:
                self._plans.popitem(last=False)

    async def answer(
        self, plan: Plan, given: Mapping[str, Any], context: Context
    ) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Data and extensions of the answer; None where graphql-core has to give it."""
        plain = plain_schema(self._schema)
        # Who is shown no ids asks by words, which graphql-core takes back.
        if context.seen.opaque is not None or not plan.fits(given, context.asker, plain):
            return None
        coerced = get_variable_values(self._core, plan.operation.variable_definitions or (), dict(given))
        if isinstance(coerced, list):
            return None
        variables = coerced.coerced
        try:
            found = await self._reader.read(context.seen, plan.asked(variables))
            if found is None:
                return None
            context.seen = found.seen
            data = plan.answer(found, Surroundings(context, variables))
        except UnknownToPlanError:
            return None
        return data, masked_of(plan.text, context.asker, plain)

    def _compiled(self, text: str, name: str | None) -> Plan | None:
        document = parse(text, max_tokens=TOKENS)
        operation = get_operation_ast(document, name)
        if operation is None or operation.operation is not OperationType.QUERY or operation.directives:
            return None
        if validate(self._core, document):
            return None
        fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        names = names_in(operation, fragments)
        try:
            roots = _roots(Compiler(self._core, fragments), operation)
        except UnknownToPlanError:
            return None
        pages = sum(root.page for root in roots)
        if pages > 1 or not roots:
            return None
        return Plan(text, document, operation, variables_of_pages(document), names, roots)


def _roots(compiler: Compiler, operation: OperationDefinitionNode) -> tuple[_Root, ...]:
    query = compiler.schema.query_type
    assert query is not None  # noqa: S101
    found = []
    for name, nodes in compiler.fields(query, [operation.selection_set]).items():
        field_name = nodes[0].name.value
        if field_name not in ("customer", "customers"):
            raise UnknownToPlanError(field_name)
        declared = query.fields[field_name]
        given = compiler.arguments(declared, nodes[0])
        show = compiler.shown(declared.type, nodes)
        found.append(_Root(name, field_name == "customers", given, show))
    return tuple(found)


def _forget(known: dict[Any, Any]) -> None:
    if len(known) >= _WEIGHTS:
        known.clear()
