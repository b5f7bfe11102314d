"""The demonstration: a site built from published benchmark data and a labelled synthetic world, with a short report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from graph.write import counts
from ingest.loads.load import load
from ingest.loads.report import LoadReport
from ingest.world.demo import prepare
from services.access.asker import EVERYONE
from services.analysis import AnalysisReport, analyse
from services.arrears.answer.model import RiskCluster, RiskTrace
from services.arrears.groups.clusters import clusters
from services.arrears.why.trace import trace_of
from services.loading import project
from services.risk.current import current
from services.risk.model import RiskModel
from services.run_copy import copy_current
from services.site import Site
from terms.progress import Progress, silent

SEED = 20_260_331
"""Of the synthetic world: the same world on every machine."""


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What the demonstration shows at its end."""

    loads: tuple[LoadReport, ...]
    counts: dict[str, int]
    analysis: AnalysisReport
    clusters: tuple[RiskCluster, ...]
    traced: RiskTrace
    customer: str
    enterprise: str
    synthetic: tuple[str, ...]


def build(site: Site, size: int, data: Path | None = None, progress: Progress = silent) -> DemoReport:
    """Load everything, project, analyse and choose what is worth a look. Repeating it changes nothing.

    Args:
        site: an open site; records already in it stay.
        size: customers of the synthetic world.
        data: a folder with public data sets; those that are found there are loaded too.
    """
    progress("Generating the synthetic world", total=size)
    manifests = prepare(site.home / "demo", size, SEED, data=data)
    reports = []
    for manifest in manifests:
        reports.append(load(site.ledger, manifest, progress=progress))
    project(site, progress)
    analysis = analyse(site, progress=progress)
    if site.settings.copy_runs:
        copy_current(site, progress)
    run, model = current(site)
    seen = site.as_seen_by(EVERYONE)
    enterprise, customer = worth_a_look(model)
    return DemoReport(
        loads=tuple(reports),
        counts=counts(site.store, site.schema),
        analysis=analysis,
        clusters=tuple(clusters(seen, 3)),
        traced=trace_of(seen, run, model, enterprise, top=5),
        customer=model.inputs.customers[customer],
        enterprise=model.ids[enterprise],
        synthetic=tuple(
            sorted(
                {
                    source.name
                    for report in reports
                    for source in report.sources
                    if source.origin == "synthetic"
                }
            )
        ),
    )


def worth_a_look(model: RiskModel) -> tuple[int, int]:
    """The enterprise that stands to lose the utility most through others' distress, and a customer of its own.

    What comes from others is the score beyond the own record; customers and parties by position.
    """
    enterprise = np.array([kind == "Enterprise" for kind in model.types], dtype=np.bool_)
    has_customer = np.isin(np.arange(len(model.ids)), model.inputs.customer_party)
    through_others = (model.score - model.own) * model.inputs.lgd * model.exposure
    party = int(np.argmax(np.where(enterprise & has_customer, through_others, -1.0)))
    return party, int(np.flatnonzero(model.inputs.customer_party == party)[0])


def remember(home: Path, report: DemoReport, url: str) -> Path:
    """Write ``demo.json``: ids worth a look and where the API is."""
    path = home / "demo.json"
    path.write_bytes(
        orjson.dumps(
            {"customer": report.customer, "enterprise": report.enterprise, "url": url},
            option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
        )
    )
    return path
