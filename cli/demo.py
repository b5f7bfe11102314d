"""``kehutu demo``: build a site from published and labelled synthetic data, report, and serve it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from api.app import LOOPBACK, listen
from api.app import serve as serve_site
from cli.load_words import told
from cli.options import Call, command, port_option
from cli.output import ProgressLines, print_json, print_table, print_tree
from cli.trace import as_tree, in_words
from services.demo import DemoReport, build, remember
from services.site import open_site

TEXT = {
    "en": {
        "serving": "Serving {url}/graphql  (Ctrl-C stops it)",
        "sources": "source|origin|read|accepted|quarantined|duplicate",
        "loaded": "Loaded",
        "counts": "type|count",
        "graph": "In the graph",
        "clusters": "cluster around|parties|expected loss, yuan|to blame",
        "largest": "The largest at-risk clusters (run {run}, data of {cut_off})",
        "traced": "One party traced",
        "next": "Where to look next",
        "ids": "names these ids",
        "synthetic": "Synthetic: {names}. The grid is a published benchmark (SimBench), so are the test persons "
        "(FEBRL).\nFindings about synthetic customers and enterprises say nothing about real ones.",
    },
    "zh": {
        "serving": "正在提供服务：{url}/graphql  （按 Ctrl-C 停止）",
        "sources": "数据源|来源性质|读取|接受|隔离|重复",
        "loaded": "已载入",
        "counts": "类型|数量",
        "graph": "图中现有",
        "clusters": "为首的主体|主体数|预期损失（元）|主要责任",
        "largest": "最大的风险群体（批次 {run}，数据截至 {cut_off}）",
        "traced": "一个主体的溯源",
        "next": "接下来可以查看",
        "ids": "列有这些编号",
        "synthetic": "合成数据：{names}。电网为公开基准（SimBench），测试人员亦为公开数据（FEBRL）。\n"
        "关于合成客户和企业的结论不说明任何真实情况。",
    },
}


@click.command()
@click.option(
    "--size",
    type=click.IntRange(100, 1_000_000),
    default=2_000,
    show_default=True,
    help="How many customers the synthetic world has.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Also load the public data sets (finbench-sample, credit-taiwan, …) that are found in this folder.",
)
@click.option("--no-serve", is_flag=True, help="Stop after the report.")
@port_option
@command
def demo(call: Call, *, size: int, data: Path | None, no_serve: bool, port: int) -> int:
    """Build the demonstration, print a report, and serve it in the foreground.

    A published benchmark grid (SimBench) and published test persons (FEBRL) are loaded as they are. Customers, bills,
    enterprises, guarantees and holdings are a synthetic world of our own, labelled so in every answer.
    """
    progress = ProgressLines(call.lang)
    bound = None if no_serve else listen(port)
    with open_site(call.settings, progress) as site:
        report = build(site, size, data, progress)
        progress.close()
        url = f"http://{LOOPBACK}:{bound.getsockname()[1] if bound else port}"
        remember(site.home, report, url)
        if call.json:
            print_json(report)
        else:
            show(report, call)
        if bound is not None:
            click.echo("\n" + TEXT[call.lang]["serving"].format(url=url), err=True)
            serve_site(site, bound)
    return 0


def show(report: DemoReport, call: Call) -> None:
    """The report for people."""
    text = TEXT[call.lang]
    sources = [source for load in report.loads for source in load.sources]
    print_table(
        text["sources"].split("|"),
        [(s.name, s.origin, s.read, s.accepted, s.quarantined, s.duplicate) for s in sources],
        title=text["loaded"],
    )
    for line in [line for s in sources for line in told(s, call.lang)]:
        click.echo(line)
    print_table(
        text["counts"].split("|"),
        [(name, count) for name, count in report.counts.items() if count],
        title=f"\n{text['graph']}",
    )
    print_table(
        text["clusters"].split("|"),
        [
            (
                c.name,
                c.size,
                str(c.expected_loss),
                "; ".join(f"{s.party.name} {s.share:.0%}" for s in c.seeds),
            )
            for c in report.clusters
        ],
        title="\n" + text["largest"].format(run=report.analysis.run, cut_off=report.analysis.cut_off),
    )
    click.echo(f"\n{text['traced']}")
    print_tree(as_tree(report.traced, call.lang))
    click.echo(in_words(report.traced, call.lang))
    home = call.settings.home
    kehutu = (
        sys.argv[0] if "/" in sys.argv[0] else "kehutu"
    )  # as it was called, so that the lines can be copied
    click.echo(
        f"\n{text['next']}\n"
        f"  {kehutu} trace {report.enterprise} --home {home}\n"
        f"  {kehutu} show {report.customer} --home {home}\n"
        f"  {kehutu} clusters --home {home}\n"
        f"  {kehutu} search 云泽 --type Enterprise --home {home}\n"
        f"  {home}/demo.json {text['ids']}\n"
        f"\n{text['synthetic'].format(names=', '.join(report.synthetic))}"
    )
