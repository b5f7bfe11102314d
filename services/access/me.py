"""What an asker is told of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.access.asker import Asker


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be asked within a time, and how much was."""

    name: str
    """What is limited."""
    limit: int
    """The most within the time."""
    used: int
    """How much of it is used."""
    resets_at: datetime
    """When it begins anew, ISO instant in UTC."""


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks, as the site understands it."""

    subject: str
    """Who it is, as the token says; the role's name where the demonstration answers without a token."""
    role: str
    """Role in the access policy."""
    purpose: str
    """For what it asks."""
    tenant: str | None
    """The utility that it belongs to; absent for the deployment's."""
    regions: tuple[str, ...]
    """Paths of areas that it sees, each with its closing slash; * sees all."""
    customers: tuple[str, ...]
    """Ids of its own customers."""
    limits: tuple[Limit, ...]
    """Limits that hold for it; none as long as nothing is limited."""


def me(asked: Asker) -> Me:
    """What an asker is told of itself."""
    return Me(
        subject=asked.subject,
        role=asked.role,
        purpose=asked.purpose or "",
        tenant=asked.tenant,
        regions=asked.regions,
        customers=asked.customers,
        limits=(),
    )
