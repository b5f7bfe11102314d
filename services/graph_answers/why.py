"""Why two names are, or are not, the same entity."""

from __future__ import annotations

from ingest.judgements.why_text import why_text
from services.reading import claims
from services.reading.claims import Why
from services.seen import Seen
from terms.errors import Lang


def why(seen: Seen, first: str, second: str) -> Why:
    """Whether two names are the same entity, and why.

    Args:
        first, second: as they were asked: a chain is one between these keys or records, not between today's ids.

    Raises:
        KehutuError: UNKNOWN_ID.
    """
    return claims.why(seen, first, second)


def in_words(answer: Why, lang: Lang) -> str:
    """The answer for people, a line for each step."""
    return why_text(answer, lang)
