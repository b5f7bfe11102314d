"""How identity numbers of refused rows are masked: the ledger keeps no such number, and the quarantine is part of it.

A row that is taken leaves a keyed hash of the number. One that is refused leaves a few characters, by which an operator
knows it again in the file; a retry takes the number from there, or from the hands of the operator.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_START, _END, _LEAST = 3, 2, 10
_PLACE: Final = re.compile(r"\[\d+\]")  # of an element in its list: holders[2].idNo
# In a line that is no row nobody knows which cell is which: every number of the form that identity numbers have.
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{14,17}[0-9Xx](?![0-9A-Za-z])")


def masked(cell: object) -> str:
    """The ends of a number; no mapping takes it for one.

    >>> masked("44010619800101123X"), masked("4401")
    ('440…3X', '…')
    """
    text = str(cell).strip()
    return f"{text[:_START]}…{text[-_END:]}" if len(text) >= _LEAST else "…"


def hidden_cells(
    raw: Mapping[str, object], secret: frozenset[str], *, parsed: bool = True
) -> Mapping[str, object]:
    """The cells of a refused row as they may be kept.

    Args:
        secret: columns of which the mapping keeps a keyed hash only, also below objects and lists (``holders.idNo``);
            without any, nothing is hidden.
        parsed: whether every cell stands in its column.
    """
    if not secret:
        return raw
    kept = {column: _hidden(cell, column, secret) for column, cell in raw.items()}
    return kept if parsed else {column: _without_numbers(cell) for column, cell in kept.items()}


def hidden_details(details: Mapping[str, object], secret: frozenset[str]) -> Mapping[str, object]:
    """What fills the text of the reason, without what a secret column held."""
    if not secret:
        return details
    told = {name: _without_numbers(value) for name, value in details.items()}
    columns = _PLACE.sub("", str(details.get("field", ""))).split(", ")
    if "found" in told and not secret.isdisjoint(columns):
        told["found"] = masked(details["found"])
    return told


def _hidden(cell: object, path: str, secret: frozenset[str]) -> object:
    """A cell, or what lies in it, with all that stands at a secret path masked."""
    if isinstance(cell, list):
        return [_hidden(element, path, secret) for element in cell]
    if isinstance(cell, dict):
        return {name: _hidden(inner, f"{path}.{name}", secret) for name, inner in cell.items()}
    return masked(cell) if cell and path in secret else cell


def _without_numbers(value: object) -> object:
    return _NUMBER.sub(lambda found: masked(found.group()), value) if isinstance(value, str) else value
