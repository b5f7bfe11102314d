"""One analysis run: exposure -> weights -> solution -> columns -> the turn of the current run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version

import numpy as np
import orjson
import pyarrow as pa

from algorithms.engines.choose import engine as engine_of
from algorithms.engines.protocol import ArrayProjection, Communities, Engine
from algorithms.risk.evidence import evidence_pairs
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from algorithms.risk.propagation import Propagation, solve
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights
from graph.arrays import Ints
from graph.state import read_state
from ingest.conversions import ZONE
from ledger import runs
from ledger.judgements import SOURCE as JUDGEMENTS
from ledger.records import latest_observation
from services.exposure import exposure
from services.exposure.model import EVIDENCE_CODES, Exposure, Forecasts
from services.fitting.kept import Fitted, in_force
from services.risk_model import FIT, PROBABILITY, RiskModel, save
from services.site import Site
from terms.errors import KehutuError
from terms.ids import RunId
from terms.money import Money
from terms.progress import Progress, silent

LEIDEN_RESOLUTION = 1.0
LEIDEN_SEED = 0

START_RULE = "start rule"
OWN = "own risk"
"""The part of a run that says where own distress comes from."""


@dataclass(frozen=True, slots=True)
class RiskPart:
    """The risk part of a run.

    ``worst_bound``: the largest proven distance of a score from the exact solution. ``parameters``: fitted or unfitted;
    ``fit``: the version of the fit that they and g come from, None while they are the start values. ``own_risk``: where
    own distress comes from: the start rule, or the version of a model.
    """

    parties: int
    links: int
    at_risk: int
    expected_loss: Money
    worst_bound: float
    parameters: str
    cautions: dict[str, int]
    fit: str | None = None
    own_risk: str = START_RULE


@dataclass(frozen=True, slots=True)
class CommunityPart:
    """The communities of a run: how many of two and more parties, the size of the largest, where they were found."""

    communities: int
    largest: int
    engine: str


@dataclass(frozen=True, slots=True)
class AnalysisReport:
    """What ``analyse`` made. ``unchanged``: the same data and parameters had been analysed before."""

    run: RunId
    cut_off: date
    unchanged: bool
    risk: RiskPart
    communities: CommunityPart


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
    parameters = inputs.parameters
    cut_off: date = inputs.cut_off.astype("datetime64[D]").item()
    progress("Weighing links", len(inputs.money.source))
    weights = weigh(inputs)
    progress("Solving", len(inputs.parties.ids))
    solution = solve(weights.csr, inputs.parties.own)
    progress("Finding communities")
    community = communities(inputs.parties.ids, weights, finder)
    model = RiskModel.of(inputs, weights, solution, community, fit.probability if fit else IDENTITY)
    run_id, projection = identity_of(model, parameters)
    known = is_kept(site, run_id)
    if not known:
        progress("Writing results")
        files = save(site.home, run_id, model)
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
                parts={
                    "risk": {
                        "algorithm": "capped linear propagation",
                        "parameters": parameters.as_dict(),
                        **({FIT: fit.version, PROBABILITY: fit.probability.as_dict()} if fit else {}),
                    },
                    OWN: own_part(inputs.forecasts),
                    "communities": {
                        "algorithm": "leiden",
                        "engine": engine,
                        "resolution": LEIDEN_RESOLUTION,
                        "seed": LEIDEN_SEED,
                    },
                },
                files=files,
            ),
        )
    runs.turn(site.ledger, run_id)
    runs.know(site.ledger, run_id, watermark)
    own = inputs.forecasts.model if inputs.forecasts else START_RULE
    return _report(
        run_id, cut_off, model, parameters, solution, engine=engine, fit=fit, own=own, unchanged=known
    )


def own_part(forecasts: Forecasts | None) -> dict[str, str]:
    """Where own distress comes from, for the head of a run."""
    if forecasts is None:
        return {"algorithm": START_RULE}
    return {"algorithm": "model of a customer's own record", "model": forecasts.model}


def read_until(site: Site) -> int:
    """The last record that the graph shows for certain: what is read from now on has it in it."""
    state = read_state(site.store)
    return 0 if state is None else state.watermark


def weigh(inputs: Exposure) -> Weights:
    """Break weights of all links; amounts go in as yuan."""
    parties = inputs.parties
    money, evidence = edges(inputs)
    return break_weights(
        len(parties.ids), money, evidence, parties.buffer / 100, parties.uncertain_buffer, inputs.parameters
    )


def edges(inputs: Exposure) -> tuple[MoneyEdges, EvidenceEdges]:
    """All links, in yuan and in closeness."""
    money = inputs.money
    evidence = EvidenceEdges.join(
        *(
            evidence_pairs(found.party, found.attribute, found.age, EVIDENCE_CODES[kind], inputs.parameters)
            for kind, found in inputs.evidence.items()
        )
    )
    return MoneyEdges(money.source, money.target, money.relation, money.amount / 100), evidence


def communities(ids: list[str], weights: Weights, engine: Engine) -> Ints:
    """Leiden by modularity over parties, both directions of a link together; labels by position."""
    matrix = weights.csr
    found = engine.compute(
        ArrayProjection(ids, matrix.rows(), matrix.indices, matrix.data),
        Communities(LEIDEN_RESOLUTION, LEIDEN_SEED),
    )
    return found.values.astype(np.int64)


def latest_day(site: Site) -> date:
    """The business day of the latest observation in the ledger: the cut-off where none is asked for.

    Raises:
        KehutuError: ``NOTHING_LOADED``.
    """
    found = latest_observation(site.ledger, besides=JUDGEMENTS)
    if found is None:
        raise KehutuError("NOTHING_LOADED")
    return found.astimezone(ZONE).date()


def identity_of(model: RiskModel, parameters: RiskParameters, parent: str = "") -> tuple[RunId, str]:
    """The run's id and the hash of what it read: equal data, parameters, code and parent give an equal id."""
    digest = hashlib.sha256()
    for name, table in model.tables().items():
        digest.update(name.encode())
        digest.update(_bytes(table))
    projection = digest.hexdigest()
    digest.update(orjson.dumps(parameters.as_dict(), option=orjson.OPT_SORT_KEYS))
    if model.probability != IDENTITY:
        digest.update(orjson.dumps(model.probability.as_dict(), option=orjson.OPT_SORT_KEYS))
    digest.update(version("kehutu").encode())
    digest.update(parent.encode())
    return RunId(f"{model.cut_off:%Y%m%d}-{digest.hexdigest()[:10]}"), projection


def is_kept(site: Site, run: RunId) -> bool:
    """Whether a run of this id is in the ledger."""
    try:
        runs.get(site.ledger, run)
    except KehutuError as fault:
        if fault.code == "UNKNOWN_RUN":
            return False
        raise
    return True


def _bytes(table: pa.Table) -> memoryview:
    """The same bytes for equal tables."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return memoryview(sink.getvalue())


def _report(
    run_id: RunId,
    cut_off: date,
    model: RiskModel,
    parameters: RiskParameters,
    solution: Propagation,
    *,
    engine: str,
    fit: Fitted | None,
    own: str,
    unchanged: bool,
) -> AnalysisReport:
    sizes = np.bincount(model.community) if len(model.community) else np.zeros(1, dtype=np.int64)
    cautions: dict[str, int] = {}
    for caution in model.cautions:
        cautions[caution.code] = cautions.get(caution.code, 0) + 1
    return AnalysisReport(
        run=run_id,
        cut_off=cut_off,
        unchanged=unchanged,
        risk=RiskPart(
            parties=len(model.ids),
            links=len(model.weights.csr.data),
            at_risk=int(np.count_nonzero(model.score > 0)),
            expected_loss=Money(int(model.expected_loss.sum())),
            worst_bound=float(solution.bound.max(initial=0.0)),
            parameters=parameters.status,
            cautions=cautions,
            fit=fit.version if fit else None,
            own_risk=own,
        ),
        communities=CommunityPart(
            communities=int(np.count_nonzero(sizes > 1)),
            largest=int(sizes.max(initial=0)),
            engine=engine,
        ),
    )
