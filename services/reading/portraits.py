"""Portraits of many customers by one query, of which only what is asked for is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from graph.blocks import Block
from graph.narrowing import Column, beside, collected
from graph.seen_queries import BLOCKS, CustomerPortrait
from ledger.moment import Moment, moment
from services.reading.days import day_of
from services.seen import Seen
from services.site import whole_ledger

__all__ = [
    "COLUMNS",
    "MOST",
    "PORTRAIT",
    "Moment",
    "Wanted",
    "graph_is_whole",
    "is_customer",
    "moment_of",
    "named_in",
    "names_tried",
    "portraits",
    "portraits_after",
    "portraits_waiting",
]

_PREFIX: Final = "customer:"
MOST: Final = 100
"""Entries of a list of a portrait."""
PORTRAIT: Final = BLOCKS["customer_portrait"]
COLUMNS: Final = tuple(CustomerPortrait.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of portraits. ``columns``: of ``customer_portrait`` but ``id``; ``longest``: the lengths of their
    lists, :data:`MOST` of those that are not named."""

    columns: tuple[Column, ...] = tuple(Column(name) for name in COLUMNS if name != "id")
    longest: Mapping[str, int] = field(default_factory=dict)

    def parameters(self, seen: Seen) -> dict[str, object]:
        """As they are sent."""
        lengths = {f"longest_{column.name}": self.longest.get(column.name, MOST) for column in self.columns}
        return {"day": day_of(seen).isoformat(), **lengths}

    def block(self, rows: str) -> Block:
        """The rows of a named query with these columns."""
        return beside(BLOCKS[rows], PORTRAIT, self.columns)


EVERYTHING: Final = Wanted()


def portraits(seen: Seen, ids: Sequence[str], wanted: Wanted = EVERYTHING) -> dict[str, CustomerPortrait]:
    """Portraits by id; a column that was not asked for is None, and using it a fault."""
    block = wanted.block("customers_among")
    found = seen.rows(collected(block), {}, {"ids": list(ids), **wanted.parameters(seen)})
    return {row["id"]: _portrait(row) for row in found[0]["rows"]}


async def portraits_waiting(seen: Seen, ids: Sequence[str], wanted: Wanted) -> dict[str, CustomerPortrait]:
    """The same on an event loop."""
    block = wanted.block("customers_among")
    found = await seen.rows_waiting(collected(block), {"ids": list(ids), **wanted.parameters(seen)})
    return {row["id"]: _portrait(row) for row in found[0]["rows"]}


async def portraits_after(
    seen: Seen, after: str, page: int, wanted: Wanted, *, counted: bool
) -> tuple[list[CustomerPortrait], int | None]:
    """A page of all customers by id, on an event loop, and their number; None where it was not asked for or none came.

    Args:
        page: rows, at most.
    """
    block = wanted.block("customers_counted_after" if counted else "customers_after")
    parameters = {"after": after, "page": page, **wanted.parameters(seen)}
    rows = (await seen.rows_waiting(collected(block), parameters))[0]["rows"]
    total = rows[0]["total"] if counted and rows else None
    return [_portrait(row) for row in rows], total


def _portrait(row: Mapping[str, Any]) -> CustomerPortrait:
    return CustomerPortrait(**{name: row.get(name) for name in COLUMNS})  # type: ignore[arg-type]  # see Wanted


def is_customer(text: str) -> bool:
    """Whether a text has the form of a customer's id, as which it is tried first."""
    return text.startswith(_PREFIX) and text == text.strip()


def names_tried(seen: Seen, texts: Sequence[str]) -> list[str]:
    """The keys by which entities may be meant; see ``Seen.entity``."""
    return [key for text in texts for key in _keys(seen, text)]


def named_in(seen: Seen, found: Moment, text: str) -> str:
    """The id of the customer that a text means, by what the ledger said of :func:`names_tried`; "" for none."""
    entity = next((found.names[key] for key in _keys(seen, text) if key in found.names), "")
    return entity if entity.startswith(_PREFIX) else ""


def _keys(seen: Seen, text: str) -> list[str]:
    text = text.strip()
    return [text, *(f"{node.prefix}:{text}" for node in seen.schema.nodes.values()), f"{text}#1"]


def moment_of(seen: Seen, keys: Sequence[str] = ()) -> Moment:
    """The state of the ledger now."""
    return moment(whole_ledger(seen), keys)


def graph_is_whole(found: Moment) -> bool:
    """Whether the graph was not being made again at a moment."""
    return not found.rebuilt or "/" in found.rebuilt
