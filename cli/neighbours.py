"""``kehutu neighbours``: what an entity is linked with."""

from __future__ import annotations

import click

from cli.directions import direction_text
from cli.options import Call, command
from cli.output import print_json, print_more, print_table
from services.graph_answers.neighbours import neighbours as look
from services.site import open_site

TEXT = {
    "en": {
        "none": "It has no such relation.",
        "counts": "relation|direction|with|count",
        "list": "relation|direction|type|name|id|amount, yuan|since|record",
    },
    "zh": {
        "none": "没有此类关系。",
        "counts": "关系|方向|对方类型|数量",
        "list": "关系|方向|类型|名称|编号|金额（元）|起始日|记录",
    },
}


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
    with open_site(call.settings, create=False) as site:
        found = look(site, entity, relations, first, after)
    if call.json:
        print_json(found)
        return 0 if found.total_count else 1
    text = TEXT[call.lang]
    if not found.total_count:
        click.echo(text["none"])
        return 1
    print_table(
        text["counts"].split("|"),
        [(c.relation, direction_text(c.direction, call.lang), c.type, c.count) for c in found.counts],
    )
    click.echo()
    print_table(
        text["list"].split("|"),
        [
            (
                n.relation,
                direction_text(n.direction, call.lang),
                n.type,
                n.name,
                n.id,
                n.amount or "",
                n.since or "",
                n.record_id,
            )
            for n in (edge.node for edge in found.edges)
        ],
    )
    print_more(len(found.edges), found.total_count, found.page_info.end_cursor, call.lang)
    return 0
