"""Figures of a site that a monitor watches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger import quarantine
from ledger.records import head
from services.site import Site


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that may rise and fall. ``name``: in the words of a monitor; ``what``: in a sentence."""

    name: str
    what: str
    value: float


def figures(site: Site) -> Iterator[Figure]:
    """All figures.

    Raises:
        KehutuError: LEDGER_DAMAGED and its like, where the ledger cannot be read.
    """
    yield Figure("ledger_head", "Number of the last record of the ledger.", head(site.ledger))
    yield Figure("quarantine_rows", "Rows that wait in quarantine.", quarantine.count(site.ledger))
