"""``kehutu evaluate``: compare results with published reference cases. Needs no store."""

from __future__ import annotations

from pathlib import Path

import click

from cli.options import Call, command
from cli.output import print_json
from services.evaluation.reference import evaluate as run_suites


@click.group()
def evaluate() -> None:
    """Compare results with published reference cases."""


@evaluate.command()
@click.argument(
    "paths", metavar="FOLDER|FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@command
def reference(call: Call, paths: tuple[Path, ...]) -> int:
    """Run every suite of reference cases through the public functions.

    Prints a line for each failing case and, last, 'N passed, N failed'. Exit 1 when a case failed.
    """
    passed, failures = run_suites(paths)
    if call.json:
        print_json({"passed": passed, "failed": len(failures), "failures": failures})
    else:
        for failure in failures:
            click.echo(failure)
        click.echo(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0
