"""The list of rows in a JSON text that is one object: ``{"data": [...], "total": 2}``, as APIs answer.

It is taken for the table only where more than twice as many columns of the mapping stand in its elements as in the
object itself: an answer may have a ``code`` of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from ingest.readers.json_text import decode, skip
from ingest.readers.lists import found

Path: TypeAlias = tuple[str, ...]
"""The names that lead to a list, outermost first."""

_DEEPEST: Final = 3
_LOOKED_AT: Final = 100


def list_within(value: Mapping[str, object], wanted: frozenset[str]) -> Path | None:
    """Where the one list lies that holds the rows; none where the object is a row itself, or several would do.

    >>> list_within({"page": 1, "data": [{"id": "a"}]}, frozenset({"id"}))
    ('data',)
    >>> list_within({"id": 1, "data": [{"id": "a"}]}, frozenset({"id"})) is None
    True
    """
    own = sum(found(value, column) is not None for column in wanted)
    if own and 2 * own >= len(wanted):
        return None  # nearly all rows end here
    lists = list(_lists(value, ()))
    fitting = [path for path, rows in lists if _columns_in(rows, wanted) > 2 * own]
    if not own and not fitting and len(lists) == 1 and not lists[0][1]:
        return lists[0][0]  # an answer without rows
    return fitting[0] if len(fitting) == 1 else None


def at_path(value: Mapping[str, object], path: Path) -> list[object]:
    """The list at a path of :func:`list_within`."""
    inner: Any = value
    for name in path:
        inner = inner[name]
    return list(inner)


def _lists(value: Mapping[str, object], before: Path) -> Iterator[tuple[Path, list[object]]]:
    for name, inner in value.items():
        path = (*before, name)
        if isinstance(inner, list):
            yield path, inner
        elif isinstance(inner, dict) and len(path) < _DEEPEST:
            yield from _lists(inner, path)


def _columns_in(elements: list[object], wanted: frozenset[str]) -> int:
    """How many of the columns stand in the elements of a list."""
    rows = [one for one in elements[:_LOOKED_AT] if isinstance(one, dict)]
    return sum(any(found(row, column) is not None for row in rows) for column in wanted)


def elements_at(text: str, path: Path) -> Iterator[tuple[object, int]]:
    """The elements of a list in a text that has been read before, each with the line on which it starts."""
    at = skip(text, 0)
    for name in path:
        at = _member(text, at, name)
    line, counted = 1, 0
    at = skip(text, at + 1)
    while text[at] != "]":
        line += text.count("\n", counted, at)
        counted = at
        value, at = decode(text, at)
        yield value, line
        at = skip(text, at)
        if text[at] == ",":
            at = skip(text, at + 1)


def _member(text: str, at: int, name: str) -> int:
    """The place of the value of a member of the object that starts at a place."""
    while True:
        key, at = decode(text, at + 1)  # behind the brace or the comma
        at = skip(text, skip(text, at) + 1)  # behind the colon
        if key == name:
            return at
        _, at = decode(text, at)
        at = skip(text, at)
