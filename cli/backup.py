"""``kehutu backup``: copy the ledger, its key and the results of runs to one folder."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import Call, command
from cli.output import print_json
from services.operation.backups import backup as make_backup
from terms.texts import filled

TEXT = {
    "en": {
        "made": "{path}: {records:,} {records:record|records}, {files:,} {files:file|files}, "
        "{megabytes:,.1f} MB, verified.\n"
        "It holds the secret key and personal data: keep it private.",
        "lacking": "Not in the backup, because the home has it no more or it is damaged: {name}",
    },
    "zh": {
        "made": "{path}：{records:,} 条记录，{files:,} 个文件，{megabytes:,.1f} MB，已校验。\n"
        "其中含有密钥和个人数据：请妥善保密。",
        "lacking": "未包含（在主目录中缺失或已损坏）：{name}",
    },
}


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@command
def backup(call: Call, target: Path) -> int:
    """Copy the ledger as it is now, its key and the results of runs to the new folder TARGET.

    Others may write meanwhile. Every file is checked and listed with its checksum. The graph is not copied: `kehutu
    rebuild` makes it from the ledger. The folder holds personal data and the secret key: keep it as private as the
    home.
    """
    made = make_backup(call.settings, target)
    if call.json:
        print_json(made)
        return 0
    text = TEXT[call.lang]
    click.echo(
        filled(
            text["made"],
            path=made.path,
            records=made.records,
            files=made.files,
            megabytes=made.bytes / 1e6,
        )
    )
    for name in made.lacking:
        click.echo(text["lacking"].format(name=name))
    return 0
