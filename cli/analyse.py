"""``kehutu analyse``: make an analysis run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, cast

import click

from cli.assumptions import with_messages
from cli.options import Call, as_of_option, command
from cli.output import ProgressLines, camel, plain, print_json, print_table
from services.analysis import AnalysisReport
from services.analysis import analyse as make_run
from services.assumption import before_data
from services.engines.choose import require
from services.loading import project
from services.run_copy import copy_current
from services.site import open_site
from terms.errors import Lang

TEXT = {
    "en": {
        "run": "run",
        "unchanged": " (as before: nothing has changed)",
        "cut-off": "cut-off of the data",
        "parties": "parties",
        "links": "links between them",
        "at risk": "parties at risk",
        "loss": "expected loss",
        "yuan": "yuan",
        "bound": "largest error of a score",
        "own risk": "own risk",
        "parameters": "parameters",
        "unfitted": "unfitted",
        "fitted": "fitted",
        "start rule": "start rule",
        "communities": "communities of two and more ({engine})",
        "largest": "largest community",
        "became": "communities {event}",
        "born": "born",
        "continued": "that go on",
        "grew": "that grew",
        "shrank": "that shrank",
        "merged": "merged from others",
        "split": "split",
        "died": "dissolved",
        "communities of customers": "communities of customers",
        "largest of customers": "largest community of customers",
        "became of customers": "communities of customers {event}",
        "classes": "classes of customers",
        "named": "classes with a name",
        "classed": "customers in a class",
        "became of classes": "classes of customers {event}",
        "embedded": "parties with a vector ({engine})",
        "not embedded": "parties without a vector",
        "caution": "caution {code}",
    },
    "zh": {
        "run": "批次",
        "unchanged": "（与此前相同：没有变化）",
        "cut-off": "数据截至",
        "parties": "主体",
        "links": "主体间的关联",
        "at risk": "有风险的主体",
        "loss": "预期损失",
        "yuan": "元",
        "bound": "得分误差不超过",
        "own risk": "自身风险模型",
        "parameters": "参数",
        "unfitted": "未拟合",
        "fitted": "已拟合",
        "start rule": "起始规则",
        "communities": "两个及以上成员的社区（{engine}）",
        "largest": "最大的社区",
        "became": "社区：{event}",
        "born": "新产生",
        "continued": "延续",
        "grew": "扩大",
        "shrank": "缩小",
        "merged": "由其他社区合并而成",
        "split": "分裂",
        "died": "消散",
        "communities of customers": "客户社区（两个及以上成员）",
        "largest of customers": "最大的客户社区",
        "became of customers": "客户社区：{event}",
        "classes": "客户类别",
        "named": "有名称的类别",
        "classed": "归入类别的客户",
        "became of classes": "客户类别：{event}",
        "embedded": "有嵌入向量的主体（{engine}）",
        "not embedded": "没有向量的主体",
        "caution": "提示 {code}",
    },
}

EMPTY = "BEFORE_ALL_DATA"
"""The caution of a run of a day of which nothing is known."""


@click.command()
@click.option(
    "--engine",
    type=click.Choice(["local", "gds", "spark"]),
    default="local",
    show_default=True,
    help="Where to find communities: in this process, or in a Neo4j with Graph Data Science.",
)
@as_of_option
@click.option(
    "--copy/--no-copy",
    default=None,
    help="Also write risk, community and runId on the nodes, for other tools [KEHUTU_COPY_RUNS; --copy].",
)
@command
def analyse(call: Call, engine: str, as_of: date | None, *, copy: bool | None) -> int:
    """Compute risk and communities of the whole graph as one run, and make it the current run.

    Trace, clusters, what-if and report answer from the current run. The run shows the latest day of the data, or
    --as-of: relations that have ended or not begun by then carry no risk; what is owed stays owed. Parameters are start
    values, marked "unfitted", until `kehutu fit risk` has replaced them. The same data give the same run. Engines find
    equally good communities, not the same ones; risk is always solved in this process.
    """
    require(engine, call.settings.store)
    progress = ProgressLines(call.lang)
    with open_site(call.settings, progress) as site:
        project(site, progress)
        report = make_run(site, as_of=as_of, engine=engine, progress=progress)
        if call.settings.copy_runs if copy is None else copy:
            copy_current(site, progress)
    progress.close()
    empty = (before_data(report.cut_off),) if EMPTY in report.risk.cautions else ()
    if call.json:
        print_json({**document(report), "assumptions": with_messages(empty, call.lang)})
        return 0
    print_table(("", ""), rows_of(report, call.lang))
    for assumed in empty:
        click.echo(assumed.message(call.lang))
    return 0


def document(report: AnalysisReport) -> dict[str, object]:
    """The report as JSON: the run, then what each of its parts tells, by its name."""
    told = {camel(name.replace(" ", "_")): plain(part) for name, part in report.parts.items()}
    return {"run": report.run, "cutOff": report.cut_off, "unchanged": report.unchanged, **told}


def rows_of(report: AnalysisReport, lang: Lang) -> list[tuple[str, object]]:
    """The report of a run for people, line by line."""
    text, risk, found = TEXT[lang], report.risk, report.communities
    lineage = report.lineage
    events = lineage.events if lineage else {}
    return [
        (text["run"], report.run + (text["unchanged"] if report.unchanged else "")),
        (text["cut-off"], report.cut_off),
        (text["parties"], risk.parties),
        (text["links"], risk.links),
        (text["at risk"], risk.at_risk),
        (text["loss"], f"{risk.expected_loss} {text['yuan']}"),
        (text["bound"], f"{risk.worst_bound:.1e}"),
        (text["own risk"], text.get(risk.own_risk, risk.own_risk)),
        (text["parameters"], text.get(risk.parameters, risk.parameters)),
        (text["communities"].format(engine=found.engine), found.communities),
        (text["largest"], found.largest),
        *((text["became"].format(event=text[event]), count) for event, count in events.items()),
        *_of_customers(report, text),
        *_embedded(report, text),
        *_classes(report, text),
        *((text["caution"].format(code=code), count) for code, count in sorted(risk.cautions.items())),
        *(
            (f"{name}: {key}", value)
            for name, part in report.parts.items()
            if part
            not in (risk, found, lineage, report.customer_communities, report.embedding, report.segments)
            for key, value in asdict(cast(Any, part)).items()
        ),
    ]


def _of_customers(report: AnalysisReport, text: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    part = report.customer_communities
    if part is None:
        return
    yield text["communities of customers"], part.communities
    yield text["largest of customers"], part.largest
    for event, count in part.events.items():
        yield text["became of customers"].format(event=text[event]), count


def _classes(report: AnalysisReport, text: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    part = report.segments
    if part is None:
        return
    yield text["classes"], part.classes
    yield text["named"], part.named
    yield text["classed"], part.customers
    for event, count in part.events.items():
        yield text["became of classes"].format(event=text[event]), count


def _embedded(report: AnalysisReport, text: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    part = report.embedding
    if part is None:
        return
    yield text["embedded"].format(engine=part.engine), part.parties
    yield text["not embedded"], part.without
