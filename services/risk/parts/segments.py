"""The classes of a run's customers: found where there are any, named, and gone on from full run to full run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import orjson
import pyarrow as pa

from algorithms.risk.probability import Probability
from algorithms.segments.described import Described
from algorithms.segments.written import (
    model_read,
    model_written,
    rules_read,
    rules_written,
    way_read,
    way_written,
)
from services.features.naming import Naming, naming
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.customer_features import CUSTOMER_FEATURES, CustomerFeatures
from services.risk.parts.found_segments import (
    GENERATIONS,
    SEED,
    CustomerSegments,
    Judged,
    classes_of,
    kept_names,
    nothing,
    same,
    with_names,
)
from services.risk.parts.full_run_before import newest_full
from services.risk.parts.inputs import INPUTS
from services.risk.parts.segment_lineage import NOBODY, SegmentEvent
from services.site import Site

UNFINISHED: Final = "columns/.segments.jsonl"
"""How far the search of an analysis is; gone when it has ended, and in no backup."""


@dataclass(frozen=True, slots=True)
class SegmentPart:
    """The classes of a run: how many, how many of them have a name, customers in them, and what became of them."""

    classes: int
    named: int
    customers: int
    events: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Gathered:
    naming: Naming
    run: str
    features: CustomerFeatures | None
    segments: CustomerSegments | None
    unfinished: Path


class _Segments(Part[CustomerSegments]):
    """Found anew by a full run whose features differ from those of the full run before, in the same way as there; a new
    customer of a load gets its class by the stored model, and nobody else moves."""

    name = "segments"
    full_only = True
    tables = (
        Table("customer_segments", ("id", "segment", "strength", "earlier")),
        Table("segments", ("id", "name", "jaccard")),
        Table("segment_model", ("judged",)),
    )
    phase = "Finding classes of customers"

    def gather(self, site: Site, basis: Basis) -> _Gathered | None:
        if basis.finder is None:
            return None
        own = [table.name for table in self.tables]
        theirs = [table.name for table in CUSTOMER_FEATURES.tables]
        found = newest_full(site, tuple(own), tuple(theirs))
        if found is None or not (self.kept(found[1]) and CUSTOMER_FEATURES.kept(found[1])):
            return _Gathered(naming(site.home), "", None, None, site.home / UNFINISHED)
        run, tables = found
        features = CUSTOMER_FEATURES.read(tables, basis.probability)
        was = self.read(tables, basis.probability)
        return _Gathered(naming(site.home), run.id, features, was, site.home / UNFINISHED)

    def compute(self, basis: Basis, found: Found) -> CustomerSegments:
        features = found.of(CUSTOMER_FEATURES)
        gathered: _Gathered | None = basis.gathered.get(self.name)
        if gathered is None:
            return nothing(features)
        was, earlier = gathered.segments, gathered.features
        if was is not None and earlier is not None and same(earlier, features):
            if was.judged.naming == gathered.naming.text:
                return was
            return with_names(was, features, gathered.naming, {})
        found_now = classes_of(features, was, gathered.run, gathered.unfinished)
        return with_names(found_now, features, gathered.naming, kept_names(was))

    def go_on(self, basis: Basis, before: Before, found: Found) -> CustomerSegments:
        was, ids = before.found.of(self), found.of(INPUTS).customers
        if was.customers == ids:
            return was
        known = {name: at for at, name in enumerate(was.customers)}
        place = np.array([known.get(name, -1) for name in ids], dtype=np.int64)
        new = np.flatnonzero(place < 0)
        label = np.where(place < 0, NOBODY, was.label[place]) if known else np.full(len(ids), NOBODY)
        strength = np.where(place < 0, np.nan, was.strength[place]) if known else np.full(len(ids), np.nan)
        features = found.of(CUSTOMER_FEATURES) if found.has(CUSTOMER_FEATURES) else None
        model = was.judged.model
        if features is not None and model is not None:
            new = new[features.active[new]]
            some = {name: features.values[name][new] for name in was.judged.described.names}
            label[new], strength[new] = model.assign(
                was.judged.described.table([ids[at] for at in new.tolist()], some)
            )
        earlier = ["" if at < 0 else was.earlier[at] for at in place.tolist()]
        return replace(was, customers=ids, label=label.astype(np.int64), strength=strength, earlier=earlier)

    def columns(self, value: CustomerSegments) -> Columns:
        return {
            "customer_segments": {
                "id": pa.array(value.customers, pa.string()),
                "segment": value.label,
                "strength": pa.array(value.strength, pa.float64(), from_pandas=True),
                "earlier": pa.array(value.earlier, pa.string()),
            },
            "segments": {
                "id": pa.array(value.ids, pa.string()),
                "name": pa.array(value.names, pa.string()),
                "jaccard": value.jaccard,
            },
            "segment_model": {"judged": pa.array([orjson.dumps(_written(value.judged)).decode()])},
        }

    def read(self, tables: Tables, probability: Probability) -> CustomerSegments:
        customers, classes = tables["customer_segments"], tables["segments"]
        return CustomerSegments(
            customers["id"].to_pylist(),
            customers["segment"].to_numpy().astype(np.int64),
            customers["strength"].to_numpy().astype(np.float64),
            customers["earlier"].to_pylist(),
            classes["id"].to_pylist(),
            classes["name"].to_pylist(),
            classes["jaccard"].to_numpy().astype(np.float64),
            _judged(orjson.loads(tables["segment_model"]["judged"][0].as_py())),
        )

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        judged = found.of(self).judged
        return {
            "algorithm": "valley tree, search",
            "parameters": {"contract": judged.version, "seed": SEED, "generations": GENERATIONS},
        }

    def report(self, basis: Basis, found: Found) -> SegmentPart:
        value = found.of(self)
        kinds = [event.kind for event in value.judged.events]
        return SegmentPart(
            classes=len(value.ids),
            named=sum(name != "" for name in value.names),
            customers=int(np.count_nonzero(value.label != NOBODY)),
            events={kind: kinds.count(kind) for kind in sorted(set(kinds))},
        )


def _written(judged: Judged) -> dict[str, Any]:
    return {
        "version": judged.version,
        "numbers": judged.described.numbers,
        "categories": judged.described.categories,
        "levels": judged.described.levels,
        "cautions": judged.described.cautions,
        "model": None if judged.model is None else model_written(judged.model),
        "rules": None if judged.rules is None else rules_written(judged.rules),
        "way": way_written(judged.way),
        "figures": dict(judged.numbers),
        "front": judged.front,
        "before": judged.before,
        "compared": judged.compared,
        "naming": judged.naming,
        "events": [[event.kind, event.id, event.others] for event in judged.events],
    }


def _judged(written: dict[str, Any]) -> Judged:
    described = Described(
        tuple(written["numbers"]),
        tuple(written["categories"]),
        tuple(tuple(levels) for levels in written["levels"]),
        tuple((code, name) for code, name in written["cautions"]),
    )
    return Judged(
        written["version"],
        described,
        None if written["model"] is None else model_read(written["model"]),
        None if written["rules"] is None else rules_read(written["rules"]),
        way_read(written["way"]),
        written["figures"],
        tuple(tuple(point) for point in written["front"]),
        written["before"],
        written["compared"],
        tuple(
            SegmentEvent(kind, own, tuple((one, share) for one, share in others))
            for kind, own, others in written["events"]
        ),
        written["naming"],
    )


SEGMENTS = _Segments()
