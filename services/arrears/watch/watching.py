"""The watch list: parties with their rules for alerts, judged by the current run and the full one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from math import isnan

from algorithms.risk.close_groups.reasons import reasons
from graph.schema.keys import type_of
from ingest.statements import NodeStatement, RelationStatement, Statements, Value
from services.arrears.answer.model import RunName
from services.arrears.answer.position import position
from services.names import Named, names_of
from services.platform import Deed, decide, take_back
from services.reading.runs import Run, current, depth_of, listing, model_of
from services.reading.watch_rules import stored_rules
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import Key
from terms.money import Money

SOURCE = "watch-rules"
PATHS_LOOKED_AT = 20
UNNAMED = "unnamed"
"""Who acts where nobody says it."""


class RuleKind(Enum):
    """What raises an alert."""

    THRESHOLD = "threshold"
    """A score from a level on."""
    RISE = "rise"
    """A rise of the score."""
    NEW_PATH = "new-path"
    """A new path of distress."""


DEFAULT_LEVEL = {RuleKind.THRESHOLD: 0.5, RuleKind.RISE: 0.1, RuleKind.NEW_PATH: 0.05}
"""Level of a rule that is made without one."""


@dataclass(frozen=True, slots=True)
class WatchRule:
    """A rule by which a party is watched."""

    id: str
    """Id of the rule."""
    kind: RuleKind
    """What raises an alert."""
    level: float
    """Level of the score, least rise, or least share of a new path."""
    author: str
    """Who made the rule."""


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that holds in the current run."""

    rule: WatchRule
    """The rule."""
    value: float
    """The score, its rise, or the share of the new path."""
    path: tuple[Named, ...]
    """Parties of the new path, from the seed on; empty for other rules."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A party on the watch list."""

    party: Named
    """The party."""
    score: float
    """Score in the current run."""
    before: float | None
    """Its score in the full run before; absent where that run did not know it."""
    expected_loss: Money
    """Expected loss in the current run."""
    rules: tuple[WatchRule, ...]
    """The rules by which it is watched."""
    alerts: tuple[Alert, ...]
    """The rules that hold in the current run."""


@dataclass(frozen=True, slots=True)
class WatchList:
    """All watched parties, those with alerts first, then the largest expected loss. ``run_before``: the full run that
    rises and new paths are measured against; None where the current run is the first."""

    watched: tuple[Watched, ...]
    run: RunName
    run_before: RunName | None


def watch(
    seen: Seen, entity: str, kind: RuleKind, level: float | None, *, author: str, idempotency_key: str
) -> WatchRule:
    """Add a rule for a party, or for the party behind a customer.

    Args:
        level: above 0, at most 1; the default of the kind when absent.

    Raises:
        KehutuError: ``NO_RUN``, ``UNKNOWN_ID``, ``NOT_A_PARTY``, ``WATCH_LEVEL``, ``IDEMPOTENCY_KEY``,
            ``IDEMPOTENCY_CONFLICT``.
    """
    _, model = current(seen)
    target = Key(model.ids[position(seen, model, entity)])
    chosen = DEFAULT_LEVEL[kind] if level is None else level
    if isnan(chosen) or not 0.0 < chosen <= 1.0:
        raise KehutuError("WATCH_LEVEL", found=chosen)
    prefix = seen.schema.nodes["WatchRule"].prefix

    def say(number: str, recorded_at: str) -> Statements:
        key = Key(f"{prefix}:{number}")
        values: dict[str, Value] = {
            "watchNo": number,
            "kind": kind.value,
            "level": chosen,
            "author": author.strip(),
            "recordedAt": recorded_at,
        }
        party = type_of(target, seen.schema).name
        return Statements(
            nodes=(NodeStatement("WatchRule", (key,), values), NodeStatement(party, (target,))),
            relations=(RelationStatement("WATCHES", "WatchRule", key, party, target),),
        )

    deed = Deed(author.strip() or UNNAMED, f"watch {kind.value}", str(target))
    record, _ = decide(seen, SOURCE, idempotency_key, say, deed)
    return WatchRule(f"{prefix}:{record.record_id}", kind, chosen, author.strip())


def unwatch(seen: Seen, rule: str, *, author: str = "") -> None:
    """Take a rule away.

    Args:
        author: who does, for the audit trail; whoever asks when empty.

    Raises:
        KehutuError: ``UNKNOWN_ID``.
    """
    number = rule.removeprefix(f"{seen.schema.nodes['WatchRule'].prefix}:")
    deed = Deed(author.strip() or seen.asker.subject or UNNAMED, "watch remove", rule)
    if not take_back(seen, SOURCE, number, deed):
        raise KehutuError("UNKNOWN_ID", id=rule)


def watch_list(seen: Seen) -> WatchList:
    """Every watched party with the alerts that hold in the current run.

    A path is new where, in the run before, its seed had no distress of its own or one of its links did not exist.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    run, model = current(seen)
    before = _before(seen, run)
    found = [
        _watched(seen, model, before[1] if before else None, party, rules)
        for party, rules in sorted(_rules(seen, model).items())
    ]
    found.sort(key=lambda w: (not w.alerts, -w.expected_loss.fen, w.party.id))
    return WatchList(tuple(found), RunName(run.id), RunName(before[0].id) if before else None)


def _rules(seen: Seen, model: RiskModel) -> dict[int, list[WatchRule]]:
    """Rules by position of the party that the run has for whom they are about."""
    found: dict[int, list[WatchRule]] = defaultdict(list)
    for rule in stored_rules(seen):
        party = model.party(rule.target)
        if party is not None:
            found[party].append(WatchRule(rule.id, RuleKind(rule.kind), rule.level, rule.author))
    return found


def _before(seen: Seen, run: Run) -> tuple[Run, RiskModel] | None:
    """The newest full run before this one that can be read.

    A run that continues another one is no measure: many small loads would hide a rise that they make together.
    """
    for earlier in listing(seen):
        if earlier.created_at < run.created_at and earlier.id != run.id and not depth_of(earlier):
            try:
                return earlier, model_of(seen, earlier)
            except KehutuError as fault:
                if fault.code not in ("RUN_OUTDATED", "COLUMNS_MISSING", "COLUMNS_DAMAGED"):
                    raise
    return None


def _watched(
    seen: Seen, model: RiskModel, before: RiskModel | None, party: int, rules: list[WatchRule]
) -> Watched:
    ordered = sorted(rules, key=lambda r: (r.kind.value, r.level, r.id))
    alerts = alerts_of(model, before, party, ordered)
    involved = sorted({party, *(index for _, _, path in alerts for index in path)})
    names = names_of(seen, [model.ids[index] for index in involved])
    return Watched(
        party=names[model.ids[party]],
        score=float(model.score[party]),
        before=_score_in(before, model.ids[party]),
        expected_loss=Money(int(model.expected_loss[party])),
        rules=tuple(ordered),
        alerts=tuple(
            Alert(rule, value, tuple(names[model.ids[index]] for index in path))
            for rule, value, path in alerts
        ),
    )


def alerts_of(
    model: RiskModel, before: RiskModel | None, party: int, rules: Iterable[WatchRule]
) -> list[tuple[WatchRule, float, tuple[int, ...]]]:
    """Those of the rules that hold of a party, in their order: with the score, its rise, or the share of the new path
    and the positions of the parties on it.

    Args:
        before: the model that rises and new paths are measured against; without one there are none.
    """
    score, score_before = float(model.score[party]), _score_in(before, model.ids[party])
    found: list[tuple[WatchRule, float, tuple[int, ...]]] = []
    for rule in rules:
        match rule.kind:
            case RuleKind.THRESHOLD if score >= rule.level:
                found.append((rule, score, ()))
            case RuleKind.RISE if score_before is not None and score - score_before >= rule.level:
                found.append((rule, score - score_before, ()))
            case RuleKind.NEW_PATH if before is not None:
                new = _new_path(model, before, party, rule.level)
                if new is not None:
                    found.append((rule, *new))
    return found


def _score_in(model: RiskModel | None, name: str) -> float | None:
    party = None if model is None else model.party(name)
    return None if model is None or party is None else float(model.score[party])


def _new_path(
    model: RiskModel, before: RiskModel, party: int, level: float
) -> tuple[float, tuple[int, ...]] | None:
    """The largest path with at least this share that the run before did not have, with its share."""
    told = reasons(model.prepared, model.own, model.chances, party, top=PATHS_LOOKED_AT)
    explained = model.explained(party)
    for path in told.lines:
        share = path.share * explained
        if share < level:
            return None
        places = [before.party(model.ids[index]) for index in path.parties]
        if any(place is None for place in places):
            return share, path.parties
        known = [place for place in places if place is not None]
        linked = all(before.weights.entry(i, j) >= 0 for i, j in pairwise(known))
        if not linked or before.own[known[0]] == 0:
            return share, path.parties
    return None
