"""``kehutu clusters``: at-risk clusters of linked parties."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_table
from services.arrears.clusters import clusters as rank
from services.site import open_site


@click.command()
@click.option(
    "--first", type=click.IntRange(1, 1000), default=10, show_default=True, help="Most clusters to print."
)
@command
def clusters(call: Call, first: int) -> int:
    """Rank communities of linked parties by expected loss, with the seeds that are to blame. Exit 1 without any."""
    with open_site(call.settings) as site:
        found = rank(site, first)
    if call.json:
        print_json(found)
    elif found:
        print_table(
            ("cluster", "around", "parties", "expected loss, yuan", "to blame"),
            [
                (
                    c.id,
                    c.name,
                    c.size,
                    str(c.expected_loss),
                    "; ".join(f"{s.party.name} {s.share:.0%}" for s in c.seeds),
                )
                for c in found
            ],
        )
    else:
        click.echo("No cluster is at risk.")
    return 0 if found else 1
