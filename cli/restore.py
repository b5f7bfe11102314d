"""``kehutu restore``: a home from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import Call, command
from cli.output import print_json
from services.operation.backups import check as check_backup
from services.operation.backups import restore as make_home


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only check the backup against its checksums.")
@command
def restore(call: Call, source: Path, *, check: bool) -> int:
    """Make the home (--home) from the backup folder SOURCE, after checking every file of it.

    A home that holds anything is left alone. The graph follows by `kehutu rebuild`. Exit 1 when the audit trail in the
    backup does not verify; the home is restored all the same.
    """
    if check:
        found = check_backup(source)
        if call.json:
            print_json(found)
        else:
            click.echo(
                f"{found.path}: {found.records:,} records of {found.created_at:%Y-%m-%d %H:%M} UTC, whole."
            )
        return 0
    done = make_home(call.settings, source)
    if call.json:
        print_json(done)
    else:
        click.echo(f"{done.home}: {done.records:,} records restored and verified.")
        click.echo(f"Next: kehutu rebuild --home {done.home}   makes the graph from them.")
        if done.audit is not None:
            click.echo(
                f"The audit trail does not fit at entry {done.audit.number} ({done.audit.reason}).", err=True
            )
    return 0 if done.audit is None else 1
