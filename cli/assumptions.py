"""What answers had to assume, for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from cli.output import plain
from services.arrears.assumptions import Assumption
from terms.errors import Lang


def with_messages(found: Sequence[Assumption], lang: Lang) -> list[dict[str, object]]:
    """Assumptions in the shape of GraphQL, with their sentences in the language of the call."""
    return [{**_plain(one), "message": one.message(lang)} for one in found]


def _plain(one: Assumption) -> dict[str, object]:
    shown = plain(one)
    assert isinstance(shown, dict)  # noqa: S101  # a data class
    return shown
