"""``kehutu analyse``: make an analysis run."""

from __future__ import annotations

from datetime import datetime

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.analysis import analyse as make_run
from services.engines.choose import require
from services.loading import project
from services.run_copy import copy_current
from services.site import open_site


@click.command()
@click.option(
    "--engine",
    type=click.Choice(["local", "gds", "spark"]),
    default="local",
    show_default=True,
    help="Where communities are found: in this process, or in a Neo4j with Graph Data Science.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Cut-off of the data; the latest observation otherwise.",
)
@click.option(
    "--copy/--no-copy",
    default=None,
    help="Write risk, community and runId on the nodes too, for other tools [KEHUTU_COPY_RUNS; --copy].",
)
@command
def analyse(call: Call, engine: str, as_of: datetime | None, *, copy: bool | None) -> int:
    """Compute risk and communities of the whole graph as one run, and make it the current one.

    The same data give the same run on the same engine; engines find equally good communities, not equal ones.
    Risk is always solved here: no other engine computes it by the same definition. Its parameters are the start
    values and marked "unfitted" until they are fitted.
    """
    require(engine, call.settings.store)
    progress = ProgressLines()
    with open_site(call.settings, progress) as site:
        project(site, progress)
        report = make_run(site, as_of=as_of.date() if as_of else None, engine=engine, progress=progress)
        if call.settings.copy_runs if copy is None else copy:
            copy_current(site, progress)
    progress.close()
    if call.json:
        print_json(report)
        return 0
    risk, found = report.risk, report.communities
    print_table(
        ("", ""),
        [
            ("run", report.run + (" (as before: nothing had changed)" if report.unchanged else "")),
            ("cut-off of the data", report.cut_off),
            ("parties", risk.parties),
            ("links between them", risk.links),
            ("parties at risk", risk.at_risk),
            ("expected loss", f"{risk.expected_loss} yuan"),
            ("every score proven to within", f"{risk.worst_bound:.1e}"),
            ("own risk", risk.own_risk),
            ("parameters", risk.parameters),
            (f"communities of two and more ({found.engine})", found.communities),
            ("largest community", found.largest),
            *((f"caution {code}", count) for code, count in sorted(risk.cautions.items())),
        ],
    )
    return 0
