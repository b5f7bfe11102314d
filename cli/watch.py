"""``kehutu watch``: which watched parties raise an alert."""

from __future__ import annotations

import getpass
import uuid

import click

from cli.asking import reading
from cli.connections import connection
from cli.options import Call, command, first_option
from cli.output import print_json, print_table
from cli.seen import seen_site
from services.arrears.watch.watch_pages import watched
from services.arrears.watch.watching import Alert, RuleKind, WatchRule, unwatch, watch_list
from services.arrears.watch.watching import watch as add_rule
from terms.errors import Lang
from terms.texts import filled

TEXT = {
    "en": {
        "columns": ("party", "name", "score", "before", "expected loss, yuan", "alerts"),
        "THRESHOLD": "score at least {level:.1%}",
        "RISE": "up by {value:.1%}",
        "NEW_PATH": "new path, {value:.1%} of the score: {path}",
        "empty": "Nobody is watched. Add a party with `kehutu watch add`.",
        "added": "{id}: {name} is watched ({kind} {level:.1%}).",
        "removed": "Rule {id} was removed.",
        "total": "{alerts} of {total} watched {total:party|parties} {alerts:raises|raise} an alert. "
        "Run {run}, compared with {before}.",
        "first": "nothing (it is the first run)",
    },
    "zh": {
        "columns": ("主体", "名称", "得分", "上一批次", "预期损失（元）", "预警"),
        "THRESHOLD": "概率不低于 {level:.1%}",
        "RISE": "上升 {value:.1%}",
        "NEW_PATH": "新的传导路径，占概率的 {value:.1%}：{path}",
        "empty": "关注名单为空。请用 `kehutu watch add` 添加主体。",
        "added": "{id}：已关注 {name}（{kind} {level:.1%}）。",
        "removed": "规则 {id} 已移除。",
        "total": "{total} 个关注主体中有 {alerts} 个触发预警。批次 {run}，对比批次 {before}。",
        "first": "无（首个批次）",
    },
}

KINDS = {kind.value: kind for kind in RuleKind}


@click.group()
def watch() -> None:
    """Watch parties by rules, and see which raise an alert.

    \b
    threshold  the score is at least the level (default 0.5)
    rise       the score has risen by at least the level since the run before (0.1)
    new-path   a new path of distress makes up at least the level of the score (0.05)
    """


@watch.command("list")
@first_option("Print at most this many parties.", default=50, most=100)
@reading("watchList")
def list_watched(call: Call, first: int) -> int:
    """List watched parties, those with alerts first. Exit 1 where nobody is watched."""
    with seen_site(call) as seen:
        found = watch_list(seen)
        page = watched(seen, found, first)
    text = TEXT[call.lang]
    if call.json:
        print_json(connection(page))
    elif found.watched:
        print_table(
            tuple(text["columns"]),
            [
                (
                    w.party.id,
                    w.party.name,
                    f"{w.score:.2%}",
                    "" if w.before is None else f"{w.before:.2%}",
                    str(w.expected_loss),
                    "; ".join(alert_text(alert, call.lang) for alert in w.alerts),
                )
                for w in page.nodes
            ],
        )
        click.echo(
            filled(
                str(text["total"]),
                alerts=sum(bool(w.alerts) for w in found.watched),
                total=len(found.watched),
                run=found.run.id,
                before=found.run_before.id if found.run_before else text["first"],
            )
        )
    else:
        click.echo(text["empty"])
    return 0 if found.watched else 1


@watch.command("add")
@click.argument("party")
@click.option(
    "--rule",
    "kinds",
    type=click.Choice(sorted(KINDS)),
    multiple=True,
    help="What raises an alert. Default: all three.",
)
@click.option(
    "--level", type=float, help="Level of the rule, above 0 and at most 1; needs exactly one --rule."
)
@click.option("--author", help="Who makes the rule. Default: the user at this terminal.")
@click.option("--key", help="Idempotency key: a rule sent again under the same key counts once.")
@command
def add(
    call: Call,
    party: str,
    *,
    kinds: tuple[str, ...],
    level: float | None,
    author: str | None,
    key: str | None,
) -> int:
    """Watch PARTY by one rule or by all three."""
    if level is not None and len(kinds) != 1:
        raise click.UsageError("--level needs exactly one --rule")
    name = key or str(uuid.uuid4())
    made: list[WatchRule] = []
    with seen_site(call, create=True) as seen:
        for kind in kinds or tuple(KINDS):
            made.append(
                add_rule(
                    seen,
                    party,
                    KINDS[kind],
                    level,
                    author=author or getpass.getuser(),
                    idempotency_key=f"{name}/{kind}",
                )
            )
    if call.json:
        print_json(made)
    else:
        for rule in made:
            click.echo(
                str(TEXT[call.lang]["added"]).format(
                    id=rule.id, name=party, kind=rule.kind.value, level=rule.level
                )
            )
    return 0


@watch.command("remove")
@click.argument("rule")
@command
def remove(call: Call, rule: str) -> int:
    """Remove RULE, an id that `kehutu watch add` and `kehutu watch list --json` show."""
    with seen_site(call, create=True) as seen:
        unwatch(seen, rule, author=getpass.getuser())
    if call.json:
        print_json({"removed": rule})
    else:
        click.echo(str(TEXT[call.lang]["removed"]).format(id=rule))
    return 0


def alert_text(alert: Alert, lang: Lang) -> str:
    """An alert in words."""
    return str(TEXT[lang][alert.rule.kind.name]).format(
        level=alert.rule.level, value=alert.value, path=" → ".join(party.name for party in alert.path)
    )
