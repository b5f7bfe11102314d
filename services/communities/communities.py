"""Communities of the current run: lists, single ones, members and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.arrears.answer.model import RunName
from services.communities.answer import Community, CommunityEvent, CommunityEventKind, OtherCommunity
from services.names import Named, names_of
from services.paging import Cursors, Page, page_by_id
from services.reading.runs import Run, current, depth_of, model_of, run_of
from services.risk.model import CommunityEvent as Event
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError
from terms.money import Money

MOST_RUNS: Final = 1_000
"""Full runs that the lineage of a community is followed back through."""


def communities(seen: Seen, first: int = 20, after: str | None = None) -> Page[Community]:
    """Communities of the current run, the largest first.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    size = np.bincount(model.community)
    labels = np.lexsort((np.arange(len(size)), -size)).tolist()
    cursors = Cursors.of(seen, "communities", head.id)
    page = page_by_id(cursors, labels, model.community_id, first=first, after=after)
    found = told(seen, model, page.nodes)
    return page.map(lambda label: found[label])


def community(seen: Seen, name: str) -> Community | None:
    """A community of the current run by its id; None where the run has none of it.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    _, model = current(seen)
    label = model.community_label(name)
    return None if label is None else told(seen, model, [label])[label]


def community_of(seen: Seen, model: RiskModel, party: int) -> Community:
    """The community of a party of a run."""
    label = int(model.community[party])
    return told(seen, model, [label])[label]


def told(seen: Seen, model: RiskModel, labels: Sequence[int]) -> Mapping[int, Community]:
    """Some communities of a run."""
    members = {label: model.members(label) for label in labels}
    heads = {
        label: model.ids[int(among[np.lexsort((among, -model.expected_loss[among]))[0]])]
        for label, among in members.items()
    }
    names = names_of(seen, heads.values())
    return {
        label: Community(
            id=model.community_id(label),
            name=names[heads[label]].name,
            size=len(among),
            risk=float(model.score[among].mean()),
            expected_loss=Money(int(model.expected_loss[among].sum())),
            stability=_stability(model, label),
        )
        for label, among in members.items()
    }


def members(seen: Seen, name: str, first: int = 20, after: str | None = None) -> Page[Named]:
    """Parties of a community of the current run, by id; none of a community that the run does not have.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    label = model.community_label(name)
    ids = [] if label is None else [model.ids[i] for i in model.members(label).tolist()]
    cursors = Cursors.of(seen, "members", head.id, name)
    page = page_by_id(cursors, ids, str, first=first, after=after)
    names = names_of(seen, page.nodes)
    return page.map(lambda entity: names[entity])


def lineage(seen: Seen, name: str, first: int = 20, after: str | None = None) -> Page[CommunityEvent]:
    """What became of a community in each full run, the latest first, back to the one that it was born in.

    Runs that cannot be read any more end the list.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, _ = current(seen)
    found: list[CommunityEvent] = []
    run: Run | None = full(seen, head)
    for _ in range(MOST_RUNS):
        model = None if run is None else readable(seen, run)
        if run is None or model is None or model.lineage is None:
            break
        before = None if model.lineage.before is None else run_or_none(seen, model.lineage.before)
        for event in model.lineage.events:
            if event.id == name:
                found += _told(seen, event, RunName(run.id), model, before)
        if CommunityEventKind.BORN in [event.event for event in found]:
            break
        run = before
    cursors = Cursors.of(seen, "lineage", head.id, name)
    return page_by_id(cursors, found, _place, first=first, after=after)


def _told(
    seen: Seen, event: Event, run: RunName, model: RiskModel, before: Run | None
) -> list[CommunityEvent]:
    """An event, once for each other community."""
    kind = CommunityEventKind(event.kind)
    if not event.others:
        return [CommunityEvent(kind, run, None, None)]
    # Those that it was merged from are of the run before, those that it was split into are of this one.
    known = model if kind is CommunityEventKind.SPLIT else readable(seen, before) if before else None
    names = _names(seen, known, [one for one, _ in event.others])
    return [CommunityEvent(kind, run, OtherCommunity(one, names[one]), share) for one, share in event.others]


def _names(seen: Seen, model: RiskModel | None, ids: Sequence[str]) -> dict[str, str]:
    labels = {} if model is None else {one: model.community_label(one) for one in ids}
    known = {one: label for one, label in labels.items() if label is not None}
    named = {} if model is None else told(seen, model, [*known.values()])
    return {one: named[known[one]].name if one in known else one for one in ids}


def _place(event: CommunityEvent) -> str:
    return f"{event.run.id} {event.event.value} {event.other.id if event.other else ''}"


def full(seen: Seen, run: Run) -> Run:
    """The full run that a run continues; itself where it is one."""
    while depth_of(run) and run.parent is not None:
        run = run_of(seen, run.parent)
    return run


def readable(seen: Seen, run: Run) -> RiskModel | None:
    """The model of a run; None where its files are gone or of another version."""
    try:
        return model_of(seen, run)
    except KehutuError as fault:
        if fault.code in ("RUN_OUTDATED", "COLUMNS_MISSING", "COLUMNS_DAMAGED"):
            return None
        raise


def run_or_none(seen: Seen, name: str) -> Run | None:
    """A run by its id; None where it is no more."""
    try:
        return run_of(seen, name)
    except KehutuError as fault:
        if fault.code == "UNKNOWN_RUN":
            return None
        raise


def _stability(model: RiskModel, label: int) -> float | None:
    if model.lineage is None or np.isnan(model.lineage.stability[label]):
        return None
    return float(model.lineage.stability[label])
