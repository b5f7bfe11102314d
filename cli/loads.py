"""``kehutu loads``: what was loaded when, what became of it, and how to take it back."""

from __future__ import annotations

import click

from cli.asking import reading
from cli.ingest import told
from cli.load_words import print_sources
from cli.options import Call, after_option, command, first_option
from cli.output import ProgressLines, plain, print_error, print_json, print_more, print_table
from cli.seen import seen_ledger
from services.graph_answers.loads import Load
from services.graph_answers.loads import load as load_of
from services.graph_answers.loads import loads as page_of_loads
from services.operation.loads import withdraw as take_back
from terms.errors import Lang
from terms.texts import filled

TEXT = {
    "en": {
        "columns": "load|begun|state|sources|read|accepted|quarantined|duplicate|manifest",
        "none": "Nothing has been loaded.",
        "head": "{load}, begun {begun}, {state}\n{manifest}\n",
        "not ended": "not ended",
        "ended": "ended {at}",
        "withdrawing": "half taken back",
        "withdrawn": "taken back {at}",
        "done": "Load {load} is taken back: {records:,} {records:record was|records were} withdrawn.",
        "already": "Load {load} was taken back before; {records:,} {records:record was|records were} withdrawn now.",
        "staying": "{staying:,} of its records {staying:stays|stay}, because other loads brought "
        "{staying:it or state it|them or state them} too.",
        "older": "An earlier version made this load. It is not known which of its records other such loads repeated: "
        "they went with it. Load those files again.",
        "failed": "The records are withdrawn, but the current run could not be continued. {code}: {message}",
    },
    "zh": {
        "columns": "载入|开始|状态|来源数|读取|接受|隔离|重复|清单",
        "none": "尚未载入任何数据。",
        "head": "{load}，开始于 {begun}，{state}\n{manifest}\n",
        "not ended": "未结束",
        "ended": "结束于 {at}",
        "withdrawing": "撤回未完成",
        "withdrawn": "撤回于 {at}",
        "done": "已撤回载入 {load}：撤回 {records:,} 条记录。",
        "already": "载入 {load} 此前已撤回；本次撤回 {records:,} 条记录。",
        "staying": "其中 {staying:,} 条保留，因为其他载入也有这些记录，或由其他载入带来。",
        "older": "该载入由较早版本完成，无法得知同期其他载入重复了哪些记录：它们已一并撤回。请重新载入那些文件。",
        "failed": "记录已撤回，但当前批次未能延续。{code}：{message}",
    },
}


@click.group()
def loads() -> None:
    """List loads, look at one, or take it back."""


@loads.command("list")
@first_option("Print at most this many loads.", default=20, most=1_000)
@after_option
@reading("loads")
def list_loads(call: Call, first: int, after: str | None) -> int:
    """List loads, the newest first."""
    with seen_ledger(call) as seen:
        page = page_of_loads(seen, first, after, lang=call.lang)
    text = TEXT[call.lang]
    if call.json:
        print_json(plain(page))
    elif page.nodes:
        rows = [
            (
                one.id,
                one.started_at[:16],
                state(one, call.lang),
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
@reading("loads")
def show_load(call: Call, load_id: str) -> int:
    """Show one load: the counts of its sources, what was noticed, and what was left out."""
    with seen_ledger(call) as seen:
        found = load_of(seen, load_id, lang=call.lang)
    if call.json:
        print_json(found)
        return 0
    text = TEXT[call.lang]
    head = {"load": found.id, "begun": found.started_at, "manifest": found.manifest}
    click.echo(text["head"].format(state=state(found, call.lang), **head))
    print_sources(found.sources, call.lang)
    return 0


@loads.command()
@click.argument("load_id", metavar="ID")
@click.option("--no-analyse", is_flag=True, help="Leave the current run as it is.")
@command
def withdraw(call: Call, load_id: str, *, no_analyse: bool) -> int:
    """Take a load back: its records are withdrawn, and the graph and the current run follow.

    Records that another load states too stay. Earlier versions of records that the load updated, and records that it
    deleted, count again. Nothing is removed from the ledger, and the audit trail says who did it. If it is cut off,
    call it again: it goes on where it was. Afterwards the same file may be loaded again. Exit 3 where the store is
    down: the graph follows with the next command.
    """
    progress = ProgressLines(call.lang)
    done = take_back(call.settings, load_id, analyse=not no_analyse, progress=progress)
    progress.close()
    text, followed = TEXT[call.lang], done.followed
    fault = followed.fault if followed is not None else None
    if call.json:
        print_json(
            {
                "load": done.load,
                "withdrawn": done.records,
                "staying": done.staying,
                "already": done.already,
                "ofEarlierVersion": done.older,
                "run": followed and followed.run,
                "error": fault and {"code": fault.code, "message": fault.message(call.lang)},
            }
        )
    else:
        click.echo(filled(text["already" if done.already else "done"], load=done.load, records=done.records))
        if done.staying:
            click.echo(filled(text["staying"], staying=done.staying))
        if done.older:
            click.echo(text["older"])
        if fault is not None:
            click.echo(text["failed"].format(code=fault.code, message=fault.message(call.lang)))
        elif followed is not None and (words := told(followed, call.lang)):
            click.echo(words)
    if done.store_fault is not None:
        print_error(done.store_fault, call.lang, as_json=False)
        return done.store_fault.exit
    return 0


def state(load: Load, lang: Lang) -> str:
    """Whether a load has ended or was taken back, in words."""
    text = TEXT[lang]
    if load.withdrawing:
        return text["withdrawing"]
    if load.withdrawn_at is not None:
        return text["withdrawn"].format(at=load.withdrawn_at[:16])
    return text["not ended"] if load.finished_at is None else text["ended"].format(at=load.finished_at[:16])
