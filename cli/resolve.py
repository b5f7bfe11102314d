"""``kehutu resolve``: bring identity up to date and report what it did."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.operation.identity import resolve as bring_up_to_date


@click.command()
@command
def resolve(call: Call) -> int:
    """Project what is new in the ledger, and report which names became which entities.

    Records that share a key are one entity; judgements join and part. `kehutu why A B` explains one case.
    """
    progress = ProgressLines()
    done = bring_up_to_date(call.settings, progress)
    progress.close()
    if call.json:
        print_json(done)
        return 0
    print_table(
        ("type", "entities", "names", "held apart"),
        [(found.type, found.entities, found.names, found.parts) for found in done.types],
    )
    if done.judgements:
        print_table(
            ("verdict", "by", "pairs"),
            [(said.verdict, said.by, said.pairs) for said in done.judgements],
            title="\nJudgements in force",
        )
    new = done.projection
    click.echo(
        f"\n{new.records:,} new records: {new.nodes:,} entities written, {new.removed_nodes:,} gone "
        f"(joined to another, or withdrawn), {new.relations:,} relations written, {new.removed_relations:,} gone."
    )
    return 0
