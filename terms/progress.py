"""How long work tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called now and then with the phase in words, what is done and, where known, how much there is."""

    def __call__(self, phase: str, done: int = 0, total: int | None = None) -> None: ...


def silent(phase: str, done: int = 0, total: int | None = None) -> None:
    """Nobody listens."""
    del phase, done, total
