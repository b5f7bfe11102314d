"""``kehutu history``: how a party's score changed from run to run."""

from __future__ import annotations

import click

from cli.asking import reading
from cli.connections import connection
from cli.options import Call, first_option
from cli.output import print_json, print_table
from cli.seen import seen_site
from services.arrears import pages
from services.arrears.history import LARGEST

COLUMNS = {
    "en": ("run", "data of", "made at", "score", "own distress", "expected loss, yuan"),
    "zh": ("批次", "数据截至", "生成时间", "得分", "自身违约概率", "预期损失（元）"),
}
CURRENT = {"en": "* the current run", "zh": "* 当前批次"}


@click.command()
@click.argument("party")
@first_option("Look at most at this many runs.", default=20, most=LARGEST)
@reading("riskHistory")
def history(call: Call, party: str, first: int) -> int:
    """Show PARTY's score and expected loss in every run that knows it, the newest run first.

    A star marks the current run. PARTY is an id, an old id or a business number; a customer stands for its party.
    """
    with seen_site(call) as seen:
        page = pages.past(seen, party, first)
    if call.json:
        print_json(connection(page))
    else:
        print_table(
            COLUMNS[call.lang],
            [
                (
                    f"{point.run.id}{' *' if point.current else ''}",
                    point.data_time,
                    f"{point.created_at:%Y-%m-%d %H:%M}",
                    f"{point.score:.2%}",
                    f"{point.own:.2%}",
                    str(point.expected_loss),
                )
                for point in page.nodes
            ],
        )
        if any(point.current for point in page.nodes):
            click.echo(CURRENT[call.lang])
    return 0
