"""``kehutu evaluate``: how good results are, by published cases and labelled files; only ``gds`` needs a store."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from cli.credit_words import print_credit
from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_json_line
from services.engines.opened import open_engine, open_engines
from services.evaluation.communities import evaluate as judge_communities
from services.evaluation.credit import evaluate as judge_credit
from services.evaluation.embeddings import evaluate as judge_embeddings
from services.evaluation.graph import evaluate as run_graphs
from services.evaluation.recommend import evaluate as judge_recommend
from services.evaluation.reference import evaluate as run_suites
from services.evaluation.segments import Budget
from services.evaluation.segments import evaluate as judge_segments


@click.group()
def evaluate() -> None:
    """Judge results by published reference cases, and forecasts by labelled files."""


@evaluate.command()
@click.argument(
    "paths", metavar="FOLDER|FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@command
def reference(call: Call, paths: tuple[Path, ...]) -> int:
    """Run every suite of reference cases through the public functions.

    Prints a line for each case that fails, then 'N passed, N failed'. Exit 1 where a case fails.
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
    """Run graph algorithms on folders of LDBC Graphalytics and compare with the expected values there.

    A folder holds graphs as NAME.v, NAME.e and NAME.properties, and expected values as NAME-BFS, NAME-CDLP,
    NAME-LCC, NAME-PR, NAME-SSSP and NAME-WCC. Nothing is written to the store.

    Prints a line for each case that fails, then 'N passed, N failed'. Exit 1 where a case fails.
    """
    with open_engine(call.settings, engine) as chosen:
        verdict = run_graphs(folders, chosen)
    for note in verdict.notes:
        click.echo(note, err=True)
    return _report(call, verdict.passed, verdict.failures)


@evaluate.command()
@click.argument(
    "files",
    metavar="FILE.gml...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--weights", is_flag=True, help="Use the weights of the links (weight, else value); else all are 1."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "gds", "spark"]),
    default="local",
    show_default=True,
    help="Where the partition comes from; gds needs --store with a Neo4j that has Graph Data Science.",
)
@command
def communities(call: Call, files: tuple[Path, ...], weights: bool, engine: str) -> int:
    """Find communities in graphs and print their modularity.

    Prints a line of JSON for each file: its name, the modularity (resolution 1) and the number of communities. Links
    are undirected. The best of up to 100 runs is taken: all 100 up to 20,000 links, fewer in larger graphs.
    """
    with open_engine(call.settings, engine) as chosen:
        for file in files:
            found = judge_communities(file, chosen, weighted=weights)
            print_json_line(found)
    return 0


@evaluate.command()
@click.option(
    "--edges",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of links: two nodes a line, with a blank or a comma between them.",
)
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File of labels, id,label: judges the ten nearest nodes too.",
)
@click.option(
    "--engine",
    type=click.Choice(["local", "gds", "spark"]),
    default="local",
    show_default=True,
    help="Whose embedding is reported first; gds needs --store with a Neo4j that has Graph Data Science.",
)
@command
def embeddings(call: Call, edges: Path, labels: Path | None, engine: str) -> int:
    """Embed a graph and say how well the vectors find hidden links and labels.

    Links are undirected and count once. A tenth of them is hidden, ten times anew; their cosine is compared with that
    of pairs without link. Judged are the program's own FastRP, spectral embedding and, where --store has Graph Data
    Science, the FastRP of the server, all by the same draws. Prints one JSON document. Nothing is written to the store.
    """

    def note(text: str) -> None:
        click.echo(text, err=True)

    with open_engines(call.settings, engine, note) as engines:
        print_json(judge_embeddings(edges, labels, engines, note=note))
    return 0


@evaluate.command()
@click.option("--train", required=True, type=click.Path(path_type=Path), help="Labelled file to learn from.")
@click.option("--test", required=True, type=click.Path(path_type=Path), help="Labelled file to judge by.")
@click.option("--label", required=True, help="Column of the outcome.")
@click.option("--money", required=True, help="Column of the amount at stake in each row.")
@click.option(
    "--positive",
    multiple=True,
    help="A value of the label that means the bad outcome (repeatable). Labels such as 0/1 or good/bad need none.",
)
@click.option("--group", help="Column of the party; no party is both learned from and judged.")
@click.option(
    "--time", help="Column of a number or an ISO date; only rows older than the test file are learned from."
)
@click.option("--exclude", multiple=True, help="A column to leave out (repeatable).")
@click.option("--encoding", help="Encoding of text files, where it is not found out: gb18030, big5, …")
@click.option(
    "--keep-protected",
    is_flag=True,
    help="Also learn from sex, age, family, origin, education, religion and health.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the folds, the trees and the intervals."
)
@command
def credit(call: Call, **asked: Any) -> int:
    """Learn the chance of a bad outcome from one labelled file and judge it on another.

    Files are CSV, Parquet, JSON lines or Excel, packed or not. Regularised logistic regression and boosted trees are
    compared on rows of the training file that they have not seen. The better one is calibrated and judged on the test
    file, beside a dummy and the best single column. Missing values are a class of their own. Protected attributes,
    identifiers, dates and copies of the label are left out and named. The same files and seed give the same answer.
    """
    train, test = asked.pop("train"), asked.pop("test")
    report = judge_credit(train, test, **asked, lang=call.lang)
    if call.json:
        print_json(report)
    else:
        print_credit(report, call.lang)
    return 0


@evaluate.command()
@click.option(
    "--records", required=True, type=click.Path(path_type=Path), help="Table of numbers and categories."
)
@click.option("--truth", help="Column of the true classes, to compare with.")
@click.option("--id", "identifier", help="Column of the customers' ids.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every draw.")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    help="After so many no further generation of the search begins.",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File that notes how far the search is; the same call goes on from there.",
)
@command
def segments(
    call: Call,
    *,
    records: Path,
    truth: str | None,
    identifier: str | None,
    seed: int,
    seconds: float | None,
    keep: Path | None,
) -> int:
    """Find the customer classes of any table, and say how stable they are.

    The table is CSV, Parquet, JSON lines or Excel, packed or not. Prints one line of JSON: the number of classes or
    that there are no clusters, agreement with the truth, stability over bootstrap refits, and the rules' fidelity.

    A column of numbers is a number, however few values it has. Any other column is a category. Identifiers, dates,
    free text, constants, columns that are missing for most, copies and protected attributes are left out and named on
    standard error. The order of rows changes nothing.

    With --keep a call that was cut off, or whose --seconds were over, goes on where it was when it is made again, and
    ends as one that was never cut off.
    """
    progress = ProgressLines(call.lang)
    budget = Budget(seconds, keep)
    judged = judge_segments(
        records, truth=truth, identifier=identifier, seed=seed, budget=budget, progress=progress
    )
    progress.close()
    for caution in judged.cautions:
        click.echo(caution.message(call.lang), err=True)
    if call.json:
        print_json(judged.report)
    else:
        print_json_line(judged.report)
    return 0


@evaluate.command()
@click.option(
    "--interactions",
    required=True,
    type=click.Path(path_type=Path),
    help="Table of who took what: columns customer, service and, where known, time.",
)
@click.option(
    "--catalogue", required=True, type=click.Path(path_type=Path), help="Table with a column service."
)
@click.option(
    "--customers", type=click.Path(path_type=Path), help="Table with a column customer and what is known."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of every draw.")
@command
def recommend(call: Call, interactions: Path, catalogue: Path, customers: Path | None, seed: int) -> int:
    """Hide a service of each customer, forecast it, and say whether simpler forecasts do as well.

    Tables are CSV, Parquet, JSON lines or Excel, packed or not. The last service is hidden, without times one that is
    drawn; judged are customers with at least two. Boosted trees on what a customer has and on its columns are compared
    with popularity, with what goes together and with what its class takes. Columns that tell the hidden service, as
    the monthly amount does, are left out and named.

    Prints one line of JSON. Exit 1 unless the verdict is "better": every interval of the differences lies above 0.
    """
    report = judge_recommend(interactions, catalogue, customers, seed=seed)
    if call.json:
        print_json(report)
    else:
        print_json_line(report)
    return 0 if report.verdict == "better" else 1


def _report(call: Call, passed: int, failures: Sequence[str]) -> int:
    if call.json:
        print_json({"passed": passed, "failed": len(failures), "failures": failures})
    else:
        for failure in failures:
            click.echo(failure)
        click.echo(f"{passed} passed, {len(failures)} failed")
    return 1 if failures else 0
