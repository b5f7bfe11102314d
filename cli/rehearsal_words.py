"""What a dry run says: what would become of each source, and how its first rows are understood."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.load_words import told
from cli.output import print_table
from services.loading import Rehearsal, RehearsedSource, Said, Understood
from services.schema import schema
from terms.errors import Lang

TEXT = {
    "en": {
        "nothing": "Nothing was written. This is what `kehutu ingest` would do:\n",
        "no ledger": "There is no ledger yet, so all rows count as new. Keys of persons are made with a throw-away "
        "secret and will differ in the load.\n",
        "columns": "source|read|new|another version|duplicate|quarantined",
        "rows": "First rows of {source} as they are understood",
        "refused": "First rows of {source} that would be quarantined",
        "row": "{file}, line {line}: record {record}, {observed}",
        "observed": "true at {at}",
        "assumed": "true at the time of the load",
        "deleted": "withdraws its record",
        "nothing said": "states nothing",
        "remedy": "Remedy: {remedy}",
    },
    "zh": {
        "nothing": "未写入任何内容。`kehutu ingest` 将会：\n",
        "no ledger": "尚无台账：所有行均计为新记录；自然人的键由一次性密钥生成，实际载入时会不同。\n",
        "columns": "来源|读取|新记录|新版本|重复|隔离",
        "rows": "{source} 的前几行按如下理解",
        "refused": "{source} 中将被隔离的前几行",
        "row": "{file} 第 {line} 行：记录 {record}，{observed}",
        "observed": "观测于 {at}",
        "assumed": "观测时间以载入时间代替",
        "deleted": "撤回该记录",
        "nothing said": "不产生任何内容",
        "remedy": "处理办法：{remedy}",
    },
}


def print_rehearsal(found: Rehearsal, lang: Lang) -> None:
    """Counts, then of each source its rows, its notices and what would be refused."""
    text = TEXT[lang]
    click.echo(text["nothing"])
    if not found.ledger:
        click.echo(text["no ledger"])
    print_table(
        text["columns"].split("|"),
        [(s.name, s.read, s.new, s.update, s.duplicate, s.quarantined) for s in found.sources],
    )
    for source in found.sources:
        click.echo("\n".join(_lines(source, lang)))


def _lines(source: RehearsedSource, lang: Lang) -> Iterator[str]:
    text = TEXT[lang]
    if source.rows:
        yield "\n" + text["rows"].format(source=source.name)
        for row in source.rows:
            yield from _row(row, lang)
    yield from told(source, lang)
    if source.refused:
        yield "\n" + text["refused"].format(source=source.name)
        for one in source.refused:
            yield f"  {one.code}: {one.message}"
            yield "    " + text["remedy"].format(remedy=one.remedy)


def _row(row: Understood, lang: Lang) -> Iterator[str]:
    text = TEXT[lang]
    observed = text["assumed"] if row.observed_at is None else text["observed"].format(at=row.observed_at)
    yield "  " + text["row"].format(file=row.file, line=row.line, record=row.record_id, observed=observed)
    if row.deleted or not (row.nodes or row.relations):
        yield "    " + text["deleted" if row.deleted else "nothing said"]
    for node in row.nodes:
        yield f"    {_named(node.type, lang)} {', '.join(node.about)}{_values(node, lang)}"
    for relation in row.relations:
        source, target = relation.about
        yield f"    {source} -{_named(relation.type, lang)}-> {target}{_values(relation, lang)}"


def _named(type_name: str, lang: Lang) -> str:
    """A type by its name, in Chinese with its meaning."""
    known = schema()
    declared = known.nodes.get(type_name) or known.relations[type_name]
    return type_name if lang == "en" else f"{declared.zh}（{type_name}）"


def _values(said: Said, lang: Lang) -> str:
    known = schema()
    declared = known.nodes.get(said.type) or known.relations[said.type]
    labels = {name: name if lang == "en" else declared.properties[name].zh for name in said.values}
    return "".join(f"\n      {labels[name]}: {value}" for name, value in said.values.items())
