"""What is odd about a row that is taken, and what of it is left out; it stops nothing."""

from __future__ import annotations

from datetime import tzinfo

from ingest.cells.bounds import FAR_YEARS, far
from ingest.manifests.manifest_text import Source
from ingest.notices import Notice, Notices, Place
from ingest.rows.mapping import NOTHING, Mapped
from ingest.rows.repeated_holdings import Holdings
from ingest.rows.unlikely_values import far_ahead
from ledger.records import NewRecord
from terms.zones import business_day


class Remarks:
    """Remarks on the rows of one source."""

    def __init__(self, source: Source, notices: Notices, left_out: Notices, zone: tzinfo) -> None:
        self._zone = zone
        self._source = source
        self._notices = notices
        self._left_out = left_out
        self._holdings = Holdings()
        self._unusual: dict[tuple[str, str], float] = {}
        self._ahead: dict[tuple[str, str], str] = {}

    def add(self, here: Place, record: NewRecord, mapped: Mapped) -> None:
        """Note what there is to say of a row."""
        name, notices = self._source.name, self._notices
        if record.payload == NOTHING and not record.deleted:
            notices.add("NOTICE_STATES_NOTHING", here, source=name)
        if record.observed_assumed and self._source.observed_at is not None:
            notices.add("NOTICE_TIME_MISSING", here, source=name)
        for type_, property_name, value in mapped.unusual:
            first = self._unusual.setdefault((type_, property_name), value)
            notices.add("NOTICE_UNUSUAL", here, source=name, type=type_, property=property_name, found=first)
        for day in mapped.ahead:
            if far_ahead(day, record.observed_at):
                first_day = self._ahead.setdefault((day.type, day.property), day.day)
                details: dict[str, object] = {"type": day.type, "property": day.property, "found": first_day}
                notices.merge([Notice("NOTICE_DATE_FAR_AHEAD", {"source": name, **details}, places=(here,))])
        for type_, property_name in mapped.overwritten:
            notices.add("NOTICE_VALUE_TWICE", here, source=name, type=type_, property=property_name)
        for code, column in mapped.doubts:
            notices.add(code, here, source=name, field=column)
        for code, type_, column in mapped.passed:
            self._left_out.add(code, source=name, type=type_, column=column)
        if mapped.times or mapped.holdings:
            self._of_relations(here, record, mapped)

    def settle(self) -> None:
        """Between batches: keep what has been seen in less memory."""
        self._holdings.settle()

    def _of_relations(self, here: Place, record: NewRecord, mapped: Mapped) -> None:
        name = self._source.name
        for since, told in mapped.times:
            for code, type_, column in told:
                self._notices.add(code, here, source=name, type=type_, column=column)
            if since and far(since, record.observed_at):
                self._notices.add("NOTICE_BEGINS_FAR_AHEAD", here, source=name, years=FAR_YEARS)
        for holding in mapped.holdings:
            day = business_day(record.observed_at, self._zone).toordinal()
            of_day = holding._replace(pair=hash((holding.pair, day)))
            for code, first in self._holdings.add(of_day, hash(record.record_id), here):
                self._notices.merge([Notice(code, {"source": name}, places=(first, here))])
