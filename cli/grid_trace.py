"""``kehutu grid-trace``: what feeds an element of the network, or whom it feeds."""

from __future__ import annotations

import click

from cli.asking import reading
from cli.options import Call, after_option, first_option
from cli.output import print_json, print_more, print_table
from cli.seen import seen_site
from services.graph_answers.grid import GridDirection
from services.graph_answers.grid import grid_trace as look
from services.schema import type_text

TEXT = {
    "en": {
        "columns": "steps|type|name|id|origin",
        "total": "In all: {counts}",
        "none": "Nothing feeds it.",
    },
    "zh": {
        "columns": "步数|类型|名称|编号|来源性质",
        "total": "合计：{counts}",
        "none": "没有为其供电的设备。",
    },
}


@click.command("grid-trace")
@click.argument("element", metavar="ID")
@click.option(
    "--up", "direction", flag_value=GridDirection.UP, type=GridDirection, default=True, help="What feeds it."
)
@click.option(
    "--down", "direction", flag_value=GridDirection.DOWN, type=GridDirection, help="What and whom it feeds."
)
@first_option("Print at most this many elements.", default=50, most=1000)
@after_option
@reading("gridTrace")
def grid_trace(call: Call, element: str, *, direction: GridDirection, first: int, after: str | None) -> int:
    """Follow the network from ID, the nearest element first: up to the source, or down to the customers.

    ID names a substation, line, transformer or service point; with --up it may also name a customer. Exit 1 where
    nothing is found.
    """
    with seen_site(call) as seen:
        found = look(seen, element, direction, first, after)
    if call.json:
        print_json(found)
        return 0 if found.total_count else 1
    if found.edges:
        print_table(
            TEXT[call.lang]["columns"].split("|"),
            [
                (e.distance, type_text(e.type, call.lang), e.name, e.id, ", ".join(e.origins))
                for e in (edge.node for edge in found.edges)
            ],
        )
        print_more(len(found.edges), found.total_count, found.page_info.end_cursor, call.lang)
    counts = [f"{count.count:,} {type_text(count.type, call.lang)}" for count in found.counts]
    if direction is GridDirection.DOWN:
        counts.append(f"{found.customer_count:,} {type_text('Customer', call.lang)}")
    click.echo(TEXT[call.lang]["total" if counts else "none"].format(counts=", ".join(counts)))
    return 0 if found.total_count else 1
