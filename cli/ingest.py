"""``kehutu ingest``: load the sources that a manifest names."""

from __future__ import annotations

from pathlib import Path

import click

from cli.load_words import print_sources
from cli.options import Call, command
from cli.output import ProgressLines, fields_of, print_error, print_json
from cli.rehearsal_words import print_rehearsal
from services.live.following import Followed
from services.loading import Loaded
from services.loading import dry_run as rehearse
from services.loading import ingest as load_and_project
from terms.errors import Lang

CAUTIONS_SHOWN = 5
TEXT = {
    "en": {
        "more": "There are {number} more of this kind: `--json` names up to a hundred, `kehutu doctor` counts them.",
        "continued": "Run {run} continues {parent}. Parties with other figures: {changed}. Change of the expected "
        "loss: {loss} yuan ({seconds:.1f} s).",
        "full": "New full run {run}: {reason} ({seconds:.1f} s).",
        "unchanged": "The load changes nothing in the current run.",
        "failed": "The data is loaded, but the current run could not be continued. {code}: {message} "
        "`kehutu analyse` makes a new one.",
        "kept": "Quarantined rows are kept: `kehutu quarantine list` says why each was refused.",
        "cut-off": "the data now ends on another day",
        "version": "another version of the program made the run before",
        "parameters": "other parameters, or another model of own risk, are in force",
        "length": "many continued runs stand behind the current one, so a full run is due",
        "share": "too much has changed to continue the run before",
    },
    "zh": {
        "more": "另有 {number} 条同类提示；`--json` 最多列出一百条，`kehutu doctor` 给出总数。",
        "continued": "批次 {run} 延续 {parent}：{changed} 个主体有变化，预期损失变化 {loss} 元（{seconds:.1f} 秒）。",
        "full": "新的完整批次 {run}：{reason}（{seconds:.1f} 秒）。",
        "unchanged": "本次载入不影响当前批次的结果。",
        "failed": "数据已载入，但当前批次未能延续。{code}：{message}可用 `kehutu analyse` 生成新批次。",
        "kept": "被隔离的行已保留：`kehutu quarantine list` 可查看原因。",
        "cut-off": "数据截止日期已变动",
        "version": "此前的批次由其他版本生成",
        "parameters": "现行参数或自身风险模型已更换",
        "length": "已多次延续，需要一次完整分析",
        "share": "变化过多，不宜延续",
    },
}


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit 1 also where rows were quarantined.")
@click.option("--no-analyse", is_flag=True, help="Leave the current run as it is.")
@click.option("--dry-run", is_flag=True, help="Show what would be taken, noticed and refused; write nothing.")
@command
def ingest(call: Call, manifest: Path, *, strict: bool, no_analyse: bool, dry_run: bool) -> int:
    """Load every source that MANIFEST names, then bring the graph and the current run up to date.

    A row that cannot be taken goes into quarantine with its reason. A source that cannot be read is listed with its
    error. The others go on. Loading the same input again changes nothing. `live_runs = false` in config.toml leaves the
    current run as it is for good. Exit 1 where a source could not be read, 3 where the store is down: what was read is
    kept, and the next command brings it into the graph.

    With --dry-run nothing is written and no home is made. It shows what would be taken, noticed and refused, and the
    first rows as they are understood; the exit status is that of the load.
    """
    progress = ProgressLines(call.lang)
    if dry_run:
        return _dry_run(call, manifest, progress, strict=strict)
    loaded = load_and_project(
        call.settings, manifest, strict=strict, analyse=not no_analyse, progress=progress
    )
    progress.close()
    sources = loaded.report.sources
    if call.json:
        print_json(document(loaded, call.lang))
    else:
        print_sources(sources, call.lang)
        if any(s.quarantined for s in sources):
            click.echo(f"\n{TEXT[call.lang]['kept']}")
        seen = loaded.cautions()
        for one in seen[:CAUTIONS_SHOWN]:
            click.echo(f"\n{one.code}: {one.message(call.lang)}\n{one.remedy(call.lang)}")
        if len(seen) > CAUTIONS_SHOWN:
            click.echo(f"\n{TEXT[call.lang]['more'].format(number=len(seen) - CAUTIONS_SHOWN)}")
        if loaded.followed is not None and (words := told(loaded.followed, call.lang)):
            click.echo(f"\n{words}")
    if loaded.store_fault is not None:
        print_error(loaded.store_fault, call.lang, as_json=False)
        return loaded.store_fault.exit
    unreadable = any(s.error for s in sources)
    return 1 if unreadable or (strict and any(s.quarantined for s in sources)) else 0


def _dry_run(call: Call, manifest: Path, progress: ProgressLines, *, strict: bool) -> int:
    found = rehearse(call.settings, manifest, progress)
    progress.close()
    if call.json:
        print_json(found)
    else:
        print_rehearsal(found, call.lang)
    unreadable = any(source.error for source in found.sources)
    return 1 if unreadable or (strict and any(source.quarantined for source in found.sources)) else 0


def document(loaded: Loaded, lang: Lang) -> dict[str, object]:
    """The report of the load, ``cautions`` about what it has brought, and what became of the current run (``analysis``;
    null where it was not asked for)."""
    report = fields_of(loaded.report)
    followed = loaded.followed
    analysis = None
    if followed is not None:
        analysis = fields_of(followed)
        del analysis["fault"]
        fault = followed.fault
        analysis["error"] = {"code": fault.code, "message": fault.message(lang)} if fault else None
    words = [{"code": one.code, "message": one.message(lang)} for one in loaded.cautions()]
    return {**report, "cautions": words, "analysis": analysis}


def told(followed: Followed, lang: Lang) -> str:
    """What became of the current run in words; empty where there is nothing to say."""
    words = TEXT[lang].get(followed.outcome, "")
    fault = followed.fault
    return words.format(
        run=followed.run,
        parent=followed.parent,
        changed=followed.changed,
        loss=followed.loss,
        seconds=followed.seconds,
        reason=TEXT[lang].get(followed.reason or "", ""),
        code=fault.code if fault else "",
        message=fault.message(lang) if fault else "",
    )
