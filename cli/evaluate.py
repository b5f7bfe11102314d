"""``kehutu evaluate``: compare results with published reference cases. Only ``graph --engine gds`` needs a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli.options import Call, command
from cli.output import print_json
from services.engines import open_engine
from services.evaluation.graph import evaluate as run_graphs
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
    return _report(call, passed, failures)


@evaluate.command()
@click.argument(
    "folders",
    metavar="FOLDER...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option(
    "--engine",
    type=click.Choice(["local", "gds", "spark"]),
    default="local",
    show_default=True,
    help="Where the algorithms run; gds needs --store with a Neo4j that has Graph Data Science.",
)
@command
def graph(call: Call, folders: tuple[Path, ...], engine: str) -> int:
    """Run graph algorithms on folders of LDBC Graphalytics and compare with the values expected there.

    A folder holds graphs as NAME.v, NAME.e and NAME.properties, and expected values as NAME-BFS, NAME-CDLP,
    NAME-LCC, NAME-PR, NAME-SSSP and NAME-WCC. Nothing is written to the store.

    Prints a line for each failing case and, last, 'N passed, N failed'. Exit 1 when a case failed.
    """
    with open_engine(call.settings, engine) as chosen:
        verdict = run_graphs(folders, chosen)
    for note in verdict.notes:
        click.echo(note, err=True)
    return _report(call, verdict.passed, verdict.failures)


def _report(call: Call, passed: int, failures: Sequence[str]) -> int:
    if call.json:
        print_json({"passed": passed, "failed": len(failures), "failures": failures})
    else:
        for failure in failures:
            click.echo(failure)
        click.echo(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0
