"""``kehutu related``: who stands close to a party, whatever the money."""

from __future__ import annotations

from datetime import date

import click

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import connection, with_connections
from cli.options import Call, as_of_option, first_option
from cli.output import print_json, print_table
from cli.seen import seen_site
from services.arrears import pages
from services.arrears.answer.relation_words import relation_text
from services.arrears.groups.related import RelatedParties, related_parties
from services.seen import Seen
from terms.errors import Lang

TEXT = {
    "en": {
        "head": "Closest to {name} by random walks with restart over all links: closeness, not money.",
        "columns": ("party", "name", "closeness", "at most", "linked by"),
        "through": "others",
        "between": ", ",
        "foot": "The walk spends {own:.1%} of its time at the party itself.",
        "run": " Run {run}, data of {time}.",
        "day": " Links as of {time}, without a run.",
        "caution": "Note: ",
    },
    "zh": {
        "head": "按带重启的随机游走，与 {name} 最接近的主体：表示接近程度，不是金额。",
        "columns": ("主体", "名称", "接近度", "至多", "直接关联"),
        "through": "经由他方",
        "between": "、",
        "foot": "游走有 {own:.1%} 的时间停留在该主体自身。",
        "run": "批次 {run}，数据截至 {time}。",
        "day": "关联截至 {time}，未取自批次。",
        "caution": "说明：",
    },
}


@click.command()
@click.argument("party")
@first_option("List at most this many parties.", default=20, most=100)
@as_of_option
@reading("relatedParties")
def related(call: Call, party: str, *, first: int, as_of: date | None) -> int:
    """Show who stands close to PARTY through all its links, of money and of evidence.

    Closeness is the share of its time that a random walk from PARTY spends at another one; "at most" is a proven upper
    limit. It says who belongs together, not what anybody could lose. Needs a run (`kehutu analyse`), or a day
    (--as-of). Exit 1 where nobody is linked with PARTY.
    """
    with seen_site(call) as seen:
        answer = related_parties(seen, party, as_of=as_of)
        if call.json:
            print_json(document(seen, answer, first, call.lang))
        else:
            _print(answer, first, call.lang)
    return 0 if answer.related else 1


def document(seen: Seen, answer: RelatedParties, first: int, lang: Lang) -> dict[str, object]:
    """The answer in the shape of the GraphQL field ``relatedParties``."""
    return with_connections(
        answer,
        related=connection(pages.related(seen, answer, first)),
        assumptions=with_messages(answer.assumptions, lang),
    )


def _print(answer: RelatedParties, first: int, lang: Lang) -> None:
    text = TEXT[lang]
    if answer.related:
        click.echo(str(text["head"]).format(name=answer.party.name))
        print_table(
            tuple(text["columns"]),
            [
                (
                    found.party.id,
                    found.party.name,
                    f"{found.closeness:.3%}",
                    f"{found.closeness + found.bound:.3%}",
                    str(text["between"]).join(relation_text(name, lang) for name in found.relations)
                    or str(text["through"]),
                )
                for found in answer.related[:first]
            ],
        )
        told = text["day"] if answer.run is None else text["run"]
        run = "" if answer.run is None else answer.run.id
        foot = f"{text['foot']}{told}".format(own=answer.own, run=run, time=answer.data_time)
        click.echo(foot)
    for assumed in answer.assumptions:
        click.echo(f"{text['caution']}{assumed.message(lang)}")
