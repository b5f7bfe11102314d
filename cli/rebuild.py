"""``kehutu rebuild``: make the graph again from the ledger."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.operation.rebuild import GRACE
from services.operation.rebuild import rebuild as make_again
from services.run_copy import copy_again
from services.schema import type_text
from terms.texts import filled

TEXT = {
    "en": {
        "columns": "type|count",
        "made": "Made again from {records:,} {records:record|records} in {seconds:.1f} s, {way}: "
        "{nodes:,} {nodes:node|nodes}, "
        "{relations:,} {relations:relation|relations}.",
        "beside": "beside the old graph",
        "in place": "in place of the old graph",
        "changed": "The graph before held {before:,} of {type}, now {after:,}.",
    },
    "zh": {
        "columns": "类型|数量",
        "made": "由 {records:,} 条记录重建（{way}），用时 {seconds:.1f} 秒：{nodes:,} 个节点，{relations:,} 个关系。",
        "beside": "旧图继续服务",
        "in place": "就地替换旧图",
        "changed": "原图有 {before:,} 个 {type}，现有 {after:,} 个。",
    },
}


@click.command()
@click.option(
    "--grace",
    type=click.FloatRange(0, 3600),
    default=GRACE,
    show_default=True,
    help="Wait at most this many seconds for queries in the old graph of an embedded store.",
)
@command
def rebuild(call: Call, *, grace: float) -> int:
    """Make the graph again from the ledger. It holds the same values as before, whatever happened to the store.

    The embedded store serves the old graph until the new one is whole. A Neo4j is wiped and filled again: until that is
    done /readyz says 503 REBUILDING and other commands exit 3. What is loaded meanwhile is kept. Start a rebuild again
    if it was cut off.
    """
    progress = ProgressLines(call.lang)
    done = make_again(call.settings, grace=grace, progress=progress)
    copy_again(call.settings, progress)
    progress.close()
    if call.json:
        print_json(done)
        return 0
    text = TEXT[call.lang]
    print_table(
        text["columns"].split("|"),
        [(type_text(name, call.lang), count) for name, count in done.counts.items()],
    )
    made = filled(
        text["made"],
        records=done.records,
        seconds=done.seconds,
        way=text[done.way],
        nodes=done.nodes,
        relations=done.relations,
    )
    click.echo(f"\n{made}")
    for one in done.changed:
        click.echo(
            text["changed"].format(before=one.before, type=type_text(one.type, call.lang), after=one.after)
        )
    return 0
