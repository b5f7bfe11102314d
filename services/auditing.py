"""How a question gets into the audit trail: who asked what, in which role and why, and of whom what was read in clear.

One entry for each question that read something of others in clear, or was refused. It is written before the answer
leaves; where it cannot be written the answer is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from ledger import audit
from ledger.database import Ledger
from services.access.asker import EVERYONE, Asker, account
from services.access.policy_file import policy_digest
from services.access.reads import Reads, gathering
from services.settings import Settings
from services.site import open_ledger
from terms.errors import KehutuError

READ: Final = "read"
REFUSED: Final = "refused"
REFUSALS: Final = frozenset({"FORBIDDEN", "FIELD_MASKED", "PURPOSE_NOT_ALLOWED", "AUTHOR_OTHER"})
"""Codes by which somebody who is known is refused something; who is not known is told by the log of requests."""
OWN: Final = "customer"
"""The role that sees what is its own: reading it is nothing that others would ask about."""
POLICY: Final = "policy"


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks what.

    ``actor``: the subject of a token, ``os:`` and the account at a terminal. ``document``: the question without any
    value in it. ``action``: what reading it counts as.
    """

    actor: str
    asker: Asker
    document: str
    action: str = READ

    def note(self, ledger: Ledger, reads: Reads, refusal: str | None = None) -> None:
        """Write the entry, where there is something to be noted.

        Args:
            refusal: the code by which something was refused.

        Raises:
            KehutuError: AUDIT_UNWRITABLE, AUDIT_MISSING.
        """
        seen = reads.subjects if reads.classes and self.asker.role != OWN else set[str]()
        if not seen and refusal is None:
            return
        audit.append_all(
            ledger,
            [
                *_changed_policy(ledger),
                audit.NewEntry(
                    actor=self.actor,
                    action=self.action if refusal is None else f"{REFUSED} {refusal}",
                    subject="",
                    purpose=self.asker.purpose or "",
                    at=datetime.now(UTC),
                    role=self.asker.role,
                    document=self.document,
                    subjects=tuple(sorted(seen)),
                    classes=tuple(sorted(reads.classes)) if seen else (),
                ),
            ],
        )


def at_terminal(asked: Asker, document: str, action: str = READ) -> Question:
    """The question of somebody at the command line: the account counts, whatever subject a flag names."""
    actor = f"os:{account()}"
    if asked.role != EVERYONE.role and asked.subject not in ("", actor, asked.role):
        actor = f"{actor} as {asked.subject}"
    return Question(actor, asked, document, action)


@contextmanager
def audited(settings: Settings, question: Question) -> Iterator[None]:
    """Gather what is read in this block, and note it at its end, and before anything leaves it as a file.

    Raises:
        KehutuError: AUDIT_UNWRITABLE, AUDIT_MISSING.
    """

    def note(reads: Reads, refusal: str | None = None) -> None:
        with open_ledger(settings) as ledger:
            question.note(ledger, reads, refusal)

    reads = Reads(note)
    try:
        with gathering(reads):
            yield
    except KehutuError as fault:
        if fault.code in REFUSALS:
            if (settings.home / "ledger").exists():  # without a site nobody is refused anything
                note(reads, fault.code)
            raise
        reads.settle()
        raise
    reads.settle()


def _changed_policy(ledger: Ledger) -> list[audit.NewEntry]:
    """An entry where the policy in force is another one than the trail last named."""
    subject = f"{POLICY} {policy_digest()}"
    if (ledger.id, subject) in _named:
        return []
    _named.add((ledger.id, subject))
    latest = audit.latest(ledger, POLICY)
    if latest is not None and latest.subject == subject:
        return []
    return [audit.NewEntry(f"os:{account()}", POLICY, subject, "operation", datetime.now(UTC))]


_named: set[tuple[str, str]] = set()
"""What trails are known to name: by ledger, so that only the first question of a process asks the trail."""
