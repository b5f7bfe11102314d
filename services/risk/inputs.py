"""From the graph to the inputs of the risk model, read once as arrays."""

from __future__ import annotations

from datetime import date

import numpy as np

from algorithms.risk.parameters import RiskParameters
from services.exposure.evidence import evidence
from services.exposure.links import money_links
from services.exposure.model import Caution, Exposure
from services.exposure.overrides import overrides
from services.exposure.parties import judge, positions
from services.exposure.tables import read_tables
from services.own_risk import kept, record, scoring
from services.runs.days import before_all
from services.site import Site


def exposure(site: Site, cut_off: np.datetime64, parameters: RiskParameters) -> Exposure:
    """Read the graph once and apply the rules of docs/science.md, "Input".

    Args:
        site: an open site whose graph is up to date.
        cut_off: the day T (datetime64[D]); what was paid after it is unpaid, and relations count that run on it.
        parameters: floors of buffers and losses given default; carried along to the model.

    Before all that data tell of there is nobody, and a caution says so.
    Own distress is the start rule's, or what the model of own risk in force forecasts from a customer's own record.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``.
    """
    cautions: list[Caution] = []
    day: date = cut_off.astype("datetime64[D]").item()
    nothing = before_all(site, day)
    if nothing:
        cautions.append(Caution("BEFORE_ALL_DATA", day.isoformat()))
    model = kept.in_force(site.home)
    tables = read_tables(site, record.READ if model else None)
    if nothing:
        tables = {name: table.none() for name, table in tables.items()}
    parties, customers = judge(site, tables, cut_off, parameters, cautions)
    forecasts = scoring.forecast(site, tables, model, cut_off, cautions) if model else None
    if forecasts:
        scoring.replace_own(parties, customers, forecasts)
    judged = overrides(site, tables, positions(tables, parties, customers), parties.own, cut_off)
    for override in judged:
        parties.own[override.party] = override.own
    return Exposure(
        cut_off=cut_off,
        parameters=parameters,
        parties=parties,
        customers=customers,
        money=money_links(site, tables, parties, cut_off, cautions),
        evidence=evidence(site, tables, parties, customers, cut_off),
        overrides=judged,
        cautions=cautions,
        forecasts=forecasts,
    )
