"""Root fields that a policy may name, and those at which each rule about who sees what acts already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graph.schema.model import PersonalData

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
    "loadCurve",
    "runs",
    "run",
    "communities",
    "community",
    "segments",
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
CHANGES: Final = ("overrideRisk", "watchParty", "unwatchParty", "judgeIdentity", "recordConsent")
ELSEWHERE: Final = ("report", "why")
"""Answers that GraphQL does not give: credit reports over HTTP and on the command line, reasons of identity."""
PLANNED: Final = ("audit", "job")
"""Named by the policy, and not there yet."""

ROOT_FIELDS: Final = (*QUESTIONS, *CHANGES, *ELSEWHERE)

OF_OPERATION: Final = frozenset({"runs", "run", "loads", "quarantine"})
"""Answers about the operation of a site. They count, and rows in quarantine show, what belongs to nobody's region: who
does not see everything gets them as an administrator only."""

# At all other root fields, types and fields whoever does not see everything is refused, so that a policy that is half
# built never looks whole.

FILTERED: Final[frozenset[str]] = frozenset({"me", "weigh"})
"""Root fields at which every rule acts for each role."""

OF_A_REGION: Final = frozenset(
    {
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
        "neighbours",
        "gridTrace",
        "paths",
        "search",
        "riskTrace",
        "whatIf",
        "riskClusters",
        "guaranteeCircles",
        "owners",
        "lossView",
        "relatedParties",
        "riskHistory",
        "watchList",
        "report",
        "communities",
        "community",
        "segments",
    }
)
"""Root fields at which every rule acts for :data:`OF_REGIONS`, inside :data:`OPEN_TYPES`."""
OF_REGIONS: Final = frozenset({"analyst", "planner", "credit-officer", "application"})
"""Roles that see what lies in their regions."""

OPEN_TYPES: Final = frozenset(
    {
        "Query",
        "Me",
        "Limit",
        "Weighed",
        "Need",
        "Customer",
        "Person",
        "Enterprise",
        "Party",
        "Account",
        "Bill",
        "Address",
        "ServicePoint",
        "SupplyElement",
        "Device",
        "Line",
        "WorkOrder",
        "Interaction",
        "Named",
        "Entity",
        "Value",
        "RelationCount",
        "Assumption",
        "Neighbour",
        "Path",
        "PathStep",
        "SearchHit",
        "GridElement",
        "TypeCount",
        "Money",
        "PageInfo",
        "Risk",
        "ScoreInterval",
        "Run",
        "Arrears",
        "AgeingBucket",
        "Provenance",
        "RelationProvenance",
        "RelationSource",
        "StatedValue",
        "RiskTrace",
        "RiskPath",
        "Step",
        "RelationPart",
        "Tail",
        "SeedShare",
        "Change",
        "RiskOverride",
        "RiskGroup",
        "FirstMover",
        "Release",
        "Sampling",
        "EverythingJoint",
        "Contribution",
        "WhatIf",
        "Hit",
        "Rest",
        "RiskCluster",
        "Channel",
        "Action",
        "GuaranteeCircle",
        "GuaranteeCycle",
        "Guarantee",
        "Owners",
        "Owner",
        "Holding",
        "LossView",
        "Lost",
        "OtherLosses",
        "RelatedParties",
        "RelatedParty",
        "HistoryPoint",
        "Watched",
        "WatchRule",
        "Alert",
        "Community",
        "CommunityTrait",
        "CommunityEvent",
        "OtherCommunity",
        "CommunityChange",
        "MovePart",
        "CustomerConsents",
        "ConsentStanding",
        "ConsentDecision",
        "OwnRisk",
        "OwnReason",
        "RunChange",
        "SimilarCustomer",
        "ScorePart",
        "SharedTrait",
        "CustomerSegment",
        "DimensionValue",
        "Segment",
        "SegmentMove",
        "SegmentRule",
        "ScorecardFigure",
    }
)
"""Types whose fields follow every rule, but for :data:`CLOSED`; so do their connections and edges."""
CLOSED: Final = frozenset(
    {
        "Run.parts",
    }
)
"""Fields of these types at which a rule is missing still."""

REACHING: Final = frozenset({"customer", "technician"})
"""Roles that see what is their own, or assigned to them."""
OF_ONES_OWN: Final = frozenset({"customer", "device", "line", "workOrder", "workOrders"})
"""Root fields at which every rule acts for them."""
PARTIES: Final = frozenset({"Party", "Person", "Enterprise"})
OWN_PARTY: Final = frozenset({f"{kind}.{name}" for kind in PARTIES for name in ("id", "name")})
"""What they are told of the party behind a customer."""
TERMINAL: Final = "terminal"
"""Stands for what commands print."""
_DERIVED: Final[tuple[PersonalData, ...]] = ("derived",)
_FINANCIAL: Final[tuple[PersonalData, ...]] = ("financial",)
_FEATURES: Final[tuple[PersonalData, ...]] = ("derived", "financial", "usage", "location")
"""Of what customers are described by. Who sees all of these sees nothing in sums that he does not see one by one."""
_IDS: Final[tuple[PersonalData, ...]] = ("id",)
NEEDS: Final[Mapping[str, tuple[PersonalData, ...]]] = {
    "riskTrace": _DERIVED,
    "whatIf": _DERIVED,
    "riskClusters": _DERIVED,
    "relatedParties": _DERIVED,
    "riskHistory": _DERIVED,
    "communities": _DERIVED,
    "community": _DERIVED,
    "guaranteeCircles": _FINANCIAL,
    "owners": _FINANCIAL,
    "lossView": _FINANCIAL,
    "watchList": _FINANCIAL,
    "report": ("id", "financial", "derived"),
    "Risk.reportUrl": ("id", "financial", "derived"),
    "Risk": _DERIVED,
    "segments": _FEATURES,
    "Segment": _FEATURES,
    "CustomerSegment": _FEATURES,
    "OwnRisk": _FEATURES,
    "SimilarCustomer": _DERIVED,
    "Community": _DERIVED,
    "CommunityChange": _DERIVED,
    "Arrears": _FINANCIAL,
    "Arrears.probability": _DERIVED,
    "RiskOverride": _FINANCIAL,
    "Provenance": _IDS,
    "RelationProvenance": _IDS,
    TERMINAL: _IDS,
}
"""Classes that root fields and types hold which are no stored values, and so are not masked one by one: who does not
see them in clear is refused."""
