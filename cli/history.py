"""``kehutu history``: a party's score over the runs."""

from __future__ import annotations

import click

from cli.connections import connection
from cli.options import Call, command
from cli.output import print_json, print_table
from services.arrears import pages
from services.arrears.history import LARGEST
from services.site import open_site

COLUMNS = {
    "en": ("run", "data of", "made at", "score", "own distress", "expected loss, yuan"),
    "zh": ("批次", "数据截至", "生成时间", "得分", "自身违约概率", "预期损失（元）"),
}


@click.command()
@click.argument("party")
@click.option(
    "--first", type=click.IntRange(1, LARGEST), default=20, show_default=True, help="Most runs to look at."
)
@command
def history(call: Call, party: str, first: int) -> int:
    """Show PARTY's score and expected loss in every run that knows it, the newest first; * marks the current run."""
    with open_site(call.settings, create=False) as site:
        page = pages.past(site, party, first)
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
    return 0
