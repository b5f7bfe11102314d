"""What a cell gives: a value, nothing, or a value with a doubt that the report of the load tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from ingest.statements import Value


class Doubtful(NamedTuple):
    """A value that is taken, or left out, with a notice.

    ``value``: what is taken; ``None``: the cell says nothing. ``code``: the notice, an entry of the catalogue.
    """

    value: Value | None
    code: str


Taken: TypeAlias = Value | Doubtful | None

Convert: TypeAlias = Callable[[object], Taken]
"""A cell in, a value out; ``None`` for an absent cell. Raises :class:`NotAcceptedError`."""


def value_of(taken: Taken) -> Value | None:
    """The value alone."""
    return taken.value if isinstance(taken, Doubtful) else taken
