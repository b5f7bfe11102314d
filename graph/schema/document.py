"""Writes ``docs/schema.md`` and ``docs/glossary.md`` from the schema: ``python -m graph.schema.document``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from ruamel.yaml import YAML

from graph.schema.load import UNITS, schema
from graph.schema.model import NodeType, Property, RelationType, Schema

FOLDER = Path(__file__).resolve().parents[2] / "docs"

_MADE = (
    "<!-- Made by `python -m graph.schema.document`; a test compares. Change graph/schema/*.yaml instead. -->"
)

_PERSONAL = {
    "public": "known to anybody or of no person",
    "id": "names somebody or a contract",
    "contact": "reaches somebody",
    "location": "says where somebody is",
    "financial": "money of somebody",
    "usage": "what somebody uses or asks for",
    "derived": "computed by analysis; a mapping cannot set it",
}
_TYPES = {
    "text": "text",
    "integer": "whole number",
    "decimal": "number",
    "money": "whole number of fen (a hundredth of a yuan)",
    "share": "fraction from 0 to 1",
    "boolean": "true or false",
    "date": "ISO text, 2026-01-31",
    "month": "ISO text, 2026-01",
    "instant": "ISO text in UTC, 2026-01-31T08:00:00Z",
}

_INTRODUCTION = """
After this page you can write a mapping for a source, read any node or relation of the graph, and add a type.
`kehutu schema` prints the same in the terminal.

Everything is declared in `graph/schema/*.yaml`, one file a topic; row checks, indexes, masking, these pages and the
names that queries may use are made from it. A faulty entry is refused by file and line.

## How an entry is written

```yaml
GUARANTEES:                           # CamelCase is a node type, UPPER_CASE a relation type
  from: [Enterprise, Person]          # or `ends: [Line -> Substation, ...]` where not every pair is allowed
  to: [Enterprise, Person]
  key: [contractNo]                   # tells two relations of the same ends apart; without it one per pair
  parts: true                         # (others) the key is optional; relations of one pair are parts that add up
  harm: to -> from                    # the way that distress travels
  one: from                           # (others) one end has at most one such relation; more are kept and told
  time: span                          # can end, and so has `since` and `until`; or `event`: happened once
  en: Promises to pay if the borrower does not.
  zh: 担保
  avoid: [backs]                      # words that texts do not use for it
  shared: [contractNo]                # properties as shared.yaml declares them
  properties:
    amount: {minimum: 0, en: The most the guarantor may have to pay., zh: 担保金额}
```

A node type has a `prefix` of its keys and, of its properties, at least one with `identity: key`: the first gives
`enterprise:9137...`, a further one `enterprise:registrationNo=3700...`. A property says:

| word | meaning |
| --- | --- |
| `type` | {types} |
| `unit` | of a number: {units} |
| `personal` | class of personal data, see below |
| `identity` | `key`: names the entity; `evidence`: equal values speak for closeness; `none` |
| `hashed`, `kept` | the key is a keyed hash of the value; `kept: false`: the value itself is not stored |
| `pattern`, `minimum`, `maximum` | what a value must be; a row with another one is kept in quarantine |
| `values` | the words that a text may be, as above, each with what it is called in Chinese: `{single: 单电源}` |
| `form` | the pattern in words, in both languages |
| `longest` | characters of a text, 16,384 unless said, 500 where it is looked up; a row with more is quarantined |
| `usual` | the least and the most that is plausible; a row beyond is taken and noticed |
| `numbering` | `identity-number`, `credit-code` or `telephone`: which fillers and which check digit it has |
| `past` | a day that has been: a two-digit year of it never lies ahead |
| `searched`, `indexed` | part of the search text; looked up by value |
| `others` | of several values in one cell of a list the first is kept here, the others in the property named |
| `priority` | channels that win over the default order when sources disagree |

| class | what falls under it |
| --- | --- |
{personal}

Every node also has `id` (the canonical key), `keys` (the first 1,000; the ledger finds it by all), `origins` (real,
benchmark, synthetic) and, where its type is searched, `search`; every relation has `recordId` (the record that it comes
from), `origins` and, where its type declares a key, `key`. `proxies` names properties whose value a mapping marked as a
stand-in.

## When it holds

A relation with `time: span` runs at a day T when `since` <= T < `until`; what is absent does not bound, and an end
before its beginning holds at no T. Where records tell of several spans that do not overlap, `since` and `until` are the
latest, and `periods` lists all, ascending, as `2018-01-01/2020-01-01` with an empty part where open. An event has
neither: it happened once, and the node at its end says when. Derived relations are of their run. An entity ends by the
property that its type names (`ended: closedOn`), a last day on which it still is.
"""


def schema_page(declared: Schema) -> str:
    """``docs/schema.md``."""
    personal = "\n".join(f"| `{word}` | {text} |" for word, text in _PERSONAL.items())
    types = "; ".join(f"`{word}` {text}" for word, text in _TYPES.items())
    units = ", ".join(f"`{unit}`" for unit in sorted(UNITS))
    introduction = (
        _INTRODUCTION.replace("{types}", types).replace("{units}", units).replace("{personal}", personal)
    )
    lines = [f"# The graph, version {declared.version}", "", _MADE, introduction, "## At a glance", ""]
    lines += _diagram(declared)
    for topic in declared.topics:
        lines += ["", f"## {topic.en}", "", topic.zh]
        for node in declared.nodes.values():
            if node.topic == topic.name:
                lines += _node(node, declared)
        relations = [r for r in declared.relations.values() if r.topic == topic.name]
        if relations:
            lines += ["", "### Relations", ""]
            lines += [
                "| relation | from -> to | meaning | 中文 | told apart by, cardinality, end, harm |",
                "| --- | --- | --- | --- | --- |",
            ]
            lines += [_relation(r) for r in relations]
        stated = [r for r in relations if r.properties]
        if stated:
            lines += [
                "",
                "| relation | property | type | personal | meaning | 中文 |",
                "| --- | --- | --- | --- | --- | --- |",
            ]
            lines += [
                f"| `{r.name}` | `{p.name}` | {_measured(p)} | {p.personal} | {_cell(p.en)} | {p.zh} |"
                for r in stated
                for p in r.properties.values()
            ]
    lines += [
        "",
        "## Channels",
        "",
        "The most trusted first: who wins when sources disagree, unless a property says otherwise.",
        "",
    ]
    lines += ["| channel | meaning | 中文 | |", "| --- | --- | --- | --- |"]
    for channel in declared.channel_types:
        kind = "online" if channel.online else "offline"
        lines.append(f"| `{channel.id}` | {channel.en} | {channel.zh} | {kind} |")
    return "\n".join(lines) + "\n"


def code_words() -> dict[str, dict[str, str]]:
    """Words of the code that are no types of the model: by word ``en``, ``zh`` and ``at``, where it stands."""
    words: dict[str, dict[str, str]] = YAML(typ="safe").load(
        resources.files("terms").joinpath("code_words.yaml").read_text(encoding="utf-8")
    )
    return words


def glossary_page(declared: Schema) -> str:
    """``docs/glossary.md``: one word per thing, in both languages, and the words that are not used for it."""
    lines = [
        "# Glossary 术语表",
        "",
        _MADE,
        "",
        "One word per thing, the same in Cypher, YAML, Python, GraphQL and texts. 每个概念只用一个词。",
    ]
    lines += ["", "| word | 中文 | meaning | not |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{t.name}` | {t.zh} | {_cell(t.en)} | {', '.join(t.avoid)} |"
        for t in sorted(declared.types, key=lambda t: t.name.replace("_", "").lower())
    ]
    lines += ["", "## Properties 属性", "", "| word | 中文 | of |", "| --- | --- | --- |"]
    used: dict[tuple[str, str], list[str]] = {}
    for t in declared.types:
        for p in t.properties.values():
            used.setdefault((p.name, p.zh), []).append(f"`{t.name}`")
    lines += [
        f"| `{name}` | {zh} | {', '.join(owners)} |"
        for (name, zh), owners in sorted(used.items(), key=lambda item: (item[0][0].lower(), item[0][1]))
    ]
    lines += ["", "## Words of the code 代码用语", ""]
    lines += ["| word | 中文 | meaning | stands at |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {word} | {said['zh']} | {_cell(said['en'])} | `{said['at']}` |"
        for word, said in code_words().items()
    ]
    return "\n".join(lines) + "\n"


def _diagram(declared: Schema) -> Iterator[str]:
    yield "```mermaid"
    yield "flowchart LR"
    for topic in declared.topics:
        yield f'  subgraph topic_{topic.name}["{topic.en.partition(":")[0]} {topic.zh.partition("：")[0]}"]'
        yield from (f"    {n.name}" for n in declared.nodes.values() if n.topic == topic.name)
        yield "  end"
    for relation in declared.relations.values():
        if not relation.derived and len(relation.ends) <= 6:
            yield from (f"  {s} -->|{relation.name}| {t}" for s, t in relation.ends)
    yield "```"
    yield ""
    wide = [f"`{r.name}`" for r in declared.relations.values() if r.derived or len(r.ends) > 6]
    yield f"Left out for the sake of the picture: {', '.join(wide)}."


def _node(node: NodeType, declared: Schema) -> Iterator[str]:
    marks = [mark for mark, on in (("carries risk", node.party), ("written by analysis", node.derived)) if on]
    marks += [f"ends after its day `{node.ended}`"] if node.ended else []
    yield from ("", f"### {node.name}", "")
    yield f"{node.en} {node.zh}. Keys begin with `{node.prefix}:`.{' It ' + ' and '.join(marks) + '.' if marks else ''}"
    yield ""
    yield "| property | type | personal | identity | meaning | 中文 |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for p in node.properties.values():
        meaning = _cell(p.en) + (f" ({', '.join(p.values)})" if p.values else "")
        chinese = p.zh + (f"（{'、'.join(p.values_zh)}）" if p.values_zh else "")
        meaning += f" First: {', '.join(p.priority)}." if p.priority else ""
        yield f"| `{p.name}` | {_measured(p)} | {p.personal} | {_identity(p)} | {meaning} | {chinese} |"
    out = [f"`{r.name}`" for r in declared.relations.values() if node.name in r.source]
    into = [f"`{r.name}`" for r in declared.relations.values() if node.name in r.target]
    yield ""
    yield (
        "; ".join(f"{text} {', '.join(names)}" for text, names in (("Out:", out), ("in:", into)) if names)
        + "."
    )


def _relation(relation: RelationType) -> str:
    pairs = [f"{s} -> {t}" for s, t in relation.ends]
    if set(relation.ends) == {(s, t) for s in relation.source for t in relation.target}:
        pairs = [f"{', '.join(relation.source)} -> {', '.join(relation.target)}"]
    remarks = (
        [f"by {', '.join(relation.key)}{' (optional; parts add up)' * relation.parts}"]
        if relation.key
        else []
    )
    if relation.one:
        remarks.append(
            f"at most one of a {' or '.join(relation.source if relation.one == 'source' else relation.target)}"
        )
    if relation.spans:
        remarks.append("can end")
    if relation.harm:
        remarks.append(f"harm goes {relation.harm}")
    if relation.derived:
        remarks.append("written by the product")
    return f"| `{relation.name}` | {'; '.join(pairs)} | {_cell(relation.en)} | {relation.zh} | {'; '.join(remarks)} |"


def _measured(prop: Property) -> str:
    return f"{prop.type} ({prop.unit})" if prop.unit and prop.unit != "fen" else prop.type


def _identity(prop: Property) -> str:
    words: list[str] = [prop.identity] if prop.identity != "none" else []
    words += ["hashed"] if prop.hashed else []
    words += [] if prop.kept else ["not kept"]
    return ", ".join(words)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def pages(declared: Schema) -> Iterable[tuple[Path, str]]:
    """Every page that is made, with its text."""
    return ((FOLDER / "schema.md", schema_page(declared)), (FOLDER / "glossary.md", glossary_page(declared)))


def main() -> None:
    """Write the pages."""
    for path, text in pages(schema()):
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
