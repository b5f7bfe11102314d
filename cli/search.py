"""``kehutu search``: find entities by a part of their name, a number or pinyin."""

from __future__ import annotations

import click

from cli.asking import reading
from cli.options import Call, after_option, first_option
from cli.output import print_json, print_more, print_table
from cli.seen import seen_site
from services.schema import type_text
from services.search import search as find

TEXT = {
    "en": {"columns": "type|name|id|origin", "none": "Nothing found."},
    "zh": {"columns": "类型|名称|编号|来源性质", "none": "没有找到。"},
}


@click.command()
@click.argument("text")
@click.option(
    "--type", "types", multiple=True, help="Only this type (may be given several times), e.g. Customer."
)
@first_option("Print at most this many hits.", default=20, most=1000)
@after_option
@reading("search")
def search(call: Call, text: str, *, types: tuple[str, ...], first: int, after: str | None) -> int:
    """Find customers, people, enterprises and equipment by name, number, phone or pinyin.

    A part of the name or number is enough. Exit 1 where nothing is found.
    """
    with seen_site(call) as seen:
        page = find(seen, text, types, first, after)
    if call.json:
        print_json(page)
    elif page.edges:
        print_table(
            TEXT[call.lang]["columns"].split("|"),
            [(type_text(h.type, call.lang), h.name, h.id, ", ".join(h.origins)) for h in page.nodes],
        )
        print_more(len(page.edges), page.total_count, page.page_info.end_cursor, call.lang)
    else:
        click.echo(TEXT[call.lang]["none"])
    return 0 if page.edges else 1
