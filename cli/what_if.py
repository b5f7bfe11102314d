"""``kehutu what-if``: who would be hit by a default, a payment or a cut, and what it would cost."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

import click

from cli.asking import reading
from cli.assumptions import with_messages
from cli.connections import connection, with_connections
from cli.options import Call, first_option
from cli.output import print_json, print_table
from cli.override_words import judgement_text
from cli.seen import seen_site
from services.arrears import pages
from services.arrears.answer.model import Shock, ShockKind, WhatIf
from services.arrears.answer.sentences import chance_text
from services.arrears.what_if.what_if import what_if as suppose
from services.seen import Seen
from terms.errors import Lang
from terms.money import Money

TEXT = {
    "en": {
        "columns": (
            *("party", "name", "probability before", "after"),
            *("expected loss, yuan", "equity lost, yuan"),
        ),
        "rest": "others: {count}",
        "total": "Together the expected loss {loss}, {own} of it at the shocked parties (*); {equity}. Run {run}, "
        "data of {time}. Nothing was changed.",
        "rises": "rises by {amount} yuan",
        "falls": "falls by {amount} yuan",
        "stays": "stays as it is",
        "more": "{amount} yuan more",
        "less": "{amount} yuan less",
        "equal": "nothing",
        "equity more": "enterprises stand to lose {amount} yuan of equity more",
        "equity at stake": "what enterprises have at stake in holdings rises by {amount} yuan",
        "equity less": "enterprises gain {amount} yuan: so much less of their equity is lost",
        "equity equal": "the equity of enterprises is not touched",
        "none": "Nobody is hit.",
        "synthetic": "Some parties named here are SYNTHETIC.",
        "caution": "Note: ",
    },
    "zh": {
        "columns": ("主体", "名称", "冲击前概率", "冲击后概率", "预期损失（元）", "权益损失（元）"),
        "rest": "其余 {count} 个主体",
        "total": "预期损失合计{loss}，其中受冲击主体自身（*）{own}；{equity}。"
        "批次 {run}，数据截至 {time}。未改动任何数据。",
        "rises": "增加 {amount} 元",
        "falls": "减少 {amount} 元",
        "stays": "不变",
        "more": "增加 {amount} 元",
        "less": "减少 {amount} 元",
        "equal": "不变",
        "equity more": "企业权益损失增加 {amount} 元",
        "equity at stake": "企业持股的风险敞口增加 {amount} 元",
        "equity less": "企业得益 {amount} 元，即权益损失减少",
        "equity equal": "企业权益不受影响",
        "none": "没有主体受影响。",
        "synthetic": "此处部分主体为合成数据。",
        "caution": "说明：",
    },
}


class Assignment(click.ParamType[tuple[str, Decimal]]):
    """``PARTY=VALUE``: the last ``=`` parts the two, as an id may hold any character."""

    name = "PARTY=VALUE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Decimal]:
        """Split and read the number."""
        party, _, number = str(value).rpartition("=")
        return party or self.fail(f"{value!r} is not PARTY=VALUE", param, ctx), _decimal(
            self, number, param, ctx
        )


class Yuan(click.ParamType[Money]):
    """An amount in yuan, exact to the fen."""

    name = "YUAN"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Money:
        """Read an amount."""
        return _money(self, _decimal(self, str(value), param, ctx), param, ctx)


def _decimal(
    kind: click.ParamType[Any], text: str, param: click.Parameter | None, ctx: click.Context | None
) -> Decimal:
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        kind.fail(f"{text!r} is no number", param, ctx)
    return number if number.is_finite() else kind.fail(f"{text!r} is no finite number", param, ctx)


def _money(
    kind: click.ParamType[Any], yuan: Decimal, param: click.Parameter | None, ctx: click.Context | None
) -> Money:
    fen = yuan * 100
    return (
        Money(int(fen)) if fen == int(fen) else kind.fail(f"{yuan} yuan is not exact to the fen", param, ctx)
    )


@click.command(name="what-if")
@click.option(
    "--shock",
    "shocks",
    type=Assignment(),
    multiple=True,
    metavar="PARTY=1.0",
    help="Set PARTY's own distress; 1.0 means that it defaults.",
)
@click.option(
    "--equity",
    "injections",
    type=Assignment(),
    multiple=True,
    metavar="PARTY=YUAN",
    help="Pay this much equity into PARTY.",
)
@click.option("--settle", "settled", multiple=True, metavar="PARTY", help="Have PARTY pay all its arrears.")
@click.option(
    "--settle-part",
    "partly",
    type=Assignment(),
    multiple=True,
    metavar="PARTY=YUAN",
    help="Have PARTY pay this much of its arrears.",
)
@click.option(
    "--cut", "cuts", nargs=2, multiple=True, metavar="PARTY OTHER", help="Cut all links between the two."
)
@click.option(
    "--cut-relation",
    "relation_cuts",
    nargs=3,
    multiple=True,
    metavar="PARTY OTHER RELATION",
    help="Cut the links of one relation only (GUARANTEES, LENDS_TO, 'SHARES person', …).",
)
@click.option(
    "--add",
    "added",
    type=(str, str, str, Yuan()),
    multiple=True,
    metavar="PARTY RELATION OTHER YUAN",
    help="Add a link: PARTY guarantees (GUARANTEES), lends to (LENDS_TO), … OTHER for this amount.",
)
@first_option("List at most this many parties.", default=20, most=100, least=0)
@reading("whatIf")
def what_if(
    call: Call,
    *,
    shocks: tuple[tuple[str, Decimal], ...],
    injections: tuple[tuple[str, Decimal], ...],
    settled: tuple[str, ...],
    partly: tuple[tuple[str, Decimal], ...],
    cuts: tuple[tuple[str, str], ...],
    relation_cuts: tuple[tuple[str, str, str], ...],
    added: tuple[tuple[str, str, str, Money], ...],
    first: int,
) -> int:
    """Show who would be hit, and what it would cost, if all of the given shocks happened together.

    A party is an id, an old id or a business number; a customer stands for its party. Every flag may be given several
    times. Nothing that is stored changes. Needs a run (`kehutu analyse`). Exit 1 where nobody would be hit. Example:

    kehutu what-if --shock 91330100MA2DEBTOR1=1.0 --equity 91330100MA2GUARAN2=5000000
    """
    assumed = [
        *(Shock(ShockKind.DEFAULT, party, level=float(level)) for party, level in shocks),
        *(Shock(ShockKind.EQUITY, party, amount=_fen(yuan)) for party, yuan in injections),
        *(Shock(ShockKind.SETTLE, party) for party in settled),
        *(Shock(ShockKind.SETTLE, party, amount=_fen(yuan)) for party, yuan in partly),
        *(Shock(ShockKind.CUT, party, other) for party, other in cuts),
        *(Shock(ShockKind.CUT, party, other, relation) for party, other, relation in relation_cuts),
        *(Shock(ShockKind.ADD, party, other, relation, amount) for party, relation, other, amount in added),
    ]
    with seen_site(call) as seen:
        answer = suppose(seen, assumed)
        if call.json:
            print_json(document(seen, answer, first, call.lang))
        else:
            _print(answer, first, call.lang, injected=bool(injections))
    return 0 if answer.hits else 1


def _fen(yuan: Decimal) -> Money:
    """Yuan to the nearest fen."""
    return Money(int((yuan * 100).to_integral_value()))


def document(seen: Seen, answer: WhatIf, first: int, lang: Lang) -> dict[str, object]:
    """The answer in the shape of the GraphQL field ``whatIf``."""
    hits = connection(pages.hits(seen, answer, first))
    return with_connections(answer, hits=hits, assumptions=with_messages(answer.assumptions, lang))


def _print(answer: WhatIf, first: int, lang: Lang, *, injected: bool) -> None:
    text = TEXT[lang]
    shown, hidden = answer.hits[:first], answer.hits[first:]
    rows: list[tuple[object, ...]] = [
        (
            hit.party.id,
            f"{hit.party.name} *" if hit.shocked else hit.party.name,
            chance_text(hit.before, lang, digits=2),
            chance_text(hit.after, lang, digits=2),
            _moved(hit.loss, lang),
            _moved(hit.equity_loss, lang),
        )
        for hit in shown
    ]
    others = len(hidden) + answer.rest.count
    if others:
        rows.append(
            (
                str(text["rest"]).format(count=others),
                "",
                "",
                "",
                _moved(_sum([*(hit.loss for hit in hidden), answer.rest.loss]), lang),
                _moved(_sum([*(hit.equity_loss for hit in hidden), answer.rest.equity_loss]), lang),
            )
        )
    if not rows:
        click.echo(text["none"])
        for assumed in answer.assumptions:
            click.echo(f"{text['caution']}{assumed.message(lang)}")
        return
    print_table(tuple(text["columns"]), rows)
    click.echo(
        str(text["total"]).format(
            loss=_by_sign(answer.total_loss, ("rises", "falls", "stays"), lang),
            own=_moved(answer.own_loss, lang),
            equity=_by_sign(answer.total_equity_loss, _equity_words(injected=injected), lang),
            run=answer.run.id,
            time=answer.data_time,
        )
    )
    if any("synthetic" in hit.party.origins for hit in shown):
        click.echo(text["synthetic"])
    for found in answer.overrides:
        click.echo(judgement_text(found, lang))
    for assumed in answer.assumptions:
        click.echo(f"{text['caution']}{assumed.message(lang)}")


def _equity_words(*, injected: bool) -> tuple[str, str, str]:
    """How a rise, a fall and none of the equity lost is told; what is paid in is never called a loss."""
    return "equity at stake" if injected else "equity more", "equity less", "equity equal"


def _moved(amount: Money, lang: Lang) -> str:
    """A rise or a fall by words, never by a sign."""
    return _by_sign(amount, ("more", "less", "equal"), lang)


def _by_sign(amount: Money, words: tuple[str, str, str], lang: Lang) -> str:
    above, below, nothing = words
    chosen = nothing if not amount.fen else above if amount.fen > 0 else below
    return str(TEXT[lang][chosen]).format(amount=Money(abs(amount.fen)))


def _sum(amounts: Iterable[Money]) -> Money:
    return Money(sum(amount.fen for amount in amounts))
