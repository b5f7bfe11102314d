"""``kehutu schema``: print the model."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_table
from graph.schema.load import schema as load_schema


@click.command()
@click.argument("type_name", metavar="[TYPE]", required=False)
@command
def schema(call: Call, type_name: str | None) -> int:
    """Print the node and relation types of the graph, or the properties of one TYPE. Needs no store."""
    model = load_schema()
    if call.json:
        print_json(model)
        return 0
    if type_name is None:
        print_table(
            ("type", "meaning", "中文"), [(n.name, n.en, n.zh) for n in model.nodes.values()], title="Nodes"
        )
        print_table(
            ("relation", "from", "to", "meaning", "中文"),
            [
                (r.name, ", ".join(r.source), ", ".join(r.target), r.en, r.zh)
                for r in model.relations.values()
            ],
            title="\nRelations",
        )
        return 0
    found = model.nodes.get(type_name) or model.relations.get(type_name)
    if found is None:
        raise click.UsageError(f"'{type_name}' is no type of the model; `kehutu schema` lists them.")
    print_table(
        ("property", "type", "unit", "personal data", "identity", "meaning", "中文"),
        [
            (p.name, p.type, p.unit or "", p.personal, p.identity, p.en, p.zh)
            for p in found.properties.values()
        ],
        title=f"{found.name}: {found.en} {found.zh}",
    )
    return 0
