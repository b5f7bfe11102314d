"""``kehutu split``: take a record out of the entity it was put in."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_error, print_json
from services.operation.identity import split as part

PARTED = {
    "en": "{record}: {sighting} was taken out of {entity} ({names}).",
    "zh": "{record}：{sighting} 已从 {entity} 分出（{names}）。",
}


@click.command()
@click.argument("record", metavar="RECORD")
@click.option(
    "--type",
    "of_type",
    help="Only what the record says of this type, e.g. Enterprise. Default: all parties in it.",
)
@click.option("--reason", help="Why, in words; kept with the judgement.")
@click.option("--author", help="Who splits. Default: the user at this terminal.")
@command
def split(call: Call, *, record: str, of_type: str | None, reason: str | None, author: str | None) -> int:
    """Take what RECORD (source/recordId) says out of the entity it was put in; it becomes an entity of its own.

    A key that other records state too stays with them; the new entity keeps the rest. `kehutu judge A B unsure` takes
    the split back. Exit 1 where the record shares no entity with another one, 3 where the store is down: the split is
    kept, and the graph follows with the next command.
    """
    done = part(call.settings, record, of_type=of_type, author=author, reason=reason)
    if call.json:
        print_json(done.answer)
    else:
        for parted in done.answer.parted:
            click.echo(
                PARTED[call.lang].format(
                    record=done.answer.record,
                    sighting=parted.sighting,
                    entity=parted.entity,
                    names=", ".join(parted.names),
                )
            )
    if done.store_fault is not None:
        print_error(done.store_fault, call.lang, as_json=False)
        return done.store_fault.exit
    return 0
