"""``kehutu losses``: what a shock does to buffers by the rules of one published model."""

from __future__ import annotations

from decimal import Decimal

import click

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import connection, with_connections
from cli.options import Call, first_option
from cli.output import print_json, print_table
from cli.seen import seen_site
from cli.what_if import Assignment
from services.arrears import pages
from services.arrears.what_if.published_views import LossView, View, loss_view
from services.seen import Seen
from terms.errors import Lang
from terms.money import Money

COLUMNS: dict[Lang, tuple[str, ...]] = {
    "en": ("party", "name", "share of buffer", "loss, yuan"),
    "zh": ("主体", "名称", "缓冲损失占比", "损失（元）"),
}
TEXT: dict[Lang, dict[str, str]] = {
    "en": {
        "failed": "failed",
        "round": "round",
        "unpaid": "unpaid, yuan",
        "yes": "yes",
        "rest": "others: {count}",
        "EQUITY": "View: equity. Each party passes on the share of its buffer that it loses, until nothing changes.",
        "DEBTRANK": "View: DebtRank 2012. Each party passes on its first loss, once. Beyond the shock {value:.2%} of "
        "all buffers are lost.",
        "CASCADE": "View: hard cascade. A party fails when its losses reach its buffer; before, it passes nothing on.",
        "CLEARING": "View: clearing. Loans and trade credit are settled after the shocked parties have lost what else "
        "they own; a party in default realises {recovery:.0%} of its assets.",
        "source": "Rules: {source}",
        "total": "Together {total} yuan of buffers are lost, of which {own} at the shocked parties (*). Run {run}, "
        "data of {time}. Do not add these figures to, or compare them with, another view or the expected loss.",
        "caution": "Note: ",
    },
    "zh": {
        "failed": "违约",
        "round": "轮次",
        "unpaid": "未付（元）",
        "yes": "是",
        "rest": "其余 {count} 个主体",
        "EQUITY": "视角：权益。每个主体传导其缓冲的损失比例，直至不再变化。",
        "DEBTRANK": "视角：DebtRank 2012。各主体仅传导一次首次损失。冲击以外的损失占全部缓冲的 {value:.2%}。",
        "CASCADE": "视角：硬级联。损失达到缓冲时主体违约，此前不传导。",
        "CLEARING": "视角：清算。受冲击主体损失其外部资产后，借款与赊销中谁实际得到偿付；"
        "违约主体可变现其所有的 {recovery:.0%}。",
        "source": "规则来源：{source}",
        "total": "缓冲合计损失 {total} 元，其中受冲击主体自身（*）{own} 元。批次 {run}，数据截至 {time}。"
        "不得与其他视角或预期损失相加或比较。",
        "caution": "说明：",
    },
}


@click.command()
@click.option(
    "--shock",
    "shocks",
    type=Assignment(),
    multiple=True,
    required=True,
    metavar="PARTY=1.0",
    help="PARTY loses this share of its buffer at first.",
)
@click.option(
    "--view",
    type=click.Choice([view.value for view in View]),
    default=View.EQUITY.value,
    show_default=True,
    help="By whose rules the shock spreads.",
)
@click.option(
    "--recovery",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Clearing: the share of its assets that a party in default realises; 1 is Eisenberg-Noe.",
)
@first_option("List at most this many parties.", default=20, most=100, least=0)
@reading("lossView")
def losses(
    call: Call, *, shocks: tuple[tuple[str, Decimal], ...], view: str, recovery: float, first: int
) -> int:
    """Show what a shock does to the buffers of all parties by the rules of one published model.

    \b
    equity    linear: a party passes on its losses in proportion
    debtrank  DebtRank as first published: each party passes on once
    cascade   a party fails when its losses reach its buffer
    clearing  who is actually paid (loans and trade credit)

    A party is an id, an old id or a business number; a customer stands for its party. Views answer different questions:
    never add their figures to, or compare them with, each other or the expected loss. Needs a run (`kehutu analyse`).
    Exit 1 where nobody but the shocked parties is hit.
    """
    with seen_site(call) as seen:
        answer = loss_view(
            seen, View(view), [(party, float(level)) for party, level in shocks], recovery=recovery
        )
        if call.json:
            print_json(document(seen, answer, first, call.lang))
        else:
            _print(answer, first, call.lang)
    return 0 if answer.rest.count or any(not lost.shocked for lost in answer.lost) else 1


def document(seen: Seen, answer: LossView, first: int, lang: Lang) -> dict[str, object]:
    """The answer in the shape of the GraphQL field ``lossView``."""
    return with_connections(
        answer,
        lost=connection(pages.lost(seen, answer, first)),
        assumptions=with_messages(answer.assumptions, lang),
    )


def _print(answer: LossView, first: int, lang: Lang) -> None:
    text = TEXT[lang]
    head, cascade, clearing = answer.view.name, answer.view is View.CASCADE, answer.view is View.CLEARING
    click.echo(text[head].format(value=answer.value or 0.0, recovery=answer.recovery or 0.0))
    click.echo(text["source"].format(source=answer.source))
    extra = [text["failed"]] * (cascade or clearing) + [text["round"]] * cascade + [text["unpaid"]] * clearing
    rows: list[list[object]] = []
    for lost in answer.lost[:first]:
        row: list[object] = [
            lost.party.id,
            f"{lost.party.name} *" if lost.shocked else lost.party.name,
            f"{lost.share:.2%}",
            str(lost.loss),
        ]
        row += [text["yes"] if lost.failed else ""] * (cascade or clearing)
        row += ["" if lost.round is None else lost.round] * cascade + [str(lost.unpaid)] * clearing
        rows.append(row)
    others = len(answer.lost[first:]) + answer.rest.count
    if others:
        rest = Money(sum(lost.loss.fen for lost in answer.lost[first:]) + answer.rest.loss.fen)
        line: list[object] = [text["rest"].format(count=others), "", "", str(rest)]
        rows.append([*line, *([""] * len(extra))])
    print_table((*COLUMNS[lang], *extra), rows)
    click.echo(
        text["total"].format(
            total=answer.total_loss, own=answer.own_loss, run=answer.run.id, time=answer.data_time
        )
    )
    for assumed in answer.assumptions:
        click.echo(f"{text['caution']}{assumed.message(lang)}")
