"""A GraphQL document run outside of HTTP: which entities its answer names."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from graphql import FieldNode, GraphQLError, Visitor, parse, visit
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType

from api.context import Context
from api.schema import schema
from services.access.asker import Asker
from services.site import Site
from terms.errors import Lang


class _Ids(Visitor):
    """Collects what a document calls the fields named ``id``."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        if node.name.value == "id":
            self.names.add(node.alias.value if node.alias else "id")


def ids_in_answer(site: Site, asker: Asker, document: str, lang: Lang) -> list[str]:
    """Every ``id`` that the answer to a query holds, under whatever alias, in the order of the answer.

    Raises:
        ValueError: the document cannot be parsed, is no single query, or has an error in its answer; says which.
    """
    found = _Ids()
    try:
        visit(parse(document), found)
        answer = schema.execute_sync(
            document,
            context_value=Context(site, lang, asker),
            allowed_operation_types=OperationType.from_http("GET"),
        )
    except GraphQLError as fault:
        raise ValueError(fault.message.rstrip(".")) from fault
    except CannotGetOperationTypeError as fault:
        raise ValueError("it holds no single query") from fault
    except InvalidOperationTypeError as fault:
        raise ValueError("it is no query") from fault
    if answer.errors:
        raise ValueError(answer.errors[0].message.rstrip("."))
    return list(_values(answer.data, found.names))


def _values(answer: object, names: Set[str]) -> Iterator[str]:
    if isinstance(answer, list):
        for one in answer:
            yield from _values(one, names)
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if name in names and isinstance(value, str):
                yield value
            else:
                yield from _values(value, names)
