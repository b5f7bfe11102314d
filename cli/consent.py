"""``kehutu consent``: whether a customer may be approached, for what and how."""

from __future__ import annotations

import getpass
import uuid
from datetime import datetime
from typing import Final

import click

from cli.asking import reading
from cli.options import Call, command
from cli.output import print_json, print_table
from cli.seen import seen_site
from services.consents.consents import consents, record_consent
from services.consents.standing import ConsentState, ContactChannel, CustomerConsents, Purpose
from terms.errors import Lang

TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "title": "{name} ({id})",
        "purpose": "purpose",
        "channel": "channel",
        "state": "state",
        "since": "decided on",
        "by": "according to",
        "all": "all others",
        "default": "nothing decided: the default of this site",
        "MARKETING": "offers of services",
        "SURVEY": "surveys",
        "DATA_SHARING": "sharing data with partners",
        "PHONE": "calls",
        "SMS": "text messages",
        "EMAIL": "e-mail",
        "APP": "messages in the app",
        "LETTER": "letters",
        "VISIT": "visits",
        "GIVEN": "allowed",
        "REFUSED": "refused",
    },
    "zh": {
        "title": "{name}（{id}）",
        "purpose": "用途",
        "channel": "渠道",
        "state": "状态",
        "since": "决定日期",
        "by": "依据",
        "all": "其余渠道",
        "default": "未作决定，按本站默认",
        "MARKETING": "营销推荐",
        "SURVEY": "满意度调查",
        "DATA_SHARING": "向合作方提供数据",
        "PHONE": "电话",
        "SMS": "短信",
        "EMAIL": "电子邮件",
        "APP": "应用消息",
        "LETTER": "信函",
        "VISIT": "上门",
        "GIVEN": "同意",
        "REFUSED": "拒绝",
    },
}
PURPOSES: Final = {one.value: one for one in Purpose}
CHANNELS: Final = {one.value: one for one in ContactChannel}


@click.group()
def consent() -> None:
    """See and record whether customers may be approached.

    \b
    marketing     offers of services
    survey        questions about how content they are
    data-sharing  handing their data to partners

    The latest decision counts, from the next answer on. Where a customer decided nothing, the site's default counts:
    allowed, unless config.toml says otherwise (consent = {marketing = "refused"}).
    """


@consent.command()
@click.argument("identifier", metavar="CUSTOMER")
@reading("customer")
def show(call: Call, identifier: str) -> int:
    """Show where CUSTOMER stands for each purpose, and who says so."""
    with seen_site(call) as seen:
        answer = consents(seen, identifier)
    _tell(call, answer)
    return 0


@consent.command()
@click.argument("identifier", metavar="CUSTOMER")
@click.option("--purpose", required=True, type=click.Choice(sorted(PURPOSES)), help="What it is about.")
@click.option(
    "--state",
    required=True,
    type=click.Choice([one.name for one in ConsentState], case_sensitive=False),
    help="What the customer decided.",
)
@click.option("--channel", type=click.Choice(sorted(CHANNELS)), help="Only this channel. Default: all.")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Day of the decision. Default: today at the site."
)
@click.option("--author", help="Who records it. Default: the user at this terminal.")
@click.option("--key", help="Idempotency key: a decision sent again under the same key counts once.")
@command
def record(
    call: Call,
    identifier: str,
    *,
    purpose: str,
    state: str,
    channel: str | None,
    day: datetime | None,
    author: str | None,
    key: str | None,
) -> int:
    """Record what CUSTOMER decided; it holds from the next answer on."""
    with seen_site(call, create=True) as seen:
        answer = record_consent(
            seen,
            identifier,
            PURPOSES[purpose],
            ConsentState[state.upper()],
            channel=CHANNELS[channel] if channel else None,
            decided_on=day.date() if day else None,
            author=author or getpass.getuser(),
            idempotency_key=key or str(uuid.uuid4()),
        )
    _tell(call, answer)
    return 0


def _tell(call: Call, answer: CustomerConsents) -> None:
    if call.json:
        print_json(answer)
        return
    text = TEXT[call.lang]
    click.echo(text["title"].format(name=answer.customer.name, id=answer.customer.id))
    rows = []
    for one in answer.standing:
        decision = one.decision
        rows.append(
            (
                text[one.purpose.name],
                text[one.channel.name] if one.channel else text["all"],
                text[one.state.name],
                str(decision.decided_on or "") if decision else "",
                decision.author or decision.record_id if decision else text["default"],
            )
        )
    print_table(tuple(text[name] for name in ("purpose", "channel", "state", "since", "by")), rows)
