"""``kehutu report``: one-page credit reports to print or file."""

from __future__ import annotations

from pathlib import Path

import click

from cli.asking import reading
from cli.options import Call
from cli.output import ProgressLines, print_json
from cli.seen import seen_site
from services.arrears.report import Format, Report, write_reports
from terms.errors import Lang

BOTH: tuple[Format, ...] = ("pdf", "html")


@click.command()
@click.argument("parties", nargs=-1)
@click.option(
    "--list",
    "listed",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A text file with more parties, one on a line.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("reports"),
    show_default=True,
    help="Folder for the files.",
)
@click.option(
    "--format",
    "chosen",
    type=click.Choice(["pdf", "html", "both"]),
    default="both",
    show_default=True,
    help="What to write.",
)
@reading("report", "export")
def report(call: Call, parties: tuple[str, ...], *, listed: Path | None, out: Path, chosen: str) -> int:
    """Write a one-page credit report for each of PARTIES, as PDF and HTML, in English or Chinese (--lang).

    A report shows the figures of the current run, a diagram of the paths by which distress arrives, amounts that add up
    to the fen, arrears by days overdue, earlier runs, owners and guarantee circles. It names the run and the day of the
    data, and says where data is made up. Needs a run (`kehutu analyse`). Exit 1 where a party is unknown; the other
    reports are written all the same.
    """
    asked = [*parties, *(_lines(listed) if listed else ())]
    if not asked:
        raise click.UsageError("name at least one party, or a file with --list")
    formats: tuple[Format, ...] = BOTH if chosen == "both" else ("pdf",) if chosen == "pdf" else ("html",)
    progress = ProgressLines(call.lang)
    done: list[Report] = []
    with seen_site(call) as seen:
        for written in write_reports(seen, asked, out, formats, call.lang):
            done.append(written)
            if len(asked) > 1:
                progress("Writing reports", len(done), len(asked))
    progress.close()
    if call.json:
        print_json([_plain(written, call.lang) for written in done])
    else:
        for written in done:
            if written.fault is None:
                click.echo(f"{written.name}: {', '.join(str(file) for file in written.files)}")
    for written in done:
        if written.fault is not None:
            click.echo(f"{written.fault.code}: {written.fault.message(call.lang)}", err=True)
    return 1 if any(written.fault for written in done) else 0


def _lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip()]


def _plain(written: Report, lang: Lang) -> dict[str, object]:
    error = None
    if written.fault is not None:
        error = {"code": written.fault.code, "message": written.fault.message(lang)}
    return {
        "asked": written.asked,
        "party": written.party,
        "name": written.name,
        "files": [str(file) for file in written.files],
        "error": error,
    }
