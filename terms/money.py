"""Money as answers show it: an exact number of fen with its currency."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of money."""

    fen: int
    """The amount in fen, a hundredth of a yuan."""
    currency: str = "CNY"
    """ISO 4217 code: CNY."""

    def __str__(self) -> str:
        """The amount in yuan with thousands separated."""
        whole, rest = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole:,}.{rest:02d}"
