"""``kehutu schema``: print the model."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import print_json, print_table
from services.schema import NodeType, Property, RelationType
from services.schema import schema as graph_schema

TEXT = {
    "en": {
        "nodes": "Nodes",
        "relations": "Relations",
        "node columns": "type|meaning|中文",
        "relation columns": "relation|from|to|meaning|中文",
        "property columns": "property|type|unit|personal data|identity|meaning|中文",
        "unknown": "'{name}' is no type of the model; `kehutu schema` lists them.",
    },
    "zh": {
        "nodes": "节点",
        "relations": "关系",
        "node columns": "类型|含义",
        "relation columns": "关系|从|到|含义",
        "property columns": "属性|类型|单位|个人数据|身份作用|含义",
        "unknown": "“{name}”不是模型中的类型；`kehutu schema` 会列出全部类型。",
    },
}


@click.command()
@click.argument("type_name", metavar="[TYPE]", required=False)
@command
def schema(call: Call, type_name: str | None) -> int:
    """Print the node and relation types of the graph, or the properties of one TYPE. Needs no store."""
    model = graph_schema()
    if call.json:
        print_json(model)
        return 0
    text = TEXT[call.lang]

    def meaning(declared: NodeType | RelationType | Property) -> tuple[str, ...]:
        return (declared.en, declared.zh) if call.lang == "en" else (declared.zh,)

    if type_name is None:
        print_table(
            text["node columns"].split("|"),
            [(n.name, *meaning(n)) for n in model.nodes.values()],
            title=text["nodes"],
        )
        print_table(
            text["relation columns"].split("|"),
            [
                (r.name, ", ".join(r.source), ", ".join(r.target), *meaning(r))
                for r in model.relations.values()
            ],
            title=f"\n{text['relations']}",
        )
        return 0
    found = model.nodes.get(type_name) or model.relations.get(type_name)
    if found is None:
        raise click.UsageError(text["unknown"].format(name=type_name))
    print_table(
        text["property columns"].split("|"),
        [
            (p.name, p.type, p.unit or "", p.personal, p.identity, *meaning(p))
            for p in found.properties.values()
        ],
        title=f"{found.name}: {' '.join(meaning(found))}",
    )
    return 0
