"""``kehutu trace``: why a party is at risk."""

from __future__ import annotations

import click
from rich.text import Text
from rich.tree import Tree

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import with_connections
from cli.group_words import add_group, group_document
from cli.options import Call
from cli.output import print_json, print_tree
from cli.override_words import judgement_text
from cli.seen import seen_site
from services.arrears.answer.model import Change, RiskTrace, Step
from services.arrears.answer.relation_words import relation_text
from services.arrears.answer.sentences import (
    chance_text,
    depends_text,
    headline_text,
    joint_text,
    lines_of,
    sampling_text,
    way_text,
)
from services.arrears.why.trace import trace as explain
from services.seen import Seen
from terms.errors import Lang

TEXT = {
    "en": {
        "data": "Data of {time}, run {run}",
        "fitted": "Parameters were fitted to the site's history; before calibration the chance is {score}",
        "unfitted": "Parameters are not fitted: they are start values",
        "interval": "The chance lies between {low} and {high} if buffers that nobody reported are up to {factor:.0f} "
        "times smaller or larger",
        "loss": "Expected loss: {loss} yuan",
        "line": "{amount} yuan  {share}  {way}",
        "share": "{share}  {way}",
        "tail": "everything else",
        "step": "{weight} → {name}  by {relations}",
        "owed": "{relation} of {amount} yuan [{records}]",
        "shared": "{relation} [{records}]",
        "change": "What would lower the expected loss most",
        "less": "{amount} yuan less: {what}",
        "SETTLE": "settle the arrears of {party}",
        "PAY_ON_TIME": "have {party} pay on time",
        "CUT": "cut the link from {party} to {other}",
        "caution": "Assumed: ",
        "synthetic": "All parties and amounts named here are SYNTHETIC",
        "partly": "Some parties named here are SYNTHETIC",
        "words": "In words: {amount} yuan ({share}) of the expected loss of {party}: {way}.",
        "none": "Nothing that is known can bring this party down: there is nothing to explain.",
    },
    "zh": {
        "data": "数据截至 {time}，批次 {run}",
        "fitted": "参数已按本站历史拟合；校准前概率 {score}",
        "unfitted": "参数未拟合：使用初始值",
        "interval": "若未申报的损失吸收能力相差不超过 {factor:.0f} 倍，概率介于 {low} 与 {high} 之间",
        "loss": "预期损失：{loss} 元",
        "line": "{amount} 元  {share}  {way}",
        "share": "{share}  {way}",
        "tail": "其余全部",
        "step": "{weight} → {name}  经由 {relations}",
        "owed": "{relation} {amount} 元 [{records}]",
        "shared": "{relation} [{records}]",
        "change": "最能降低预期损失的变化",
        "less": "减少 {amount} 元：{what}",
        "SETTLE": "结清 {party} 的欠费",
        "PAY_ON_TIME": "{party} 按时缴费",
        "CUT": "切断 {party} 到 {other} 的关联",
        "caution": "假设：",
        "synthetic": "此处所有主体和金额均为合成数据",
        "partly": "此处部分主体为合成数据",
        "words": "说明：{party} 的预期损失中有 {amount} 元（{share}）：{way}。",
        "none": "已知情况中没有任何因素会拖垮该主体，无需解释。",
    },
}


@click.command()
@click.argument("party")
@click.option(
    "--top", type=click.IntRange(1, 100), default=10, show_default=True, help="List at most this many paths."
)
@reading("riskTrace")
def trace(call: Call, party: str, *, top: int) -> int:
    """Show why PARTY is at risk of arrears: its expected loss, and the paths whose amounts add up to it.

    PARTY is an id, an old id or a business number of a customer, a person or an enterprise. A customer has the risk of
    its party. Each path begins at the party whose own payment record causes the distress; each step names the relation
    and the records that report it. Needs a run (`kehutu analyse`).
    """
    with seen_site(call) as seen:
        answer = explain(seen, party, top)
        if call.json:
            print_json(document(seen, answer, call.lang))
            return 0
    print_tree(as_tree(answer, call.lang))
    return 0


def document(seen: Seen, answer: RiskTrace, lang: Lang) -> dict[str, object]:
    """The answer in the shape of the GraphQL field ``riskTrace``."""
    group = answer.group and group_document(seen, answer.group)
    return with_connections(answer, assumptions=with_messages(answer.assumptions, lang), group=group)


def as_tree(answer: RiskTrace, lang: Lang = "en") -> Tree:
    """The answer as a tree that a person can read."""
    text = TEXT[lang]
    tree = Tree(Text(f"{answer.party.name} ({answer.party.id})", style="bold"))
    tree.add(Text(headline_text(answer, lang)))
    if drawn := sampling_text(answer.sampling, lang):
        tree.add(Text(drawn))
    if answer.joint:
        tree.add(Text(joint_text(answer.joint, lang), style="yellow"))
    tree.add(Text(text["data"].format(time=answer.data_time, run=answer.run.id)))
    tree.add(Text(text[answer.parameters].format(score=chance_text(answer.score, lang))))
    named = [answer.party, *(path.seed for path in answer.paths)]
    synthetic = ["synthetic" in party.origins for party in named]
    if any(synthetic):
        tree.add(Text(text["synthetic" if all(synthetic) else "partly"], style="yellow"))
    if answer.interval:
        ends = (answer.interval.probability_low, answer.interval.probability_high)
        low, high = (chance_text(end, lang) for end in ends)
        if low != high:  # limits that read the same tell nothing
            tree.add(Text(text["interval"].format(low=low, high=high, factor=answer.interval.factor)))
    if answer.score == 0:
        tree.add(Text(text["none"]))
        return tree
    if depends := depends_text(answer, lang):
        tree.add(Text(depends))
    if answer.group:
        add_group(tree, answer.group, lang)
    _add_lines(tree.add(Text(text["loss"].format(loss=answer.expected_loss))), answer, lang)
    if answer.would_change:
        changes = tree.add(Text(text["change"]))
        for change in answer.would_change:
            told = text["less"].format(amount=change.effect, what=change_text(change, lang))
            changes.add(Text(told))
    for judged in answer.overrides:
        tree.add(Text(judgement_text(judged, lang), style="yellow"))
    for found in answer.assumptions:
        tree.add(Text(f"{text['caution']}{found.message(lang)}"))
    return tree


def change_text(change: Change, lang: Lang) -> str:
    """A change in words."""
    other = change.other.name if change.other else ""
    return TEXT[lang][change.kind.name].format(party=change.party.name, other=other)


def _add_lines(tree: Tree, answer: RiskTrace, lang: Lang) -> None:
    """The reasons; without amounts where there is no loss to split."""
    text, (paths, tail) = TEXT[lang], lines_of(answer)
    line = text["line" if answer.expected_loss.fen else "share"]
    for path in paths:
        share, way = chance_text(path.share, lang), way_text(path, lang)
        branch = tree.add(Text(line.format(amount=path.amount, share=share, way=way)))
        for step in path.steps:
            branch.add(Text(_step_text(step, lang)))
    if tail.amount.fen or (tail.share > 0 and not answer.expected_loss.fen):
        share = chance_text(tail.share, lang)
        tree.add(Text(line.format(amount=tail.amount, share=share, way=text["tail"])))


def _step_text(step: Step, lang: Lang) -> str:
    text = TEXT[lang]
    relations = "; ".join(
        text["owed" if part.amount.fen else "shared"].format(
            relation=relation_text(part.relation, lang),
            amount=part.amount,
            records=", ".join(part.record_ids[:3]) + (" …" if len(part.record_ids) > 3 else ""),
        )
        for part in step.relations
    )
    return text["step"].format(weight=chance_text(step.weight, lang), name=step.to.name, relations=relations)


def in_words(answer: RiskTrace, lang: Lang = "en") -> str:
    """The largest path that comes from another party as one sentence; the party's own record where none does."""
    text = TEXT[lang]
    if not answer.paths:
        return text["none"]
    path = next((path for path in answer.paths if path.steps), answer.paths[0])
    return text["words"].format(
        amount=path.amount,
        share=chance_text(path.share, lang),
        party=answer.party.name,
        way=way_text(path, lang),
    )
