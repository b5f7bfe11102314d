"""How an operator's action gets into the audit trail: it is on disk before the action is done."""

from __future__ import annotations

from datetime import UTC, datetime

from ledger import audit
from ledger.database import Ledger
from services.access.asker import account

PURPOSE = "operation"


def note(ledger: Ledger, action: str, subject: str, *, actor: str | None = None) -> None:
    """Note an action.

    Raises:
        KehutuError: LEDGER_FULL, LEDGER_UNWRITABLE; the action must not happen then.
    """
    audit.append(
        ledger,
        actor=actor or account(),
        action=action,
        subject=subject,
        purpose=PURPOSE,
        at=datetime.now(UTC),
    )
