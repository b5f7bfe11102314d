"""How an operator's action gets into the audit trail: it is on disk before the action is done."""

from __future__ import annotations

import getpass
import os
from datetime import UTC, datetime

from ledger import audit
from ledger.database import Ledger

PURPOSE = "operation"


def operator() -> str:
    """Who works at this terminal: the account's name, its number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def note(ledger: Ledger, action: str, subject: str, *, actor: str | None = None) -> None:
    """Note an action.

    Raises:
        KehutuError: LEDGER_FULL, LEDGER_UNWRITABLE; the action must not happen then.
    """
    audit.append(
        ledger,
        actor=actor or operator(),
        action=action,
        subject=subject,
        purpose=PURPOSE,
        at=datetime.now(UTC),
    )
