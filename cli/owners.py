"""``kehutu owners``: who owns an enterprise in the end."""

from __future__ import annotations

from datetime import date

import click
from rich.text import Text
from rich.tree import Tree

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import connection, with_connections
from cli.options import Call, as_of_option
from cli.output import print_json, print_tree
from cli.seen import seen_site
from services.arrears.ownership.owners import THRESHOLD, Owner, Owners, holders, owning_persons
from services.arrears.ownership.owners import owners as look_through
from services.seen import Seen
from terms.errors import Lang

TEXT = {
    "en": {
        "day": "As of {day}",
        "direct": "Holders by the register",
        "beneficial": "Beneficial owners: people with at least {threshold:.0%} in the end",
        "none": "nobody, as far as the registers tell",
        "persons": "Other people",
        "enterprises": "Enterprises on the way (their shares pass on to the people)",
        "unknown": "Unknown: {share:.2%}",
        "lost": "{share:.2%} not told by the register of {name}",
        "share": "{share:.2%}  {name} ({id}){direct}",
        "through": "  of which directly {direct:.2%}",
        "proxy": "  (an estimate: the exact share is not known)",
        "caution": "Note: ",
    },
    "zh": {
        "day": "截至 {day}",
        "direct": "登记股东",
        "beneficial": "受益所有人：最终持股不低于 {threshold:.0%} 的自然人",
        "none": "就登记信息而言没有",
        "persons": "其他自然人",
        "enterprises": "中间企业（其份额已计入自然人）",
        "unknown": "未知：{share:.2%}",
        "lost": "{share:.2%} 在 {name} 的登记中未披露",
        "share": "{share:.2%}  {name}（{id}）{direct}",
        "through": "  其中直接持有 {direct:.2%}",
        "proxy": "  （代替未确切知晓的份额）",
        "caution": "说明：",
    },
}

SHOWN = 20


@click.command()
@click.argument("party")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True),
    default=THRESHOLD,
    show_default=True,
    help="A person who holds at least this share is a beneficial owner.",
)
@as_of_option
@reading("owners")
def owners(call: Call, party: str, threshold: float, *, as_of: date | None) -> int:
    """Show who owns PARTY in the end, through all chains and loops of holdings.

    PARTY is an enterprise, or a customer that is one. What a register does not tell stays unknown; it is never spread
    over the known holders. Needs no run. Exit 1 where no person reaches the threshold.
    """
    with seen_site(call) as seen:
        answer = look_through(seen, party, threshold, as_of=as_of)
        if call.json:
            print_json(document(seen, answer, call.lang))
        else:
            print_tree(as_tree(answer, call.lang))
    return 0 if answer.beneficial else 1


def document(seen: Seen, answer: Owners, lang: Lang) -> dict[str, object]:
    """The answer in the shape of the GraphQL field ``owners``."""
    return with_connections(
        answer,
        assumptions=with_messages(answer.assumptions, lang),
        direct=connection(holders(seen, answer, 100)),
        persons=connection(owning_persons(seen, answer, 100)),
    )


def as_tree(answer: Owners, lang: Lang = "en") -> Tree:
    """The answer as a tree that a person can read."""
    text = TEXT[lang]
    tree = Tree(Text(f"{answer.party.name} ({answer.party.id})", style="bold"))
    tree.add(Text(text["day"].format(day=answer.data_time)))
    branch = tree.add(Text(text["beneficial"].format(threshold=answer.threshold)))
    for owner in answer.beneficial:
        branch.add(_owner(owner, lang))
    if not answer.beneficial:
        branch.add(Text(text["none"]))
    others = answer.persons[len(answer.beneficial) :]
    for title, found in (("persons", others), ("enterprises", answer.enterprises)):
        if found:
            branch = tree.add(Text(text[title]))
            for owner in found[:SHOWN]:
                branch.add(_owner(owner, lang))
            if len(found) > SHOWN:
                branch.add(Text(f"… {len(found) - SHOWN}"))
    branch = tree.add(Text(text["direct"]))
    for holding in answer.direct[:SHOWN]:
        line = text["share"].format(
            share=holding.share, name=holding.holder.name, id=holding.holder.id, direct=""
        )
        branch.add(Text(f"{line} [{holding.record_id}]{text['proxy'] if holding.proxy else ''}"))
    if len(answer.direct) > SHOWN:
        branch.add(Text(f"… {len(answer.direct) - SHOWN}"))
    if answer.unknown > 0:
        branch = tree.add(Text(text["unknown"].format(share=answer.unknown)))
        for lost in answer.unknown_at[:SHOWN]:
            branch.add(Text(text["lost"].format(share=lost.share, name=lost.party.name)))
    for assumed in answer.assumptions[:SHOWN]:
        tree.add(Text(f"{text['caution']}{assumed.message(lang)}"))
    return tree


def _owner(owner: Owner, lang: Lang) -> Text:
    text = TEXT[lang]
    direct = text["through"].format(direct=owner.direct) if 0 < owner.direct < owner.share - 1e-9 else ""
    return Text(
        text["share"].format(share=owner.share, name=owner.party.name, id=owner.party.id, direct=direct)
    )
