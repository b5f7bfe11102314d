"""All that a run says of classes of customers as one HTML file that needs nothing else, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import numpy as np

from algorithms.segments.naming import profiles
from services.features.contract import contract
from services.reading.runs import current
from services.seen import Seen
from services.segments.answer import LOOSE
from services.segments.classified import Classified, classified
from services.segments.cuts import ShownCut, cuts
from services.segments.report_figures import bars, density, front, levels
from services.segments.report_texts import EVENTS, PERSPECTIVES, TEXT
from services.segments.segments import by_size, cautions, segments
from services.segments.words import figure as figure_text
from services.segments.words import segment_name
from terms.errors import KehutuError, Lang

MOST_FEATURES: Final = 12
STYLE: Final = (
    "body{font:15px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;max-width:760px;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ddd;padding:.25em .5em;text-align:left;vertical-align:top}"
    "td.n{text-align:right;white-space:nowrap}small{color:#666}svg{max-width:100%;height:auto}main{page-break-after:always}"
)


def report_of(seen: Seen) -> str:
    """The report of the current run.

    Raises:
        KehutuError: ``NO_RUN``; ``RUN_OUTDATED`` where an earlier program made it without classes.
    """
    head, model = current(seen)
    found = classified(model)
    if found is None:
        raise KehutuError("RUN_OUTDATED", id=head.id)
    shown = cuts(found) if found.segments.ids else ()
    about = {"run": head.id, "day": model.cut_off.isoformat()}
    bodies = "".join(_body(seen, found, shown, about, lang=lang) for lang in ("en", "zh"))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TEXT["en"]["title"]}</title>'
        f"<style>{STYLE}</style></head><body><nav><a href='#en'>English</a> · <a href='#zh'>中文</a></nav>"
        f"{bodies}</body></html>\n"
    )


def _body(
    seen: Seen, found: Classified, shown: Sequence[ShownCut], about: Mapping[str, str], *, lang: Lang
) -> str:
    text, judged = TEXT[lang], found.segments.judged
    told = [f"<h1>{text['title']}</h1>"]
    head = text["head"].format(
        **about,
        customers=f"{int(found.features.active.sum()):,}",
        classes=len(found.segments.ids),
        version=judged.version,
    )
    told.append(f"<p>{escape(head)}</p>")
    if not found.segments.ids:
        told.append(f"<p>{escape(text['none'].format(p=judged.numbers.get('p', 1.0)))}</p>")
    else:
        told += [*_cuts(shown, lang), *_profiles(found, lang), *_rules(seen, found, lang)]
        told += [
            *_stability(found, lang),
            *_front(found, lang),
            *_moves(found, lang),
            *_scorecard(seen, lang),
        ]
    told.append(f"<h2>{text['left']}</h2><ul>")
    told += [f"<li>{escape(one.message(lang))}</li>" for one in cautions(seen)]
    told.append(f"</ul><p><small>{escape(text['limits'])}</small></p>")
    return f'<main id="{lang}" lang="{lang}">{"".join(told)}</main>'


def _cuts(shown: Sequence[ShownCut], lang: Lang) -> list[str]:
    text = TEXT[lang]
    told = [f"<h2>{text['cuts']}</h2><p><small>{text['cut axes']}</small></p>"]
    for cut in shown:
        claim = text["cut"].format(low=f"{cut.low:,}", high=f"{cut.high:,}", p=cut.p)
        told.append(f"<p>{escape(claim)}</p>{density(cut, claim)}")
    return told


def _profiles(found: Classified, lang: Lang) -> list[str]:
    numbers = found.segments.judged.described.numbers
    inside = np.flatnonzero(found.classed)
    values = np.column_stack([found.features.values[name][inside] for name in numbers]).astype(np.float64)
    own = profiles(values, found.segments.label[inside])
    order = by_size(found)
    apart = np.argsort(-(own.max(axis=0) - own.min(axis=0)), kind="stable")[:MOST_FEATURES].tolist()
    features = contract().features
    rows = [(features[numbers[k]].told(lang), own[order, k].tolist()) for k in apart]
    names = [segment_name(found.segments, label, lang) for label in order]
    text = TEXT[lang]
    return [f"<h2>{text['profiles']}</h2><p>{text['profile']}</p>", bars(rows, names, text["profiles"])]


def _rules(seen: Seen, found: Classified, lang: Lang) -> list[str]:
    text = TEXT[lang]
    rows = [
        (one.name, rule.text, f"{rule.coverage:.0%}", f"{rule.counter_examples:,}")
        for one in segments(seen, 100, lang=lang).nodes
        for rule in one.rules
    ]
    fidelity = text["fidelity"].format(fidelity=found.segments.judged.numbers["fidelity"])
    return [f"<h2>{text['rules']}</h2><p>{fidelity}</p>", _table(text["rule"].split("|"), rows)]


def _stability(found: Classified, lang: Lang) -> list[str]:
    text, numbers = TEXT[lang], found.segments.judged.numbers
    values = [
        (segment_name(found.segments, label, lang), float(found.segments.jaccard[label]))
        for label in by_size(found)
    ]
    said = text["stable"].format(ari=numbers["ari"], free=numbers["ari_free"])
    return [f"<h2>{text['stability']}</h2><p>{said}</p>", levels(values, LOOSE, text["stability"])]


def _front(found: Classified, lang: Lang) -> list[str]:
    text, judged = TEXT[lang], found.segments.judged
    if not judged.front:
        return [f"<h2>{text['front']}</h2><p>{text['kept']}</p>"]
    chosen = _stands(found)
    return [
        f"<h2>{text['front']}</h2><p>{text['searched']}</p>",
        front(judged.front, chosen, text["front"]),
    ]


def _stands(found: Classified) -> float:
    """B of the point that stands: the tree's, or that of the search's best among the stable ones."""
    judged = found.segments.judged
    of_tree = next((-point[1] for point in judged.front if point[0]), 0.0)
    return of_tree if judged.way == "tree" else -min(point[1] for point in judged.front if not point[0])


def _moves(found: Classified, lang: Lang) -> list[str]:
    text, judged = TEXT[lang], found.segments.judged
    told = [f"<h2>{text['moves']}</h2>"]
    if not judged.before:
        return [*told, f"<p>{text['first']}</p>"]
    if not judged.compared:
        return [*told, f"<p>{escape(text['uncompared'].format(before=judged.before))}</p>"]
    names = {one: segment_name(found.segments, at, lang) for at, one in enumerate(found.segments.ids)}
    came = Counter(
        found.segments.ids[label]
        for label, earlier in zip(found.segments.label.tolist(), found.segments.earlier, strict=True)
        if label >= 0 and earlier not in ("", found.segments.ids[label])
    )
    rows = [
        (
            names.get(event.id, event.id),
            EVENTS[lang].get(event.kind, event.kind),
            f"{came.get(event.id, 0):,}",
        )
        for event in judged.events
    ]
    return [*told, _table(text["move"].split("|"), rows)]


def _scorecard(seen: Seen, lang: Lang) -> list[str]:
    text, every = TEXT[lang], segments(seen, 100, lang=lang).nodes
    rows = []
    for at, figure in enumerate(every[0].scorecard):
        cells = []
        for one in every:
            mine = one.scorecard[at]
            moved = "" if mine.movement is None else f" ({figure_text(mine.movement, signed=True)})"
            cells.append(figure_text(mine.value) + moved)
        rows.append((PERSPECTIVES[lang][figure.perspective.value], figure.figure, figure.unit, *cells))
    heads = [*text["figure"].split("|"), *(one.name for one in every)]
    return [f"<h2>{text['scorecard']}</h2>", _table(heads, rows)]


def _cell(text: str) -> str:
    """A cell; numbers stand at the right, one below the other."""
    number = text[:1].isdigit() or (text[:1] in "+-" and text[1:2].isdigit())
    return f'<td class="n">{escape(text)}</td>' if number else f"<td>{escape(text)}</td>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"
