"""``kehutu search``: find entities by text."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_table
from services.search import search as find
from services.site import open_site


@click.command()
@click.argument("text")
@click.option(
    "--type", "types", multiple=True, help="Only this type (may be given several times), e.g. Customer."
)
@click.option(
    "--first", type=click.IntRange(1, 1000), default=20, show_default=True, help="Most hits to print."
)
@command
def search(call: Call, text: str, types: tuple[str, ...], first: int) -> int:
    """Find customers, people, enterprises and equipment by name, number, phone or pinyin. Exit 1 without a hit."""
    with open_site(call.settings) as site:
        hits = find(site, text, types, first)
    if call.json:
        print_json({"edges": [{"node": hit} for hit in hits], "totalCount": len(hits)})
    elif hits:
        print_table(
            ("type", "name", "id", "origin"), [(h.type, h.name, h.id, ", ".join(h.origins)) for h in hits]
        )
    else:
        click.echo("Nothing found.")
    return 0 if hits else 1
