"""``kehutu loads``: what was loaded when, and what became of it."""

from __future__ import annotations

import click

from cli.load_words import print_sources
from cli.options import Call, command
from cli.output import plain, print_json, print_more, print_table
from services.graph_answers.loads import load as load_of
from services.graph_answers.loads import loads as page_of_loads
from services.site import open_ledger

TEXT = {
    "en": {
        "columns": "load|begun|ended|sources|read|accepted|quarantined|duplicate|manifest",
        "none": "Nothing has been loaded.",
        "head": "{load}, begun {begun}, ended {ended}\n{manifest}\n",
        "never": "never",
    },
    "zh": {
        "columns": "载入|开始|结束|来源数|读取|接受|隔离|重复|清单",
        "none": "尚未载入任何数据。",
        "head": "{load}，开始于 {begun}，结束于 {ended}\n{manifest}\n",
        "never": "未结束",
    },
}


@click.group()
def loads() -> None:
    """What was loaded when, and what became of it.

    `list` shows loads, the newest first; `show` one of them with everything that was noticed.
    """


@loads.command("list")
@click.option(
    "--first", type=click.IntRange(1, 1_000), default=20, show_default=True, help="Most loads to print."
)
@click.option("--after", help="The cursor of the last load of the page before.")
@command
def list_loads(call: Call, first: int, after: str | None) -> int:
    """List loads, the newest first."""
    with open_ledger(call.settings) as ledger:
        page = page_of_loads(ledger, first, after, lang=call.lang)
    text = TEXT[call.lang]
    if call.json:
        print_json(plain(page))
    elif page.nodes:
        rows = [
            (
                one.id,
                one.started_at[:16],
                (one.finished_at or text["never"])[:16],
                len(one.sources),
                *(sum(getattr(s, name) for s in one.sources) for name in _COUNTS),
                one.manifest,
            )
            for one in page.nodes
        ]
        print_table(text["columns"].split("|"), rows)
        print_more(len(rows), page.total_count, page.page_info.end_cursor, call.lang)
    else:
        click.echo(text["none"])
    return 0


_COUNTS = ("read", "accepted", "quarantined", "duplicate")


@loads.command("show")
@click.argument("load_id", metavar="ID")
@command
def show_load(call: Call, load_id: str) -> int:
    """Show one load: the counts of its sources, what was noticed, and what was left out."""
    with open_ledger(call.settings) as ledger:
        found = load_of(ledger, load_id, lang=call.lang)
    if call.json:
        print_json(found)
        return 0
    text = TEXT[call.lang]
    ended = found.finished_at or text["never"]
    click.echo(
        text["head"].format(load=found.id, begun=found.started_at, ended=ended, manifest=found.manifest)
    )
    print_sources(found.sources, call.lang)
    return 0
