"""``kehutu judge``: say whether two entities are the same."""

from __future__ import annotations

from typing import Literal

import click

from cli.options import Call, command
from cli.output import print_error, print_json
from services.operation.identity import judge as take_judgement

JUDGED = {
    "en": "{left} and {right}: {verdict}, as record {seq}.",
    "zh": "{left} 与 {right}：{verdict}，记为第 {seq} 条记录。",
}
VERDICT_ZH = {"same": "相同", "different": "不同", "unsure": "不确定"}


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.argument("verdict", type=click.Choice(["same", "different", "unsure"]))
@click.option("--reason", help="Why, in words; kept with the judgement.")
@click.option("--author", help="Who judges. Default: the user at this terminal.")
@command
def judge(
    call: Call,
    *,
    first: str,
    second: str,
    verdict: Literal["same", "different", "unsure"],
    reason: str | None,
    author: str | None,
) -> int:
    """Say that A and B are the same entity, that they are different ones, or that nobody knows.

    A and B are ids, keys, business numbers, or records (source/recordId). A person's judgement counts more than those
    of rules and models; `unsure` takes an earlier one back. The judgement is kept as a record, so it survives a
    rebuild. Exit 3 where the store is down: the judgement is kept, and the graph follows with the next command.
    """
    done = take_judgement(call.settings, first, second, verdict, author=author, reason=reason)
    if call.json:
        print_json(done.answer)
    else:
        said = done.answer.verdict
        click.echo(
            JUDGED[call.lang].format(
                left=done.answer.left,
                right=done.answer.right,
                verdict=said if call.lang == "en" else VERDICT_ZH[said],
                seq=done.answer.seq,
            )
        )
    if done.store_fault is not None:
        print_error(done.store_fault, call.lang, as_json=False)
        return done.store_fault.exit
    return 0
