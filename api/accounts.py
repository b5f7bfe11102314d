"""Premises, accounts and bills as types of the API."""

from __future__ import annotations

import strawberry

from api.at_hand import at_hand
from api.stored import Linked, entity
from services.schema import stored as described_value


@entity("Address")
class Address(Linked):
    """Premises."""

    @strawberry.field(description=described_value("Address", "text"))
    @at_hand
    def text(self) -> str:
        return str(self.seen.properties.get("text") or "")


@entity("Account", "accountNo", "prepayment", "deposit")
class Account(Linked):
    """Where bills and payments are booked."""


@entity("Bill", "billNo", "period", "energy", "amount", "dueOn", "paidOn")
class Bill(Linked):
    """A bill for one period."""
