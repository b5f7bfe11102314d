"""Why a party is at risk: the split of its score and of its expected loss into paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from algorithms.risk.close_groups.joint import everything_joint
from algorithms.risk.close_groups.links import DRAWS
from algorithms.risk.close_groups.reasons import Line, Reasons, reasons
from algorithms.risk.explain import apportion
from algorithms.risk.parameters import EVIDENCE_RELATIONS
from services.arrears.answer.assumptions import cautions_about, of_party, of_solution
from services.arrears.answer.groups import EverythingJoint, RiskGroup, Sampling
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
from services.arrears.groups.together import mutual_group
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
CLOSE_SHOWN = 20
HIDDEN = Named("hidden", "hidden", "")
"""Stands for all whom the asker does not see."""
ROUNDING = 1e-9
"""A share of the risk below this is what two ways of computing it leave."""


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
    told = reasons(model.prepared, model.own, model.chances, party, top=top)
    named = _named(seen, model, party, told)
    split, score = _split(model, party, told), float(model.score[party])
    parameters = parameters_of(run)
    group = mutual_group(seen, model, parameters, party)
    solution = of_solution(model, party)
    return RiskTrace(
        party=named[party],
        score=score,
        probability=model.chance(party),
        parameters=parameters.status,
        raw=score,
        bound=float(model.scores.bound[party]),
        expected_loss=Money(int(model.expected_loss[party])),
        paths=(*_paths(model, named, told, split), *split.hidden_path()),
        tail=Tail(told.tail * split.part, Money(split.amounts[-1])),
        seeds=(*_seeds(split, told, named), *split.hidden_seed()),
        would_change=largest_drops(seen, run, model, told, named),
        run=RunName(run.id),
        data_time=run.cut_off,
        overrides=judgements_of(model, named),
        interval=interval_of(run, model, party),
        cautions=(*_cautions(seen, model, party), *(one.code for one in solution)),
        assumptions=(*of_party(seen, model, party, parameters.sharers_max), *solution),
        own_record=float(model.own[party]),
        group=group,
        depends_on=_depends_on(seen, model, party, group),
        sampling=_sampling(model, party),
        joint=_joint(model, party),
    )


def paths_of(seen: Seen, model: RiskModel, party: int, top: int) -> tuple[RiskPath, ...]:
    """The paths of a trace alone, the one for what is not seen last."""
    told = reasons(model.prepared, model.own, model.chances, party, top=top)
    split = _split(model, party, told)
    return *_paths(model, _named(seen, model, party, told), told, split), *split.hidden_path()


def _named(seen: Seen, model: RiskModel, party: int, told: Reasons) -> dict[int, Named]:
    """Everybody whom reasons name, by position."""
    involved = {party, *(seed.party for seed in told.seeds[:SEEDS_SHOWN])}
    involved |= {index for line in told.lines for index in line.parties}
    named = names_of(seen, [model.ids[index] for index in involved])
    return {index: named[model.ids[index]] for index in involved}


@dataclass(frozen=True, slots=True)
class _Split:
    """The expected loss of a party. ``seen``: what the solution of those whom the asker sees explains of it, split into
    ``amounts``: the paths and, last, the tail, to the fen. ``part``: what it explains, 0 to 1. ``hidden``: the rest.
    """

    seen: Fen
    hidden: Fen
    part: float
    amounts: list[Fen]

    def hidden_path(self) -> Iterator[RiskPath]:
        """One entry for all that comes from whom the asker does not see; none where nothing does."""
        if self._adds:
            yield RiskPath(1.0 - self.part, Money(self.hidden), 1.0, HIDDEN, (), hidden=True)

    def hidden_seed(self) -> Iterator[SeedShare]:
        """The same among those to blame."""
        if self._adds:
            yield SeedShare(HIDDEN, 1.0 - self.part, Money(self.hidden))

    @property
    def _adds(self) -> bool:
        return self.hidden > 0 or (self.seen == 0 and self.part < 1.0 - ROUNDING)


def _split(model: RiskModel, party: int, told: Reasons) -> _Split:
    """There is nothing to split where the loss is 0."""
    seen = Fen(int(model.explained_loss[party]))
    hidden = Fen(int(model.expected_loss[party]) - seen)
    return _Split(
        seen, hidden, model.explained(party), _shared_out(seen, [one.share for one in told.lines], told.tail)
    )


def _shared_out(loss: Fen, shares: list[float], tail: float) -> list[Fen]:
    return apportion(loss, [*shares, tail]) if loss else [Fen(0)] * (len(shares) + 1)


def _seeds(split: _Split, told: Reasons, names: Mapping[int, Named]) -> tuple[SeedShare, ...]:
    """The parties to blame for most, each with its part of the loss; those not shown keep theirs."""
    amounts = _shared_out(split.seen, [seed.share for seed in told.seeds], told.seeds_tail)
    return tuple(
        SeedShare(names[seed.party], seed.share * split.part, Money(fen))
        for seed, fen in zip(told.seeds[:SEEDS_SHOWN], amounts, strict=False)
    )


def _paths(
    model: RiskModel, names: Mapping[int, Named], told: Reasons, split: _Split
) -> tuple[RiskPath, ...]:
    return tuple(
        _path(model, names, line, split.part, fen)
        for line, fen in zip(told.lines, split.amounts, strict=False)
    )


def _path(model: RiskModel, names: Mapping[int, Named], line: Line, part: float, amount: Fen) -> RiskPath:
    return RiskPath(
        share=line.share * part,
        amount=Money(amount),
        loops=1.0,
        seed=names[line.parties[0]],
        steps=tuple(
            Step(
                names[source],
                names[target],
                float(model.weights.csr.data[model.weights.entry(source, target)]),
                _relations(model, source, target),
            )
            for source, target in pairwise(line.parties)
        ),
    )


def _depends_on(seen: Seen, model: RiskModel, party: int, group: RiskGroup | None) -> tuple[Named, ...]:
    """Members of the close group that do not hang on the party as well."""
    mutual = {member.id for member in group.members} if group else set()
    found = [
        at
        for at in model.prepared.groups.group(party).tolist()
        if at != party and model.ids[at] not in mutual and model.score[at] > 0
    ]
    found = sorted(found, key=lambda at: (-model.score[at], at))[:CLOSE_SHOWN]
    names = names_of(seen, [model.ids[at] for at in found])
    return tuple(names[model.ids[at]] for at in found)


def _sampling(model: RiskModel, party: int) -> Sampling | None:
    score, noise = float(model.score[party]), float(model.scores.noise[party])
    return Sampling(max(0.0, score - noise), min(1.0, score + noise), DRAWS) if noise > 0 else None


def _joint(model: RiskModel, party: int) -> EverythingJoint | None:
    """Beside a score that circles may overstate; not where what is seen explains a part of it only."""
    if not model.scores.loop_outside[party] or model.explained(party) < 1.0 - ROUNDING:
        return None
    found = everything_joint(model.prepared, model.own, party)
    if found is None:
        return None
    low, high = max(0.0, found.chance - found.noise), min(1.0, found.chance + found.noise)
    return EverythingJoint(found.chance, Sampling(low, high, DRAWS))


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


def _cautions(seen: Seen, model: RiskModel, party: int) -> tuple[str, ...]:
    """What was assumed about the party: its buffer, and relations of its own that had to be left out."""
    kind = BUFFER_KINDS[int(model.inputs.buffer_kind[party])]
    buffer = Money(round(float(model.inputs.buffer[party])))
    # What somebody's equity is, or is taken to be, is for whom financial data are clear.
    yuan = "" if "financial" in seen.masked else f"of {buffer} yuan "
    own = [f"buffer {yuan}is a {kind}"] if kind in ("proxy", "floor") else []
    return (
        *own,
        *(
            f"{caution.code} {caution.record}".strip()
            for caution in cautions_about(model).get(model.ids[party], ())
            if not caution.code.startswith("BUFFER_")
        ),
    )
