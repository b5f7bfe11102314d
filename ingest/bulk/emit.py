"""The lines of a range of records: entities that one record describes or only references name, and its relations.

A relation is written as if nobody else claimed it; beside the lines stand the hash of what makes it itself and the
record's number, by which those with rivals are found and left out (:mod:`ingest.bulk.rivals`).
"""

from __future__ import annotations

from array import array
from typing import Any, Final, Literal, TypeAlias

import numpy as np
import orjson

from graph.bulk import relation_line
from graph.schema.model import RelationType
from ingest.bulk.alone import Alone
from ingest.bulk.context import Context
from ingest.bulk.ends import Claim, Ends, Side
from ingest.bulk.jobs import Answer
from ledger import judgements as judged
from ledger.scan import rows
from ledger.tables import ORIGIN_CODE

_TOGETHER: Final = 20_000
"""Ends that are looked up at once."""
Group: TypeAlias = Literal["double", "crowd"]
"""Relations of which one may be too many: contracts of equal amount between the same two; all of one kind at an end."""
GROUPS: Final[tuple[Group, ...]] = ("double", "crowd")
SIDES: Final[tuple[Side, Side]] = ("source", "target")
ORIGINS: Final = tuple(
    tuple(sorted(origin for origin, code in ORIGIN_CODE.items() if bits >> code & 1)) for bits in range(8)
)
"""Origins by their bits."""


def emit(context: Context, ends: Ends, task: int, after: int, until: int) -> Answer:
    """Write ``nodes-*``, ``relations-*`` with their hashes, records and lengths, and the names of a range."""
    by_itself = context.load(f"alone-{task}").tolist()
    nodes: dict[int, list[bytes]] = {}
    names: list[str] = []
    alone = Alone()
    written = _Relations(context, ends, alone, task)
    waiting: list[Claim] = []
    sighting = 0
    for row in rows(context.ledger, after, until, context.superseded, check=False):
        if row.source == judged.SOURCE:
            continue
        told = orjson.loads(row.payload)
        waiting += [Claim(row, said) for said in told["relations"]]
        if 2 * len(waiting) >= _TOGETHER:
            written.add(waiting)
            waiting = []
        named = (row.source, row.record_id) in context.judged
        for node in told["nodes"]:
            keys, said = node["keys"], node.get("set")
            if not said or len(keys) > 1 or named:
                continue  # as ingest.bulk.survey counts them
            if by_itself[sighting]:
                kind = context.schema.nodes[node["type"]]
                line = alone.node_line(kind, keys[0], said, node.get("proxy", ()), (row.origin,))
                nodes.setdefault(context.number[kind.name], []).append(line)
                names.append(keys[0])
            sighting += 1
    written.add(waiting)
    counts = written.close()
    described = sum(len(lines) for lines in nodes.values())
    with (context.folder / f"nodes-{task}").open("wb") as file:
        for number in sorted(nodes):
            file.writelines(nodes[number])
        referred = _referred(context, alone, task, names)
        for number in sorted(referred):
            file.writelines(referred[number])
    if context.named:
        (context.folder / f"names-{task}.json").write_bytes(orjson.dumps(names))
    return {"nodes": described + sum(map(len, referred.values())), "relations": counts}


def _referred(context: Context, alone: Alone, task: int, names: list[str]) -> dict[int, list[bytes]]:
    texts = orjson.loads((context.folder / f"refs-{task}.json").read_bytes())
    chosen = context.load(f"referred-{task}").tolist()
    origins = context.load(f"referred-origins-{task}").tolist()
    found: dict[int, list[bytes]] = {}
    for place, bits in zip(chosen, origins, strict=True):
        key = texts[place]
        number = context.number_of_prefix[key.partition(":")[0]]
        kind = context.schema.nodes[context.types[number]]
        found.setdefault(number, []).append(alone.node_line(kind, key, {}, (), ORIGINS[bits]))
        names.append(key)
    return found


class _Relations:
    """The relations of a range on their way to the disk."""

    def __init__(self, context: Context, ends: Ends, alone: Alone, task: int) -> None:
        self.context, self.ends, self.alone, self.task = context, ends, alone, task
        self.hashes, self.seqs, self.lengths = array("q"), array("q"), array("i")
        self.groups: dict[Group, array[int]] = {kind: array("q") for kind in GROUPS}
        self.file = (context.folder / f"relations-{task}").open("wb")

    def add(self, claims: list[Claim]) -> None:
        context, ends, alone = self.context, self.ends, self.alone
        declared = context.schema.relations
        lines = []
        for claim, source, target in found_ends(ends, claims):
            row, said = claim
            kind = declared[said["type"]]
            line = relation_line(kind, alone.relation_text(kind, said, row), source, target)
            lines.append(line)
            itself = relation_hash(kind, said, source, target)
            self.hashes.append(itself)
            self.seqs.append(row.seq)
            self.lengths.append(len(line))
            if context.named and (kind.key or kind.one is not None):
                for group, number in groups_of(kind, said, source, target).items():
                    self.groups[group].extend((number, itself, row.seq))
        self.file.writelines(lines)

    def close(self) -> int:
        self.file.close()
        for name, values in (("hash", self.hashes), ("seq", self.seqs), ("length", self.lengths)):
            np.save(
                self.context.folder / f"relation-{name}-{self.task}.npy", np.array(values, values.typecode)
            )
        for kind, group in self.groups.items():
            np.save(
                self.context.folder / f"group-{kind}-{self.task}.npy",
                np.array(group, np.int64).reshape(-1, 3).T,
            )
        return len(self.hashes)


def found_ends(ends: Ends, claims: list[Claim]) -> list[tuple[Claim, int, int]]:
    """Claims of which both ends are entities, with the places of these."""
    sources, targets = (ends.places(claims, side).tolist() for side in SIDES)
    found = zip(claims, sources, targets, strict=True)
    return [(claim, a, b) for claim, a, b in found if a >= 0 and b >= 0]


def groups_of(declared: RelationType, said: dict[str, Any], source: int, target: int) -> dict[Group, int]:
    """Hashes of the groups in which a relation has to be the only one, for all that is known here."""
    found: dict[Group, int] = {}
    amount = said.get("set", {}).get("amount")
    if declared.key and not declared.parts and isinstance(amount, int | float):
        found["double"] = hash((declared.name, source, target, amount))
    if declared.one is not None:
        found["crowd"] = hash((declared.name, source if declared.one == "source" else target))
    return found


def relation_hash(declared: RelationType, said: dict[str, Any], source: int, target: int) -> int:
    """Equal for claims to one relation, and to parts of one, of which others decide whether they stand."""
    return hash((declared.name, source, target, "" if declared.parts else said.get("key", "")))
