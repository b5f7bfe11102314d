"""``kehutu export``: the graph, or a part of it, as a file for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from api.documents import ids_in_answer
from cli.asking import reading
from cli.options import Call
from cli.output import print_json
from services.access.asker import Asker
from services.export.export import FORMATS, Exported
from services.export.export import export as write
from services.export.selection import EVERYTHING, Selection, of_answer, of_community, of_names
from services.site import Site, open_site
from terms.errors import KehutuError, Lang
from terms.texts import filled

TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "done": "{files}: {nodes:,} {nodes:node|nodes}, {edges:,} {edges:relation|relations}, as {policy} sees them",
        "about": "run {run}, data until {cut_off}, {origins}",
        "ids": "a list of ids",
        "query": "a GraphQL query",
        "none": "none",
    },
    "zh": {
        "done": "{files}：{nodes:,} 个节点，{edges:,} 条关系，按 {policy} 所见",
        "about": "批次 {run}，数据截至 {cut_off}，{origins}",
        "ids": "标识列表",
        "query": "GraphQL 查询",
        "none": "无",
    },
}


@click.command()
@click.option(
    "--format",
    "chosen",
    type=click.Choice(FORMATS),
    required=True,
    help="node-link is the JSON of networkx; parquet and csv take graphs of any size, the others 50,000 nodes.",
)
@click.option(
    "--of",
    "part",
    type=(click.Choice(["community", "ids", "query"]), str),
    metavar="KIND NAME",
    help="A part of the graph: community ID, ids FILE (one a line), or query FILE (a GraphQL document).",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write. Of parquet and csv it holds the nodes; the relations go to NAME.edges beside it.",
)
@reading("neighbours", "export")
def export(call: Call, chosen: str, part: tuple[str, str] | None, out: Path) -> int:
    """Write the graph, or a part of it, to a file, with risk and community of the current run.

    Types of values come from the schema, one for each property; what is absent is left out, lists are JSON text, dates
    ISO. Characters that XML has no place for become U+FFFD and are counted. The file names its run, the day of its
    data, their origin and who asked. Exit 1 where there is nothing to export, 2 where there is too much for the format.
    """
    with open_site(call.settings, create=False) as site:
        seen = site.as_seen_by(call.asker)
        done = write(seen, chosen, out, _selection(site, call.asker, part, call.lang))
    if call.json:
        print_json(done)
    else:
        for line in _words(done, call.lang):
            click.echo(line)
    return 0


def _selection(site: Site, asker: Asker, part: tuple[str, str] | None, lang: Lang) -> Selection:
    seen = site.as_seen_by(asker)
    match part:
        case None:
            return EVERYTHING
        case ("community", name):
            return of_community(seen, name)
        case ("ids", name):
            return of_names(seen, _read(Path(name), TEXT[lang]["ids"]).splitlines())
        case (_, name):
            text = _read(Path(name), TEXT[lang]["query"])
            try:
                return of_answer(seen, ids_in_answer(site, asker, text, lang))
            except ValueError as fault:
                raise KehutuError(
                    "EXPORT_LIST", file=name, what=TEXT[lang]["query"], reason=str(fault)
                ) from fault


def _read(path: Path, what: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        reason = getattr(fault, "strerror", None) or str(fault)
        raise KehutuError("EXPORT_LIST", file=path, what=what, reason=reason) from fault


def _words(done: Exported, lang: Lang) -> list[str]:
    text = TEXT[lang]
    return [
        filled(
            text["done"], files=", ".join(done.files), nodes=done.nodes, edges=done.edges, policy=done.policy
        ),
        text["about"].format(
            run=done.run or text["none"], cut_off=done.cut_off, origins=", ".join(done.origins)
        ),
        *(f"! {caution.message(lang)}" for caution in done.cautions),
    ]
