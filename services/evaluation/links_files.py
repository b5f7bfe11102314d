"""Files of links and of labels: two columns of text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from algorithms.embeddings.hidden_links import SimpleGraph
from algorithms.embeddings.nearest_labels import UNKNOWN
from graph.arrays import Ints
from terms.errors import KehutuError

COMMENTS: Final = ("#", "%")
_NUMBER: Final = re.compile(r"-?\d+(\.\d*)?")


@dataclass(frozen=True, slots=True, eq=False)
class LinksFile:
    """A simple undirected graph, and the keys of its nodes in ascending order."""

    graph: SimpleGraph
    keys: Sequence[str]


def read_links(path: Path) -> LinksFile:
    """Read links: two nodes a line with blanks or a comma between them; lines that begin with # or % are passed over.

    A first line of names above numbers is a header. Loops are left out, parallel and opposite links are one.

    Raises:
        KehutuError: LINKS_FILE_FAULT.
    """
    pairs = _pairs(path)
    keys = sorted({key for pair in pairs for key in pair})
    place = {key: at for at, key in enumerate(keys)}
    ends = np.array([[place[one], place[other]] for one, other in pairs], dtype=np.int64).reshape(-1, 2)
    graph = SimpleGraph.of(len(keys), ends[:, 0], ends[:, 1])
    if not len(graph.low):
        raise fault(path, "no links between two nodes")
    return LinksFile(graph, keys)


def read_labels(path: Path, keys: Sequence[str]) -> tuple[Ints, int]:
    """Read labels, ``id,label`` with a header: n labels from 0, and how many ids the links do not have.

    Raises:
        KehutuError: LINKS_FILE_FAULT, also where an id has two labels.
    """
    label_of: dict[str, str] = {}
    for key, label in _pairs(path, header=("id", "label")):
        if label_of.setdefault(key, label) != label:
            raise fault(path, f"{key} has two labels, {label_of[key]} and {label}")
    number = {name: at for at, name in enumerate(sorted({*label_of.values()}))}
    labels = np.array([number[label_of[key]] if key in label_of else UNKNOWN for key in keys], dtype=np.int64)
    return labels, len(label_of.keys() - {*keys})


def fault(path: Path, reason: str) -> KehutuError:
    """What is wrong with a file."""
    return KehutuError("LINKS_FILE_FAULT", file=path.name, reason=reason)


def _pairs(path: Path, header: tuple[str, str] | None = None) -> list[tuple[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as found:
        raise fault(path, str(found)) from found
    pairs = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith(COMMENTS):
            continue
        cells = [cell.strip() for cell in text.split(",")] if "," in text else text.split()
        if len(cells) != 2 or not all(cells):
            raise fault(path, f"line {number} has {len(cells)} columns, expected two filled ones")
        pairs.append((cells[0], cells[1]))
    if pairs and (pairs[0] == header or (header is None and _names_above_numbers(pairs))):
        del pairs[0]
    return pairs


def _names_above_numbers(pairs: Sequence[tuple[str, str]]) -> bool:
    first, *others = pairs
    return (
        bool(others)
        and not any(_NUMBER.fullmatch(cell) for cell in first)
        and all(_NUMBER.fullmatch(cell) for pair in others for cell in pair)
    )
