"""``kehutu override``: a person sets a party's own distress, in place of what its bills say."""

from __future__ import annotations

import getpass
import uuid
from datetime import datetime

import click

from cli.options import Call, command
from cli.output import print_json
from cli.override_words import judgement_text
from cli.seen import seen_site
from services.arrears.answer.sentences import chance_text, moved_text
from services.arrears.overrides.overriding import override as judge
from terms.errors import KehutuError

TEXT = {
    "en": {
        "withdrawn": "The judgement about {name} has been taken back.",
        "effect": "Chance of failing {before} → {after}; its expected loss {loss}, that of all parties {total}. "
        "Run {run}.",
        "repeated": "The same judgement was made before under this key. Nothing was changed.",
    },
    "zh": {
        "withdrawn": "对 {name} 的人工判断已撤回。",
        "effect": "违约概率 {before} → {after}；其预期损失{loss}，全部主体合计{total}。批次 {run}。",
        "repeated": "此前已用同一个键作出该判断；未作更改。",
    },
}


@click.command()
@click.argument("party")
@click.option("--own", type=float, metavar="0…1", help="The party's own distress, from 0 to 1 (in default).")
@click.option("--withdraw", is_flag=True, help="Take an earlier judgement back.")
@click.option("--reason", required=True, help="Why, in words; every answer shows it.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The last day of data on which it holds.",
)
@click.option("--author", help="Who judges. Default: the user at this terminal.")
@click.option("--key", help="Idempotency key: a judgement sent again under the same key counts once.")
@command
def override(
    call: Call,
    party: str,
    *,
    own: float | None,
    withdraw: bool,
    reason: str,
    until: datetime,
    author: str | None,
    key: str | None,
) -> int:
    """Set PARTY's own distress by hand until a day, in place of what its bills say.

    The judgement changes the current run at once. It is kept as a record with its author and reason, and every answer
    that it changes shows both. A later judgement replaces it. Give either --own or --withdraw.
    """
    if (own is None) is not withdraw:
        raise KehutuError("OVERRIDE_NEEDS", field="own")
    with seen_site(call, create=True) as seen:
        answer = judge(
            seen,
            party,
            own,
            reason=reason,
            author=author or getpass.getuser(),
            until=until.date(),
            idempotency_key=key or str(uuid.uuid4()),
        )
    if call.json:
        print_json(answer)
        return 0
    text = TEXT[call.lang]
    if answer.override:
        click.echo(judgement_text(answer.override, call.lang))
    else:
        click.echo(text["withdrawn"].format(name=answer.party.name))
    if answer.repeated:
        click.echo(text["repeated"])
    else:
        click.echo(
            text["effect"].format(
                before=chance_text(answer.before, call.lang),
                after=chance_text(answer.after, call.lang),
                loss=moved_text(answer.loss, call.lang),
                total=moved_text(answer.total_loss, call.lang),
                run=answer.run.id,
            )
        )
    return 0
