"""Compiled functions: numba with a disk cache, compiled at the first call and not at import.

Every kernel has one explicit signature. Inputs are declared read-only, so mapped files and plain arrays run the
same machine code and nothing is compiled inside a request once ``warm`` functions have run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_lock = threading.Lock()

TYPES = {
    "i4": "Array(int32, 1, 'C', readonly=True)",
    "i8": "Array(int64, 1, 'C', readonly=True)",
    "f8": "Array(float64, 1, 'C', readonly=True)",
    "u1": "Array(uint8, 1, 'C', readonly=True)",
    "i4*": "int32[::1]",
    "i8*": "int64[::1]",
    "f8*": "float64[::1]",
    "u1*": "uint8[::1]",
    "f8*2": "float64[:, ::1]",
    "int": "int64",
    "float": "float64",
    "bool": "boolean",
}
"""Short names of argument types; a star marks an array that the kernel writes."""


def kernel(arguments: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile the function for the given arguments, names of ``TYPES`` separated by blanks.

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
    import numba  # noqa: PLC0415  # costs 0.5 s: only processes that compute pay for it
    from numba import types  # noqa: PLC0415

    known = {"Array": types.Array, **{name: getattr(types, name) for name in _SCALARS}}
    # The texts are the constants above, never input.
    signature = tuple(eval(TYPES[name], {"__builtins__": {}}, known) for name in arguments.split())  # noqa: S307
    try:
        result: Callable[P, R] = numba.njit(signature, cache=True, nogil=True)(function)
    except RuntimeError:  # no folder that the cache may be written to: every process compiles for itself
        result = numba.njit(signature, nogil=True)(function)
    return result


_SCALARS = ("int32", "int64", "float64", "uint8", "boolean")
