"""``kehutu fit``: learn parameters and models from the site's own history."""

from __future__ import annotations

from datetime import datetime

import click

from cli.fit_own_risk import own_risk
from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.learning.risk import FitReport, fit_risk
from services.loading import project
from services.risk.fitted import reset as reset_risk
from services.site import open_site
from terms.errors import Lang

TEXT = {
    "en": {
        "reset": "From the next `kehutu analyse` on the start values hold again.",
        "none": "The start values held already.",
        "years": "Learned from {learned}; judged by the twelve months after {judged}.",
        "year": "{cut_off} ({defaults} of {parties} parties defaulted)",
        "columns": ("parameter", "start", "fitted", "95 % interval", ""),
        "no links": "kept: no link depends on it",
        "too little data": "kept: too little data",
        "better": "Log-likelihood of a party in the judged year: {start:.5f} with the start values, {fitted:.5f} with "
        "the fitted ones. The fitted ones are used.",
        "worse": "Log-likelihood of a party in the judged year: {start:.5f} with the start values, {fitted:.5f} with "
        "the fitted ones. That is no better, so the start values stay.",
        "ranking": "Judged year: AUC {0.auc:.3f} to {1.auc:.3f}, average precision {0.average_precision:.3f} to "
        "{1.average_precision:.3f}.",
        "g": "g, from score to probability: {kind}, learned from {defaults} defaults. A g of the earlier years changes "
        "the log-likelihood from {before:.5f} to {after:.5f} and Brier from {brier_before:.5f} to {brier_after:.5f}.",
        "identity": "g, from score to probability, stays the identity: a g of the earlier years does not forecast "
        "better (log-likelihood {before:.5f} to {after:.5f}).",
        "table": ("score above", "to", "parties", "mean score", "g", "defaulted"),
        "version": "In force from the next `kehutu analyse` on: {version}.",
        "nothing": "Nothing was put in force.",
    },
    "zh": {
        "reset": "自下一次 `kehutu analyse` 起恢复初始值。",
        "none": "当前已是初始值。",
        "years": "学习自 {learned}；以 {judged} 之后十二个月检验。",
        "year": "{cut_off}（{parties} 个主体中 {defaults} 个违约）",
        "columns": ("参数", "初始值", "拟合值", "95% 区间", ""),
        "no links": "保留：没有依赖它的关系",
        "too little data": "保留：数据不足",
        "better": "检验年度每个主体的对数似然：初始值 {start:.5f}，拟合值 {fitted:.5f}：采用。",
        "worse": "检验年度每个主体的对数似然：初始值 {start:.5f}，拟合值 {fitted:.5f}：没有改善，保留初始值。",
        "ranking": "检验年度：AUC {0.auc:.3f} → {1.auc:.3f}，平均精度 {0.average_precision:.3f} → "
        "{1.average_precision:.3f}。",
        "g": "g：{kind}，依据 {defaults} 个违约。用较早年度的 g：对数似然 {before:.5f} → {after:.5f}，"
        "Brier {brier_before:.5f} → {brier_after:.5f}。",
        "identity": "g 保持恒等：较早年度的 g 没有改善预测（对数似然 {before:.5f} → {after:.5f}）。",
        "table": ("得分高于", "至", "主体数", "平均得分", "g", "违约比例"),
        "version": "自下一次 `kehutu analyse` 起采用：{version}。",
        "nothing": "未采用任何结果。",
    },
}


@click.group()
def fit() -> None:
    """Learn from the site's own history. The next analysis uses what was learned."""


fit.add_command(own_risk)


@fit.command("risk")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="End of the year to judge by. Default: the latest observation.",
)
@click.option("--reset", is_flag=True, help="Go back to the start values.")
@command
def risk(call: Call, as_of: datetime | None, *, reset: bool) -> int:
    """Fit the parameters of risk propagation, and g, which turns scores into probabilities.

    The years before the last one are learned from, by maximum likelihood with a prior around the start values. The last
    year judges: only what forecasts it better comes into force. Exit 1 where nothing does.
    """
    if reset:
        known = reset_risk(call.settings.home)
        if call.json:
            print_json({"reset": known})
        else:
            click.echo(TEXT[call.lang]["reset" if known else "none"])
        return 0
    progress = ProgressLines(call.lang)
    with open_site(call.settings, progress) as site:
        project(site, progress)
        report = fit_risk(site, as_of=as_of.date() if as_of else None, progress=progress)
    progress.close()
    if call.json:
        print_json(report)
    else:
        _print(report, call.lang)
    return 0 if report.version else 1


def _print(report: FitReport, lang: Lang) -> None:
    text = TEXT[lang]

    def say(key: str, *places: object, **values: object) -> None:
        click.echo(str(text[key]).format(*places, **values))

    years = [
        str(text["year"]).format(cut_off=y.cut_off, defaults=y.defaults, parties=y.parties)
        for y in (*report.learned, report.judged)
    ]
    say("years", learned=", ".join(years[:-1]), judged=years[-1])
    print_table(
        tuple(text["columns"]),
        [
            (
                e.name,
                f"{e.start:g}",
                f"{e.value:.3g}",
                f"{e.low:.3g} – {e.high:.3g}",
                text[e.kept] if e.kept else "",
            )
            for e in report.estimates
        ],
    )
    out = report.out_of_time
    say("better" if report.parameters_in_force else "worse", start=out.start, fitted=out.fitted)
    say("ranking", report.ranking_start, report.ranking)
    g = report.calibration
    say(
        "g" if g.in_force else "identity",
        kind=g.kind,
        defaults=g.learned_on,
        before=g.before,
        after=g.after,
        brier_before=g.brier_before,
        brier_after=g.brier_after,
    )
    print_table(
        tuple(text["table"]),
        [
            (
                f"{b.low:.0%}",
                f"{b.high:.0%}",
                b.parties,
                f"{b.score:.2%}",
                f"{b.probability:.2%}",
                f"{b.defaulted:.2%}",
            )
            for b in report.table
        ],
    )
    if report.version:
        say("version", version=report.version)
    else:
        say("nothing")
