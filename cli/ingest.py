"""``kehutu ingest``: load the sources of a manifest."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_error, print_json, print_table
from services.loading import ingest as load_and_project


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 1 also when rows were quarantined.")
@command
def ingest(call: Call, manifest: Path, *, strict: bool) -> int:
    """Load every source that MANIFEST names, then bring the graph up to date.

    A row that cannot be taken is quarantined with its reason; a source that cannot be read is listed with its
    error, and the others go on. Loading the same input again changes nothing. Exit 1 when a source was unreadable,
    3 when the store is down: what was read is kept and projected by the next command.
    """
    progress = ProgressLines()
    loaded = load_and_project(call.settings, manifest, strict=strict, progress=progress)
    progress.close()
    sources = loaded.report.sources
    if call.json:
        print_json(loaded.report)
    else:
        print_table(
            ("source", "read", "accepted", "quarantined", "duplicate", "remarks"),
            [
                (
                    s.name,
                    s.read,
                    s.accepted,
                    s.quarantined,
                    s.duplicate,
                    "; ".join([*filter(None, [s.error]), *s.warnings]),
                )
                for s in sources
            ],
        )
        if any(s.quarantined for s in sources):
            click.echo("\nQuarantined rows are kept: `kehutu quarantine list` shows why.")
    if loaded.store_fault is not None:
        print_error(loaded.store_fault, call.lang, as_json=False)
        return loaded.store_fault.exit
    unreadable = any(s.error for s in sources)
    return 1 if unreadable or (strict and any(s.quarantined for s in sources)) else 0
