"""How an analysis run is made: inputs of risk -> parts -> columns -> the turn of the current run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import cast

import numpy as np

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from ledger import columns, runs
from services.engines.choose import engine as engine_of
from services.engines.protocol import Engine
from services.exposure.model import Exposure
from services.risk.fitted import Fitted, in_force
from services.risk.inputs import exposure
from services.risk.part import Basis
from services.risk.parts.communities import COMMUNITIES, CommunityPart
from services.risk.parts.customer_communities import CUSTOMER_COMMUNITIES, CustomerCommunityPart
from services.risk.parts.embedding import EMBEDDING, EmbeddingPart
from services.risk.parts.lineage import LINEAGE, LineagePart
from services.risk.parts.segments import SEGMENTS, SegmentPart
from services.risk.parts.solution import SOLUTION, RiskPart
from services.risk.registry import PARTS
from services.runs.days import latest_day
from services.runs.reach import is_kept, read_until
from services.site import Site
from terms.ids import RunId
from terms.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class AnalysisReport:
    """What ``analyse`` made. ``unchanged``: the same data and parameters had been analysed before. ``parts``: what each
    part of the run tells, by its name."""

    run: RunId
    cut_off: date
    unchanged: bool
    parts: Mapping[str, object]

    @property
    def risk(self) -> RiskPart:
        """The scores."""
        return cast(RiskPart, self.parts[SOLUTION.name])

    @property
    def communities(self) -> CommunityPart:
        """How many were found, how large, and where."""
        return cast(CommunityPart, self.parts[COMMUNITIES.name])

    @property
    def lineage(self) -> LineagePart | None:
        """What became of the communities since the full run before."""
        return cast("LineagePart | None", self.parts.get(LINEAGE.name))

    @property
    def customer_communities(self) -> CustomerCommunityPart | None:
        """Those of customers, and what became of them."""
        return cast("CustomerCommunityPart | None", self.parts.get(CUSTOMER_COMMUNITIES.name))

    @property
    def segments(self) -> SegmentPart | None:
        """The classes of customers, and what became of them."""
        return cast("SegmentPart | None", self.parts.get(SEGMENTS.name))

    @property
    def embedding(self) -> EmbeddingPart | None:
        """How many parties have a vector, and where it was made."""
        return cast("EmbeddingPart | None", self.parts.get(EMBEDDING.name))


def analyse(
    site: Site, *, as_of: date | None = None, engine: str = "local", progress: Progress = silent
) -> AnalysisReport:
    """Make a run and turn to it; the same data give the same run on the same engine.

    Args:
        site: an open site whose graph is up to date.
        as_of: cut-off; the latest observation in the ledger when absent.
        engine: where communities are found; risk, which no other engine has, is solved on arrays.

    Raises:
        KehutuError: ``NOTHING_LOADED``; ``STORE_UNAVAILABLE``; what the choice of an engine raises.
    """
    finder = engine_of(engine, site.store, site.schema)
    cut_off = as_of or latest_day(site)
    fit = in_force(site.home)
    parameters = fit.parameters if fit else RiskParameters()
    watermark = read_until(site)
    progress("Reading the graph")
    inputs = exposure(site, np.datetime64(cut_off), parameters)
    return conclude(site, inputs, finder, watermark, engine=engine, fit=fit, progress=progress)


def conclude(
    site: Site,
    inputs: Exposure,
    finder: Engine,
    watermark: int,
    *,
    engine: str,
    fit: Fitted | None,
    progress: Progress = silent,
) -> AnalysisReport:
    """Make a run of inputs that are at hand, and turn to it.

    Args:
        fit: where the parameters of the inputs come from, with the g that belongs to them; None: the start values.
        finder: where communities are found; ``engine``: its name.
        watermark: the last record of which it is certain that the inputs have it in them.
    """
    cut_off: date = inputs.cut_off.astype("datetime64[D]").item()
    basis = PARTS.gathered(
        site,
        Basis(
            inputs.parameters,
            inputs,
            fit.probability if fit else IDENTITY,
            fit.version if fit else None,
            finder,
            engine,
        ),
    )
    found = PARTS.compute(basis, progress)
    tables = PARTS.tables(found)
    run_id, projection = PARTS.identity(basis, tables, cut_off)
    known = is_kept(site, run_id)
    if not known:
        progress("Writing results")
        files = {name: columns.write(site.home, run_id, name, table) for name, table in tables.items()}
        runs.save(
            site.ledger,
            runs.Run(
                id=run_id,
                parent=None,
                created_at=datetime.now(UTC),
                cut_off=cut_off,
                watermark=watermark,
                code_version=version("kehutu"),
                projection_hash=projection,
                parts=PARTS.heads(basis, found),
                files=files,
            ),
        )
    runs.turn(site.ledger, run_id)
    runs.know(site.ledger, run_id, watermark)
    return AnalysisReport(run_id, cut_off, known, PARTS.reports(basis, found))
