"""One analysis run: exposure -> weights -> solution -> columns -> the turn of the current run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version

import numpy as np

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from algorithms.risk.propagation import Propagation, solve
from ledger import runs
from services.engines.choose import engine as engine_of
from services.engines.protocol import Engine
from services.exposure.model import Exposure
from services.risk.communities import LEIDEN_RESOLUTION, LEIDEN_SEED, communities
from services.risk.fitted import Fitted, in_force
from services.risk.identity import identity_of
from services.risk.inputs import exposure
from services.risk.model import FIT, PROBABILITY, RiskModel, save
from services.risk.own import OWN, START_RULE, own_part
from services.risk.weights import weigh
from services.runs.days import latest_day
from services.runs.now import is_kept, read_until
from services.site import Site
from terms.ids import RunId
from terms.money import Money
from terms.progress import Progress, silent


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
