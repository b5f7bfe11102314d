"""The lines of a range of records: entities that one record describes or only references name, and its relations.

A relation is written as if nobody else claimed it; beside the lines stand the hash of what makes it itself and the
record's number, by which those with rivals are found and left out (:mod:`ingest.bulk.rivals`).
"""

from __future__ import annotations

from array import array
from typing import Any, Final, NamedTuple

import numpy as np
import orjson

from graph.bulk import node_line, relation_line
from graph.write import stored_relation
from ingest.bulk.context import Context
from ingest.bulk.ends import NONE, End, Ends
from ingest.bulk.jobs import Answer
from ingest.entities import lone_row
from ingest.relations import RelationIdentity, lone_relation
from ledger import judgements as judged
from ledger.scan import Row, rows
from ledger.tables import ORIGIN_CODE
from terms.ids import EntityId, Key, record_id

_TOGETHER: Final = 20_000
"""Ends that are looked up at once."""
ORIGINS: Final = tuple(
    tuple(sorted(origin for origin, code in ORIGIN_CODE.items() if bits >> code & 1)) for bits in range(8)
)
"""Origins by their bits."""


class Claim(NamedTuple):
    """A relation statement of a record, as plain JSON."""

    row: Row
    said: dict[str, Any]


def emit(context: Context, ends: Ends, task: int, after: int, until: int) -> Answer:
    """Write ``nodes-*``, ``relations-*`` with their hashes, records and lengths, and the names of a range."""
    alone = context.load(f"alone-{task}").tolist()
    nodes: dict[int, list[bytes]] = {}
    names: list[str] = []
    written = _Relations(context, ends, task)
    waiting: list[Claim] = []
    sighting = 0
    for row in rows(context.ledger, after, until, context.superseded, check=False):
        if row.source == judged.SOURCE:
            continue
        told = orjson.loads(row.payload)
        waiting.extend(Claim(row, said) for said in told["relations"])
        if 2 * len(waiting) >= _TOGETHER:
            written.add(waiting)
            waiting = []
        named = (row.source, row.record_id) in context.judged
        for node in told["nodes"]:
            keys, said = node["keys"], node.get("set")
            if len(keys) > 1 or not said or named:
                continue  # as ingest.bulk.survey counts them
            if alone[sighting]:
                kind = context.schema.nodes[node["type"]]
                shown = lone_row(kind, keys[0], said, node.get("proxy", ()), (row.origin,))
                nodes.setdefault(context.number[kind.name], []).append(node_line(kind, shown))
                names.append(keys[0])
            sighting += 1
    written.add(waiting)
    counts = written.close()
    described = sum(len(lines) for lines in nodes.values())
    with (context.folder / f"nodes-{task}").open("wb") as file:
        for number in sorted(nodes):
            file.writelines(nodes[number])
        referred = _referred(context, task, names)
        for number in sorted(referred):
            file.writelines(referred[number])
    if context.named:
        (context.folder / f"names-{task}.json").write_bytes(orjson.dumps(names))
    return {"nodes": described + sum(map(len, referred.values())), "relations": counts}


def _referred(context: Context, task: int, names: list[str]) -> dict[int, list[bytes]]:
    texts = orjson.loads((context.folder / f"refs-{task}.json").read_bytes())
    chosen = context.load(f"referred-{task}").tolist()
    origins = context.load(f"referred-origins-{task}").tolist()
    found: dict[int, list[bytes]] = {}
    for place, bits in zip(chosen, origins, strict=True):
        key = Key(texts[place])
        number = context.number_of_prefix[key.partition(":")[0]]
        kind = context.schema.nodes[context.types[number]]
        found.setdefault(number, []).append(node_line(kind, lone_row(kind, key, {}, (), ORIGINS[bits])))
        names.append(key)
    return found


class _Relations:
    """The relations of a range on their way to the disk."""

    def __init__(self, context: Context, ends: Ends, task: int) -> None:
        self.context, self.ends, self.task = context, ends, task
        self.hashes, self.seqs, self.lengths = array("q"), array("q"), array("i")
        self.file = (context.folder / f"relations-{task}").open("wb")

    def add(self, claims: list[Claim]) -> None:
        lines = []
        for claim, source, target in found_ends(self.ends, claims):
            row, said = claim
            kind = self.context.schema.relations[said["type"]]
            identity = identity_of(self.context, self.ends, claim)
            shown = lone_relation(
                identity,
                said.get("set", {}),
                proxy=said.get("proxy", ()),
                record=record_id(row.source, row.record_id),
                origin=row.origin,
                declared=kind,
            )
            line = (
                relation_line(kind, shown, source, target)
                if not self.context.ends
                else orjson.dumps(
                    (*shown_ends(identity), stored_relation(kind, shown)), option=orjson.OPT_APPEND_NEWLINE
                )
            )
            lines.append(line)
            self.hashes.append(relation_hash(said, source, target))
            self.seqs.append(row.seq)
            self.lengths.append(len(line))
        self.file.writelines(lines)

    def close(self) -> int:
        self.file.close()
        for name, values in (("hash", self.hashes), ("seq", self.seqs), ("length", self.lengths)):
            np.save(
                self.context.folder / f"relation-{name}-{self.task}.npy", np.array(values, values.typecode)
            )
        return len(self.hashes)


def found_ends(ends: Ends, claims: list[Claim]) -> list[tuple[Claim, int, int]]:
    """Claims of which both ends are entities, with the places of these."""
    sources = ends.places([source_of(claim) for claim in claims]).tolist()
    targets = ends.places([target_of(claim) for claim in claims]).tolist()
    found = zip(claims, sources, targets, strict=True)
    return [(claim, a, b) for claim, a, b in found if min(a, b) > NONE]


def source_of(claim: Claim) -> End:
    """The end that a relation comes from."""
    return End(claim.row.seq, claim.said["source_type"], claim.said["source"])


def target_of(claim: Claim) -> End:
    """The end that a relation leads to."""
    return End(claim.row.seq, claim.said["target_type"], claim.said["target"])


def relation_hash(said: dict[str, Any], source: int, target: int) -> int:
    """Equal for claims to one relation."""
    return hash((said["type"], source, target, said.get("key", "")))


def identity_of(context: Context, ends: Ends, claim: Claim) -> RelationIdentity:
    """What makes the relation itself; its ends by the keys that the record states where ids are not wanted."""
    said = claim.said
    source, target = (
        (ends.id(source_of(claim)), ends.id(target_of(claim)))
        if context.ends
        else (said["source"], said["target"])
    )
    return RelationIdentity(
        said["type"],
        said["source_type"],
        EntityId(source),
        said["target_type"],
        EntityId(target),
        said.get("key", ""),
    )


def shown_ends(identity: RelationIdentity) -> tuple[str, str, str, str, str]:
    """Types and ids as the rows for Cypher have them."""
    return (identity.type, identity.source_type, identity.target_type, identity.source, identity.target)
