"""``kehutu quarantine``: which rows were refused, why, and how to try them again."""

from __future__ import annotations

from pathlib import Path

import click

from cli.asking import reading
from cli.options import Call, command, first_option
from cli.output import print_error, print_json, print_table
from services.operation import quarantine as held
from services.operation.quarantine import Retried
from terms.errors import KehutuError

TEXT = {
    "en": {
        "none": "No row is in quarantine.",
        "rows": "id|file|line|field|reason",
        "tried": "id|source|outcome|record or reason",
    },
    "zh": {
        "none": "隔离区中没有行。",
        "rows": "编号|文件|行|字段|原因",
        "tried": "编号|数据源|结果|记录或原因",
        "id": "编号",
        "source": "数据源",
        "file": "文件",
        "line": "行",
        "field": "字段",
        "code": "代码",
        "message": "原因",
        "remedy": "处理办法",
        "state": "状态",
        "firstSeen": "首次发现",
        "raw": "原始内容",
        "open": "待处理",
        "settled": "已处理",
        "accepted": "已接受",
        "duplicate": "重复",
        "quarantined": "仍隔离",
    },
}


@click.group()
def quarantine() -> None:
    """Look at rows that were refused, and try them again. Each is kept with its reason."""


@quarantine.command("list")
@click.option("--source", help="Only rows of this source.")
@first_option("Print at most this many rows.", default=100, most=10_000)
@reading("quarantine")
def list_rows(call: Call, source: str | None, first: int) -> int:
    """List quarantined rows: where, which field, why."""
    rows = held.rows(call.settings, source=source, first=first)
    if call.json:
        print_json(
            [
                {
                    "id": r.id,
                    "source": r.source,
                    "file": r.file,
                    "line": r.line,
                    "field": r.field,
                    "code": r.code,
                    "message": KehutuError(r.code, **r.details).message(call.lang),
                    "state": r.state,
                }
                for r in rows
            ]
        )
    elif rows:
        print_table(
            TEXT[call.lang]["rows"].split("|"),
            [
                (r.id, r.file, r.line, r.field or "", KehutuError(r.code, **r.details).message(call.lang))
                for r in rows
            ],
        )
    else:
        click.echo(TEXT[call.lang]["none"])
    return 0


@quarantine.command("show")
@click.argument("row_id", metavar="ID")
@reading("quarantine")
def show_row(call: Call, row_id: str) -> int:
    """Show one quarantined row with its raw content, reason and remedy."""
    row = held.row(call.settings, row_id)
    fault = KehutuError(row.code, **row.details)
    answer = {
        "id": row.id,
        "source": row.source,
        "file": row.file,
        "line": row.line,
        "field": row.field,
        "code": row.code,
        "message": fault.message(call.lang),
        "remedy": fault.remedy(call.lang),
        "state": row.state,
        "firstSeen": row.first_seen,
        "raw": row.raw,
    }
    if call.json:
        print_json(answer)
    else:
        words = TEXT[call.lang]
        shown = {**answer, "state": words.get(row.state, row.state)}
        print_table(("", ""), [(words.get(name, name), value) for name, value in shown.items()])
    return 0


@quarantine.command("retry")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option(
    "--source", help="Try all open rows of this source. Without it and without an ID: all open rows."
)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path),
    help="Read them by this manifest. Default: the manifest by which their source was last loaded.",
)
@click.option(
    "--set",
    "cells",
    multiple=True,
    metavar="COLUMN=VALUE",
    help="Put this value into the cell of every row that is tried (may be given several times).",
)
@command
def retry_rows(
    call: Call, ids: tuple[str, ...], source: str | None, manifest: Path | None, cells: tuple[str, ...]
) -> int:
    """Try quarantined rows again, after the mapping, the file or a cell was put right.

    A row is read from the cells that were kept; where that fails, from its place in the file as it is now. A row that
    is taken is settled. The others stay, with their reason. Exit 1 where a row stays, 3 where the store is down: rows
    that were taken are kept, and the graph follows with the next command.
    """
    done = held.retry(
        call.settings,
        ids,
        source=source,
        manifest=manifest,
        changes=dict(_cell(text) for text in cells),
    )
    staying = [row for row in done.rows if row.outcome == "quarantined"]
    if call.json:
        rows = [
            {
                "id": row.id,
                "source": row.source,
                "outcome": row.outcome,
                "recordId": row.record_id,
                "code": row.code,
                "message": _reason(row, call),
            }
            for row in done.rows
        ]
        print_json({"rows": rows, "taken": len(rows) - len(staying), "quarantined": len(staying)})
    elif done.rows:
        print_table(
            TEXT[call.lang]["tried"].split("|"),
            [
                (
                    row.id,
                    row.source,
                    TEXT[call.lang].get(row.outcome, row.outcome),
                    row.record_id or _reason(row, call),
                )
                for row in done.rows
            ],
        )
    else:
        click.echo(TEXT[call.lang]["none"])
    if done.store_fault is not None:
        print_error(done.store_fault, call.lang, as_json=False)
        return done.store_fault.exit
    return 1 if staying else 0


def _reason(row: Retried, call: Call) -> str | None:
    return None if row.code is None else KehutuError(row.code, **row.details).message(call.lang)


def _cell(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals or not column:
        raise click.BadParameter(f"'{text}' is not COLUMN=VALUE.", param_hint="--set")
    return column, value
