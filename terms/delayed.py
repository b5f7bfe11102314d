"""Which modules are loaded only when they are first used, and why: the one list of delayed imports."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

DELAYED: Final[Mapping[str, str]] = {
    "graphdatascience": "an extra that may be missing, and 1 s: only the engine in the server needs it",
    "graphdatascience.error.gds_not_installed": "comes with graphdatascience",
    "graph.project": "0.2 s with what reads columns: only who asks in a region has the lists of areas kept",
    "igraph": "0.2 s: only who reads a graph in GML pays for it",
    "opencc": "comes with what search texts of Chinese need",
    "pypinyin": "0.5 s of dictionaries: only who writes or looks up Chinese pays for them",
    "numba": "0.5 s: only processes that call a kernel pay for it",
    "scipy.cluster.hierarchy": "0.2 s with all that it loads: only who finds classes of customers needs it",
    "scipy.optimize": "0.1 s: only who finds, names or compares classes of customers needs it",
    "scipy.sparse": "0.2 s: a few parties are solved without",
    "scipy.sparse.csgraph": "comes with scipy.sparse",
    "scipy.sparse.linalg": "comes with scipy.sparse",
    "scipy.special": "0.1 s: weights and scores are made by who analyses, asks what-if or traces",
    "services.arrears.report.pdf": "the typesetter and its fonts: only who asks for a PDF pays for them",
    "services.learning.own_risk": "0.5 s with what it learns from: --show, --reset and --help need not wait for it",
    "services.loading": "comes with what a command that learns loads",
    "sklearn.cluster": "comes with scikit-learn",
    "sklearn.ensemble": "0.5 s: only who fits waits for it",
    "sklearn.isotonic": "comes with scikit-learn",
    "sklearn.linear_model": "comes with scikit-learn",
    "sklearn.mixture": "comes with scikit-learn",
    "terms.arrow": "0.1 s: only who reads whole columns pays for pyarrow",
    "threadpoolctl": "comes with scikit-learn",
}


def loaded(name: str) -> Any:
    """A module of the list, loaded now if it is not yet.

    Raises:
        KeyError: the list has no such module.
        ImportError: it is not installed.
    """
    if name not in DELAYED:
        raise KeyError(f"terms.delayed.DELAYED has no '{name}': add it there, with its reason")
    return import_module(name)


class Delayed:
    """Stands for a module of the list until something of it is asked for.

    A module with types is imported beside it under ``TYPE_CHECKING``, so that mypy knows what is asked for.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(loaded(self._name), attribute)
