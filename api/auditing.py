"""What a request leaves in the audit trail, before its answer leaves."""

from __future__ import annotations

from collections.abc import Iterable

from graphql import GraphQLError, GraphQLSchema

from api.context import Context
from api.document_shape import shape_of
from services.auditing import REFUSALS, Question
from terms.errors import KehutuError


def note_document(context: Context, text: str, errors: Iterable[GraphQLError], schema: GraphQLSchema) -> None:
    """Note what a document read in clear, and whether it was refused something.

    Raises:
        KehutuError: AUDIT_UNWRITABLE, AUDIT_MISSING; then its answer must not leave.
    """
    refusal = next((code for error in errors if (code := _code(error)) in REFUSALS), None)
    reads = context.seen.reads
    if refusal is not None or reads.subjects:
        question = Question(context.asker.subject, context.asker, shape_of(text, schema))
        question.note(context.site.ledger, reads, refusal)


def note_report(context: Context, refused: KehutuError | None = None) -> None:
    """Note that a report was made, or refused; raises as :func:`note_document`."""
    refusal = refused.code if refused is not None and refused.code in REFUSALS else None
    question = Question(context.asker.subject, context.asker, "/reports/", "export")
    question.note(context.site.ledger, context.seen.reads, refusal)


def _code(error: GraphQLError) -> str:
    fault = error.original_error
    return fault.code if isinstance(fault, KehutuError) else str((error.extensions or {}).get("code"))
