"""What is somebody's own, and what somebody works on: ids, found anew for each question.

They are few, so a condition in a query can name them. What belongs to somebody, or is assigned, counts as long as it
does, on the latest day of the data: who moved out sees no more who moved in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from graph import queries
from graph.schema.keys import type_of
from graph.schema.model import Schema
from graph.store import Store
from graph.validity import spans_of
from ingest.projection import business_days
from ledger.aliases import resolve
from ledger.database import Ledger
from services.access.asker import Asker
from terms.ids import Key

OWN: Final = (
    (
        "Customer",
        ("HAS_ACCOUNT", "REQUESTED", "CONTACTED", "OWNS", "SUPPLIED_AT", "LIVES_AT", "IS", "DECIDES"),
    ),
    ("Account", ("BILLED", "PAID")),
)
"""What leads from a customer to its own; the party is seen by its name alone (``services.access.root_fields``)."""
CLOSED: Final = frozenset({"done", "cancelled"})
LATELY: Final = timedelta(days=30)
"""A closed order is seen so long after it was closed, counted back from the latest day of the data."""
HIGHEST: Final = 12
"""Elements between a point of supply and the line that feeds it."""


class Reach:
    """Finds ids of one site."""

    def __init__(self, store: Store, schema: Schema, ledger: Ledger) -> None:
        self._store, self._schema, self._ledger = store, schema, ledger
        self._day = business_days.latest_day(ledger) or date.max

    def own(self, asked: Asker) -> list[str]:
        """A customer: its own customers, and what is theirs."""
        named = (resolve(self._ledger, one, ["customer"]) for one in asked.customers)
        found: set[str] = {one for one in named if one is not None and one.startswith("customer:")}
        for kind, relations in OWN:
            for relation in relations:
                found |= self._led(kind, relation, found)
        return sorted(found)

    def assigned(self, asked: Asker) -> list[str]:
        """A technician: orders that it works on or has worked on lately, with whom and what they are about."""
        technician = resolve(self._ledger, asked.technician or "", ["technician"])
        if technician is None or not technician.startswith("technician:"):
            return []
        orders = self._orders(technician)
        customers = self._come("WorkOrder", "REQUESTED", orders)
        concerned = self._led("WorkOrder", "CONCERNS", orders)
        points = self._led("Customer", "SUPPLIED_AT", customers) | self._of("ServicePoint", concerned)
        places = self._led("Customer", "LIVES_AT", customers) | self._led(
            "ServicePoint", "LOCATED_AT", points
        )
        things = self._led("Customer", "OWNS", customers) | self._led("ServicePoint", "HAS_METER", points)
        return sorted(
            {technician, *orders, *customers, *concerned, *points, *places, *things, *self._lines(points)}
        )

    def _orders(self, technician: str) -> set[str]:
        return {
            row.id for row in queries.orders_assigned(self._store, technician=technician) if self._told(row)
        }

    def _told(self, order: queries.OrdersAssigned) -> bool:
        """Whether an order is open and assigned, or was closed lately by whom it was assigned to then.

        An assignment may end with the work, on the day on which the order is closed.
        """
        day = self._day.isoformat()
        spans = spans_of(order.since, order.until, order.periods)
        if not order.closed:
            return order.state not in CLOSED and any(span.holds(day) for span in spans)
        closed = order.closed[:10]
        return closed >= (self._day - LATELY).isoformat() and any(
            not span.empty and span.since <= day and (span.until == "" or span.until >= closed)
            for span in spans
        )

    def _lines(self, points: set[str]) -> set[str]:
        """The first line above each point."""
        below, found = points, set[str]()
        for _ in range(HIGHEST):
            above = set[str]()
            for kind in sorted({self._type(one) for one in below}):
                above |= self._led(kind, "FED_BY", below)
            lines = self._of("Line", above)
            found |= lines
            below = above - lines
        return found

    def _led(self, kind: str, relation: str, ids: Iterable[str]) -> set[str]:
        among = self._sorted(kind, ids)
        if not among:
            return set()
        day = self._day.isoformat()
        rows = queries.whole_led(self._store, type=kind, relation=relation, ids=among, day=day)
        return {row.id for row in rows}

    def _come(self, kind: str, relation: str, ids: Iterable[str]) -> set[str]:
        among = self._sorted(kind, ids)
        if not among:
            return set()
        day = self._day.isoformat()
        rows = queries.whole_come(self._store, type=kind, relation=relation, ids=among, day=day)
        return {row.id for row in rows}

    def _of(self, kind: str, ids: Iterable[str]) -> set[str]:
        return set(self._sorted(kind, ids))

    def _sorted(self, kind: str, ids: Iterable[str]) -> list[str]:
        return sorted(one for one in ids if self._type(one) == kind)

    def _type(self, entity: str) -> str:
        return type_of(Key(entity), self._schema).name
