"""Lists and objects in the cells of a row, as JSON and Parquet have them.

A path names what stands in an object, with dots: ``address.city``. A column whose own name has the dots comes first.
Through a list a path gives the list of what it finds in each element. A list of one is its value; what becomes of
a longer one is for the mapping to say: ``first``, ``rest`` or, for a whole entry, ``each``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from math import prod
from typing import Final, TypeAlias

from ingest.input_errors import NotAcceptedError

Values: TypeAlias = Mapping[str, object]
"""A row: cells by column."""

MOST: Final = 10_000
"""Elements of one row for which an entry is repeated; more are no row but an attack, or a table of their own."""


def found(values: Values, column: str) -> object:
    """What stands in a row under a name or at a path."""
    cell = values.get(column)
    if cell is not None or "." not in column:
        return cell
    for name, steps in _ways(column):
        if name in values:
            return _inside(values[name], steps)
    return None


@lru_cache(maxsize=4_096)
def _ways(path: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each way to read a path as a name and steps below it, the longest name first."""
    steps = path.split(".")
    return tuple((".".join(steps[:k]), tuple(steps[k:])) for k in range(len(steps) - 1, 0, -1))


def _inside(cell: object, steps: Sequence[str]) -> object:
    if not steps:
        return cell
    if isinstance(cell, list):
        inner = [_inside(element, steps) for element in cell]
        return [one for part in inner for one in (part if isinstance(part, list) else (part,))]
    if isinstance(cell, dict):
        for k in range(len(steps), 0, -1):
            name = ".".join(steps[:k])
            if name in cell:
                return _inside(cell[name], steps[k:])
    return None


def one_of(cell: object) -> object:
    """The value of a cell: of a list of one its element, of an empty list nothing.

    Raises:
        NotAcceptedError: ``ROW_SEVERAL_VALUES`` for a longer list.
    """
    if not isinstance(cell, list):
        return cell
    elements = filled(cell)
    if len(elements) > 1:
        raise NotAcceptedError("one value", code="ROW_SEVERAL_VALUES", zh="单个值")
    return elements[0] if elements else None


def first_of(cell: object) -> object:
    """The value of a cell, of a list its first."""
    if not isinstance(cell, list):
        return cell
    elements = filled(cell)
    return elements[0] if elements else None


def filled(cell: object) -> list[object]:
    """The values of a cell, of a list all that say something; lists in lists are spread."""
    if not isinstance(cell, list):
        return [] if cell is None or (isinstance(cell, str) and (not cell or cell.isspace())) else [cell]
    return [value for element in cell for value in filled(element)]


def elements(values: Values, columns: Sequence[str]) -> Iterator[tuple[Mapping[str, int], Values]]:
    """The row once for each element of a list, or for each pair, triple, ... of several lists.

    Yields the places of the elements in their lists, from 1, and the row as if each element stood in its column alone.
    An element that says nothing is passed over; what is no list counts as a list of one.

    Raises:
        NotAcceptedError: more than ``MOST``.
    """
    lists = [_numbered(found(values, column)) for column in columns]
    if prod(map(len, lists)) > MOST:
        raise NotAcceptedError(f"at most {MOST} values", zh=f"至多 {MOST} 个值")
    for chosen in product(*lists):
        places = {column: place for column, (place, _) in zip(columns, chosen, strict=True)}
        yield places, {**values, **{c: element for c, (_, element) in zip(columns, chosen, strict=True)}}


def _numbered(cell: object) -> list[tuple[int, object]]:
    listed = cell if isinstance(cell, list) else [cell]
    return [(place, element) for place, element in enumerate(listed, start=1) if filled(element)]


def placed(field: str, places: Mapping[str, int]) -> str:
    """The name of a field in a fault, with the place of the element: ``owners[2].id``.

    >>> placed("owners.id", {"owners": 2})
    'owners[2].id'
    """
    for column, place in places.items():
        if field == column or field.startswith(f"{column}."):
            return f"{column}[{place}]{field[len(column) :]}"
    return field
