"""``kehutu segments``: the classes of customers, what they look like, and why a customer is in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from cli.asking import reading
from cli.connections import connection, with_connections
from cli.options import Call, after_option, first_option
from cli.output import plain, print_json, print_more, print_table
from cli.seen import seen_site
from services.seen import Seen
from services.segments import segments as answers
from services.segments.answer import LOOSE, ContributionBand, CustomerSegment, Segment, ServiceTier
from services.segments.customer import customer_segment
from services.segments.report import report_of
from services.segments.report_texts import EVENTS, PERSPECTIVES
from services.segments.words import figure
from terms.errors import Lang

TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "none": "The run has no classes of customers.",
        "no class": "This customer has no class.",
        "head": "{name} ({id}): strength {strength:.0%}, service {tier}{contact}{band}",
        "contact": ", with a person of contact",
        "band": ", contribution {band}",
        "why": "Why",
        "nearest": "Nearest other class: {name}",
        "change": "What would change it",
        "ask": "What to ask",
        "dimensions": "Where it stands (0 the worst, 0.5 the middle, 1 the best)",
        "rules": "{name}: rules",
        "rule": "  {text}  (covers {coverage:.0%} of the class, {counter} of others)",
        "loose": "loose",
        "firm": "firm",
        "figures": "class|perspective|figure|value|unit|since the last run",
        "written": "Written to {path}",
    },
    "zh": {
        "none": "该批次没有客户类别。",
        "no class": "该客户没有类别。",
        "head": "{name}（{id}）：把握 {strength:.0%}，服务层级 {tier}{contact}{band}",
        "contact": "，设专人联系",
        "band": "，贡献 {band}",
        "why": "原因",
        "nearest": "最接近的其他类别：{name}",
        "change": "什么会改变它",
        "ask": "应当询问",
        "dimensions": "所处位置（0 最差，0.5 居中，1 最好）",
        "rules": "{name}：规则",
        "rule": "  {text}（覆盖该类 {coverage:.0%}，另有 {counter} 个其他类客户）",
        "loose": "松散",
        "firm": "稳固",
        "figures": "类别|维度|指标|数值|单位|较上次",
        "written": "已写入 {path}",
    },
}
COLUMNS: Final[dict[Lang, tuple[str, ...]]] = {
    "en": ("class", "id", "customers", "service", "stability", "since the last run"),
    "zh": ("类别", "编号", "客户数", "服务层级", "稳定度", "较上次"),
}
TIERS: Final[dict[Lang, dict[ServiceTier, str]]] = {
    "en": {one: one.value for one in ServiceTier},
    "zh": {
        ServiceTier.STANDARD: "标准",
        ServiceTier.DIFFERENTIATED: "差异化",
        ServiceTier.CUSTOMISED: "定制",
    },
}
BANDS: Final[dict[Lang, dict[ContributionBand, str]]] = {
    "en": {one: one.value for one in ContributionBand},
    "zh": {ContributionBand.LOW: "低", ContributionBand.MIDDLE: "中", ContributionBand.HIGH: "高"},
}


@click.command()
@click.option(
    "--explain", metavar="CUSTOMER", help="Why a customer is in its class, and what would change it."
)
@click.option(
    "--report",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything into one HTML file that needs nothing else.",
)
@first_option("Print at most this many.", default=20, most=100)
@after_option
@reading("segments")
def segments(call: Call, explain: str | None, file: Path | None, first: int, after: str | None) -> int:
    """List the classes of customers, the largest first, with their rules and figures.

    Classes are found where customers fall apart into groups with a gap between them; where there is no gap there are no
    classes. A class keeps its id from analysis to analysis while most of its members stay together, and has a name
    where it is like a prototype. Needs a run (`kehutu analyse`). Exit 1 where there are no classes, or the customer has
    none.
    """
    with seen_site(call) as seen:
        if explain is not None:
            return _explain(call, seen, explain)
        if file is not None:
            file.write_text(report_of(seen), encoding="utf-8")
            click.echo(TEXT[call.lang]["written"].format(path=file), err=call.json)
        page = answers.segments(seen, first, after, lang=call.lang)
        cautions = answers.cautions(seen)
        if call.json:
            print_json(connection(page, lambda found: _document(seen, found, call.lang)))
            return 0 if page.nodes else 1
    text = TEXT[call.lang]
    if page.nodes:
        print_table(COLUMNS[call.lang], [_row(found, call.lang) for found in page.nodes])
        for found in page.nodes:
            click.echo("\n" + text["rules"].format(name=found.name))
            for rule in found.rules:
                click.echo(
                    text["rule"].format(text=rule.text, coverage=rule.coverage, counter=rule.counter_examples)
                )
        click.echo()
        print_table(
            tuple(text["figures"].split("|")),
            [
                (
                    found.name,
                    PERSPECTIVES[call.lang][one.perspective.value],
                    one.figure,
                    figure(one.value),
                    one.unit,
                    figure(one.movement, signed=True),
                )
                for found in page.nodes
                for one in found.scorecard
            ],
        )
        print_more(len(page.nodes), page.total_count, page.page_info.end_cursor, call.lang)
    else:
        click.echo(text["none"])
    for caution in cautions:
        click.echo(f"! {caution.message(call.lang)}")
    return 0 if page.nodes else 1


def _explain(call: Call, seen: Seen, asked: str) -> int:
    found = customer_segment(seen, asked, lang=call.lang)
    if call.json:
        print_json(None if found is None else plain(found))
    elif found is None:
        click.echo(TEXT[call.lang]["no class"])
    else:
        for line in _words(found, call.lang):
            click.echo(line)
    return 0 if found else 1


def _words(found: CustomerSegment, lang: Lang) -> list[str]:
    text = TEXT[lang]
    band = "" if found.contribution is None else text["band"].format(band=BANDS[lang][found.contribution])
    lines = [
        text["head"].format(
            name=found.name,
            id=found.id,
            strength=found.strength,
            tier=TIERS[lang][found.tier],
            contact=text["contact"] if found.contact_person else "",
            band=band,
        ),
        text["why"],
        *(f"  {reason}" for reason in found.reasons),
    ]
    if found.nearest is not None:
        lines.append(text["nearest"].format(name=found.nearest))
    for key, told in (("change", found.would_change), ("ask", found.ask)):
        if told:
            lines += [text[key], *(f"  {one}" for one in told)]
    lines += [text["dimensions"], *(f"  {one.name} {one.value:.2f}" for one in found.dimensions)]
    return lines


def _document(seen: Seen, found: Segment, lang: Lang) -> dict[str, Any]:
    """A class in the shape of GraphQL."""
    return with_connections(
        found,
        members=connection(answers.members(seen, found.id, 20)),
        movers=connection(answers.movers(seen, found.id, 20, lang=lang)),
    )


def _row(found: Segment, lang: Lang) -> tuple[object, ...]:
    judged = TEXT[lang]["loose" if found.stability < LOOSE else "firm"]
    event = EVENTS[lang].get(found.event or "", found.event or "")
    return found.name, found.id, found.size, TIERS[lang][found.tier], f"{found.stability:.2f} {judged}", event
