"""``kehutu restore``: make a home from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from cli.audit import BROKEN
from cli.options import Call, command
from cli.output import print_json
from services.operation.backups import check as check_backup
from services.operation.backups import restore as make_home
from terms.texts import filled

TEXT = {
    "en": {
        "whole": "{path}: {records:,} {records:record|records} of {at:%Y-%m-%d %H:%M} UTC, whole.",
        "done": "{home}: {records:,} {records:record|records} restored and verified.\n"
        "Next: kehutu rebuild --home {home}   makes the graph from them.",
        "broken": "The audit trail does not fit at entry {number}: {reason}.",
    },
    "zh": {
        "whole": "{path}：{at:%Y-%m-%d %H:%M} UTC 的 {records:,} 条记录，完整无缺。",
        "done": "{home}：已恢复并校验 {records:,} 条记录。\n接下来：kehutu rebuild --home {home}   由这些记录重建图。",
        "broken": "审计链在第 {number} 条不符：{reason}。",
    },
}


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only check the backup against its checksums.")
@command
def restore(call: Call, source: Path, *, check: bool) -> int:
    """Check every file of the backup folder SOURCE and make the home (--home) from it.

    The home must be empty or not exist. Run `kehutu rebuild` next: it makes the graph. Exit 1 where the audit trail of
    the backup does not fit; the home is restored all the same.
    """
    text = TEXT[call.lang]
    if check:
        found = check_backup(source)
        if call.json:
            print_json(found)
        else:
            click.echo(filled(text["whole"], path=found.path, records=found.records, at=found.created_at))
        return 0
    done = make_home(call.settings, source)
    if call.json:
        print_json(done)
    else:
        click.echo(filled(text["done"], home=done.home, records=done.records))
        if done.audit is not None:
            reason = BROKEN[call.lang][done.audit.reason]
            click.echo(text["broken"].format(number=done.audit.number, reason=reason), err=True)
    return 0 if done.audit is None else 1
