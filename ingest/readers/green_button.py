"""Green Button files (ESPI, NAESB REQ.21): usage points with their meters, and the energy that was billed.

An Atom feed whose entries hold one ESPI resource each and name each other by links. A ``UsagePoint`` of electricity is
a service point with a meter; a ``UsageSummary`` (in older files ``ElectricPowerUsageSummary``) is a bill: its energy is
``overallConsumptionLastPeriod``, value times ten to the ``powerOfTenMultiplier`` in the unit ``uom`` (72: watt hours),
and its month that of the middle of the billing period in the local time of the feed. What is left out is counted:
interval readings, which come as a source of curves; the amount of a bill, as the file does not tell whether it was
paid; usage points of gas, water and the like; energy in another unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

from ingest.notices import Place
from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.input import check_options, content_of, open_file, reading
from ingest.readers.xml_text import Element, elements
from terms.errors import KehutuError
from terms.texts import Texts

COLUMNS: Final = ("id", "kind", "point", "customer", "title", "energy", "period", "period_days", "stated_on")
_ESPI: Final = "http://naesb.org/espi"
_SUMMARIES: Final = ("UsageSummary", "ElectricPowerUsageSummary")
_ELECTRICITY: Final = "0"  # ServiceKind
_WATT_HOURS: Final = "72"  # UnitSymbolKind
_POINT: Final = re.compile(r"(?:.*/)?UsagePoint/[^/?#]+")
_CUSTOMER: Final = re.compile(r"(?:^|/)(?:RetailCustomer|User)/([^/]+)/")
_LONGEST: Final = 400 * 86_400  # seconds of a billing period
_LARGEST: Final = 12  # powers of ten


class _UnreadError(ValueError):
    """A value of a resource that is not what ESPI says; carries its place and what is expected."""

    def __init__(self, field: str, found: str, expected: str, zh: str) -> None:
        super().__init__(field)
        self.details: dict[str, object] = {
            "field": field, "found": found, "expected": expected, "expected_zh": zh, "property": field,
        }  # fmt: skip


def read(request: Request) -> Opened:
    """Usage points and bills as rows, plain or packed.

    Raises:
        KehutuError: ``READER_OPTION_UNKNOWN``, ``FILE_NOT_A_TABLE``, ``FILE_DAMAGED`` naming the line, also for a
            document type or entities.
    """
    check_options(request, "green-button", frozenset())
    # Usage points, their kinds and the local time may stand behind what belongs to them.
    points: dict[str, str] = {}
    offset: int | None = None
    found = False
    for entry, resource in _resources(request):
        found = True
        if resource.tag == "UsagePoint":
            points[_link(entry, "self")] = resource.at("ServiceCategory", "kind") or _ELECTRICITY
        elif resource.tag == "LocalTimeParameters" and offset is None:
            offset = int(text) if re.fullmatch(r"-?\d{1,6}", text := resource.at("tzOffset")) else None
    if not found:
        expected = Texts("a Green Button feed (ESPI)", "Green Button 数据（ESPI）")
        raise KehutuError(
            "FILE_NOT_A_TABLE",
            file=request.name,
            found=Texts("XML of another kind", "其他种类的 XML"),
            expected=expected,
        )
    opened = Opened(iter(()), COLUMNS)
    opened.rows = _Feed(request, opened, points, offset).rows()
    return opened


def _resources(request: Request) -> Iterator[tuple[Element, Element]]:
    """The entries of a feed, each with the resource of ESPI that it holds."""
    with open_file(request) as file, reading(request.name):
        head = file.read(256)
        what = content_of(head) or (Texts("XML", "XML 文件") if b"<" in head else Texts("text", "文本"))
        if what.en != "XML":
            raise KehutuError(
                "FILE_NOT_A_TABLE",
                file=request.name,
                found=what,
                expected=Texts("Green Button XML", "Green Button XML 文件"),
            )
        file.seek(0)
        for entry in elements(file, request.name, "entry"):
            for content in entry.all("content"):
                for resource in content.inner:
                    if resource.space.startswith(_ESPI):
                        yield entry, resource


class _Feed:
    """One feed on its way to rows."""

    def __init__(self, request: Request, opened: Opened, points: dict[str, str], offset: int | None) -> None:
        self.request = request
        self.file = request.name
        self.opened = opened
        self.points = points
        self.zone = UTC if offset is None else timezone(timedelta(seconds=offset))

    def rows(self) -> Iterator[Row | BadRow]:
        for entry, resource in _resources(self.request):
            line = resource.line
            try:
                values = self._values(entry, resource)
            except _UnreadError as fault:
                raw: dict[str, object] = {one.tag: one.text.strip() for one in resource.inner}
                yield BadRow(self.file, line, "ROW_FIELD_INVALID", fault.details, {"": str(raw)})
                continue
            if values is not None:
                yield Row(self.file, line, {column: values.get(column) for column in COLUMNS})

    def _values(self, entry: Element, resource: Element) -> dict[str, object] | None:
        line = resource.line
        if resource.tag == "UsagePoint":
            return self._point(entry, line)
        if resource.tag in _SUMMARIES:
            return self._bill(entry, resource)
        if resource.tag == "IntervalBlock":
            self._leave("LEFT_OUT_INTERVALS", line, count=len(resource.all("IntervalReading")))
        elif resource.tag not in ("MeterReading", "ReadingType", "LocalTimeParameters"):
            self._leave("LEFT_OUT_KIND", line, kind=resource.tag)
        return None

    def _point(self, entry: Element, line: int) -> dict[str, object] | None:
        point = _link(entry, "self")
        if self.points[point] != _ELECTRICITY:
            self._leave("LEFT_OUT_SERVICE", line)
            return None
        return {**self._about(entry, point), "id": point, "kind": "point", "title": entry.at("title")}

    def _bill(self, entry: Element, resource: Element) -> dict[str, object] | None:
        point = self._point_of(entry)
        if self.points.get(point, _ELECTRICITY) != _ELECTRICITY:
            self._leave("LEFT_OUT_SERVICE", resource.line)
            return None
        if resource.at("billLastPeriod"):
            self._leave("LEFT_OUT_BILL_AMOUNT", resource.line)
        measured = ("overallConsumptionLastPeriod",)
        value = resource.at(*measured, "value")
        if not value or resource.at(*measured, "uom") != _WATT_HOURS:
            self._leave("LEFT_OUT_UNIT", resource.line)
            return None
        power = _whole(resource, *measured, "powerOfTenMultiplier", default=0, largest=_LARGEST)
        start = _whole(resource, "billingPeriod", "start")
        seconds = _whole(resource, "billingPeriod", "duration", largest=_LONGEST)
        # To kWh by the decimal point alone: no digit is lost.
        energy = Decimal(_whole(resource, *measured, "value")).scaleb(power - 3)
        return {
            **self._about(entry, point),
            "id": _link(entry, "self") or f"{point}/{start}",
            "kind": "bill",
            "energy": energy,
            "period": f"{datetime.fromtimestamp(start + seconds // 2, self.zone):%Y-%m}",
            "period_days": max(1, round(seconds / 86_400)),
        }

    def _about(self, entry: Element, point: str) -> dict[str, object]:
        customer = _CUSTOMER.search(point)
        return {
            "point": point,
            "customer": customer[1] if customer else "",
            "stated_on": entry.at("updated") or entry.at("published"),
        }

    def _point_of(self, entry: Element) -> str:
        """The usage point to which an entry belongs, by its links; the only one where no link tells."""
        for link in entry.all("link"):
            found = _POINT.match(link.attributes.get("href", ""))
            if found:
                return found.group()
        if len(self.points) == 1:
            return next(iter(self.points))
        raise _UnreadError("link", "", "a link to a usage point", "指向用电点的链接")

    def _leave(self, code: str, line: int, *, count: int = 1, **details: object) -> None:
        if count:
            self.opened.left_out.add(code, Place(self.file, line), count=count, **details)


def _link(entry: Element, relation: str) -> str:
    links = (link.attributes for link in entry.all("link"))
    found = next((link.get("href", "") for link in links if link.get("rel") == relation), "")
    return found.rstrip("/") or entry.at("id")


def _whole(resource: Element, *way: str, default: int | None = None, largest: int = 1 << 40) -> int:
    text = resource.at(*way)
    if not text and default is not None:
        return default
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number != number.to_integral_value() or abs(number) > largest:
        raise _UnreadError("/".join(way), text[:80], "a whole number", "整数")
    return int(number)
