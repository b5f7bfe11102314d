"""``kehutu similar``: which customers are like one, and why."""

from __future__ import annotations

from typing import Final

import click

from cli.asking import reading
from cli.connections import connection
from cli.options import Call, after_option, first_option
from cli.output import print_json, print_more
from cli.seen import seen_site
from services.similar.blocks import SimilarityPart
from services.similar.similar import Similar
from services.similar.similar import similar as answer
from terms.errors import Lang

TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "head": "{score:.2f}  {name} ({id})",
        "parts": "      {parts}",
        "party": "the same party stands behind both",
        "neighbours": "both linked with {names}",
        "traits": "in common: {traits}",
        "none": "No other customer is like it.",
    },
    "zh": {
        "head": "{score:.2f}  {name}（{id}）",
        "parts": "      {parts}",
        "party": "背后是同一主体",
        "neighbours": "均与 {names} 关联",
        "traits": "共同点：{traits}",
        "none": "没有与其相似的客户。",
    },
}
PARTS: Final[dict[Lang, dict[SimilarityPart, str]]] = {
    "en": {
        SimilarityPart.NETWORK: "links of the party {value:.2f}",
        SimilarityPart.CONSUMER: "behaviour {value:.2f}",
        SimilarityPart.ORGANISATION: "organisation {value:.2f}",
        SimilarityPart.VALUE: "value {value:.2f}",
    },
    "zh": {
        SimilarityPart.NETWORK: "主体的关联 {value:.2f}",
        SimilarityPart.CONSUMER: "市场与行为 {value:.2f}",
        SimilarityPart.ORGANISATION: "组织与环境 {value:.2f}",
        SimilarityPart.VALUE: "价值 {value:.2f}",
    },
}


@click.command()
@click.argument("entity", metavar="ID")
@first_option("Print at most this many.", default=10, most=100)
@after_option
@reading("customer")
def similar(call: Call, entity: str, first: int, after: str | None) -> int:
    """Find customers that are like ID, the most alike first.

    The score is the sum of its parts. Parties are compared by their links in the current run, customers by their
    features in three dimensions: behaviour, organisation, value. With it comes what both have in common: the party,
    parties that both are linked with, and traits. Needs a run (`kehutu analyse`).
    Exit 1 where nobody is like it.
    """
    with seen_site(call) as seen:
        page, assumptions = answer(seen, entity, first, after, lang=call.lang)
    if call.json:
        print_json(connection(page))
    else:
        for found in page.nodes:
            for line in _words(found, call.lang):
                click.echo(line)
        if not page.nodes:
            click.echo(TEXT[call.lang]["none"])
        for assumption in assumptions:
            click.echo(f"! {assumption.message(call.lang)}")
        print_more(len(page.nodes), page.total_count, page.page_info.end_cursor, call.lang)
    return 0 if page.nodes else 1


def _words(found: Similar, lang: Lang) -> list[str]:
    text, comma = TEXT[lang], "，" if lang == "zh" else ", "
    parts = [PARTS[lang][part.name].format(value=part.value) for part in found.parts]
    if found.same_party:
        parts.append(text["party"])
    if found.neighbours:
        parts.append(text["neighbours"].format(names=comma.join(one.name for one in found.neighbours)))
    if found.traits:
        told = (f"{one.label if lang == 'zh' else one.name} {one.value}" for one in found.traits)
        parts.append(text["traits"].format(traits=comma.join(told)))
    return [
        text["head"].format(score=found.score, name=found.customer.name, id=found.customer.id),
        *(text["parts"].format(parts=part) for part in parts),
    ]
