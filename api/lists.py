"""Lists of entities as root fields: what each may be narrowed and ordered by, typed and described by the model."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from types import new_class
from typing import Any, Final, NamedTuple, cast

import strawberry

from api.context import ID, Info
from api.paging import largest
from api.scalars import FenAmount
from services.entity import Stored
from services.graph_answers import lists
from services.graph_answers.filters import EXPECTED_LOSS, RISK, Filter, Order, Range
from services.paging import Page
from services.schema import schema, stored


@strawberry.input(description="Numbers from one to another, both included; absent where it is open.")
class NumberRange:
    """Limits of a number."""

    at_least: float | None = strawberry.field(default=None, description="The smallest that fits.")
    at_most: float | None = strawberry.field(default=None, description="The largest that fits.")


@strawberry.input(description="Amounts in fen from one to another, both included; absent where it is open.")
class FenRange:
    """Limits of an amount."""

    at_least: FenAmount | None = strawberry.field(default=None, description="The smallest that fits.")
    at_most: FenAmount | None = strawberry.field(default=None, description="The largest that fits.")


@strawberry.input(description="Days or instants from one to another, both included; absent where it is open.")
class DateRange:
    """Limits of a time."""

    at_least: str | None = strawberry.field(default=None, description="The first that fits, ISO text.")
    at_most: str | None = strawberry.field(default=None, description="The last that fits, ISO text.")


@strawberry.enum(description="Which way a list is ordered; entries without a value come last either way.")
class OrderDirection(enum.Enum):
    """Rising or falling."""

    ASC = strawberry.enum_value("asc", description="The smallest first.")
    DESC = strawberry.enum_value("desc", description="The largest first.")


class Listed(NamedTuple):
    """What a list may be asked for.

    ``called``: the type in words, several of them. ``scored``: its entries carry risk. ``fed``: they hang on the
    network. ``narrowed``, ``ordered``: by which stored properties.
    """

    type: str
    called: str
    narrowed: tuple[str, ...]
    ordered: tuple[str, ...]
    scored: bool = False
    fed: bool = False


CUSTOMERS: Final = Listed(
    "Customer",
    "customers",
    (
        "customerNo",
        "name",
        "kind",
        "phone",
        "industry",
        "tariff",
        "status",
        "supplyLevel",
        "critical",
        "voltage",
        "contractedCapacity",
        "openedOn",
        "closedOn",
    ),
    ("customerNo", "name", "contractedCapacity", "openedOn", "closedOn"),
    scored=True,
    fed=True,
)
ENTERPRISES: Final = Listed(
    "Enterprise",
    "enterprises",
    (
        "creditCode",
        "name",
        "phone",
        "industry",
        "scale",
        "status",
        "foundedOn",
        "netAssets",
        "totalAssets",
        "paidInCapital",
        "employees",
    ),
    ("creditCode", "name", "foundedOn", "netAssets", "totalAssets", "paidInCapital", "employees"),
    scored=True,
)
PERSONS: Final = Listed("Person", "persons", ("name", "phone"), ("name",), scored=True)
LINES: Final = Listed(
    "Line",
    "lines",
    ("lineNo", "name", "kind", "conductor", "status", "voltage", "length", "ratedCurrent", "inServiceSince"),
    ("lineNo", "name", "voltage", "length", "ratedCurrent", "inServiceSince"),
    fed=True,
)
DEVICES: Final = Listed(
    "Device",
    "devices",
    ("deviceNo", "name", "kind", "manufacturer", "model", "status", "ratedPower", "inServiceSince"),
    ("deviceNo", "name", "kind", "ratedPower", "inServiceSince"),
    fed=True,
)
WORK_ORDERS: Final = Listed(
    "WorkOrder",
    "work orders",
    ("workOrderNo", "kind", "priority", "state", "openedAt", "windowStart", "closedAt", "duration"),
    ("workOrderNo", "priority", "state", "openedAt", "windowStart", "closedAt", "duration"),
)

_TYPES: Final[dict[str, type]] = {
    "boolean": bool,
    "integer": NumberRange,
    "decimal": NumberRange,
    "share": NumberRange,
    "money": FenRange,
    "date": DateRange,
    "instant": DateRange,
}
_RANGES: Final = (NumberRange, FenRange, DateRange)


def list_field(
    listed: Listed,
    shown: type,
    show: Callable[[Stored], Any],
    together: Callable[[Page[Any]], Page[Any]] = lambda found: found,
) -> Any:
    """A root field: a page of the entities of a type, narrowed and ordered.

    Args:
        shown: the type of the API; ``show`` makes one of an entity.
        together: lets the entries of a page know of each other.
    """
    narrowing, ordering = _filter(listed), _order(listed)

    def found(
        info: Info, filter: Any = None, order_by: Any = None, first: int = 20, after: str | None = None
    ) -> Page[Any]:
        wanted, order = to_filter(filter), to_order(order_by)
        seen = info.context.seen
        rows = lists.entities(seen, listed.type, wanted, order, first=largest(first), after=after)
        return together(rows.map(show))

    found.__annotations__ |= {
        "info": Info,
        "filter": narrowing | None,
        "order_by": ordering | None,
        "first": int,
        "after": str | None,
        "return": cast("Any", Page)[shown],
    }
    told = f"{listed.called.capitalize()}, by id unless ordered otherwise."
    return strawberry.field(resolver=found, description=told)


def _filter(listed: Listed) -> type:
    """The input type by which a list is narrowed: a property is equal to a value, or within a range."""
    common: dict[str, tuple[type, str]] = {
        "text": (str, "Words as for `search`: of names, numbers, phones, pinyin; all must fit."),
        "region": (str, "Path of an area; its parts fit too."),
    }
    if listed.scored:
        common["risk"] = NumberRange, "Score of the party in the current run, 0 to 1."
        common["community"] = ID, "Id of a community of the current run."
    if listed.type == "Customer":
        common["segment"] = ID, "Id of a class of the current run, or the name of a prototype, as `loyal`."
    if listed.fed:
        common["line"] = ID, "Id or number of a line or other element of the network that feeds it."
    declared = schema().nodes[listed.type].properties
    own = {
        name: (_TYPES.get(declared[name].type, str), stored(listed.type, name)) for name in listed.narrowed
    }
    space: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
    for name, (kind, told) in (common | own).items():
        space["__annotations__"][name] = kind | None
        space[name] = strawberry.field(default=None, name=name, description=told)
    made = new_class(f"{listed.type}Filter", exec_body=lambda body: body.update(space))
    return strawberry.input(made, description=f"Which {listed.called}; everything that is given must fit.")


def _order(listed: Listed) -> type:
    """The input type that orders a list."""
    members = {"ID": strawberry.enum_value("id", description="Canonical id.")}
    if listed.scored:
        members["RISK"] = strawberry.enum_value(RISK, description="Score in the current run.")
        members["EXPECTED_LOSS"] = strawberry.enum_value(
            EXPECTED_LOSS, description="Expected loss in the current run."
        )
    for name in listed.ordered:
        members[_constant(name)] = strawberry.enum_value(name, description=stored(listed.type, name))
    told = f"What a list of {listed.called} may be ordered by."
    choices = cast("type[enum.Enum]", enum.Enum(f"{listed.type}OrderField", members))
    fields = strawberry.enum(choices, description=told)
    space = {
        "__module__": __name__,
        "__annotations__": {"field": fields, "direction": OrderDirection},
        "field": strawberry.field(description="What gives the order."),
        "direction": strawberry.field(default=OrderDirection.ASC, description="Rising or falling."),
    }
    made = new_class(f"{listed.type}Order", exec_body=lambda body: body.update(space))
    told = f"The order of a list of {listed.called}; entries of one value come by id."
    return strawberry.input(made, description=told)


def to_filter(given: Any) -> Filter:
    """A filter of the API as the service takes it: texts and truth values must be equal, ranges hold both ends."""
    if given is None:
        return Filter()
    asked = {
        item.name: value
        for item in dataclasses.fields(given)
        if (value := getattr(given, item.name)) is not None
    }
    common: dict[str, Any] = {
        name: asked.pop(name) for name in ("text", "region", "community", "segment", "line") if name in asked
    }
    if "risk" in asked:
        common["risk"] = _range(asked.pop("risk"))
    return Filter(
        equal={name: value for name, value in asked.items() if not isinstance(value, _RANGES)},
        ranges={name: _range(value) for name, value in asked.items() if isinstance(value, _RANGES)},
        **common,
    )


def _range(given: NumberRange | FenRange | DateRange) -> Range:
    return Range(given.at_least, given.at_most)


def to_order(given: Any) -> Order:
    """An order of the API as the service takes it."""
    if given is None:
        return Order()
    return Order(given.field.value, given.direction is OrderDirection.DESC)


def _constant(name: str) -> str:
    """``netAssets`` as ``NET_ASSETS``.

    >>> _constant("netAssets")
    'NET_ASSETS'
    """
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)
