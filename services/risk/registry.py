"""The parts of every run, in the order in which they are computed and stand in its tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from algorithms.risk.probability import Probability
from services.risk.part import Basis, Before, Found, Part, Tables
from services.risk.parts.communities import COMMUNITIES
from services.risk.parts.community_traits import COMMUNITY_TRAITS
from services.risk.parts.customer_communities import CUSTOMER_COMMUNITIES
from services.risk.parts.customer_features import CUSTOMER_FEATURES
from services.risk.parts.embedding import EMBEDDING
from services.risk.parts.inputs import INPUTS
from services.risk.parts.lineage import LINEAGE
from services.risk.parts.overrides import OVERRIDES
from services.risk.parts.own_risk import OWN_RISK
from services.risk.parts.segments import SEGMENTS
from services.risk.parts.solution import SOLUTION
from services.site import Site
from terms.ids import RunId
from terms.progress import Progress, silent


@dataclass(slots=True)
class Registry:
    """Parts in order: one that reads what another has found stands after it."""

    parts: tuple[Part[Any], ...]

    @contextmanager
    def extended(self, part: Part[Any]) -> Iterator[None]:
        """Have one part more, at the end, for as long as the context lasts."""
        before, self.parts = self.parts, (*self.parts, part)
        try:
            yield
        finally:
            self.parts = before

    @contextmanager
    def without(self, part: Part[Any]) -> Iterator[None]:
        """Lack one part for as long as the context lasts, as a program of before it did."""
        before, self.parts = self.parts, tuple(one for one in self.parts if one is not part)
        try:
            yield
        finally:
            self.parts = before

    @property
    def needed(self) -> frozenset[str]:
        """Tables without which no run can be read."""
        return frozenset(table.name for part in self.parts if part.needed for table in part.tables)

    def gathered(self, site: Site, basis: Basis) -> Basis:
        """The basis with what parts read themselves."""
        read = {part.name: part.gather(site, basis) for part in self.parts}
        return replace(basis, gathered={name: value for name, value in read.items() if value is not None})

    def compute(self, basis: Basis, progress: Progress = silent) -> Found:
        """All parts of a full run."""
        values: dict[str, Any] = {}
        for part in self.parts:
            if part.phase:
                progress(part.phase, len(basis.inputs.parties.ids))
            values[part.name] = part.compute(basis, Found(values))
        return Found(values)

    def go_on(self, basis: Basis, before: Before, known: Found | None = None) -> Found:
        """All parts of a run that continues another one, but for those that are ``known`` already.

        A part that the run before lacks is computed anew, unless only a full run computes it.
        """
        values: dict[str, Any] = dict(known.values) if known else {}
        for part in self.parts:
            if part.name in values:
                continue
            if before.found.has(part):
                values[part.name] = part.go_on(basis, before, Found(values))
            elif not part.full_only:
                values[part.name] = part.compute(basis, Found(values))
        return Found(values)

    def tables(self, found: Found) -> dict[str, pa.Table]:
        """What has been found as tables, in a fixed order of tables and columns."""
        columns: dict[str, dict[str, Any]] = {}
        for part in self.parts:
            if not found.has(part):
                continue
            told = part.columns(found.of(part))
            for table in part.tables:
                own = columns.setdefault(table.name, {})
                own |= {name: told[table.name][name] for name in table.columns}
        return {name: pa.table(own) for name, own in columns.items()}

    def read(self, tables: Tables, probability: Probability) -> Found:
        """What the parts of a kept run have found; those whose tables it lacks are absent."""
        return Found({part.name: part.read(tables, probability) for part in self.parts if part.kept(tables)})

    def heads(self, basis: Basis, found: Found) -> dict[str, Any]:
        """What the head of a run says of its parts."""
        told = {part.name: part.head(basis, found) for part in self.parts}
        return {name: head for name, head in told.items() if head is not None}

    def reports(self, basis: Basis, found: Found) -> dict[str, object]:
        """What ``analyse`` tells of the parts."""
        told = {part.name: part.report(basis, found) for part in self.parts}
        return {name: report for name, report in told.items() if report is not None}

    def identity(
        self, basis: Basis, tables: Mapping[str, pa.Table], cut_off: date, parent: str = ""
    ) -> tuple[RunId, str]:
        """The run's id and the hash of what it found: equal parts, code and parent give an equal id."""
        digest = hashlib.sha256()
        for name, table in tables.items():
            digest.update(name.encode())
            digest.update(_bytes(table))
        projection = digest.hexdigest()
        for part in self.parts:
            digest.update(part.digest(basis))
        digest.update(version("kehutu").encode())
        digest.update(parent.encode())
        return RunId(f"{cut_off:%Y%m%d}-{digest.hexdigest()[:10]}"), projection


def _bytes(table: pa.Table) -> memoryview:
    """The same bytes for equal tables."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return memoryview(sink.getvalue())


PARTS = Registry(
    (
        INPUTS,
        OVERRIDES,
        OWN_RISK,
        SOLUTION,
        COMMUNITIES,
        LINEAGE,
        CUSTOMER_COMMUNITIES,
        COMMUNITY_TRAITS,
        EMBEDDING,
        CUSTOMER_FEATURES,
        SEGMENTS,
    )
)
