"""Which resolvers answer from what is at hand: they ask neither the store nor the ledger once the portrait is read.

A document of such fields alone can be answered on the event loop (``api.plan``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

Resolver = TypeVar("Resolver", bound=Callable[..., Any])

AT_HAND: Final[set[Callable[..., Any]]] = set()


def at_hand(resolver: Resolver) -> Resolver:
    """Declare that a resolver reads nothing."""
    AT_HAND.add(resolver)
    return resolver
