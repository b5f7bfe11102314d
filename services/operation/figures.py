"""Which figures of a site a monitor watches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger import quarantine, runs
from ledger.records import head
from services.risk.registry import PARTS
from services.runs.tables import ROWS
from services.site import Site
from terms.errors import KehutuError


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that may rise and fall. ``name``: in the words of a monitor; ``what``: in a sentence; ``part``: of which
    part of a run, where figures of one name are told apart by it."""

    name: str
    what: str
    value: float
    part: str | None = None


def figures(site: Site) -> Iterator[Figure]:
    """All figures; those of one name follow each other.

    Raises:
        KehutuError: LEDGER_DAMAGED and its like, where the ledger cannot be read.
    """
    yield Figure("ledger_head", "Number of the last record of the ledger.", head(site.ledger))
    yield Figure("quarantine_rows", "Rows that wait in quarantine.", quarantine.count(site.ledger))
    yield from _of_the_run(site)


def _of_the_run(site: Site) -> Iterator[Figure]:
    try:
        run = runs.current(site.ledger)
    except KehutuError as fault:
        if fault.code == "NO_RUN":
            return
        raise
    for part in PARTS.parts:
        names = {table.name + end for table in part.tables for end in ("", ROWS)}
        rows = sum(file.rows for name, file in run.files.items() if name in names)
        yield Figure(
            "run_rows", "Rows that the current run has written in tables of a part.", rows, part.name
        )
