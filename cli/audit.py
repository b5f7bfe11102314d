"""``kehutu audit``: who did what, and whether the record of it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeAlias

import click

from cli.options import Call, command, first_option
from cli.output import print_json, print_table
from services.operation import audit as trail
from services.operation.audit import Entry
from terms.texts import filled

Head: TypeAlias = tuple[int, str]
"""Number and hash of an entry."""

BROKEN = {
    "en": {
        "missing": "it is not there",
        "changed": "it was changed or moved",
        "index": "it is not found by whom it is about, or by others",
        "head": "the seal on the end of the trail does not fit",
        "anchor": "it is not the entry that the given head names",
    },
    "zh": {
        "missing": "该条不存在",
        "changed": "该条或其位置与写入时不同",
        "index": "按对象检索时缺少该条，或多出该条",
        "head": "审计链末端的封印不符",
        "anchor": "该条不是所给链首指明的那一条",
    },
}
"""Why an entry of the trail does not fit."""

TEXT = {
    "en": {
        "whole": "The audit trail is whole: {number:,} {number:entry, and it fits|entries, and all fit}.\n"
        "Head: {number}:{hash}",
        "broken": "Entry {number} does not fit: {reason}.",
        "columns": "number|at|actor|role|purpose|action|subject|classes|document",
        "none": "There is no such entry.",
        "more": "{subject} and {more:,} more",
    },
    "zh": {
        "whole": "审计链完整：全部 {number:,} 条均相符。\n链首：{number}:{hash}",
        "broken": "第 {number} 条不符：{reason}。",
        "columns": "序号|时间|操作者|角色|目的|动作|对象|类别|问题",
        "none": "没有记录。",
        "more": "{subject} 等，另 {more:,} 个",
    },
}

CLASSES = {
    "en": {"and": ", "},
    "zh": {
        "and": "、",
        "id": "身份标识",
        "contact": "联系方式",
        "location": "位置",
        "financial": "财务",
        "usage": "用电",
        "derived": "推算结果",
    },
}
"""Classes of personal data, as the column calls them."""

_INSTANT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])


class _HeadText(click.ParamType[Head]):
    """NUMBER:HASH as `audit verify` prints it."""

    name = "NUMBER:HASH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        """Read the text."""
        if isinstance(value, tuple):
            return value
        number, _, digest = str(value).partition(":")
        if not number.isdigit() or len(digest) != 64:
            self.fail(f"{value!r} is not NUMBER:HASH as `kehutu audit verify` prints it.", param, ctx)
        return int(number), digest.lower()


@click.group()
def audit() -> None:
    """See who did what to whom, when and why, and prove that nobody has changed the record.

    A keyed hash binds each entry to all entries before it.
    """


@audit.command()
@click.option("--anchor", type=_HeadText(), help="A head that you kept elsewhere; the trail must contain it.")
@command
def verify(call: Call, *, anchor: Head | None) -> int:
    """Check every entry of the trail from the first on. Exit 1 at the first one that does not fit.

    Keep the printed head in another place. Given back as --anchor it proves that nothing before it was changed, and
    that nobody has put an older file in place of this one.
    """
    found = trail.verify(call.settings, anchor)
    broken, head = found.broken, found.head
    if call.json:
        print_json(found)
    elif broken is None:
        click.echo(filled(TEXT[call.lang]["whole"], number=head.number, hash=head.hash))
    else:
        reason = BROKEN[call.lang][broken.reason]
        click.echo(TEXT[call.lang]["broken"].format(number=broken.number, reason=reason))
    return 0 if broken is None else 1


@audit.command("list")
@click.option("--subject", help="Only entries about this id.")
@click.option("--since", type=_INSTANT, help="Only entries from this day or instant (UTC) on.")
@click.option("--until", type=_INSTANT, help="Only entries before this day or instant (UTC).")
@click.option("--after", type=click.IntRange(0), default=0, help="Only entries after this number.")
@first_option("Print at most this many entries.", default=100, most=10_000)
@command
def list_entries(
    call: Call, *, subject: str | None, since: datetime | None, until: datetime | None, after: int, first: int
) -> int:
    """List entries by number. Exit 1 where there is none."""
    entries = trail.entries(
        call.settings, subject=subject, since=_utc(since), until=_utc(until), after=after, first=first
    )
    return _print(call, entries)


@audit.command()
@click.argument("subject")
@click.option("--from", "since", type=_INSTANT, help="Only from this day or instant (UTC) on.")
@click.option("--to", "until", type=_INSTANT, help="Only before this day or instant (UTC).")
@click.option("--after", type=click.IntRange(0), default=0, help="Only entries after this number.")
@first_option("Print at most this many entries.", default=100, most=10_000)
@command
def who(
    call: Call, *, subject: str, since: datetime | None, until: datetime | None, after: int, first: int
) -> int:
    """Say who saw or changed something of SUBJECT, when, in which role, why and what. Exit 1 where nobody did.

    SUBJECT is an id or a business number. What an entry names may have been read only to compute an answer; nobody who
    was read of is left out. Exports of everything count for everybody.
    """
    found = trail.who(call.settings, subject, since=_utc(since), until=_utc(until), after=after, first=first)
    return _print(call, found)


def _print(call: Call, entries: Sequence[Entry]) -> int:
    if call.json:
        print_json(entries)
    elif entries:
        print_table(TEXT[call.lang]["columns"].split("|"), [_cells(call, entry) for entry in entries])
    else:
        click.echo(TEXT[call.lang]["none"])
    return 0 if entries else 1


def _cells(call: Call, entry: Entry) -> tuple[object, ...]:
    subject, *more = [entry.subject] if entry.subject else [*entry.subjects, ""]
    more = [one for one in more if one]
    if more:
        subject = TEXT[call.lang]["more"].format(subject=subject, more=len(more))
    return (
        entry.number,
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        entry.actor,
        entry.role,
        entry.purpose,
        entry.action,
        subject,
        CLASSES[call.lang]["and"].join(CLASSES[call.lang].get(name, name) for name in entry.classes),
        entry.document,
    )


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.replace(tzinfo=UTC)
