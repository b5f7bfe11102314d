"""Packages that another package would load though nothing of ours needs them."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from types import ModuleType


class _Hiding:
    """Says of some packages that they are not there; one that is loaded already is not looked for."""

    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None, /) -> None:
        if name in self._packages:
            raise ModuleNotFoundError(f"{name} is of no use here", name=name)


@contextlib.contextmanager
def unseen(*packages: str) -> Iterator[None]:
    """Packages that are not loaded yet cannot be imported meanwhile."""
    hiding = _Hiding(packages)
    sys.meta_path.insert(0, hiding)
    try:
        yield
    finally:
        sys.meta_path.remove(hiding)
