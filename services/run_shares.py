"""SHARES relations: pairs of parties that the current run holds for close, as evidence that anyone can walk.

The run's arrays are what risk is computed from; these relations are their copy in the graph, written after the turn
(``services.run_copy``). Values that more than ``MOST`` parties have in common stay in the arrays only: their pairs
would be many and say little.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

import numpy as np
import orjson

from algorithms.pairs_in_common import pairs_in_common
from graph import queries
from graph.store import Store
from ledger.records import versions
from services.risk.model import RiskModel
from services.site import Site
from terms.ids import RunId
from terms.zones import business_day

MOST = 20
"""Parties that may have a value in common for their pairs to be written."""

BATCH = 5_000

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Shares:
    """All pairs of a run. ``rows``: by the types of the two ends. ``digest``: equal for equal pairs."""

    rows: dict[tuple[str, str], list[Row]]
    digest: str

    @property
    def count(self) -> int:
        """How many relations they are."""
        return sum(len(rows) for rows in self.rows.values())


@dataclass(frozen=True, slots=True)
class _Reported:
    """The day of a record's latest version as an ordinal, and its origin."""

    day: int
    origin: str


_UNKNOWN = _Reported(0, "")


def shares_of(site: Site, model: RiskModel) -> Shares:
    """The pairs of a run: each once and from the smaller id, with the record that reported it last."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    digest = hashlib.sha256()
    for kind, found in sorted(model.solved.incidence.items()):
        party, attribute, record = found.party, found.attribute, found.record
        reports = _reports(site, set(record))
        day = np.array([reports[name].day for name in record], dtype=np.int64)
        pairs = pairs_in_common(party, attribute, day, MOST)
        for first, second, count, newest in zip(
            pairs.first.tolist(),
            pairs.second.tolist(),
            pairs.count.tolist(),
            pairs.newest.tolist(),
            strict=True,
        ):
            row = _row(
                model, (first, second), kind, count, name=record[newest], reported=reports[record[newest]]
            )
            digest.update(orjson.dumps(row, option=orjson.OPT_SORT_KEYS))
            rows[model.types[first], model.types[second]].append(row)
    return Shares(dict(rows), digest.hexdigest())


def written_already(site: Site, shares: Shares) -> bool:
    """Whether the graph holds these pairs: the same were written last, and none has gone with its party since."""
    last = queries.shares_mark(site.store)
    held = site.store.dialect.counts(site.store, site.schema)["SHARES"]
    return last is not None and last.digest == shares.digest and held == shares.count


def batches(store: Store, run: RunId, shares: Shares) -> Iterator[int]:
    """Write the pairs of a run and remove those of others, a batch a step; yields how many the step wrote."""
    queries.mark_shares(store, digest="")
    for (first, second), rows in shares.rows.items():
        left = iter(rows)
        while batch := list(islice(left, BATCH)):
            copied = queries.copy_shares(store, first=first, second=second, entries=batch, run=run)
            yield 0 if copied is None else copied.written
    while (left_over := queries.remove_other_shares(store, run=run, batch=BATCH)) and left_over.removed:
        yield 0
    queries.mark_shares(store, digest=shares.digest)


def _row(
    model: RiskModel, pair: tuple[int, int], kind: str, count: int, *, name: str, reported: _Reported
) -> Row:
    values: Row = {"kind": kind, "key": kind, "count": count, "recordId": name}
    values["origins"] = [reported.origin] if reported.origin else []
    if reported.day:
        values["latest"] = date.fromordinal(reported.day).isoformat()
    return {"a": model.ids[pair[0]], "b": model.ids[pair[1]], "r": values}


def _reports(site: Site, names: set[str]) -> dict[str, _Reported]:
    """When each record, by its name ``source/recordId``, was observed last, and where it comes from."""
    found: dict[str, _Reported] = defaultdict(lambda: _UNKNOWN)
    left = iter(sorted(names))
    while some := list(islice(left, BATCH)):
        refs = [(source, local) for source, _, local in (name.partition("/") for name in some)]
        for (source, local), told in versions(site.ledger, refs).items():
            day = business_day(told[-1].observed_at, site.ledger.zone).toordinal()
            found[f"{source}/{local}"] = _Reported(day, told[-1].origin)
    return found
