"""``kehutu resolve``: bring the graph up to date, and count entities, keys and judgements."""

from __future__ import annotations

from collections.abc import Mapping

import click

from cli.judge import VERDICT_ZH
from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.operation.identity import resolve as bring_up_to_date
from services.schema import type_text
from terms.texts import filled

TEXT = {
    "en": {
        "types": "type|entities|keys and ids|kept apart by judgement",
        "judgements": "verdict|by|pairs",
        "in force": "Judgements in force",
        "new": "{records:,} new {records:record|records}: {nodes:,} {nodes:entity|entities} written, "
        "{nodes_gone:,} gone (joined to another, or "
        "withdrawn), {relations:,} {relations:relation|relations} written, {relations_gone:,} gone.",
    },
    "zh": {
        "types": "类型|实体|键和编号|经判断分开",
        "judgements": "结论|依据|对数",
        "in force": "有效的判断",
        "new": "{records:,} 条新记录：写入 {nodes:,} 个实体，移除 {nodes_gone:,} 个（并入他者或已撤回）；"
        "写入 {relations:,} 个关系，移除 {relations_gone:,} 个。",
    },
}

BY_ZH = {"rule": "规则", "model": "模型", "person": "人工"}


@click.command()
@command
def resolve(call: Call) -> int:
    """Bring what is new in the ledger into the graph, and count entities, their keys and the judgements in force.

    Records that share a key are one entity; judgements join or part entities. `kehutu why A B` explains one case.
    """
    progress = ProgressLines(call.lang)
    done = bring_up_to_date(call.settings, progress)
    progress.close()
    if call.json:
        print_json(done)
        return 0
    text = TEXT[call.lang]
    words: Mapping[str, str] = {} if call.lang == "en" else VERDICT_ZH | BY_ZH
    print_table(
        text["types"].split("|"),
        [
            (type_text(found.type, call.lang), found.entities, found.names, found.parts)
            for found in done.types
        ],
    )
    if done.judgements:
        print_table(
            text["judgements"].split("|"),
            [
                (words.get(said.verdict, said.verdict), words.get(said.by, said.by), said.pairs)
                for said in done.judgements
            ],
            title=f"\n{text['in force']}",
        )
    new = done.projection
    told = filled(
        text["new"],
        records=new.records,
        nodes=new.nodes,
        nodes_gone=new.removed_nodes,
        relations=new.relations,
        relations_gone=new.removed_relations,
    )
    click.echo(f"\n{told}")
    return 0
