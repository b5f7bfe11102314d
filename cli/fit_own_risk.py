"""``kehutu fit own-risk``: learn the chance of arrears from customers' own records."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json
from services.own_risk import kept
from services.own_risk.card_text import text_of
from services.site import open_site
from terms.delayed import Delayed
from terms.errors import KehutuError

if TYPE_CHECKING:
    from services import loading
    from services.learning import own_risk as learning
else:
    loading, learning = Delayed("services.loading"), Delayed("services.learning.own_risk")

TEXT = {
    "en": {
        "reset": "From the next `kehutu analyse` on the start rule holds again.",
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
    help="Learn from what was known on this day. Default: from all of it.",
)
@click.option(
    "--overdue-bills",
    type=click.IntRange(1, kept.MOST_OVERDUE_BILLS),
    default=kept.MOST_OVERDUE_BILLS,
    show_default=True,
    help="A customer with this many overdue bills at once is in default.",
)
@click.option(
    "--seed", type=int, default=0, show_default=True, help="Seed of the folds, the trees and the intervals."
)
@click.option("--show", is_flag=True, help="Print the card of the model in force and learn nothing.")
@click.option("--reset", is_flag=True, help="Go back to the start rule.")
@command
def own_risk(
    call: Call, as_of: datetime | None, overdue_bills: int, seed: int, *, show: bool, reset: bool
) -> int:
    """Learn from the site's past who falls into default within twelve months, and whose next bill is late.

    The model sees a customer's own record as it was known on past days: bills, delays, arrears, use, and what registers
    said of the enterprise behind it. It learns from early days and is judged on later days and other parties; the
    printed model card says how well it does. The next `kehutu analyse` uses it in place of the start rule. With too
    little record nothing changes. Exit 1 then, and where `--show` finds no model.
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
        progress = ProgressLines(call.lang)
        with open_site(call.settings, progress) as site:
            loading.project(site, progress)
            card = learning.fit_own_risk(
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
