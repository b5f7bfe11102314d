"""``kehutu quarantine``: rows that could not be taken."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_table
from ledger import quarantine as held
from ledger.database import Ledger
from terms.errors import KehutuError


@click.group()
def quarantine() -> None:
    """Look at rows that could not be taken. Every one is kept with its reason."""


@quarantine.command("list")
@click.option("--source", help="Only rows of this source.")
@click.option(
    "--first", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Most rows to print."
)
@command
def list_rows(call: Call, source: str | None, first: int) -> int:
    """List quarantined rows: where, which field, why."""
    ledger = Ledger.open(call.settings.home)
    try:
        rows = held.listing(ledger, source=source, first=first)
    finally:
        ledger.close()
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
            ("id", "file", "line", "field", "reason"),
            [
                (r.id, r.file, r.line, r.field or "", KehutuError(r.code, **r.details).message(call.lang))
                for r in rows
            ],
        )
    else:
        click.echo("No row is in quarantine.")
    return 0


@quarantine.command("show")
@click.argument("row_id", metavar="ID")
@command
def show_row(call: Call, row_id: str) -> int:
    """Show one quarantined row with its raw content, reason and remedy."""
    ledger = Ledger.open(call.settings.home)
    try:
        row = held.show(ledger, row_id)
    finally:
        ledger.close()
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
        print_table(("", ""), list(answer.items()))
    return 0
