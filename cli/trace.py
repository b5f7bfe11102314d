"""``kehutu trace``: why a party is at risk."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.text import Text
from rich.tree import Tree

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import with_connections
from cli.options import Call
from cli.output import print_json, print_tree
from cli.override_words import judgement_text
from cli.relation_words import relation_named
from cli.seen import seen_site
from services.arrears.answer.model import Change, RiskPath, RiskTrace
from services.arrears.why.trace import trace as explain
from terms.errors import Lang

TEXT = {
    "en": {
        "score": "Arrears probability within 12 months: {probability:.1%} (data of {time}, run {run}; computed to "
        "within {bound:.0e})",
        "fitted": "Parameters were fitted to the site's history; the score before calibration is {score:.1%}",
        "unfitted": "Parameters are not fitted: they are start values, and the score is taken for the probability",
        "interval": "The probability lies between {probability_low:.1%} and {probability_high:.1%} if buffers that "
        "nobody reported are up to {factor:.0f} times smaller or larger",
        "over": "The causes together are {raw:.1f} times what is needed",
        "loss": "Expected loss: {loss} yuan",
        "own": "own payment record of {name}",
        "path": "{amount} yuan  {share:.1%}  from {seed}{loops}",
        "loops": "  (×{loops:.2f} by loops)",
        "tail": "{amount} yuan  {share:.1%}  all other paths",
        "step": "{weight:.1%} → {name}  by {relations}",
        "owed": "{relation} of {amount} yuan [{records}]",
        "shared": "{relation} [{records}]",
        "change": "What would lower the expected loss most",
        "SETTLE": "settle the arrears of {party}",
        "PAY_ON_TIME": "have {party} pay on time",
        "CUT": "cut the link from {party} to {other}",
        "caution": "Assumed: ",
        "synthetic": "All parties and amounts named here are SYNTHETIC",
        "partly": "Some parties named here are SYNTHETIC",
        "words": "In words: {amount} yuan ({share:.0%}) of the expected loss of {party} come from {seed}, {how}.",
        "words own": "its own payment record",
        "words way": "whose failure would break {name} with a probability of {weight:.0%} ({relations})",
        "none": "No distress reaches this party: there is nothing to explain.",
    },
    "zh": {
        "score": "未来 12 个月欠费概率：{probability:.1%}（数据截至 {time}，批次 {run}；计算误差不超过 {bound:.0e}）",
        "fitted": "参数已按本站历史拟合；校准前得分 {score:.1%}",
        "unfitted": "参数未拟合：使用初始值，以得分作为概率",
        "interval": "若未申报的损失吸收能力相差不超过 {factor:.0f} 倍，"
        "概率介于 {probability_low:.1%} 与 {probability_high:.1%} 之间",
        "over": "各原因合计为所需的 {raw:.1f} 倍",
        "loss": "预期损失：{loss} 元",
        "own": "{name} 自身的缴费记录",
        "path": "{amount} 元  {share:.1%}  源自 {seed}{loops}",
        "loops": "（循环放大 ×{loops:.2f}）",
        "tail": "{amount} 元  {share:.1%}  其余全部路径",
        "step": "{weight:.1%} → {name}  经由 {relations}",
        "owed": "{relation} {amount} 元 [{records}]",
        "shared": "{relation} [{records}]",
        "change": "最能降低预期损失的变化",
        "SETTLE": "结清 {party} 的欠费",
        "PAY_ON_TIME": "{party} 按时缴费",
        "CUT": "切断 {party} 到 {other} 的关联",
        "caution": "假设：",
        "synthetic": "此处所有主体和金额均为合成数据",
        "partly": "此处部分主体为合成数据",
        "words": "说明：{party} 的预期损失中有 {amount} 元（{share:.0%}）源自 {seed}，{how}。",
        "words own": "即其自身的缴费记录",
        "words way": "其违约将以 {weight:.0%} 的概率拖垮 {name}（{relations}）",
        "none": "没有风险传导到该主体，无需解释。",
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
        print_json(document(answer, call.lang))
    else:
        print_tree(as_tree(answer, call.lang))
    return 0


def document(answer: RiskTrace, lang: Lang) -> dict[str, object]:
    """The answer in the shape of the GraphQL field ``riskTrace``."""
    return with_connections(answer, assumptions=with_messages(answer.assumptions, lang))


def as_tree(answer: RiskTrace, lang: Lang = "en") -> Tree:
    """The answer as a tree that a person can read."""
    text = TEXT[lang]
    tree = Tree(Text(f"{answer.party.name} ({answer.party.id})", style="bold"))
    tree.add(
        Text(
            text["score"].format(
                probability=answer.probability,
                bound=answer.bound,
                time=answer.data_time,
                run=answer.run.id,
            )
        )
    )
    tree.add(Text(text[answer.parameters].format(score=answer.score)))
    named = [answer.party, *(path.seed for path in answer.paths)]
    synthetic = ["synthetic" in party.origins for party in named]
    if any(synthetic):
        tree.add(Text(text["synthetic" if all(synthetic) else "partly"], style="yellow"))
    if answer.interval:
        tree.add(Text(text["interval"].format(**asdict(answer.interval))))
    if answer.raw > 1:
        tree.add(Text(text["over"].format(raw=answer.raw)))
    if answer.score == 0:
        tree.add(Text(text["none"]))
        return tree
    loss = tree.add(Text(text["loss"].format(loss=answer.expected_loss)))
    for path in answer.paths:
        _add_path(loss, path, lang)
    if answer.tail.share > 0:
        loss.add(Text(text["tail"].format(amount=answer.tail.amount, share=answer.tail.share)))
    if answer.would_change:
        changes = tree.add(Text(text["change"]))
        for change in answer.would_change:
            changes.add(Text(f"−{change.effect}  {change_text(change, lang)}"))
    for judged in answer.overrides:
        tree.add(Text(judgement_text(judged, lang), style="yellow"))
    for found in answer.assumptions:
        tree.add(Text(f"{text['caution']}{found.message(lang)}"))
    return tree


def change_text(change: Change, lang: Lang) -> str:
    """A change in words."""
    other = change.other.name if change.other else ""
    return TEXT[lang][change.kind.name].format(party=change.party.name, other=other)


def _add_path(tree: Tree, path: RiskPath, lang: Lang) -> None:
    text = TEXT[lang]
    loops = text["loops"].format(loops=path.loops) if path.loops > 1.05 else ""
    seed = path.seed.name if path.steps else text["own"].format(name=path.seed.name)
    branch = tree.add(Text(text["path"].format(amount=path.amount, share=path.share, seed=seed, loops=loops)))
    for step in path.steps:
        relations = "; ".join(
            text["owed" if part.amount.fen else "shared"].format(
                relation=relation_named(part.relation, lang),
                amount=part.amount,
                records=", ".join(part.record_ids[:3]) + (" …" if len(part.record_ids) > 3 else ""),
            )
            for part in step.relations
        )
        branch.add(Text(text["step"].format(weight=step.weight, name=step.to.name, relations=relations)))


def in_words(answer: RiskTrace, lang: Lang = "en") -> str:
    """The largest path that comes from another party as one sentence; the party's own record where none does."""
    text = TEXT[lang]
    if not answer.paths:
        return text["none"]
    path = next((path for path in answer.paths if path.steps), answer.paths[0])
    ways = [
        text["words way"].format(
            name=step.to.name,
            weight=step.weight,
            relations=", ".join(relation_named(part.relation, lang) for part in step.relations),
        )
        for step in path.steps
    ]
    return text["words"].format(
        amount=path.amount,
        share=path.share,
        party=answer.party.name,
        seed=path.seed.name,
        how=(", " if lang == "en" else "，").join(ways) or text["words own"],
    )
