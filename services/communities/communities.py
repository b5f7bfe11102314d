"""Communities of the current run: lists, single ones, members and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.arrears.answer.model import RunName
from services.communities.answer import (
    Community,
    CommunityEvent,
    CommunityEventKind,
    CommunityOf,
    OtherCommunity,
)
from services.communities.divisions import Division, among, division, parties_of
from services.community_names import CommunityWords, community_words
from services.names import Named, names_of
from services.paging import Cursors, Page, page_by_id
from services.reading.runs import Run, current, depth_of, model_of, run_of
from services.risk.model import CommunityEvent as Event
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError, Lang
from terms.money import Money

UNTOLD: Final = CommunityWords("", "", (), None)
"""Of a community with members that the asker does not see nothing is told but its id and those whom he sees."""
MOST_RUNS: Final = 1_000
"""Full runs that the lineage of a community is followed back through."""


def communities(
    seen: Seen,
    first: int = 20,
    after: str | None = None,
    of: CommunityOf = CommunityOf.PARTIES,
    *,
    lang: Lang = "en",
) -> Page[Community]:
    """Communities of the current run, of parties or of customers, the largest first.

    A run of an earlier program has none of customers.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    known = division(model, of)
    size = np.bincount(known.label) if known else np.zeros(0, dtype=np.int64)
    labels = np.lexsort((np.arange(len(size)), -size)).tolist()
    question = ("communities",) if of is CommunityOf.PARTIES else ("communities", of.value)
    cursors = Cursors.of(seen, *question, head.id)
    page = page_by_id(
        cursors, labels, lambda label: known.id(label) if known else "", first=first, after=after
    )
    found = told(seen, known, page.nodes, lang) if known else {}
    return page.map(lambda label: found[label])


def community(seen: Seen, name: str, *, lang: Lang = "en") -> Community | None:
    """A community of the current run, of parties or of customers, by its id; None where the run has none of it.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    _, model = current(seen)
    found = among(model, name)
    return None if found is None else told(seen, found[0], [found[1]], lang)[found[1]]


def community_of(seen: Seen, model: RiskModel, party: int, *, lang: Lang = "en") -> Community:
    """The community of a party of a run."""
    label = int(model.community[party])
    return told(seen, parties_of(model), [label], lang)[label]


def own_community(
    seen: Seen, entity: str, of: CommunityOf = CommunityOf.PARTIES, *, lang: Lang = "en"
) -> Community | None:
    """The community of a party, or of a customer's party; of customers that of the customer itself.

    Returns:
        None where the current run does not know it, or has no communities of that kind.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    _, model = current(seen)
    known = division(model, of)
    at = None if known is None else known.member(entity)
    if known is None or at is None:
        return None
    label = int(known.label[at])
    return told(seen, known, [label], lang)[label]


def told(seen: Seen, known: Division, labels: Sequence[int], lang: Lang = "en") -> Mapping[int, Community]:
    """Some communities of a run."""
    members = {label: known.members(label) for label in labels}
    losses = {label: known.losses(inside) for label, inside in members.items()}
    largest = {
        known.id(label): known.ids[int(inside[np.lexsort((inside, -losses[label]))[0]])]
        for label, inside in members.items()
    }
    partly = {one for one in largest if one in known.model.partly_seen}
    complete = {one: head for one, head in largest.items() if one not in partly}
    words = dict.fromkeys(partly, UNTOLD) | community_words(seen, known.model, complete, lang)
    return {
        label: Community(
            id=known.id(label),
            of=known.of,
            name=known.id(label) if known.id(label) in partly else _name(words[known.id(label)], len(inside)),
            description=words[known.id(label)].description or None,
            traits=words[known.id(label)].traits,
            size=len(inside),
            risk=float(known.scores(inside).mean()),
            expected_loss=Money(int(losses[label].sum())),
            stability=_stability(known, label),
        )
        for label, inside in members.items()
    }


def _name(words: CommunityWords, size: int) -> str:
    """Who is alone is called what the member is."""
    return words.head if size == 1 and words.head is not None else words.name


def members(seen: Seen, name: str, first: int = 20, after: str | None = None) -> Page[Named]:
    """Members of a community of the current run, by id; none of a community that the run does not have.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    found = among(model, name)
    ids = [] if found is None else [found[0].ids[i] for i in found[0].members(found[1]).tolist()]
    cursors = Cursors.of(seen, "members", head.id, name)
    page = page_by_id(cursors, ids, str, first=first, after=after)
    names = names_of(seen, page.nodes)
    return page.map(lambda entity: names[entity])


def lineage(
    seen: Seen, name: str, first: int = 20, after: str | None = None, *, lang: Lang = "en"
) -> Page[CommunityEvent]:
    """What became of a community in each full run, the latest first, back to the one that it was born in.

    Runs that cannot be read any more end the list.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    here = among(model, name)
    found: list[CommunityEvent] = []
    for of in [here[0].of] if here else CommunityOf:
        found = found or _followed(seen, head, of, name, lang)
    cursors = Cursors.of(seen, "lineage", head.id, name)
    return page_by_id(cursors, found, _place, first=first, after=after)


def _followed(seen: Seen, head: Run, of: CommunityOf, name: str, lang: Lang) -> list[CommunityEvent]:
    found: list[CommunityEvent] = []
    run: Run | None = full(seen, head)
    for _ in range(MOST_RUNS):
        known = None if run is None else _division(seen, run, of)
        if run is None or known is None or known.lineage is None:
            break
        before = None if known.lineage.before is None else run_or_none(seen, known.lineage.before)
        for event in known.lineage.events:
            if event.id == name:
                found += _told(seen, event, RunName(run.id), known, before, lang=lang)
        if CommunityEventKind.BORN in [event.event for event in found]:
            break
        run = before
    return found


def _division(seen: Seen, run: Run, of: CommunityOf) -> Division | None:
    model = readable(seen, run)
    return None if model is None else division(model, of)


def _told(
    seen: Seen, event: Event, run: RunName, here: Division, before: Run | None, *, lang: Lang
) -> list[CommunityEvent]:
    """An event, once for each other community."""
    kind = CommunityEventKind(event.kind)
    if not event.others:
        return [CommunityEvent(kind, run, None, None)]
    # Those that it was merged from are of the run before, those that it was split into are of this one.
    known = here if kind is CommunityEventKind.SPLIT else _division(seen, before, here.of) if before else None
    others = [(one, share) for one, share in event.others if not seen.restricted or _complete(known, one)]
    names = _names(seen, known, [one for one, _ in others], lang)
    return [CommunityEvent(kind, run, OtherCommunity(one, names[one]), share) for one, share in others] or [
        CommunityEvent(kind, run, None, None)
    ]


def _complete(known: Division | None, name: str) -> bool:
    """Whether the asker sees all members of a community."""
    return known is not None and known.find(name) is not None and name not in known.model.partly_seen


def _names(seen: Seen, division: Division | None, ids: Sequence[str], lang: Lang) -> dict[str, str]:
    labels = {} if division is None else {one: division.find(one) for one in ids}
    known = {one: label for one, label in labels.items() if label is not None}
    named = {} if division is None else told(seen, division, [*known.values()], lang)
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


def _stability(known: Division, label: int) -> float | None:
    if known.lineage is None or np.isnan(known.lineage.stability[label]):
        return None
    return float(known.lineage.stability[label])
