"""Compiled functions: numba with a disk cache, compiled at the first call and not at import.

No kernel calls another: each is wrapped to be compiled at its first call, and numba's cache does not see a change of a
function in another file. So loops that belong together stand in one function, however long; such functions are in
modules ``*_kernel.py``, which hold nothing else.

Every kernel has one explicit signature. Inputs are declared read-only, so mapped files and plain arrays run the
same machine code and nothing is compiled inside a request once ``warm`` functions have run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from terms.delayed import Delayed

P = ParamSpec("P")
R = TypeVar("R")
_lock = threading.Lock()

numba: Final[Any] = Delayed("numba")


def kernel(arguments: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile the function for the given arguments, names of types (:func:`types`) separated by blanks.

    >>> @kernel("f8")
    ... def total(values):
    ...     return values.sum()
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        compiled: list[Callable[P, R]] = []

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            if not compiled:
                with _lock:
                    if not compiled:
                        compiled.append(_compile(function, arguments))
            return compiled[0](*args, **kwargs)

        return call

    return decorate


def _compile(function: Callable[P, R], arguments: str) -> Callable[P, R]:
    known = types()
    signature = tuple(known[name] for name in arguments.split())
    try:
        result: Callable[P, R] = numba.njit(signature, cache=True, nogil=True)(function)
    except RuntimeError:  # no folder that the cache may be written to: every process compiles for itself
        result = numba.njit(signature, nogil=True)(function)
    return result


def types() -> dict[str, Any]:
    """Types of arguments by their short names; a star marks an array that the kernel writes. Loads numba."""
    of = numba.types
    items = {"i4": of.int32, "i8": of.int64, "f8": of.float64, "u1": of.uint8, "u2": of.uint16}
    read = {name: of.Array(item, 1, "C", readonly=True) for name, item in items.items()}
    written = {f"{name}*": item[::1] for name, item in items.items()}
    return (
        read
        | written
        | {"f8*2": of.float64[:, ::1], "int": of.int64, "float": of.float64, "bool": of.boolean}
    )
