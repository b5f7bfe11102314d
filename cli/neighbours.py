"""``kehutu neighbours``: what an entity is linked with."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_more, print_table
from services.graph_answers.neighbours import neighbours as look
from services.site import open_site


@click.command()
@click.argument("entity", metavar="ID")
@click.option(
    "--relation",
    "relations",
    multiple=True,
    help="Only this type (may be given several times), e.g. GUARANTEES.",
)
@click.option("--first", type=click.IntRange(1, 1000), default=50, show_default=True, help="Most to print.")
@click.option("--after", help="Cursor of the last one of the page before.")
@command
def neighbours(call: Call, entity: str, *, relations: tuple[str, ...], first: int, after: str | None) -> int:
    """Show the relations of ID and what is at their other ends, with counts by type. Exit 1 without any."""
    with open_site(call.settings) as site:
        found = look(site, entity, relations, first, after)
    if call.json:
        print_json(found)
        return 0 if found.total_count else 1
    if not found.total_count:
        click.echo("It has no such relation.")
        return 1
    print_table(
        ("relation", "direction", "with", "count"),
        [(c.relation, c.direction.value, c.type, c.count) for c in found.counts],
    )
    click.echo()
    print_table(
        ("relation", "direction", "type", "name", "id", "amount, yuan", "since", "record"),
        [
            (n.relation, n.direction.value, n.type, n.name, n.id, n.amount or "", n.since or "", n.record_id)
            for n in (edge.node for edge in found.edges)
        ],
    )
    print_more(len(found.edges), found.total_count, found.page_info.end_cursor)
    return 0
