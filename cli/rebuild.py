"""``kehutu rebuild``: the graph again from the ledger."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.operation.rebuild import GRACE
from services.operation.rebuild import rebuild as make_again
from services.run_copy import copy_again


@click.command()
@click.option(
    "--grace",
    type=click.FloatRange(0, 3600),
    default=GRACE,
    show_default=True,
    help="Longest wait, in seconds, for queries in the old graph of an embedded store.",
)
@command
def rebuild(call: Call, *, grace: float) -> int:
    """Make the graph again from the ledger; it comes out equal by value, whatever happened to the store.

    The embedded store serves the old graph until the new one is whole. A Neo4j is wiped and filled in its place:
    until that is done /readyz says 503 REBUILDING and other commands exit 3. What is loaded meanwhile is kept. A
    rebuild that was cut off is started again.
    """
    progress = ProgressLines()
    done = make_again(call.settings, grace=grace, progress=progress)
    copy_again(call.settings, progress)
    progress.close()
    if call.json:
        print_json(done)
        return 0
    print_table(("type", "count"), list(done.counts.items()))
    click.echo(
        f"\nMade again from {done.records:,} records in {done.seconds:.1f} s, {done.way}: "
        f"{done.nodes:,} nodes, {done.relations:,} relations."
    )
    for one in done.changed:
        click.echo(f"The graph before held {one.before:,} of {one.type}, now {one.after:,}.")
    return 0
