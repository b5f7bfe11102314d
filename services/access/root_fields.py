"""Root fields that a policy may name, and those at which each rule about who sees what acts already."""

from __future__ import annotations

from typing import Final

QUESTIONS: Final = (
    "me",
    "weigh",
    "customer",
    "customers",
    "enterprise",
    "enterprises",
    "person",
    "persons",
    "line",
    "lines",
    "device",
    "devices",
    "workOrder",
    "workOrders",
    "entity",
    "search",
    "neighbours",
    "paths",
    "gridTrace",
    "runs",
    "run",
    "communities",
    "community",
    "loads",
    "quarantine",
    "riskTrace",
    "whatIf",
    "riskClusters",
    "guaranteeCircles",
    "owners",
    "lossView",
    "relatedParties",
    "watchList",
    "riskHistory",
)
CHANGES: Final = ("overrideRisk", "watchParty", "unwatchParty", "judgeIdentity")
ELSEWHERE: Final = ("report", "why")
"""Answers that GraphQL does not give: credit reports over HTTP and on the command line, reasons of identity."""
PLANNED: Final = ("audit", "job")
"""Named by the policy, and not there yet."""

ROOT_FIELDS: Final = (*QUESTIONS, *CHANGES, *ELSEWHERE)

OF_OPERATION: Final = frozenset({"runs", "run", "loads", "quarantine"})
"""Answers about the operation of a site. They count, and rows in quarantine show, what belongs to nobody's region: who
does not see everything gets them as an administrator only."""

FILTERED: Final[frozenset[str]] = frozenset({"me", "weigh"})
"""Root fields at which every rule acts. At the others whoever does not see everything is refused, so that a policy that
is half built never looks whole."""
