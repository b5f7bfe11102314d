"""What an answer had to assume, in the shape of GraphQL."""

from __future__ import annotations

from collections.abc import Sequence

from cli.output import fields_of
from services.assumption import Assumption
from terms.errors import Lang


def with_messages(found: Sequence[Assumption], lang: Lang) -> list[dict[str, object]]:
    """Assumptions in the shape of GraphQL, with their sentences in the language of the call."""
    return [{**fields_of(one), "message": one.message(lang)} for one in found]
