"""Under which keys the ledger finds a record again, by what the record states."""

from __future__ import annotations

from graph.schema.model import Schema
from ingest.identity.entities_in_records import bare
from ingest.statements import Statements, evidence_mention, relation_mentions
from ledger.records import Mention


def mentions(statements: Statements, schema: Schema) -> tuple[Mention, ...]:
    """The mentions of a record with these statements, in their order.

    ``node``: the keys of a node statement that says something; ``end``: the key of a bare reference; ``relation``: each
    relation by its two keys, a contract also by its pair of ends; ``evidence``: values that several parties may share.
    """
    found: list[Mention] = []
    for node in statements.nodes:
        found.extend(Mention(key, "end" if bare(node) else "node") for key in node.keys)
        for name, prop in schema.nodes[node.type].properties.items():
            if prop.identity == "evidence" and name in node.set:
                found.append(Mention(evidence_mention(name, str(node.set[name])), "evidence"))
    for relation in statements.relations:
        names = relation_mentions(relation.type, relation.source, relation.target, relation.key)
        found.extend(Mention(name, "relation") for name in names)
    return tuple(dict.fromkeys(found))
