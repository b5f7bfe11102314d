"""Which keys the records of a range name, and how: as the only key of a sighting, linked with others, or by reference.

A key is a 64 bit hash from here on (Python's own, of which all workers share the seed); its text is read again where
it is needed. Per record only its payload is parsed: no objects are made.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import Any

import numpy as np
import orjson

from ingest.bulk.context import Context
from ingest.bulk.jobs import Answer
from ingest.identity.entities_in_records import SightingRef, name_of, names_sighting, record_of
from ledger import judgements as judged
from ledger.scan import rows
from ledger.tables import ORIGIN_CODE


def survey(context: Context, task: int, after: int, until: int) -> Answer:
    """Write the arrays of one range: see :class:`ingest.bulk.plan.Surveyed`."""
    number, judged_refs = context.number, context.judged
    hashes, seqs, types = array("q"), array("q"), array("b")
    link_hashes, link_counts, link_seqs = array("q"), array("q"), array("q")
    references: dict[str, int] = {}
    relations = 0
    bits = {origin: 1 << code for origin, code in ORIGIN_CODE.items()}
    for row in rows(context.ledger, after, until, context.superseded):
        if row.source == judged.SOURCE:
            continue
        told = orjson.loads(row.payload)
        relations += len(told["relations"])
        named = (row.source, row.record_id) in judged_refs
        for place, node in enumerate(told["nodes"]):
            keys = node["keys"]
            if len(keys) == 1:
                key = keys[0]
                if not node.get("set"):  # a bare reference: see ingest.identity.entities_in_records.bare
                    references[key] = references.get(key, 0) | bits[row.origin]
                    continue
                if not named:
                    hashes.append(hash(key))
                    seqs.append(row.seq)
                    types.append(number[node["type"]])
                    continue
            linked = [hash(key) for key in keys]
            if named:
                linked.append(hash(_name(context, row.source, row.record_id, told["nodes"], place)))
            link_hashes.extend(linked)
            link_counts.append(len(linked))
            link_seqs.append(row.seq)
    folder = context.folder
    for name, values in (
        ("hash", hashes), ("seq", seqs), ("type", types), ("link-hash", link_hashes),
        ("link-count", link_counts), ("link-seq", link_seqs),
        ("ref-hash", array("q", map(hash, references))), ("ref-origins", array("b", references.values())),
        ("ref-type", array("b", (_type(context, key) for key in references))),
    ):  # fmt: skip
        np.save(
            folder / f"{name}-{task}.npy", np.frombuffer(values, values.typecode) if values else _none(values)
        )
    (folder / f"refs-{task}.json").write_bytes(orjson.dumps(list(references)))
    return {"relations": relations}


def judgement_links(context: Context) -> Answer:
    """The ends of all judgements, as pairs of hashes with 1 for ``same`` and 0 for others; their names and records."""
    counted = context.judgements
    pairs = [(hash(j.left), hash(j.right), int(j.verdict == "same")) for j in counted]
    np.save(context.folder / "judgements.npy", np.array(pairs, np.int64).reshape(-1, 3))
    ends = {end for j in counted for end in (j.left, j.right)}
    refs = sorted({record_of(end) for end in ends if names_sighting(end)})
    (context.folder / "judged.json").write_bytes(orjson.dumps(refs))
    return {"judgements": len(counted)}


def _name(context: Context, source: str, record_id: str, nodes: list[dict[str, Any]], place: int) -> str:
    type_name = nodes[place]["type"]
    placed = Counter(node["type"] for node in nodes[:place])[type_name]
    return name_of(SightingRef(source, record_id, type_name, placed), context.schema)


def _type(context: Context, key: str) -> int:
    return context.number_of_prefix[key.partition(":")[0]]


def _none(values: array[int]) -> np.ndarray[Any, Any]:
    return np.empty(0, values.typecode)
