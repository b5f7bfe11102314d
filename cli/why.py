"""``kehutu why``: why two ids are, or are not, the same entity."""

from __future__ import annotations

import click

from cli.asking import reading
from cli.options import Call
from cli.output import print_json
from cli.seen import seen_site
from services.graph_answers.why import in_words
from services.graph_answers.why import why as explain


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@reading("why")
def why(call: Call, first: str, second: str) -> int:
    """Show which records, keys and judgements make A and B one entity, or what speaks for and against it.

    A and B are ids, keys, business numbers, or records (source/recordId). Exit 1 where they are two entities.
    """
    with seen_site(call) as seen:
        answer = explain(seen, first, second)
    if call.json:
        print_json(answer)
    else:
        click.echo(in_words(answer, call.lang))
    return 0 if answer.same else 1
