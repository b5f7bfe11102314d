"""Folders of LDBC Graphalytics: a graph as NAME.v, NAME.e and NAME.properties, expected values as NAME-ALGORITHM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graph.arrays import Floats, Ints
from services.engines.protocol import ArrayProjection


@dataclass(frozen=True, slots=True)
class Case:
    """An algorithm on a graph. ``algorithm``: in capitals, as the name of the file of expected values says."""

    folder: Path
    graph: str
    algorithm: str

    @property
    def name(self) -> str:
        """As in the folder: NAME-ALGORITHM."""
        return f"{self.graph}-{self.algorithm}"


@dataclass(frozen=True, slots=True)
class Properties:
    """What NAME.properties says, without the common beginning of its keys."""

    file: str
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        """A value.

        Raises:
            ValueError: names the key that the file lacks.
        """
        if key not in self.values:
            raise ValueError(f"{self.file} lacks {key}")
        return self.values[key]

    @property
    def directed(self) -> bool:
        """Whether the graph is directed."""
        found = self["directed"]
        if found not in {"true", "false"}:
            raise ValueError(f"{self.file}: directed is '{found}', expected true or false")
        return found == "true"


def cases(folder: Path) -> Iterator[Case | str]:
    """Every case below a folder by name, and the name of every graph that has none."""
    for vertices in sorted(folder.rglob("*.v")):
        names = {file.name for file in vertices.parent.iterdir()}
        graph = vertices.stem
        found = sorted(
            name for name in names if name.startswith(f"{graph}-") and _is_expectation(graph, name)
        )
        yield from (Case(vertices.parent, graph, name[len(graph) + 1 :]) for name in found)
        if not found:
            yield graph


def _is_expectation(graph: str, name: str) -> bool:
    return name[len(graph) + 1 :].isalpha() and name[len(graph) + 1 :].isupper()


def read_properties(case: Case) -> Properties:
    """Read NAME.properties: lines ``graph.NAME.key = value``, comments after ``#``."""
    file = f"{case.graph}.properties"
    beginning = f"graph.{case.graph}."
    values = {}
    for line in (case.folder / file).read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if equals and key.startswith(beginning):
            values[key.strip().removeprefix(beginning)] = value.strip()
    return Properties(file, values)


def read_graph(case: Case, properties: Properties, *, weighted: bool) -> tuple[Ints, ArrayProjection]:
    """The vertices in ascending order, and the graph with the vertices' texts as keys.

    Raises:
        OSError: a file cannot be read.
        ValueError: a line that is not as the format says, a vertex twice, an edge to an unknown vertex.
    """
    vertices = np.sort(_column(case.folder / f"{case.graph}.v", 0))
    if (vertices[1:] == vertices[:-1]).any():
        raise ValueError(f"{case.graph}.v names a vertex twice")
    # Not as the properties say: published ones name the wrong file.
    edges = case.folder / f"{case.graph}.e"
    source, target = (positions(vertices, _column(edges, k), edges.name) for k in (0, 1))
    return vertices, ArrayProjection(
        keys=[str(vertex) for vertex in vertices.tolist()],
        source=source,
        target=target,
        weight=np.loadtxt(edges, dtype=np.float64, usecols=2, ndmin=1) if weighted else None,
        directed=properties.directed,
    )


def read_expected(case: Case, vertices: Ints, dtype: type[np.int64] | type[np.float64]) -> Ints | Floats:
    """The expected value of every vertex, in ascending order of vertices.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line that is not as the format says, a vertex that is missing, unknown or named twice.
    """
    file = case.folder / case.name
    table = np.loadtxt(file, dtype=[("vertex", np.int64), ("value", dtype)], ndmin=1)
    order = np.argsort(table["vertex"], kind="stable")
    if not np.array_equal(table["vertex"][order], vertices):
        raise ValueError(f"{case.name} does not name every vertex of {case.graph}.v once")
    return np.asarray(table["value"][order])


def positions(vertices: Ints, wanted: Ints | Sequence[int], where: str) -> Ints:
    """Where each of the wanted is among the ascending vertices.

    Raises:
        ValueError: one is not; names it.
    """
    found = np.searchsorted(vertices, wanted)
    known = np.append(vertices, vertices[-1:])[np.minimum(found, len(vertices))] == wanted
    if not np.all(known):
        raise ValueError(f"{where} names {np.asarray(wanted)[~known][0]}, which is no vertex")
    return found.astype(np.int64)


def _column(file: Path, at: int) -> Ints:
    if file.stat().st_size == 0:
        return np.empty(0, dtype=np.int64)
    return np.loadtxt(file, dtype=np.int64, usecols=at, ndmin=1)
