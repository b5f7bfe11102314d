"""``kehutu token``: a token of the development issuer."""

from __future__ import annotations

import click

from cli.asking import Told, telling
from cli.options import Call, command
from cli.output import print_json
from services.access.policy_file import ROLES
from services.operation.access import LONGEST_TTL, TTL, token_for


@click.command()
@click.argument("role", metavar="ROLE")
@telling
@click.option(
    "--ttl",
    type=click.IntRange(1, LONGEST_TTL),
    default=TTL,
    show_default=True,
    metavar="SECONDS",
    help="Seconds until it expires.",
)
@command
def token(call: Call, role: str, *, told: Told, ttl: int) -> int:
    """Print a token of ROLE for this site, for trying what a role sees.

    The development issuer signs it. It is refused once config.toml names an issuer in [identity].
    """
    made = token_for(call.settings, told.asker(role), ttl)
    if call.json:
        print_json({"token": made})
    else:
        click.echo(made)
    return 0


token.help = (token.help or "") + f"\n\nRoles: {', '.join(ROLES)}."
