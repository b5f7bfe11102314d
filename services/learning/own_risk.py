"""Learn own risk from the site's own past, and put the model in force with its card."""

from __future__ import annotations

from datetime import date

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from algorithms.arrears import OVERDUE_FOR_DEFAULT
from algorithms.own_risk.outcomes import Event
from algorithms.own_risk.training import MONTHS, TooLittleError, train_default, train_next_bill
from services.exposure.tables import Tables, read_running, read_tables
from services.own_risk.card import ModelCard, target_card
from services.own_risk.card_text import text_of
from services.own_risk.kept import keep, write_text
from services.own_risk.record import READ, own_records
from services.runs.days import latest_day
from services.site import Site
from terms.errors import KehutuError
from terms.progress import Progress, silent

SEED = 0
CONTROL = 0.5
"""Share of an enterprise from which its holder is of one ownership group with it."""


def fit_own_risk(
    site: Site,
    *,
    overdue_bills: int = OVERDUE_FOR_DEFAULT,
    as_of: date | None = None,
    seed: int = SEED,
    progress: Progress = silent,
) -> ModelCard:
    """Learn from the record until ``as_of`` (the latest observation when absent) and use it from the next analysis on.

    The same record and seed give the same model, to the byte. What is in force stays where this raises.

    Args:
        overdue_bills: of one customer at once that count as default.

    Raises:
        KehutuError: ``OWN_RISK_SHORT``, ``OWN_RISK_TOO_FEW``; ``NOTHING_LOADED``; ``STORE_UNAVAILABLE``.
    """
    chosen = Event(overdue_bills=overdue_bills)
    until = as_of or latest_day(site)
    end = np.datetime64(until)
    progress("Reading the records")
    tables = read_tables(site, READ)
    record = own_records(site, tables, end, dated=True)
    groups = ownership_groups(site, tables, end)
    try:
        progress("Learning who falls into default")
        default = train_default(record, end, groups, chosen, seed=seed)
        progress("Learning whose next bill is late")
        late = train_next_bill(record, end, groups, seed=seed)
    except TooLittleError as short:
        if short.what == MONTHS:
            raise KehutuError("OWN_RISK_SHORT", found=short.found, needed=short.needed, until=until) from None
        raise KehutuError("OWN_RISK_TOO_FEW", found=short.found, needed=short.needed, until=until) from None
    card = ModelCard(
        until=until,
        overdue_bills=chosen.overdue_bills,
        months=chosen.months,
        customers=record.size,
        bills=len(record.due),
        seed=seed,
        targets=(target_card("default", default), target_card("next_bill", late)),
    )
    kept = keep(site.home, chosen, default.learned, late.learned, card).card
    write_text(site.home, kept.version, text_of(kept, "en"))
    return kept


def ownership_groups(site: Site, tables: Tables, day: np.datetime64) -> list[str]:
    """The group of every customer on a day: its party, and all parties that hold, or are held by, half of each other or
    more.

    Named by the first id of the group, so that equal graphs give equal folds.
    """
    kinds = ("Customer", "Enterprise", "Person")
    starts = np.cumsum([0, *(len(tables[kind].ids) for kind in kinds)])
    offset = dict(zip(kinds, starts.tolist(), strict=False))
    source, target = [], []
    for kind in ("Enterprise", "Person"):
        behind = read_running(site, tables, "IS", "Customer", kind, day=day)
        source.append(behind.source)
        target.append(behind.target + offset[kind])
        held = read_running(site, tables, "INVESTS_IN", kind, "Enterprise", "share", day=day)
        share = np.nan_to_num(np.asarray(held.columns["share"], dtype=np.float64))
        shape = len(tables[kind].ids), len(tables["Enterprise"].ids)
        whole = coo_array((share, (held.source, held.target)), shape=shape).tocsr().tocoo()  # parts add up
        controls = whole.data >= CONTROL
        source.append(whole.coords[0][controls] + offset[kind])
        target.append(whole.coords[1][controls] + offset["Enterprise"])
    size = int(starts[-1])
    ends = np.concatenate(source), np.concatenate(target)
    links = coo_array((np.ones(len(ends[0])), ends), shape=(size, size))
    _, group = connected_components(links, directed=False)
    names = [name for kind in kinds for name in tables[kind].ids]
    first: dict[int, str] = {}
    for place, number in sorted(enumerate(group.tolist()), key=lambda pair: names[pair[0]]):
        first.setdefault(number, names[place])
    return [first[number] for number in group[: len(tables["Customer"].ids)].tolist()]
