"""``kehutu clusters``: which groups of linked parties are at risk, and what to do first."""

from __future__ import annotations

import click
from rich.text import Text
from rich.tree import Tree

from cli.asking import reading
from cli.connections import connection, with_connections
from cli.options import Call, first_option
from cli.output import print_json, print_tree
from cli.override_words import judgement_text
from cli.seen import seen_site
from services.arrears import pages
from services.arrears.answer.model import Action, ActionKind, RiskCluster
from services.arrears.answer.relation_words import relation_text
from services.arrears.groups.action_words import action_words
from services.arrears.groups.causes import OWN_RECORD
from services.arrears.groups.clusters import risk_clusters
from services.seen import Seen
from terms.errors import Lang

TEXT = {
    "en": {
        "head": "{id}: {loss} yuan expected loss, {size} parties: {name}",
        "seeds": "To blame: {seeds}",
        "channels": "Arrives by: {channels}",
        "own": "their own payment record",
        "agree": "First: agree on payment with {name}; spares {spared} yuan ({share:.0%})",
        "fence": "First: ring-fence {name} (ask its partners for other security, run down what it owes them); "
        "spares {spared} yuan ({share:.0%})",
        "members": "Members: {members}",
        "none": "No cluster is at risk.",
        "total": "{shown} of {total} clusters at risk.",
        "synthetic": "Some parties named here are SYNTHETIC.",
    },
    "zh": {
        "head": "{id}：预期损失 {loss} 元，{size} 个主体：{name}",
        "seeds": "主要责任：{seeds}",
        "channels": "传导途径：{channels}",
        "own": "自身缴费记录",
        "agree": "首先：与 {name} 商定付款；可减少 {spared} 元（{share:.0%}）",
        "fence": "首先：隔离 {name}（请其合作方另寻担保、压缩对其敞口）；可减少 {spared} 元（{share:.0%}）",
        "members": "成员：{members}",
        "none": "没有处于风险中的群体。",
        "total": "共 {total} 个风险群体，列出 {shown} 个。",
        "synthetic": "此处部分主体为合成数据。",
    },
}

MEMBERS_PRINTED = 5
SHOWN_FROM = 0.005
"""Smaller shares would be printed as 0 %."""


@click.command()
@first_option("Print at most this many clusters.", default=10, most=100)
@reading("riskClusters")
def clusters(call: Call, first: int) -> int:
    """Rank groups of linked parties by expected loss: who is to blame, how the loss arrives, what to do first.

    The first step is the one that spares most; what it spares is found by solving the whole graph without the cause.
    Needs a run (`kehutu analyse`). Exit 1 where no cluster is at risk.
    """
    with seen_site(call) as seen:
        ranking = risk_clusters(seen, call.lang)
        page = pages.clusters(seen, ranking, first)
        found = page.nodes
        if call.json:
            print_json(connection(page, lambda cluster: document(seen, cluster, call.lang)))
            return 0 if found else 1
    if found:
        for cluster in found:
            print_tree(as_tree(cluster, call.lang))
        click.echo(TEXT[call.lang]["total"].format(shown=len(found), total=len(ranking.ranked)))
        if any("synthetic" in member.origins for cluster in found for member in cluster.members):
            click.echo(TEXT[call.lang]["synthetic"])
    else:
        click.echo(TEXT[call.lang]["none"])
    return 0 if found else 1


def document(seen: Seen, cluster: RiskCluster, lang: Lang) -> dict[str, object]:
    """A cluster in the shape of GraphQL."""
    return with_connections(
        cluster,
        members=connection(pages.cluster_members(seen, cluster, 100)),
        suggestedAction=action_words(cluster.action, lang),
    )


def as_tree(cluster: RiskCluster, lang: Lang = "en") -> Tree:
    """A cluster as a tree that a person can read."""
    text = TEXT[lang]
    head = text["head"].format(
        id=cluster.id, name=cluster.name, size=cluster.size, loss=cluster.expected_loss
    )
    tree = Tree(Text(head, style="bold"))
    seeds = "; ".join(
        f"{seed.party.name} {seed.share:.0%}" for seed in cluster.seeds if seed.share >= SHOWN_FROM
    )
    tree.add(Text(text["seeds"].format(seeds=seeds)))
    channels = "; ".join(
        f"{_arrival(channel.relation, lang)} {channel.share:.0%}"
        for channel in cluster.channels
        if channel.share >= SHOWN_FROM
    )
    tree.add(Text(text["channels"].format(channels=channels)))
    if cluster.action:
        tree.add(Text(action_text(cluster.action, lang), style="yellow"))
    for found in cluster.overrides:
        tree.add(Text(judgement_text(found, lang), style="yellow"))
    members = ", ".join(member.name for member in cluster.members[:MEMBERS_PRINTED])
    more = " …" if cluster.size > MEMBERS_PRINTED else ""
    tree.add(Text(text["members"].format(members=members + more)))
    return tree


def action_text(action: Action, lang: Lang) -> str:
    """What to do first, in words."""
    words = TEXT[lang]["agree" if action.kind is ActionKind.AGREE_ON_PAYMENT else "fence"]
    return words.format(name=action.party.name, spared=action.spared, share=action.share)


def _arrival(relation: str, lang: Lang) -> str:
    return TEXT[lang]["own"] if relation == OWN_RECORD else relation_text(relation, lang)
