"""``kehutu show``: one entity, of whatever type."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_table
from services.entity import show as look
from services.site import open_site


@click.command()
@click.argument("entity", metavar="ID")
@command
def show(call: Call, entity: str) -> int:
    """Show what is known of ID: its values, every key it is known under, and how many relations it has.

    ID is an id, an old id or a business number. Exit 1 where it names nothing.
    """
    with open_site(call.settings) as site:
        found = look(site, entity, call.lang)
    if call.json:
        print_json(found)
        return 0
    click.echo(f"{found.type} {found.name} ({found.id}), {', '.join(found.origins)}")
    print_table(
        ("property", "value", "unit", "meaning"),
        [(v.name, str(v.value), v.unit or "", v.label) for v in found.values],
    )
    other = [key for key in found.keys if key != found.id]
    if other:
        click.echo(f"\nAlso known as {', '.join(other)}")
    if found.relations:
        click.echo()
        print_table(
            ("relation", "direction", "with", "count"),
            [(c.relation, c.direction.value, c.type, c.count) for c in found.relations],
        )
    return 0
