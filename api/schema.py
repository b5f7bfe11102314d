"""The root of the GraphQL schema."""

from __future__ import annotations

import strawberry
from graphql import GraphQLError
from strawberry.extensions import ParserCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from api import answers, arrears, entities, links, segments, types, views
from api.answers import GraphAnswers
from api.consents import ConsentChanges
from api.context import Context
from api.exposed import make_types
from api.identity import IdentityChanges
from api.limits import DocumentLimits
from api.masked import MaskedFields
from api.risk import RiskAnswers, RiskChanges
from api.scalars import Fen, FenAmount
from services.logs import logger
from terms.errors import KehutuError, Lang
from terms.texts import Texts

log = logger("kehutu.graphql")

DOCUMENTS = 256
"""Texts of documents that are kept parsed and validated."""


@strawberry.type(description="What can be asked of the customer graph.")
class Query(GraphAnswers, RiskAnswers):
    """All questions."""


@strawberry.type(
    description="What can be changed. Every change has an idempotency key: sent twice under one key it counts once."
)
class Mutation(RiskChanges, IdentityChanges, ConsentChanges):
    """All decisions."""


class Schema(strawberry.Schema):
    """Errors of ours carry their code and remedy; the faults of a resolver show neither text nor trace."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Rewrite errors in place for the client."""
        lang: Lang = "en"
        if execution_context is not None and isinstance(execution_context.context, Context):
            lang = execution_context.context.lang
        for error in errors:
            fault = error.original_error
            if fault is None or isinstance(fault, GraphQLError):
                continue
            if isinstance(fault, RecursionError):
                fault = KehutuError("DOCUMENT_TOO_LARGE", reason=Texts("it is nested too deeply", "嵌套过深"))
            elif not isinstance(fault, KehutuError):
                log.error("fault of a resolver", exc_info=fault, path=error.path)
                fault = KehutuError("INTERNAL_FAULT")
            error.message = fault.message(lang)
            error.extensions = {"code": fault.code, "remedy": fault.remedy(lang)}


make_types(answers, arrears, entities, links, segments, types, views)
schema = Schema(
    query=Query,
    mutation=Mutation,
    extensions=[lambda: DocumentLimits(DOCUMENTS), lambda: ParserCache(DOCUMENTS), MaskedFields],
    config=StrawberryConfig(scalar_map={FenAmount: Fen}, disable_field_suggestions=False),
)


def sdl() -> str:
    """The schema in the schema definition language, as committed in ``api/schema.graphql``."""
    return schema.as_str() + "\n"
