"""Who asks: what the policy needs of a person or a program to say what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and for what."""

    role: str
    """One role of the policy."""
    regions: tuple[str, ...] = ()
    """Paths of areas that it sees, each with its closing slash; ``*`` sees all."""
    tenant: str | None = None
    """The utility that it belongs to; None for the deployment's."""
    customers: tuple[str, ...] = ()
    """Ids of its own customers, of the role customer."""
    technician: str | None = None
    """Its own id, of the role technician."""
    purpose: str | None = None
    """For what it asks; None for the first purpose of its role."""
    subject: str = ""
    """Who it is, as its token says."""


EVERYONE: Final = Asker("everyone", ("*",))
"""Sees all, unmasked: the only asker there is as long as there is no policy."""
