"""``kehutu evaluate``: compare results with published reference cases. Needs no store."""

from __future__ import annotations

from pathlib import Path

import click
from services.evaluation.reference import evaluate as run_suites

from cli.options import Call, command
from cli.output import print_json


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
    report = run_suites(paths)
    if call.json:
        print_json(report)
    else:
        for failure in report.failures:
            click.echo(failure)
        click.echo(f"{report.passed} passed, {report.failed} failed")
    return 1 if report.failed else 0
