"""``kehutu neighbours``: what an entity is linked with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import click

from cli.asking import reading
from cli.assumptions import with_messages
from cli.directions import direction_text
from cli.options import Call, after_option, as_of_option, first_option
from cli.output import fields_of, print_json, print_more, print_table
from cli.seen import seen_site
from services.graph_answers.neighbours import Neighbour, Neighbours
from services.graph_answers.neighbours import neighbours as look
from services.graph_answers.relation_provenance import RelationSource, sources_for
from services.schema import type_text
from terms.errors import Lang
from terms.texts import filled

TEXT = {
    "en": {
        "hidden": "It has relations that you may not see.",
        "counts": ("relation", "direction", "with", "count", "ended or not begun"),
        "columns": (
            *("relation", "direction", "type", "name", "id", "amount, yuan"),
            *("since", "until", "state", "record"),
        ),
        "running": "",
        "ended": "ended",
        "later": "not begun",
        "none": "It has no such relation on {day}.",
        "more": "{ended:,} {ended:has|have} ended or not begun: `--ended` shows them.",
        "day": "As of {day}.",
        "sources": ("record", "channel", "observed, UTC", "since", "until", "state", "tells"),
        "stated": "{relation} {direction} {name} ({id}{key}) is stated by",
        "outdone": "does not count",
    },
    "zh": {
        "hidden": "另有您无权查看的关系。",
        "counts": ("关系", "方向", "对方类型", "数量", "已终止或未开始"),
        "columns": (
            *("关系", "方向", "类型", "名称", "编号", "金额（元）"),
            *("起始日", "终止日", "状态", "记录"),
        ),
        "running": "",
        "ended": "已终止",
        "later": "未开始",
        "none": "截至 {day} 没有此类关系。",
        "more": "另有 {ended} 条已终止或未开始：用 `--ended` 列出。",
        "day": "截至 {day}。",
        "sources": ("记录", "渠道", "观测时间（UTC）", "起始日", "终止日", "状态", "内容"),
        "stated": "{relation} {direction} {name}（{id}{key}）的依据",
        "outdone": "不采用",
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
@click.option(
    "--ended", is_flag=True, help="Also list relations that have ended or not begun; they are marked."
)
@click.option(
    "--sources", is_flag=True, help="Also tell which records state each relation, and for which time."
)
@as_of_option
@first_option("Print at most this many relations.", default=50, most=1000)
@after_option
@reading("neighbours")
def neighbours(  # one for each flag
    call: Call,
    entity: str,
    *,
    relations: tuple[str, ...],
    ended: bool,
    sources: bool,
    as_of: date | None,
    first: int,
    after: str | None,
) -> int:
    """Show the relations of ID and what is at their other ends, with counts by type.

    Relations that have ended or not begun are counted apart; --ended lists them too. Exit 1 where there is none.
    """
    with seen_site(call) as seen:
        found = look(seen, entity, relations, first, after, as_of=as_of, ended=ended)
        nodes = [edge.node for edge in found.edges] if sources else []
        told = sources_for(seen, seen.entity(entity), nodes, found.data_time)
    if call.json:
        print_json(_document(found, told, call.lang, sources=sources))
    else:
        _print(found, call.lang, ended=ended)
        _print_sources(found, told, call.lang)
    return 0 if found.total_count else 1


def _document(
    found: Neighbours, told: Sequence[tuple[RelationSource, ...]], lang: Lang, *, sources: bool
) -> dict[str, object]:
    """The answer as JSON; the records that state a relation are a field of it where they were asked for."""
    document = {**fields_of(found), "assumptions": with_messages(found.assumptions, lang)}
    if sources:
        document["edges"] = [
            {"node": {**fields_of(edge.node), "sources": stated}, "cursor": edge.cursor}
            for edge, stated in zip(found.edges, told, strict=True)
        ]
    return document


def _print(found: Neighbours, lang: Lang, *, ended: bool) -> None:
    text = TEXT[lang]
    if found.counts:
        print_table(
            text["counts"],
            [
                (
                    *(type_text(c.relation, lang), direction_text(c.direction, lang)),
                    *(type_text(c.type, lang), c.count, c.ended),
                )
                for c in found.counts
            ],
        )
        click.echo()
    if found.edges:
        print_table(text["columns"], [_row(edge.node, found.data_time, lang) for edge in found.edges])
        print_more(len(found.edges), found.total_count, found.page_info.end_cursor, lang)
        click.echo(str(text["day"]).format(day=found.data_time))
    elif not found.total_count and not found.assumptions:
        click.echo(str(text["none"]).format(day=found.data_time))
    more = sum(count.ended for count in found.counts)
    if more and not ended:
        click.echo(filled(str(text["more"]), ended=more))
    if found.hidden:
        click.echo(text["hidden"])
    for assumed in found.assumptions:
        click.echo(assumed.message(lang))


def _row(found: Neighbour, day: date, lang: Lang) -> tuple[object, ...]:
    state = "running"
    if found.ended:
        state = "later" if (found.since or "") > day.isoformat() else "ended"
    return (
        *(
            type_text(found.relation, lang),
            direction_text(found.direction, lang),
            type_text(found.type, lang),
            found.name,
            found.id,
            found.amount or "",
        ),
        *(found.since or "", found.until or "", TEXT[lang][state], found.record_id),
    )


def _print_sources(found: Neighbours, told: Sequence[tuple[RelationSource, ...]], lang: Lang) -> None:
    text = TEXT[lang]
    for edge, stated in zip(found.edges, told, strict=False):
        node = edge.node
        click.echo()
        click.echo(
            str(text["stated"]).format(
                relation=type_text(node.relation, lang),
                direction=direction_text(node.direction, lang),
                name=node.name,
                id=node.id,
                key=f", {node.key}" if node.key else "",
            )
        )
        print_table(text["sources"], [_source(source, found.data_time, lang) for source in stated])


def _source(source: RelationSource, day: date, lang: Lang) -> tuple[object, ...]:
    state = "running"
    if source.ended:
        state = "later" if (source.since or "") > day.isoformat() else "ended"
    words = (TEXT[lang][state], "" if source.current else TEXT[lang]["outdone"])
    return (
        *(source.record_id, source.channel, f"{source.observed_at:%Y-%m-%d %H:%M}"),
        *(source.since or "", source.until or "", ", ".join(str(word) for word in words if word)),
        ", ".join(f"{v.name} {v.value}{f' {v.unit}' if v.unit else ''}" for v in source.values),
    )
