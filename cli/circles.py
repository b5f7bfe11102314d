"""``kehutu circles``: enterprises that guarantee each other in a ring."""

from __future__ import annotations

from datetime import date

import click

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import connection, with_connections
from cli.group_words import group_document, group_lines
from cli.options import Call, as_of_option, first_option
from cli.output import print_json, print_table
from cli.seen import seen_site
from services.arrears import pages
from services.arrears.ownership.circles import LONGEST, GuaranteeCircle, guarantee_circles
from services.seen import Seen
from terms.errors import Lang

TEXT = {
    "en": {
        "columns": ("circle", "kind", "members", "guaranteed inside, yuan", "from outside", "to outside"),
        "cycle": "{way}: at most {amount} yuan",
        "more": "more or longer cycles exist",
        "none": "No guarantee circle on {day}.",
        "total": "{shown} of {total} circles.",
        "synthetic": "Some enterprises named here are SYNTHETIC.",
        "at_least": "≥",
    },
    "zh": {
        "columns": ("担保圈", "类型", "成员数", "圈内担保（元）", "圈外担入", "对外担保"),
        "cycle": "{way}：瓶颈金额 {amount} 元",
        "more": "还有更多或更长的环",
        "none": "截至 {day} 没有担保圈。",
        "total": "共 {total} 个担保圈，列出 {shown} 个。",
        "synthetic": "此处部分企业为合成数据。",
        "at_least": "≥",
    },
}

CYCLES_PRINTED = 3


@click.command()
@first_option("Print at most this many circles.", default=10, most=100)
@click.option(
    "--longest",
    type=click.IntRange(1, 12),
    default=LONGEST,
    show_default=True,
    help="List cycles of at most this many members.",
)
@as_of_option
@reading("guaranteeCircles")
def circles(call: Call, first: int, longest: int, *, as_of: date | None) -> int:
    """List guarantee circles: enterprises that guarantee each other, directly or in a ring.

    A circle is a strongly connected component of guarantees with at least two enterprises, or an enterprise that
    guarantees itself. Circles with the largest guarantees inside come first. Below each stand its cycles; the amount
    is the smallest guarantee on the way round. Counted are guarantees that hold on the day of the answer.

    Needs no run. With one (`kehutu analyse`) it also says how likely it is that at least one member fails, and that
    all do, which member starts it most often, and what releasing a guarantee would change.
    Exit 1 where there is no circle.
    """
    with seen_site(call) as seen:
        found = guarantee_circles(seen, as_of=as_of)
        page = pages.circles(seen, found, first, longest=longest)
        told = [edge.node for edge in page.edges]
        if call.json:
            more = {"dataTime": found.day, "assumptions": with_messages(found.assumptions, call.lang)}
            print_json({**connection(page, lambda circle: document(seen, circle)), **more})
        elif told:
            _print(told, len(found.ranked), call.lang)
        else:
            click.echo(str(TEXT[call.lang]["none"]).format(day=found.day))
            for assumed in found.assumptions:
                click.echo(assumed.message(call.lang))
    return 0 if told else 1


def document(seen: Seen, circle: GuaranteeCircle) -> dict[str, object]:
    """A circle in the shape of GraphQL."""
    return with_connections(
        circle,
        members=connection(pages.circle_members(seen, circle, 100)),
        cycles=connection(pages.cycles(seen, circle, 100)),
        risk=circle.risk and group_document(seen, circle.risk),
    )


def _print(told: list[GuaranteeCircle], total: int, lang: Lang) -> None:
    text = TEXT[lang]
    print_table(
        tuple(text["columns"]),
        [
            (
                circle.id,
                circle.kind,
                circle.size,
                str(circle.internal),
                str(circle.inflow),
                str(circle.outflow),
            )
            for circle in told
        ],
    )
    for circle in told:
        click.echo(f"\n{circle.id}")
        for cycle in circle.cycles[:CYCLES_PRINTED]:
            unknown = any(step.amount_unknown for step in cycle.steps)
            names = [step.guarantor.name for step in cycle.steps]
            amount = f"{text['at_least'] if unknown else ''}{cycle.bottleneck}"
            click.echo(f"  {str(text['cycle']).format(way=' → '.join([*names, names[0]]), amount=amount)}")
        if circle.risk:
            for line in group_lines(circle.risk, lang):
                click.echo(f"  {line}")
        if circle.more_cycles or len(circle.cycles) > CYCLES_PRINTED:
            click.echo(f"  … {text['more']}")
    click.echo("\n" + str(text["total"]).format(shown=len(told), total=total))
    if any("synthetic" in member.origins for circle in told for member in circle.members):
        click.echo(text["synthetic"])
