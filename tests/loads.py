"""What tests read of the report of a load."""

from __future__ import annotations

from ingest.loads.report import SourceReport


def said(report: SourceReport) -> list[str]:
    """The notices of a source, in words."""
    return [notice.message for notice in report.notices]
