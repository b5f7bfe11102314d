"""How an operator gives a token for trying a site, and takes tokens back."""

from __future__ import annotations

from datetime import UTC, datetime

from services.access.asker import Asker
from services.access.tokens.issuing import LONGEST_TTL, TTL, issue
from services.access.tokens.revoking import revoke
from services.operation import trail
from services.settings import Settings
from services.site import open_ledger

__all__ = ["LONGEST_TTL", "TTL", "revoke_token", "token_for"]


def token_for(settings: Settings, asked: Asker, ttl: int = TTL) -> str:
    """A token of the development issuer.

    Raises:
        KehutuError: ``ISSUER_ELSEWHERE``, ``LEDGER_MISSING``.
    """
    with open_ledger(settings) as ledger:
        return issue(settings, ledger, asked, ttl)


def revoke_token(settings: Settings, word: str) -> datetime:
    """Take back the token of a number, or all of a subject, from now on; noted in the audit trail before.

    Raises:
        KehutuError: ``LEDGER_MISSING``, ``LEDGER_FULL``, ``LEDGER_UNWRITABLE``.
    """
    at = datetime.now(UTC)
    with open_ledger(settings) as ledger:
        trail.note(ledger, "revoke", word)
        revoke(ledger, word, at.timestamp())
    return at
