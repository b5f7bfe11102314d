"""Which loads can change the results of a run."""

from __future__ import annotations

from typing import Final

from ingest.projection.projector import Projection
from ingest.statements import Statements
from ledger.judgements import is_judgement
from ledger.records import since
from services.site import Site

WITHOUT_RISK: Final = frozenset(
    {
        *("Area", "Device", "Line", "Meter", "Outage", "Substation", "Switch", "Transformer"),
        *("Consent", "Interaction", "Service", "Skill", "Technician", "WatchRule", "WorkOrder"),
        *("FED_BY", "HAS_METER", "INSTALLED_AT", "INTERRUPTS", "JOINS", "OWNS", "PART_OF"),
        *("ASSIGNED_TO", "CONCERNS", "CONTACTED", "DECIDES", "HAS_SKILL", "REQUESTED", "REQUIRES", "WATCHES"),
    }
)
"""Types of the graph that no input of a run is read from; one that is not named here counts as an input."""

AGED_BY_RECORD: Final = frozenset(
    {"LIVES_AT", "LOCATED_AT", "SUPPLIED_AT", "LEGAL_REPRESENTATIVE_OF", "DIRECTOR_OF"}
)
"""Relations of evidence: a record that only repeats one makes it younger, though the graph stays as it is."""

BATCH: Final = 5_000


def changes_risk(site: Site, projection: Projection, after: int) -> bool:
    """Whether the records after a number, which the projection has just written, may change a result at the cut-off of
    the run; where they move it, all may change."""
    if projection.types is None or not WITHOUT_RISK.issuperset(projection.types):
        return True
    return _evidence(site, after)


def _evidence(site: Site, after: int) -> bool:
    while records := since(site.ledger, after, BATCH):
        if any(
            record.withdraws is not None or _reports_evidence(record.payload)
            for record in records
            if not is_judgement(record)
        ):
            return True
        after = records[-1].seq
    return False


def _reports_evidence(payload: bytes) -> bool:
    said = Statements.from_json(payload)
    return any("phone" in node.set for node in said.nodes) or any(
        relation.type in AGED_BY_RECORD for relation in said.relations
    )
