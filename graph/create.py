"""How a whole graph goes into an empty Neo4j: all nodes, then all relations, in UNWIND batches by one session.

A relation finds its ends by the numbers that the server gave them when they were made, at half of the CPU of two
seeks by id. They are known here only while the graph is written: the server may give the number of a deleted node to
a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from graph.schema.model import Schema
from graph.store import Store
from graph.write import BATCH_BYTES, BATCH_ROWS, WRITE_SECONDS
from terms.errors import KehutuError
from terms.texts import filled

_NOBODY: Final = -1
"""No node has this number."""

Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(slots=True)
class _Batch:
    """Lines of nodes or relations of one type. ``places``: where in the stream each node stands.

    Kept as text until it is written: a fifth of the memory, and nothing for the garbage collector to walk over.
    """

    type: str
    relations: bool
    lines: list[bytes] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    size: int = 0


def create(store: Store, schema: Schema, parts: Iterable[bytes], *, nodes: int) -> tuple[int, int]:
    """Create a graph in an empty Neo4j that nobody else writes to, without a watermark.

    Args:
        parts: lines as :mod:`graph.bulk` makes them, whole ones in parts of any size, all nodes first.
        nodes: how many there are.
    Returns:
        How many nodes and relations there were.
    Raises:
        KehutuError: as :func:`graph.write.apply`. What the store holds then is worthless.

    Memory: 8 bytes for each node, and 5,000 rows of each type, 8 MB of text at most.
    """
    patient = store.within(WRITE_SECONDS)
    # One more, which every place behind the last one stands for.
    numbers = np.full(nodes + 1, _NOBODY)
    made = {False: 0, True: 0}

    def write(batch: _Batch) -> None:
        if batch.relations:
            _write_relations(patient, schema, batch, numbers)
        else:
            _write_nodes(patient, batch, numbers)

    # One writer, which has a batch in hand while the next one is read.
    with ThreadPoolExecutor(1, "kehutu-create") as writer:
        sent: Future[None] | None = None
        for batch in _batches(parts):
            if sent is not None:
                sent.result()
            made[batch.relations] += len(batch.lines)
            sent = writer.submit(write, batch)
        if sent is not None:
            sent.result()
    return made[False], made[True]


def _write_nodes(store: Store, batch: _Batch, numbers: Numbers) -> None:
    rows = _rows(batch)
    each = "UNWIND range(0, size($rows) - 1) AS at WITH at, $rows[at] AS row "
    then = " SET n = row RETURN collect(at) AS at, collect(id(n)) AS numbers"
    answer = store.write_once(
        f"{each}CREATE (n:`{batch.type}`){then}",
        f"{each}MERGE (n:`{batch.type}` {{id: row.id}}){then}",
        rows=rows,
    )[0]
    numbers[np.array(batch.places)[answer["at"]]] = answer["numbers"]


def _write_relations(store: Store, schema: Schema, batch: _Batch, numbers: Numbers) -> None:
    rows = _rows(batch)
    places = [(int(row.pop("@from")), int(row.pop("@to"))) for row in rows]
    ends = numbers.take(places, mode="clip").tolist()
    each = "UNWIND $rows AS row MATCH (a) WHERE id(a) = row[0] MATCH (b) WHERE id(b) = row[1] "
    then = " SET r = row[2] RETURN count(r) AS written"
    key = " {key: row[2].key}" if schema.relations[batch.type].key else ""
    answer = store.write_once(
        f"{each}CREATE (a)-[r:`{batch.type}`]->(b){then}",
        f"{each}MERGE (a)-[r:`{batch.type}`{key}]->(b){then}",
        rows=[(source, target, row) for (source, target), row in zip(ends, rows, strict=True)],
    )[0]
    if (lacking := len(rows) - answer["written"]) != 0:
        reason = filled("{n} {n:relation|relations} {type} {n:lacks|lack} an end", n=lacking, type=batch.type)
        raise KehutuError("STORE_DAMAGED", store=store.url, reason=reason)


def _rows(batch: _Batch) -> list[dict[str, Any]]:
    """What is stored of each, and of relations the places of their ends."""
    rows: list[dict[str, Any]] = orjson.loads(b"[%b]" % b",".join(batch.lines))
    for row in rows:
        del row["@type"], row["@class"]
    return rows


def _batches(parts: Iterable[bytes]) -> Iterator[_Batch]:
    """Lines by type; what is left of the nodes comes before the first relation."""
    waiting: dict[bytes, _Batch] = {}
    relations = False
    place = 0
    for line in _lines(parts):
        if len(line) > BATCH_BYTES:
            told = orjson.loads(line)
            raise KehutuError("VALUE_TOO_LARGE", id=told.get("id") or told.get("recordId"), bytes=len(line))
        # {"@type":"v","@class":"Customer", ...
        _, _, _, sort, _, _, _, kind, _ = line.split(b'"', 8)
        if sort == b"e" and not relations:
            yield from waiting.values()
            waiting, relations = {}, True
        batch = waiting.get(kind)
        if batch is None or len(batch.lines) == BATCH_ROWS or batch.size + len(line) > BATCH_BYTES:
            if batch is not None:
                yield batch
            batch = waiting[kind] = _Batch(kind.decode(), relations)
        batch.lines.append(line)
        batch.size += len(line)
        if not relations:
            batch.places.append(place)
            place += 1
    yield from waiting.values()


def _lines(parts: Iterable[bytes]) -> Iterator[bytes]:
    left = b""
    for part in parts:
        lines = (left + part).split(b"\n")
        left = lines.pop()
        yield from lines
