"""Work whose failure must not stop the rest: the one place where every exception is caught."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(slots=True)
class Outcome:
    """How a block ended. ``fault``: what it raised; None where it came to its end."""

    fault: Exception | None = None


@contextmanager
def contained() -> Iterator[Outcome]:
    """Hand over what a block raises in place of raising it; what ends the process (Ctrl-C) goes on its way.

    For a loop that has to try again, a report that lists what failed, and what follows a load that is acknowledged.
    Whoever uses it says what it does with the fault.

    >>> with contained() as outcome:
    ...     print(1 // 0)
    >>> outcome.fault
    ZeroDivisionError('integer division or modulo by zero')
    """
    outcome = Outcome()
    try:
        yield outcome
    except Exception as fault:  # noqa: BLE001 - see above
        outcome.fault = fault
