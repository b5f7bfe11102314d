"""Why a party is at risk: the exact split of its score and of its expected loss into elementary paths."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from algorithms.risk.blame import Blame, by_seed
from algorithms.risk.explain import Explanation, Path, apportion, explain
from algorithms.risk.parameters import EVIDENCE_RELATIONS
from graph.arrays import Ints
from services.arrears.answer.assumptions import cautions_about, of_party
from services.arrears.answer.model import (
    RelationPart,
    RiskPath,
    RiskTrace,
    RunName,
    SeedShare,
    Step,
    Tail,
)
from services.arrears.answer.overrides import judgements_of
from services.arrears.answer.position import position
from services.arrears.answer.relation_names import GRAPH_NAME
from services.arrears.why.lowering import largest_drops
from services.arrears.why.score_limits import interval_of
from services.exposure.model import BUFFER_KINDS
from services.names import Named, names_of
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.risk.situation import parameters_of
from services.seen import Seen
from terms.ids import Fen, RecordId
from terms.money import Money

SEEDS_SHOWN = 10


def trace(seen: Seen, entity: str, top: int = 10) -> RiskTrace:
    """Explain the score of a party, or of the party behind a customer.

    Args:
        seen: what the asker sees of a site with a current run.
        entity: an id, an old id or a business number.
        top: paths to list; the others are one line, the tail.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NO_RUN``, ``NOT_A_PARTY``.
    """
    run, model = current(seen)
    return trace_of(seen, run, model, position(seen, model, entity), top)


def trace_of(seen: Seen, run: Run, model: RiskModel, party: int, top: int) -> RiskTrace:
    """The same for a position in the model."""
    explanation = explain(model.network, model.own, model.solution, party, top=top)
    blamed = by_seed(model.network, model.own, model.score, party)
    worst = np.lexsort((blamed.seeds, -blamed.part))[:SEEDS_SHOWN]
    involved = {party, *blamed.seeds[worst].tolist()}
    involved |= {index for path in explanation.paths for index in path.parties}
    named = names_of(seen, [model.ids[index] for index in involved])
    names = {index: named[model.ids[index]] for index in involved}
    loss = Fen(int(model.expected_loss[party]))
    amounts = _amounts(loss, explanation)
    seeds = _seeds(loss, blamed, worst, names)
    return RiskTrace(
        party=names[party],
        score=float(model.score[party]),
        probability=model.chance(party),
        parameters=parameters_of(run).status,
        raw=float(model.solved.raw[party]),
        bound=float(model.solved.bound[party]),
        expected_loss=Money(loss),
        paths=tuple(
            _path(model, names, path, amount)
            for path, amount in zip(explanation.paths, amounts[:-1], strict=True)
        ),
        tail=Tail(explanation.tail, Money(amounts[-1])),
        seeds=seeds,
        would_change=largest_drops(model, party, explanation, blamed, names),
        run=RunName(run.id),
        data_time=run.cut_off,
        overrides=judgements_of(model, names),
        interval=interval_of(run, model, party),
        cautions=_cautions(model, party),
        assumptions=of_party(seen, model, party, parameters_of(run).sharers_max),
    )


def _amounts(loss: Fen, explanation: Explanation) -> list[Fen]:
    """The loss split over the paths and, last, the tail, to the fen; nothing to split where the loss is 0."""
    shares = [*(path.share for path in explanation.paths), explanation.tail]
    return apportion(loss, shares) if loss else [Fen(0)] * len(shares)


def _seeds(loss: Fen, blamed: Blame, worst: Ints, names: Mapping[int, Named]) -> tuple[SeedShare, ...]:
    """The parties to blame for most, each with its part of the loss; those not shown keep theirs."""
    amounts = apportion(loss, blamed.part.tolist()) if loss else [Fen(0)] * len(blamed.part)
    return tuple(
        SeedShare(names[int(blamed.seeds[at])], float(blamed.part[at]), Money(amounts[at]))
        for at in worst.tolist()
    )


def _path(model: RiskModel, names: Mapping[int, Named], path: Path, amount: Fen) -> RiskPath:
    return RiskPath(
        share=path.share,
        amount=Money(amount),
        loops=path.loops,
        seed=names[path.parties[0]],
        steps=tuple(
            Step(
                names[step.source],
                names[step.target],
                step.weight,
                _relations(model, step.source, step.target),
            )
            for step in path.steps
        ),
    )


def _relations(model: RiskModel, source: int, target: int) -> tuple[RelationPart, ...]:
    """What a step is made of; the parts add up to 1."""
    weights = model.weights
    link = weights.entry(source, target)
    total = float(weights.csr.data[link])
    found = []
    for offset, part in enumerate(weights.parts(link)):
        records = (
            model.records_of_evidence(part.relation, source, target)
            if part.relation in EVIDENCE_RELATIONS
            else model.records_of_money(int(weights.part_indptr[link]) + offset)
        )
        found.append(
            RelationPart(
                relation=GRAPH_NAME[part.relation],
                part=part.value / total,
                amount=Money(round(part.amount * 100)),
                record_ids=tuple(RecordId(name) for name in records),
            )
        )
    return tuple(found)


def _cautions(model: RiskModel, party: int) -> tuple[str, ...]:
    """What was assumed about the party: its buffer, and relations of its own that had to be left out."""
    kind = BUFFER_KINDS[int(model.inputs.buffer_kind[party])]
    buffer = Money(round(float(model.inputs.buffer[party])))
    own = [f"buffer of {buffer} yuan is a {kind}"] if kind in ("proxy", "floor") else []
    return (
        *own,
        *(
            f"{caution.code} {caution.record}".strip()
            for caution in cautions_about(model).get(model.ids[party], ())
            if not caution.code.startswith("BUFFER_")
        ),
    )
