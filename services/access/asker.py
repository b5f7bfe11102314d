"""Who asks: what the policy needs of a person or a program to say what it sees."""

from __future__ import annotations

import getpass
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from graph.schema.source import hint
from services.access.policy_file import ROLES, product_policy
from services.access.root_fields import (
    CLOSED,
    FILTERED,
    NEEDS,
    OF_A_REGION,
    OF_ONES_OWN,
    OF_OPERATION,
    OF_REGIONS,
    OPEN_TYPES,
    OWN_PARTY,
    PARTIES,
    REACHING,
    TERMINAL,
)
from terms.errors import KehutuError

ALL_REGIONS: Final = "*"


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

    @property
    def whole(self) -> bool:
        """Whether it sees every entity: the operator, and an analyst of all regions and tenants."""
        return self.role == EVERYONE.role or (
            self.role == "analyst" and ALL_REGIONS in self.regions and self.tenant is None
        )


EVERYONE: Final = Asker("everyone", (ALL_REGIONS,))
"""Sees all, unmasked: the operator of the site at its own command line. No token names this role."""


def account() -> str:
    """Who works at this terminal: the account's name, its number where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def operator() -> Asker:
    """The operator of the site, as this terminal knows him."""
    return replace(EVERYONE, subject=f"os:{account()}")


def asker(
    role: str,
    *,
    subject: str | None = None,
    regions: Sequence[str] = (ALL_REGIONS,),
    tenant: str | None = None,
    customers: Sequence[str] = (),
    technician: str | None = None,
    purpose: str | None = None,
) -> Asker:
    """An asker of a role of the policy, its purpose decided.

    Args:
        subject: the role's name where there is none.

    Raises:
        KehutuError: ``ROLE_UNKNOWN``, ``PURPOSE_NOT_ALLOWED``, ``REGION_FAULT``.
    """
    if role not in ROLES:
        raise KehutuError("ROLE_UNKNOWN", found=role, hint=hint(role, ROLES), known=", ".join(ROLES))
    made = Asker(
        role=role,
        regions=tuple(map(area, regions)),
        tenant=tenant,
        customers=tuple(customers),
        technician=technician,
        subject=subject or role,
    )
    return for_purpose(made, purpose)


def area(path: str) -> str:
    """The path of an area with its closing slash, so that ``CN/4`` does not fit ``CN/44/``.

    >>> area("CN/44"), area("CN/44/"), area("*")
    ('CN/44/', 'CN/44/', '*')

    Raises:
        KehutuError: ``REGION_FAULT``.
    """
    if path == ALL_REGIONS:
        return path
    steps = path.removesuffix("/").split("/")
    if not all(steps):
        raise KehutuError("REGION_FAULT", found=path)
    return "/".join(steps) + "/"


def for_purpose(asked: Asker, purpose: str | None) -> Asker:
    """The same asker for a purpose; for the first of its role where none is asked for.

    Raises:
        KehutuError: ``PURPOSE_NOT_ALLOWED``.
    """
    role = product_policy().roles.get(asked.role)
    if role is None:  # the operator, who needs none
        return replace(asked, purpose=purpose)
    if purpose is not None and purpose not in role.purposes:
        raise KehutuError(
            "PURPOSE_NOT_ALLOWED", role=asked.role, found=purpose, known=", ".join(role.purposes)
        )
    return replace(asked, purpose=purpose or role.usual)


def refuse_unless_open(asked: Asker, field: str) -> None:
    """Refuse a root field that a role may not use, or at which the rules for this asker do not act yet.

    Raises:
        KehutuError: ``FORBIDDEN``.
    """
    if asked.role == EVERYONE.role:
        return
    allowed = product_policy().fields(asked.role, asked.subject)
    if field not in allowed or not (asked.whole or (field in open_to(asked.role) and shows(asked, field))):
        raise KehutuError("FORBIDDEN", role=asked.role, field=field)


def open_to(role: str) -> frozenset[str]:
    """Root fields at which every rule acts for a role that does not see everything."""
    regional = OF_A_REGION if role in OF_REGIONS else frozenset[str]()
    if role in REACHING:
        regional = OF_ONES_OWN
    operation = OF_OPERATION if role == "administrator" else frozenset[str]()
    return FILTERED | regional | operation


def refuse_at_terminal(asked: Asker, field: str) -> None:
    """Refuse a command to who does not see ids in clear: commands print them as they are.

    Raises:
        KehutuError: ``FORBIDDEN``.
    """
    if asked.role in OF_REGIONS and not shows(asked, TERMINAL):
        raise KehutuError("FORBIDDEN", role=asked.role, field=field)


def shows(asked: Asker, name: str) -> bool:
    """Whether an asker sees in clear what a root field, or a type, that is not made of stored values is made of."""
    role = product_policy().roles[asked.role]
    forms = product_policy().forms(role.name, asked.purpose or role.usual, asked.subject)
    return all(forms[kind] == "clear" for kind in NEEDS.get(name, ()))


def refuse_unless_ruled(asked: Asker, coordinate: str) -> None:
    """Refuse a field (``Type.field``) at which a rule is missing, to whoever does not see everything.

    Raises:
        KehutuError: ``FORBIDDEN``.
    """
    kind = coordinate.partition(".")[0]
    whole_of = kind.removesuffix("Connection").removesuffix("Edge")
    if asked.whole:
        return
    if asked.role in REACHING and kind in PARTIES and coordinate not in OWN_PARTY:
        raise KehutuError("FORBIDDEN", role=asked.role, field=coordinate)
    ruled = coordinate not in CLOSED and {kind, whole_of} & OPEN_TYPES
    if not ruled or not (shows(asked, whole_of) and shows(asked, coordinate)):
        raise KehutuError("FORBIDDEN", role=asked.role, field=coordinate)
