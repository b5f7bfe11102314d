"""What a search has worked out so far, kept elsewhere, so that one that was cut off goes on where it was.

Every draw hangs on keys and purposes alone, so a step that is looked up is the step that would be made again: a search
that goes on ends with the same bytes as one that was never cut off.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from graph.arrays import Floats, Ints


class Notes(Protocol):
    """Kept by name; the caller sees to it that they are of the same table, features and seed."""

    def get(self, name: str) -> bytes | None:
        """What was noted under a name; None where nothing was."""

    def put(self, name: str, value: bytes) -> None:
        """Note something."""


class Nothing:
    """Notes that nobody keeps."""

    def get(self, name: str) -> bytes | None:
        """Nothing."""

    def put(self, name: str, value: bytes) -> None:
        """Let it go."""


def noted(notes: Notes, name: str, work: Callable[[], tuple[Floats, Ints]]) -> tuple[Floats, Ints]:
    """Numbers and labels as they were noted, or else worked out now and noted."""
    found = notes.get(name)
    if found is None:
        numbers, labels = work()
        head = np.array([len(numbers)], dtype="<i8").tobytes()
        notes.put(name, head + numbers.astype("<f8").tobytes() + labels.astype("<i8").tobytes())
        return numbers, labels
    many = int(np.frombuffer(found, dtype="<i8", count=1)[0])
    numbers = np.frombuffer(found, dtype="<f8", count=many, offset=8).astype(np.float64)
    return numbers, np.frombuffer(found, dtype="<i8", offset=8 + 8 * many).astype(np.int64)
