"""``kehutu paths``: how two entities are linked."""

from __future__ import annotations

import click

from cli.asking import reading
from cli.options import Call, after_option, first_option
from cli.output import print_json, print_more
from cli.seen import seen_site
from services.graph_answers.paths import DEFAULT_LENGTH, LONGEST, Path
from services.graph_answers.paths import paths as look
from terms.texts import filled

NONE = {
    "en": "No path of at most {length} {length:relation|relations}.",
    "zh": "没有不超过 {length} 个关系的路径。",
}


@click.command()
@click.argument("begin", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option(
    "--max-length",
    type=click.IntRange(1, LONGEST),
    default=DEFAULT_LENGTH,
    show_default=True,
    help="Follow at most this many relations.",
)
@click.option(
    "--relation", "relations", multiple=True, help="Follow only this type (may be given several times)."
)
@first_option("Print at most this many paths.", default=10, most=1000)
@after_option
@reading("paths")
def paths(
    call: Call,
    begin: str,
    end: str,
    *,
    max_length: int,
    relations: tuple[str, ...],
    first: int,
    after: str | None,
) -> int:
    """Show the paths from FROM to TO, the shortest first, in whichever direction each relation runs.

    Exit 1 where no path is that short.
    """
    with seen_site(call) as seen:
        found = look(seen, begin, end, max_length=max_length, first=first, after=after, relations=relations)
    if call.json:
        print_json(found)
    elif found.edges:
        for path in found.nodes:
            click.echo(in_words(path))
        print_more(len(found.edges), found.total_count, found.page_info.end_cursor, call.lang)
    else:
        click.echo(filled(NONE[call.lang], length=max_length))
    return 0 if found.total_count else 1


def in_words(path: Path) -> str:
    """The path in one line; arrows show which way each relation runs.

    ``A -GUARANTEES-> B <-LENDS_TO- C``
    """
    words = [path.steps[0].from_.name] if path.steps else []
    for step in path.steps:
        words += [f"-{step.relation}->" if step.forward else f"<-{step.relation}-", step.to.name]
    return f"{path.length}  {' '.join(words)}"
