"""``kehutu backup``: the ledger with its key and the results of runs, in one folder."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import Call, command
from cli.output import print_json
from services.operation.backups import backup as make_backup


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@command
def backup(call: Call, target: Path) -> int:
    """Copy the ledger as it is now, with its key and the results of runs, to the new folder TARGET.

    Others may go on writing meanwhile. Every file is checked and listed with its checksum. The graph is not in it:
    it is made again from the ledger. The folder holds personal data and the secret key: keep it as private as the home.
    """
    made = make_backup(call.settings, target)
    if call.json:
        print_json(made)
        return 0
    click.echo(
        f"{made.path}: {made.records:,} records, {made.files:,} files, {made.bytes / 1e6:,.1f} MB, verified.\n"
        "It holds the secret key and personal data: keep it private."
    )
    for name in made.lacking:
        click.echo(f"Not in it, missing or damaged in the home: {name}")
    return 0
