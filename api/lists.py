"""What lists may be narrowed and ordered by."""

from __future__ import annotations

import dataclasses
import enum
from typing import Any

import strawberry

from api.context import ID
from api.scalars import FenAmount
from services.graph_answers.filters import EXPECTED_LOSS, RISK, Filter, Order, Range
from services.schema import stored


@strawberry.input(description="Numbers from one to another, both included; absent where it is open.")
class NumberRange:
    """See the description."""

    at_least: float | None = strawberry.field(default=None, description="The smallest that fits.")
    at_most: float | None = strawberry.field(default=None, description="The largest that fits.")


@strawberry.input(description="Amounts in fen from one to another, both included; absent where it is open.")
class FenRange:
    """See the description."""

    at_least: FenAmount | None = strawberry.field(default=None, description="The smallest that fits.")
    at_most: FenAmount | None = strawberry.field(default=None, description="The largest that fits.")


@strawberry.input(description="Days or instants from one to another, both included; absent where it is open.")
class DateRange:
    """See the description."""

    at_least: str | None = strawberry.field(default=None, description="The first that fits, ISO text.")
    at_most: str | None = strawberry.field(default=None, description="The last that fits, ISO text.")


@strawberry.enum(description="Which way a list is ordered; entries without a value come last either way.")
class OrderDirection(enum.Enum):
    """See the description."""

    ASC = strawberry.enum_value("asc", description="The smallest first.")
    DESC = strawberry.enum_value("desc", description="The largest first.")


def own(type_name: str, name: str, kind: str = "") -> Any:
    """A filter over a stored property."""
    told = f"{stored(type_name, name)}{f' {kind}' if kind else ''}"
    return strawberry.field(default=None, description=told)


def words() -> Any:
    """A filter by words."""
    return strawberry.field(
        default=None, description="Words as for `search`: of names, numbers, phones, pinyin; all must fit."
    )


def region() -> Any:
    """A filter by area."""
    return strawberry.field(default=None, description="Path of an area; its parts fit too.")


def risk() -> Any:
    """A filter by score."""
    return strawberry.field(default=None, description="Score of the party in the current run, 0 to 1.")


def community() -> Any:
    """A filter by community."""
    return strawberry.field(default=None, description="Id of a community of the current run.")


def line() -> Any:
    """A filter by place in the network."""
    return strawberry.field(
        default=None, description="Id or number of a line or other element of the network that feeds it."
    )


@strawberry.input(description="Which customers; everything that is given must fit.")
class CustomerFilter:
    """See the description."""

    text: str | None = words()
    region: str | None = region()
    risk: NumberRange | None = risk()
    community: ID | None = community()
    line: ID | None = line()
    customer_no: str | None = own("Customer", "customerNo")
    name: str | None = own("Customer", "name")
    kind: str | None = own("Customer", "kind")
    phone: str | None = own("Customer", "phone")
    industry: str | None = own("Customer", "industry")
    tariff: str | None = own("Customer", "tariff")
    status: str | None = own("Customer", "status")
    supply_level: str | None = own("Customer", "supplyLevel")
    critical: bool | None = own("Customer", "critical")
    voltage: NumberRange | None = own("Customer", "voltage")
    contracted_capacity: NumberRange | None = own("Customer", "contractedCapacity")
    opened_on: DateRange | None = own("Customer", "openedOn")
    closed_on: DateRange | None = own("Customer", "closedOn")


@strawberry.input(description="Which enterprises; everything that is given must fit.")
class EnterpriseFilter:
    """See the description."""

    text: str | None = words()
    region: str | None = region()
    risk: NumberRange | None = risk()
    community: ID | None = community()
    credit_code: str | None = own("Enterprise", "creditCode")
    name: str | None = own("Enterprise", "name")
    phone: str | None = own("Enterprise", "phone")
    industry: str | None = own("Enterprise", "industry")
    scale: str | None = own("Enterprise", "scale")
    status: str | None = own("Enterprise", "status")
    founded_on: DateRange | None = own("Enterprise", "foundedOn")
    net_assets: FenRange | None = own("Enterprise", "netAssets")
    total_assets: FenRange | None = own("Enterprise", "totalAssets")
    paid_in_capital: FenRange | None = own("Enterprise", "paidInCapital")
    employees: NumberRange | None = own("Enterprise", "employees")


@strawberry.input(description="Which persons; everything that is given must fit.")
class PersonFilter:
    """See the description."""

    text: str | None = words()
    region: str | None = region()
    risk: NumberRange | None = risk()
    community: ID | None = community()
    name: str | None = own("Person", "name")
    phone: str | None = own("Person", "phone")


@strawberry.input(description="Which lines; everything that is given must fit.")
class LineFilter:
    """See the description."""

    text: str | None = words()
    region: str | None = region()
    line: ID | None = line()
    line_no: str | None = own("Line", "lineNo")
    name: str | None = own("Line", "name")
    kind: str | None = own("Line", "kind")
    conductor: str | None = own("Line", "conductor")
    status: str | None = own("Line", "status")
    voltage: NumberRange | None = own("Line", "voltage")
    length: NumberRange | None = own("Line", "length")
    rated_current: NumberRange | None = own("Line", "ratedCurrent")
    in_service_since: DateRange | None = own("Line", "inServiceSince")


@strawberry.input(description="Which devices; everything that is given must fit.")
class DeviceFilter:
    """See the description."""

    text: str | None = words()
    region: str | None = region()
    line: ID | None = line()
    device_no: str | None = own("Device", "deviceNo")
    name: str | None = own("Device", "name")
    kind: str | None = own("Device", "kind")
    manufacturer: str | None = own("Device", "manufacturer")
    model: str | None = own("Device", "model")
    status: str | None = own("Device", "status")
    rated_power: NumberRange | None = own("Device", "ratedPower")
    in_service_since: DateRange | None = own("Device", "inServiceSince")


@strawberry.input(description="Which work orders; everything that is given must fit.")
class WorkOrderFilter:
    """See the description."""

    text: str | None = words()
    region: str | None = region()
    work_order_no: str | None = own("WorkOrder", "workOrderNo")
    kind: str | None = own("WorkOrder", "kind")
    priority: str | None = own("WorkOrder", "priority")
    state: str | None = own("WorkOrder", "state")
    opened_at: DateRange | None = own("WorkOrder", "openedAt")
    window_start: DateRange | None = own("WorkOrder", "windowStart")
    closed_at: DateRange | None = own("WorkOrder", "closedAt")
    duration: NumberRange | None = own("WorkOrder", "duration")


def by(type_name: str, name: str) -> Any:
    """An order by a stored property."""
    return strawberry.enum_value(name, description=stored(type_name, name))


@strawberry.enum(description="What a list of customers may be ordered by.")
class CustomerOrderField(enum.Enum):
    """The values are names of properties, or of scores of the current run."""

    ID = strawberry.enum_value("id", description="Canonical id.")
    RISK = strawberry.enum_value(RISK, description="Score in the current run.")
    EXPECTED_LOSS = strawberry.enum_value(EXPECTED_LOSS, description="Expected loss in the current run.")
    CUSTOMER_NO = by("Customer", "customerNo")
    NAME = by("Customer", "name")
    CONTRACTED_CAPACITY = by("Customer", "contractedCapacity")
    OPENED_ON = by("Customer", "openedOn")
    CLOSED_ON = by("Customer", "closedOn")


@strawberry.input(description="The order of a list of customers; entries of one value come by id.")
class CustomerOrder:
    """See the description."""

    field: CustomerOrderField = strawberry.field(description="What gives the order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.enum(description="What a list of enterprises may be ordered by.")
class EnterpriseOrderField(enum.Enum):
    """The values are names of properties, or of scores of the current run."""

    ID = strawberry.enum_value("id", description="Canonical id.")
    RISK = strawberry.enum_value(RISK, description="Score in the current run.")
    EXPECTED_LOSS = strawberry.enum_value(EXPECTED_LOSS, description="Expected loss in the current run.")
    CREDIT_CODE = by("Enterprise", "creditCode")
    NAME = by("Enterprise", "name")
    FOUNDED_ON = by("Enterprise", "foundedOn")
    NET_ASSETS = by("Enterprise", "netAssets")
    TOTAL_ASSETS = by("Enterprise", "totalAssets")
    PAID_IN_CAPITAL = by("Enterprise", "paidInCapital")
    EMPLOYEES = by("Enterprise", "employees")


@strawberry.input(description="The order of a list of enterprises; entries of one value come by id.")
class EnterpriseOrder:
    """See the description."""

    field: EnterpriseOrderField = strawberry.field(description="What gives the order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.enum(description="What a list of persons may be ordered by.")
class PersonOrderField(enum.Enum):
    """The values are names of properties, or of scores of the current run."""

    ID = strawberry.enum_value("id", description="Canonical id.")
    RISK = strawberry.enum_value(RISK, description="Score in the current run.")
    EXPECTED_LOSS = strawberry.enum_value(EXPECTED_LOSS, description="Expected loss in the current run.")
    NAME = by("Person", "name")


@strawberry.input(description="The order of a list of persons; entries of one value come by id.")
class PersonOrder:
    """See the description."""

    field: PersonOrderField = strawberry.field(description="What gives the order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.enum(description="What a list of lines may be ordered by.")
class LineOrderField(enum.Enum):
    """The values are names of properties, or of scores of the current run."""

    ID = strawberry.enum_value("id", description="Canonical id.")
    LINE_NO = by("Line", "lineNo")
    NAME = by("Line", "name")
    VOLTAGE = by("Line", "voltage")
    LENGTH = by("Line", "length")
    RATED_CURRENT = by("Line", "ratedCurrent")
    IN_SERVICE_SINCE = by("Line", "inServiceSince")


@strawberry.input(description="The order of a list of lines; entries of one value come by id.")
class LineOrder:
    """See the description."""

    field: LineOrderField = strawberry.field(description="What gives the order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.enum(description="What a list of devices may be ordered by.")
class DeviceOrderField(enum.Enum):
    """The values are names of properties, or of scores of the current run."""

    ID = strawberry.enum_value("id", description="Canonical id.")
    DEVICE_NO = by("Device", "deviceNo")
    NAME = by("Device", "name")
    KIND = by("Device", "kind")
    RATED_POWER = by("Device", "ratedPower")
    IN_SERVICE_SINCE = by("Device", "inServiceSince")


@strawberry.input(description="The order of a list of devices; entries of one value come by id.")
class DeviceOrder:
    """See the description."""

    field: DeviceOrderField = strawberry.field(description="What gives the order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.enum(description="What a list of work orders may be ordered by.")
class WorkOrderOrderField(enum.Enum):
    """The values are names of properties, or of scores of the current run."""

    ID = strawberry.enum_value("id", description="Canonical id.")
    WORK_ORDER_NO = by("WorkOrder", "workOrderNo")
    PRIORITY = by("WorkOrder", "priority")
    STATE = by("WorkOrder", "state")
    OPENED_AT = by("WorkOrder", "openedAt")
    WINDOW_START = by("WorkOrder", "windowStart")
    CLOSED_AT = by("WorkOrder", "closedAt")
    DURATION = by("WorkOrder", "duration")


@strawberry.input(description="The order of a list of work orders; entries of one value come by id.")
class WorkOrderOrder:
    """See the description."""

    field: WorkOrderOrderField = strawberry.field(description="What gives the order.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


_NOT_OWN = {"text", "region", "risk", "community", "line"}


def to_filter(given: Any) -> Filter:
    """A filter of the API as the service takes it: texts and truth values must be equal, ranges hold both ends."""
    if given is None:
        return Filter()
    equal: dict[str, Any] = {}
    ranges: dict[str, Range] = {}
    for item in dataclasses.fields(given):
        value = getattr(given, item.name)
        if item.name in _NOT_OWN or value is None:
            continue
        name = camel(item.name)
        if isinstance(value, NumberRange | FenRange | DateRange):
            ranges[name] = Range(value.at_least, value.at_most)
        else:
            equal[name] = value
    risk_range = getattr(given, "risk", None)
    return Filter(
        equal=equal,
        ranges=ranges,
        text=given.text,
        region=given.region,
        community=getattr(given, "community", None),
        line=getattr(given, "line", None),
        risk=None if risk_range is None else Range(risk_range.at_least, risk_range.at_most),
    )


def to_order(given: Any) -> Order:
    """An order of the API as the service takes it."""
    if given is None:
        return Order()
    return Order(given.field.value, given.direction is OrderDirection.DESC)


def camel(name: str) -> str:
    """``net_assets`` as ``netAssets``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
