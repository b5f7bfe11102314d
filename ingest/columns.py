"""How a value is taken out of the columns that a mapping names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ingest.cells import Taken, of_column, of_columns, of_lists
from ingest.lists import Values
from ingest.manifest_text import Cell

_BETWEEN_REST: Final = "; "


def columns_of(cell: Cell) -> tuple[str, ...]:
    """All columns that it names."""
    return cell.columns if cell.column is None else (cell.column,)


def taken_from(
    name: str, cell: Cell, convert: Callable[[object], Taken | None]
) -> Callable[[Values], Taken | None]:
    """Takes a value out of the columns that a mapping names, in the way that it says."""
    prefix, columns = cell.prefix or "", columns_of(cell)
    if cell.rest or (cell.first and cell.column is None):
        joint = _BETWEEN_REST if cell.join is None else cell.join
        return of_lists(name, columns, convert, prefix, joint, rest=cell.rest)
    if cell.column is not None:
        return of_column(name, cell.column, convert, prefix, first=cell.first)
    return of_columns(name, columns, convert, prefix, " " if cell.join is None else cell.join)
