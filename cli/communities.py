"""``kehutu communities``: groups of linked parties, what became of them, and why a party moved."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import click

from cli.asking import reading
from cli.connections import connection, with_connections
from cli.options import Call
from cli.output import plain, print_json, print_more, print_table
from cli.seen import seen_site
from services.communities import communities as answers
from services.communities.answer import (
    LOOSE,
    Community,
    CommunityChange,
    CommunityEvent,
    CommunityEventKind,
    CommunityOf,
    MoveReason,
)
from services.communities.changes import community_change
from services.seen import Seen
from terms.errors import KehutuError, Lang
from terms.texts import filled

TEXT: dict[Lang, dict[str, str]] = {
    "en": {
        "head": "Community {id} ({name}): {size} {members}, mean score {risk:.1%}, {loss} yuan expected loss",
        "stability": "Stability {stability:.2f}: {judged}",
        "firm": "it comes back when a few links are missing.",
        "loose": "loose, it falls apart when a few links are missing.",
        "in part": "It has members that you do not see, so nothing is said of what they have in common.",
        "no stability": "Not judged yet: a load brought it since the last full analysis.",
        "stayed": "It is in the same community as in the full run before.",
        "first": "There is no full run before this one that knows it.",
        "moved": "It came from {from_} with run {run}, because",
        "own_links": "its own links changed: {share:.0%} of the gain",
        "neighbours": "those that it is linked with moved: {share:.0%} of the gain",
        "size": "the communities grew or shrank: {share:.0%} of the gain",
        "lineage": "What became of the community, the latest run first:",
        "none": "The run has no communities.",
    },
    "zh": {
        "head": "社区 {id}（{name}）：{size} {members}，平均得分 {risk:.1%}，预期损失 {loss} 元",
        "stability": "稳定度 {stability:.2f}：{judged}",
        "firm": "缺少少数关联时仍能重现。",
        "loose": "松散，缺少少数关联时会解体。",
        "in part": "其中有您看不到的成员，因此不作说明。",
        "no stability": "尚未评估：它由上次完整分析之后的加载带来。",
        "stayed": "它与上一次完整分析时处于同一社区。",
        "first": "此前没有包含它的完整分析。",
        "moved": "它在批次 {run} 中来自 {from_}，原因是",
        "own_links": "自身关联发生变化：占增益的 {share:.0%}",
        "neighbours": "与其关联者转移：占增益的 {share:.0%}",
        "size": "社区扩大或缩小：占增益的 {share:.0%}",
        "lineage": "社区的变迁，最近的分析在前：",
        "none": "该批次没有社区。",
    },
}
MEMBERS: dict[Lang, dict[CommunityOf, str]] = {
    "en": {
        CommunityOf.PARTIES: "{size:party|parties}",
        CommunityOf.CUSTOMERS: "{size:customer|customers}",
    },
    "zh": {CommunityOf.PARTIES: "个主体", CommunityOf.CUSTOMERS: "个客户"},
}
COLUMNS: dict[Lang, tuple[str, ...]] = {
    "en": ("community", "name", "members", "mean score", "expected loss, yuan", "stability"),
    "zh": ("社区", "名称", "成员数", "平均得分", "预期损失（元）", "稳定度"),
}
EVENTS: dict[Lang, dict[CommunityEventKind, str]] = {
    "en": {
        CommunityEventKind.BORN: "born",
        CommunityEventKind.CONTINUED: "continued",
        CommunityEventKind.GREW: "grew",
        CommunityEventKind.SHRANK: "shrank",
        CommunityEventKind.MERGED: "merged from {others}",
        CommunityEventKind.SPLIT: "split into {others}",
        CommunityEventKind.DIED: "dissolved",
    },
    "zh": {
        CommunityEventKind.BORN: "产生",
        CommunityEventKind.CONTINUED: "延续",
        CommunityEventKind.GREW: "扩大",
        CommunityEventKind.SHRANK: "缩小",
        CommunityEventKind.MERGED: "由 {others} 合并而成",
        CommunityEventKind.SPLIT: "分裂为 {others}",
        CommunityEventKind.DIED: "消散",
    },
}
REASONS = {
    MoveReason.OWN_LINKS: "own_links",
    MoveReason.NEIGHBOURS: "neighbours",
    MoveReason.SIZE: "size",
}


@click.command()
@click.option(
    "--explain",
    metavar="PARTY",
    help="The community of one party or customer: what became of it, and why it moved; with --of customers the "
    "customer's own.",
)
@click.option(
    "--of",
    type=click.Choice([one.value for one in CommunityOf]),
    default=CommunityOf.PARTIES.value,
    show_default=True,
    help="Parties, linked by risk; or customers, linked by what they share.",
)
@click.option(
    "--first", type=click.IntRange(1, 100), default=20, show_default=True, help="Print at most this many."
)
@reading("communities")
def communities(call: Call, explain: str | None, of: str, first: int) -> int:
    """List communities of linked parties, or of customers, the largest first.

    A community keeps its id from analysis to analysis while most of its members stay together. With --explain, say how
    stable the community of one party is, what became of it, and why the party is in another one than before. Needs a
    run (`kehutu analyse`). Exit 1 where there is nothing to list.
    """
    with seen_site(call) as seen:
        if explain is not None:
            return _explain(call, seen, explain, CommunityOf(of))
        page = answers.communities(seen, first, of=CommunityOf(of), lang=call.lang)
        if call.json:
            print_json(connection(page, lambda found: _document(seen, found)))
            return 0 if page.nodes else 1
    if not page.nodes:
        click.echo(TEXT[call.lang]["none"])
        return 1
    print_table(COLUMNS[call.lang], [_row(found) for found in page.nodes])
    print_more(len(page.nodes), page.total_count, None, call.lang)
    return 0


def _explain(call: Call, seen: Seen, asked: str, of: CommunityOf) -> int:
    entity = seen.entity(asked)
    community = answers.own_community(seen, entity, of, lang=call.lang)
    if community is None:
        raise KehutuError("UNKNOWN_ID", id=asked)
    change = community_change(seen, entity, of)
    lineage = answers.lineage(seen, community.id, 100, lang=call.lang)
    if call.json:
        print_json(
            {
                "community": _document(seen, community) | {"lineage": connection(lineage)},
                "communityChange": plain(change),
            }
        )
        return 0
    for line in _words(
        community, change, [*lineage.nodes], known_before=len(lineage.nodes) > 1, lang=call.lang
    ):
        click.echo(line)
    return 0


def _document(seen: Seen, community: Community) -> dict[str, Any]:
    """A community in the shape of GraphQL."""
    return with_connections(community, members=connection(answers.members(seen, community.id, 20)))


def _row(found: Community) -> tuple[object, ...]:
    stability = "" if found.stability is None else f"{found.stability:.2f}"
    return found.id, found.name, found.size, f"{found.risk:.1%}", found.expected_loss, stability


def _words(
    community: Community,
    change: CommunityChange | None,
    lineage: list[CommunityEvent],
    *,
    known_before: bool,
    lang: Lang,
) -> list[str]:
    text = TEXT[lang]
    lines = [
        filled(
            text["head"],
            id=community.id,
            name=community.name,
            size=community.size,
            members=filled(MEMBERS[lang][community.of], size=community.size),
            risk=community.risk,
            loss=community.expected_loss,
        ),
        community.description or text["in part"],
    ]
    if community.description is None:
        pass  # nothing else is told of a community whose members are not all seen
    elif community.stability is None:
        lines.append(text["no stability"])
    else:
        judged = text["loose" if community.stability < LOOSE else "firm"]
        lines.append(text["stability"].format(stability=community.stability, judged=judged))
    if change is None:
        lines.append(text["stayed" if known_before else "first"])
    else:
        lines.append(text["moved"].format(from_=change.from_, run=change.run.id))
        lines += [f"  {text[REASONS[part.reason]].format(share=part.share)}" for part in change.parts]
    if lineage:
        lines.append(text["lineage"])
    for event, others in _together(lineage):
        said = ", ".join(f"{one.other.name} {one.other.id} ({one.share:.0%})" for one in others if one.other)
        lines.append(f"  {event.run.id}  {EVENTS[lang][event.event].format(others=said)}")
    return lines


def _together(lineage: list[CommunityEvent]) -> list[tuple[CommunityEvent, list[CommunityEvent]]]:
    """Entries of one event and run as one."""
    found = groupby(lineage, lambda event: (event.run.id, event.event))
    return [(entries[0], entries) for entries in (list(group) for _, group in found)]
