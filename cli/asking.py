"""Who asks by a command: the operator, or with ``--as`` a role of the policy."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from typing import TextIO, cast

import click

from cli.options import Call, Function, command
from services.access.asker import ALL_REGIONS, Asker, asker, operator, refuse_at_terminal, refuse_unless_open
from services.access.policy_file import ROLES
from services.auditing import READ, at_terminal, audited
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


class Held(io.StringIO):
    """What a command prints, held back until the audit trail knows of it."""

    def __init__(self, target: TextIO) -> None:
        super().__init__()
        self._target = target

    def isatty(self) -> bool:
        """Whether it goes to a terminal."""
        return self._target.isatty()

    def release(self) -> None:
        """Let it out."""
        self._target.write(self.getvalue())
        self._target.flush()


def reading(field: str, action: str = READ) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """A command that answers: the shared flags, and ``--as ROLE`` with what says more of who asks.

    Args:
        field: the root field that answers the same; a role that may not use it is refused.
        action: as what the audit trail counts it.
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
            asking = at_terminal(who, f"kehutu {function.__name__.replace('_', '-')}", action)
            held = Held(sys.stdout)
            try:
                with redirect_stdout(held), audited(call.settings, asking):
                    refuse_unless_open(who, field)
                    refuse_at_terminal(who, field)
                    status = function(replace(call, asker=who), **own)
            except KehutuError as fault:
                if not fault.code.startswith("AUDIT_"):
                    held.release()
                raise
            held.release()
            return status

        return command(asked)

    return decorate
