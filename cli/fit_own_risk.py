"""``kehutu fit own-risk``: the chance of arrears from a customer's own record."""

from __future__ import annotations

from datetime import datetime

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json
from services.own_risk import kept
from services.own_risk.card_text import text_of
from terms.errors import KehutuError

TEXT = {
    "en": {
        "reset": "The start rule holds again, from the next `kehutu analyse` on.",
        "none": "The start rule held already.",
        "next": "In force from the next `kehutu analyse` on: {version}.",
    },
    "zh": {
        "reset": "自下一次 `kehutu analyse` 起恢复起始规则。",
        "none": "当前已是起始规则。",
        "next": "自下一次 `kehutu analyse` 起采用：{version}。",
    },
}


@click.command("own-risk")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Learn from what was known by then; all of it otherwise.",
)
@click.option(
    "--overdue-bills",
    type=click.IntRange(1, kept.MOST_OVERDUE_BILLS),
    default=kept.MOST_OVERDUE_BILLS,
    show_default=True,
    help="Overdue bills of one customer at once that count as default.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Of the folds, the trees and the intervals."
)
@click.option("--show", is_flag=True, help="Print the card of the model in force; learn nothing.")
@click.option("--reset", is_flag=True, help="Go back to the start rule.")
@command
def own_risk(
    call: Call, as_of: datetime | None, overdue_bills: int, seed: int, *, show: bool, reset: bool
) -> int:
    """Learn from the site's past who falls into default within twelve months, and whose next bill is late.

    Features are of a customer's own record as known on past days: bills, delays, arrears, use, and what registers
    said of the enterprise behind it. Learned is from early days, judged on later ones and other parties; the model
    card that is printed says how well. The next `kehutu analyse` uses the model in place of the start rule. With too
    little record nothing changes and the exit status is 1. `--show` without a model has exit status 1 too.
    """
    text = TEXT[call.lang]
    if reset:
        known = kept.reset(call.settings.home)
        if call.json:
            print_json({"reset": known})
        else:
            click.echo(text["reset" if known else "none"])
        return 0
    if show:
        model = kept.in_force(call.settings.home)
        if model is None:
            raise KehutuError("OWN_RISK_NONE")
        card = model.card
    else:
        # They load what learns: half a second that --show and --help need not wait for.
        from services.learning.own_risk import fit_own_risk  # noqa: PLC0415
        from services.loading import project  # noqa: PLC0415
        from services.site import open_site  # noqa: PLC0415

        progress = ProgressLines(call.lang)
        with open_site(call.settings, progress) as site:
            project(site, progress)
            card = fit_own_risk(
                site,
                overdue_bills=overdue_bills,
                as_of=as_of.date() if as_of else None,
                seed=seed,
                progress=progress,
            )
        progress.close()
    if call.json:
        print_json(card)
    else:
        click.echo(text_of(card, call.lang))
        if not show:
            click.echo(text["next"].format(version=card.version))
    return 0
