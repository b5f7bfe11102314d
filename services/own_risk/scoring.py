"""What the model in force forecasts for every customer at a cut-off, in place of the start rule."""

from __future__ import annotations

import numpy as np

from algorithms.own_risk.columns import take
from algorithms.own_risk.outcomes import in_default
from algorithms.own_risk.records import known_at
from graph.arrays import Floats
from services.exposure.model import Caution, Customers, Forecasts, Parties
from services.exposure.tables import Tables
from services.own_risk.kept import OwnModel
from services.own_risk.record import own_records
from services.site import Site


def forecast(
    site: Site, tables: Tables, model: OwnModel, cut_off: np.datetime64, cautions: list[Caution]
) -> Forecasts | None:
    """The model's forecasts at a cut-off; None, with a caution, for one before the end of the data that it has seen.

    A customer without bills has none; one in default by the model's event counts 1, which is no forecast.
    """
    if cut_off < np.datetime64(model.until):
        cautions.append(Caution("OWN_MODEL_YOUNGER", model.version))
        return None
    record = own_records(site, tables, cut_off, dated=False)
    known = known_at(record, cut_off)
    default: Floats = np.full(record.size, np.nan)
    late: Floats = np.full(record.size, np.nan)
    at = np.flatnonzero(known.bills > 0)
    if len(at):
        table = take(known.table, at)
        default[at] = model.default.forecast(table)
        late[at] = model.next_bill.forecast({**table, **take(known.next_bill, at)})
    default[in_default(known.overdue, model.event)] = 1.0
    return Forecasts(model.version, default, late)


def replace_own(parties: Parties, customers: Customers, forecasts: Forecasts) -> None:
    """Own distress of every party: the largest over its customers, of the forecast where there is one.

    Default by the start rule stays 1, and a customer without bills what the start rule says: 0.
    """
    rule = customers.record.own
    own = np.where(np.isnan(forecasts.default) | (rule >= 1.0), rule, forecasts.default)
    parties.own[:] = 0.0
    np.maximum.at(parties.own, customers.party, own)
