"""How to close what is open when a later step of opening fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def on_failure(undo: Callable[[], object]) -> Iterator[None]:
    """Call ``undo`` if the block fails, whatever it raises; else leave what it opened to whoever takes it over.

    >>> with on_failure(lambda: print("closed")):
    ...     print("opened")
    opened
    """
    with ExitStack() as stack:
        stack.callback(undo)
        yield
        stack.pop_all()
