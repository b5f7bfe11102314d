"""The classes of the current run: figures, rules, members, and who moved."""

from __future__ import annotations

from collections import Counter

import numpy as np

from services.assumption import Assumption
from services.communities.communities import full, readable, run_or_none
from services.features.contract import contract
from services.names import Named, names_of
from services.paging import Cursors, Page, page_by_id
from services.reading.runs import current
from services.seen import Seen
from services.segments.answer import (
    Perspective,
    ScorecardFigure,
    Segment,
    SegmentMove,
    SegmentRule,
    ServiceTier,
)
from services.segments.classified import Classified, classified
from services.segments.moves import move_reasons
from services.segments.words import TEXT, rule_words, segment_name, unit_name
from terms.errors import Lang


def segments(seen: Seen, first: int = 20, after: str | None = None, *, lang: Lang = "en") -> Page[Segment]:
    """Classes of the current run, the largest first; none where there are none.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    found = classified(model)
    cursors = Cursors.of(seen, "segments", head.id)
    before = None if found is None else before_of(seen, found)
    every = [] if found is None else [(found, label) for label in by_size(found)]
    page = page_by_id(cursors, every, lambda one: one[0].segments.ids[one[1]], first=first, after=after)
    return page.map(lambda one: _told(one[0], before, one[1], lang))


def by_size(found: Classified) -> list[int]:
    """Labels, the largest class first; of a run that is seen in part, those that somebody seen has."""
    sizes = [len(found.members(label)) for label in range(len(found.segments.ids))]
    labels = [label for label, size in enumerate(sizes) if size or not found.in_part]
    return sorted(labels, key=lambda label: (-sizes[label], found.segments.ids[label]))


def before_of(seen: Seen, found: Classified) -> Classified | None:
    """The classes that these go on from; None where there are none, or none to compare with."""
    judged = found.segments.judged
    run = run_or_none(seen, judged.before) if judged.before and judged.compared else None
    earlier = None if run is None else readable(seen, full(seen, run))
    return None if earlier is None else classified(earlier)


def cautions(seen: Seen) -> tuple[Assumption, ...]:
    """What was left out or assumed when the classes of the current run were looked for.

    Raises:
        KehutuError: ``NO_RUN``.
    """
    head, model = current(seen)
    found = classified(model)
    if found is None:
        return ()
    judged = found.segments.judged
    told = [Assumption(code, name) for code, name in judged.described.cautions]
    if not found.segments.ids:
        told.insert(
            0, Assumption("SEGMENT_LOOSE" if judged.numbers.get("loose") else "SEGMENT_NONE", head.id)
        )
    if not judged.compared:
        told.insert(0, Assumption("SEGMENT_CONTRACT_CHANGED", judged.before))
    return tuple(told)


def members(seen: Seen, segment: str, first: int = 20, after: str | None = None) -> Page[Named]:
    """Customers of a class of the current run, by id; none of a class that the run does not have.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    found = classified(model)
    ids: list[str] = []
    if found is not None and segment in found.segments.ids:
        inside = found.members(found.segments.ids.index(segment))
        ids = [found.segments.customers[at] for at in inside.tolist()]
    cursors = Cursors.of(seen, "segment members", head.id, segment)
    page = page_by_id(cursors, ids, str, first=first, after=after)
    names = names_of(seen, page.nodes)
    return page.map(lambda entity: names[entity])


def movers(
    seen: Seen, segment: str, first: int = 20, after: str | None = None, *, lang: Lang = "en"
) -> Page[SegmentMove]:
    """Customers of a class that were in another one in the full run before, by id.

    Raises:
        KehutuError: ``NO_RUN``, ``PAGE_SIZE``, ``CURSOR_UNKNOWN``.
    """
    head, model = current(seen)
    found = classified(model)
    moved: list[tuple[Classified, int]] = []
    if found is not None and segment in found.segments.ids:
        own = found.members(found.segments.ids.index(segment)).tolist()
        moved = [(found, at) for at in own if found.segments.earlier[at] not in ("", segment)]
    cursors = Cursors.of(seen, "segment movers", head.id, segment)
    page = page_by_id(cursors, moved, lambda one: one[0].segments.customers[one[1]], first=first, after=after)
    before = before_of(seen, found) if found is not None and moved else None
    names = names_of(seen, [one.segments.customers[at] for one, at in page.nodes])
    return page.map(lambda one: _move(one[0], before, one[1], names, lang))


def _move(
    found: Classified, before: Classified | None, at: int, names: dict[str, Named], lang: Lang
) -> SegmentMove:
    earlier, now = found.segments.earlier[at], int(found.segments.label[at])
    known = before is not None and earlier in before.segments.ids
    return SegmentMove(
        customer=names[found.segments.customers[at]],
        from_=segment_name(before.segments, before.segments.ids.index(earlier), lang)
        if before is not None and known
        else earlier,
        to=segment_name(found.segments, now, lang),
        reasons=move_reasons(found, before, at, lang),
    )


def _told(found: Classified, before: Classified | None, label: int, lang: Lang) -> Segment:
    segments, inside = found.segments, found.members(label)
    tiers = Counter(found.tier(at).tier for at in inside.tolist())
    tier = max(sorted(tiers), key=lambda one: tiers[one]) if tiers else "standard"
    events = {event.id: event.kind for event in segments.judged.events}
    return Segment(
        id=segments.ids[label],
        name=segment_name(segments, label, lang),
        size=len(inside),
        tier=ServiceTier(tier),
        scorecard=_scorecard(found, before, label, lang),
        rules=tuple(
            SegmentRule(rule_words(segments, rule, lang), min(1.0, rule.coverage), rule.counter)
            for rule in found.rules
            if rule.label == label
        ),
        stability=float(segments.jaccard[label]),
        event=events.get(segments.ids[label]),
    )


def _scorecard(
    found: Classified, before: Classified | None, label: int, lang: Lang
) -> tuple[ScorecardFigure, ...]:
    name = found.segments.ids[label]
    earlier = None
    if before is not None and name in before.segments.ids:
        earlier = before, before.segments.ids.index(name)
    told = []
    for perspective, features in found.naming.scorecard.items():
        for one in features:
            feature = contract().features[one]
            value = _mean(found, label, one)
            then = None if earlier is None else _mean(earlier[0], earlier[1], one)
            told.append(
                ScorecardFigure(
                    Perspective(perspective),
                    feature.told(lang),
                    value,
                    unit_name(feature, lang),
                    None if value is None or then is None else value - then,
                    TEXT[lang]["defined"].format(window=feature.window, source=feature.source),
                )
            )
    return tuple(told)


def _mean(found: Classified, label: int, feature: str) -> float | None:
    value = found.features.values[feature][found.members(label)].astype(np.float64)
    known = value[~np.isnan(value)]
    return float(known.mean()) if len(known) else None
