"""What a document asks of portraits: which columns of ``customer_portrait``, which properties, how long the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from api.context import Info
from services.names import NAMING
from services.portrait import EVERYTHING, LONGEST, Column, Wanted
from services.schema import schema

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "origins": ("origins",),
    "party": ("parties",),
    "addresses": ("addresses",),
    "servicePoints": ("service_points",),
    "lines": ("service_points",),
    "accounts": ("accounts",),
    "bills": ("bills", "bill_count"),
    "devices": ("devices", "device_count", "ended_device_count"),
    "workOrders": ("work_orders", "work_order_count"),
    "interactions": ("interactions", "interaction_count"),
}
"""Columns by the field of a customer that shows them."""
_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "properties": ("Customer",),
    "parties": ("Person", "Enterprise"),
    "service_points": ("ServicePoint",),
    "accounts": ("Account",),
    "bills": ("Bill",),
    "devices": ("Device",),
    "work_orders": ("WorkOrder",),
    "interactions": ("Interaction",),
}
"""Types whose values a column holds."""
_USUAL: Final[Mapping[str, int]] = {"bills": 12, "workOrders": 20, "interactions": 20}
"""Lists that say themselves how long they are, and the entries of a page where a document does not say how many."""
_WHOLE: Final = frozenset({"ownRisk"})
"""Fields that read the whole portrait."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a document's fields; ``pages``: arguments of each field that is a list of :data:`_USUAL`."""

    fields: frozenset[str]
    pages: tuple[tuple[str, object, bool], ...] = field(default=())
    """Field; its ``first``: a number, a variable's name in braces, or None; whether it has ``after``."""

    @property
    def counted(self) -> bool:
        """Whether it asks how long lists are."""
        return "totalCount" in self.fields


def names_in(operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Names:
    """The fields of an operation. A field counts wherever it stands: rather too much is read than too little."""
    names, pages, known = set[str](), list[tuple[str, object, bool]](), set[str]()

    def look(found: SelectionSetNode | None) -> None:
        for selection in found.selections if found else ():
            if isinstance(selection, FieldNode):
                name = selection.name.value
                names.add(name)
                if name in _USUAL:
                    pages.append((name, *_page(selection, _USUAL[name])))
                look(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode):
                if selection.name.value not in known and selection.name.value in fragments:
                    known.add(selection.name.value)
                    look(fragments[selection.name.value].selection_set)
            else:
                look(getattr(selection, "selection_set", None))

    look(operation.selection_set)
    return Names(frozenset(names), tuple(pages))


def wanted_in(info: Info) -> Wanted:
    """What the document that is being executed wants of portraits; found out once a request."""
    context, raw = info.context, info._raw_info
    if context.wanted is None:
        context.wanted = wanted_of(names_in(raw.operation, raw.fragments), _values(raw.variable_values))
    return context.wanted


def _values(found: Any) -> Mapping[str, Any]:
    """Variables by name; an executor of before 3.3 holds them as they are."""
    values: Mapping[str, Any] = getattr(found, "coerced", found)
    return values


def _page(found: FieldNode, usual: int) -> tuple[object, bool]:
    first: object = usual
    after = False
    for argument in found.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, IntValueNode):
                first = int(argument.value.value[:12])
            else:
                first = (
                    f"{{{argument.value.name.value}}}" if isinstance(argument.value, VariableNode) else None
                )
        after = after or argument.name.value == "after"
    return first, after


def wanted_of(names: Names, variables: Mapping[str, Any]) -> Wanted:
    """What they want of portraits."""
    if names.fields & _WHOLE:
        return EVERYTHING
    longest: dict[str, int] = defaultdict(int)
    for name, first, after in names.pages:
        said = variables.get(first[1:-1]) if isinstance(first, str) else first
        # One more, so that it is known whether another page follows.
        fits = isinstance(said, int) and 0 <= said < LONGEST and not after
        column = _COLUMNS[name][0]
        longest[column] = max(longest[column], said + 1 if fits and isinstance(said, int) else LONGEST)
    return Wanted(_columns(names.fields), dict(longest))


@lru_cache(1_024)
def _columns(names: frozenset[str]) -> tuple[Column, ...]:
    columns = {"properties": None} | {
        column: None for name, those in _COLUMNS.items() if name in names for column in those
    }
    return tuple(Column(column, _properties(column, names)) for column in columns)


def _properties(column: str, names: frozenset[str]) -> tuple[str, ...] | None:
    if column not in _TYPES:
        return None
    return tuple(dict.fromkeys(name for kind in _TYPES[column] for name in _of_type(kind, names)))


def _of_type(kind: str, names: frozenset[str]) -> Iterator[str]:
    declared = schema().nodes[kind]
    for name in declared.properties:
        if name in names or name == declared.ended or ("name" in names and name in NAMING):
            yield name
    if "origins" in names:
        yield "origins"
