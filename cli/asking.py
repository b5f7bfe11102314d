"""Who asks by a command: the operator, or with ``--as`` a role of the policy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import click

from cli.options import Call, Function, command
from services.access.asker import ALL_REGIONS, Asker, asker, operator, refuse_unless_open
from services.access.policy_file import ROLES
from terms.errors import KehutuError


@dataclass(frozen=True, slots=True)
class Told:
    """What flags say of who asks."""

    subject: str | None
    region: tuple[str, ...]
    customer: tuple[str, ...]
    technician: str | None
    purpose: str | None

    def asker(self, role: str) -> Asker:
        """The asker of a role.

        Raises:
            KehutuError: ``ROLE_UNKNOWN``, ``PURPOSE_NOT_ALLOWED``, ``REGION_FAULT``.
        """
        return asker(
            role,
            subject=self.subject,
            regions=self.region or (ALL_REGIONS,),
            customers=self.customer,
            technician=self.technician,
            purpose=self.purpose,
        )


def telling(function: Function) -> Function:
    """The flags that say who asks; they arrive as one argument ``told``."""

    @click.option("--subject", help="Who it is; the role's name unless given.")
    @click.option(
        "--region",
        multiple=True,
        metavar="PATH",
        help="Path of an area that it sees, as CN/44/. Default: all.",
    )
    @click.option("--customer", multiple=True, metavar="ID", help="A customer of its own (role customer).")
    @click.option("--technician", metavar="ID", help="Its own id (role technician).")
    @click.option("--purpose", help="For what it asks; the first purpose of its role unless given.")
    @functools.wraps(function)
    def wrapped(
        *given: object,
        subject: str | None,
        region: tuple[str, ...],
        customer: tuple[str, ...],
        technician: str | None,
        purpose: str | None,
        **own: object,
    ) -> object:
        return function(*given, told=Told(subject, region, customer, technician, purpose), **own)

    return cast("Function", wrapped)


def reading(field: str) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """A command that answers: the shared flags, and ``--as ROLE`` with what says more of who asks.

    Args:
        field: the root field that answers the same; a role that may not use it is refused.
    """

    def decorate(function: Callable[..., int]) -> Callable[..., None]:
        @click.option(
            "--as", "role", metavar="ROLE", help=f"Ask in a role: {', '.join(ROLES)}. Default: the operator."
        )
        @telling
        @functools.wraps(function)
        def asked(call: Call, *, role: str | None, told: Told, **own: object) -> int:
            if role is None:
                if told != Told(None, (), (), None, None):
                    raise KehutuError("ROLE_NOT_NAMED")
                who = operator()
            else:
                who = told.asker(role)
            refuse_unless_open(who, field)
            return function(replace(call, asker=who), **own)

        return command(asked)

    return decorate
