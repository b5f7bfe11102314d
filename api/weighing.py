"""What a document would cost and what of it is not shown in clear, without executing it."""

from __future__ import annotations

from dataclasses import dataclass

from graphql import GraphQLError, GraphQLSchema, parse

from api.limits import COST, TOKENS, weigh
from api.masked import fields_not_clear
from services.access.asker import Asker
from terms.errors import KehutuError
from terms.texts import Texts


@dataclass(frozen=True, slots=True)
class Need:
    """A field of a document that is not shown in clear to who asks."""

    field: str
    """The field by its place in the schema, as Customer.phone."""
    form: str
    """MASKED where its form is shown, NONE where nothing is."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a document asks for. Variables count as absent."""

    cost: int
    """Values of the answer, at most: a list counts as often as `first` says, a field that computes as many values."""
    largest: int
    """The most that a document may cost."""
    needs: tuple[Need, ...]
    """Fields that are not shown in clear to who asks."""


def weighed(document: str, asked: Asker, schema: GraphQLSchema) -> Weighed:
    """Weigh a document.

    Raises:
        KehutuError: ``REQUEST_FAULTY`` where it is none.
    """
    try:
        parsed = parse(document, max_tokens=TOKENS)
    except (GraphQLError, RecursionError) as fault:
        reason = Texts("document has to be the text of a document", "document 应为文档的文本")
        raise KehutuError("REQUEST_FAULTY", reason=reason) from fault
    needs = fields_not_clear(parsed, schema, asked)
    told = tuple(Need(one.field, one.form) for one in needs)
    return Weighed(weigh(parsed).cost, COST, told)
