"""Scalars of the API."""

from __future__ import annotations

from typing import NewType

import strawberry
from graphql import GraphQLError

FenAmount = NewType("FenAmount", int)

LARGEST_FEN = 2**53
"""Beyond it a JSON number of a client in JavaScript is no longer exact."""


def _exact(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise GraphQLError(f"Fen must be an integer, found {value!r}.")
    if abs(value) > LARGEST_FEN:
        raise GraphQLError(f"Fen must be within ±2^53, found {value}.")
    return value


Fen = strawberry.scalar(
    name="Fen",
    description="An amount of money in fen, a hundredth of a yuan: an integer within ±2^53.",
    serialize=_exact,
    parse_value=_exact,
)
