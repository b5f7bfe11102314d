"""``kehutu show``: what is known of one entity."""

from __future__ import annotations

from datetime import date

import click

from cli.asking import reading
from cli.assumptions import with_messages
from cli.directions import direction_text
from cli.options import Call, as_of_option
from cli.output import fields_of, print_json, print_table
from cli.seen import seen_site
from services.entity import Entity
from services.entity import show as look
from services.schema import type_text, value_text
from terms.errors import Lang

TEXT = {
    "en": {
        "values": ("property", "value", "unit", "meaning"),
        "relations": ("relation", "direction", "with", "count", "ended or not begun"),
        "ended": "This entity has ended.",
        "keys": "Also known as {keys}",
        "day": "Relations as of {day}.",
    },
    "zh": {
        "values": ("属性", "值", "单位", "含义"),
        "relations": ("关系", "方向", "对方类型", "数量", "已终止或未开始"),
        "ended": "该对象已终止。",
        "keys": "又名 {keys}",
        "day": "关系截至 {day}。",
    },
}


@click.command()
@click.argument("entity", metavar="ID")
@as_of_option
@reading("entity")
def show(call: Call, entity: str, *, as_of: date | None) -> int:
    """Show what is known of ID: its values, all its keys, and how many relations it has.

    ID is an id, an old id or a business number. Relations that have ended or not begun are counted apart; `kehutu
    neighbours --ended` lists them. Exit 1 where ID names nothing.
    """
    with seen_site(call) as seen:
        found = look(seen, entity, call.lang, as_of)
    if call.json:
        print_json({**fields_of(found), "assumptions": with_messages(found.assumptions, call.lang)})
    else:
        _print(found, call.lang)
    return 0


def _print(found: Entity, lang: Lang) -> None:
    text = TEXT[lang]
    click.echo(f"{type_text(found.type, lang)} {found.name} ({found.id}), {', '.join(found.origins)}")
    if found.ended:
        click.echo(text["ended"])
    print_table(
        text["values"],
        [
            (v.name, value_text(found.type, v.name, v.value, lang), v.unit or "", v.label)
            for v in found.values
        ],
    )
    other = [key for key in found.keys if key != found.id]
    if other:
        click.echo("\n" + str(text["keys"]).format(keys=", ".join(other)))
    if found.relations:
        click.echo()
        print_table(
            text["relations"],
            [
                (
                    *(type_text(c.relation, lang), direction_text(c.direction, lang)),
                    *(type_text(c.type, lang), c.count, c.ended),
                )
                for c in found.relations
            ],
        )
        click.echo(str(text["day"]).format(day=found.data_time))
    for assumed in found.assumptions:
        click.echo("\n" + assumed.message(lang))
