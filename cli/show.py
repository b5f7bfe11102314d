"""``kehutu show``: one entity, of whatever type."""

from __future__ import annotations

import click

from cli.directions import direction_text
from cli.options import Call, command
from cli.output import print_json, print_table
from services.entity import show as look
from services.site import open_site

TEXT = {
    "en": {
        "values": "property|value|unit|meaning",
        "names": "Also known as {names}",
        "relations": "relation|direction|with|count",
    },
    "zh": {
        "values": "属性|值|单位|含义",
        "names": "又名 {names}",
        "relations": "关系|方向|对方类型|数量",
    },
}


@click.command()
@click.argument("entity", metavar="ID")
@command
def show(call: Call, entity: str) -> int:
    """Show what is known of ID: its values, every key it is known under, and how many relations it has.

    ID is an id, an old id or a business number. Exit 1 where it names nothing.
    """
    with open_site(call.settings, create=False) as site:
        found = look(site, entity, call.lang)
    if call.json:
        print_json(found)
        return 0
    text = TEXT[call.lang]
    click.echo(f"{found.type} {found.name} ({found.id}), {', '.join(found.origins)}")
    print_table(
        text["values"].split("|"),
        [(v.name, str(v.value), v.unit or "", v.label) for v in found.values],
    )
    other = [key for key in found.keys if key != found.id]
    if other:
        click.echo("\n" + text["names"].format(names=", ".join(other)))
    if found.relations:
        click.echo()
        print_table(
            text["relations"].split("|"),
            [(c.relation, direction_text(c.direction, call.lang), c.type, c.count) for c in found.relations],
        )
    return 0
