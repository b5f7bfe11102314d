"""Fields of the API that are stored properties: described by the schema of the graph, read from an entity's row."""

from __future__ import annotations

from typing import Any, Protocol

import strawberry

from api.context import ID
from api.types import Money
from services.entity import Stored
from services.schema import naming, stored

CURRENCY = "CNY"


class HasSeen(Protocol):
    """A type of the API over a stored entity."""

    seen: Stored


def text(type_name: str, name: str) -> Any:
    """A text, date, month or instant."""

    def read(root: HasSeen) -> str | None:
        value = root.seen.properties.get(name)
        return None if value is None else str(value)

    return _field(read, type_name, name)


def number(type_name: str, name: str) -> Any:
    """A decimal or a share."""

    def read(root: HasSeen) -> float | None:
        value = root.seen.properties.get(name)
        return float(value) if isinstance(value, int | float) else None

    return _field(read, type_name, name)


def whole(type_name: str, name: str) -> Any:
    """A whole number."""

    def read(root: HasSeen) -> int | None:
        value = root.seen.properties.get(name)
        return value if isinstance(value, int) else None

    return _field(read, type_name, name)


def truth(type_name: str, name: str) -> Any:
    """Yes or no."""

    def read(root: HasSeen) -> bool | None:
        value = root.seen.properties.get(name)
        return value if isinstance(value, bool) else None

    return _field(read, type_name, name)


def money(type_name: str, name: str) -> Any:
    """An amount."""

    def read(root: HasSeen) -> Money | None:
        value = root.seen.properties.get(name)
        return Money(fen=value, currency=CURRENCY) if isinstance(value, int) else None  # type: ignore[arg-type]  # fen

    return _field(read, type_name, name)


def identity() -> Any:
    """The canonical id."""

    def read(root: HasSeen) -> ID:
        return ID(root.seen.id)

    return strawberry.field(resolver=read, description="Canonical id.")


def called(type_name: str) -> Any:
    """What people call it."""

    def read(root: HasSeen) -> str:
        return root.seen.name

    return strawberry.field(resolver=read, description=f"{naming(type_name)} Its id where it has none.")


def kind_of_entity() -> Any:
    """Its type."""

    def read(root: HasSeen) -> str:
        return root.seen.type

    return strawberry.field(resolver=read, description="Type of the entity.")


def origins() -> Any:
    """Where its records come from."""

    def read(root: HasSeen) -> list[str]:
        return list(root.seen.origins)

    return strawberry.field(
        resolver=read, description="real, benchmark or synthetic: where its records come from."
    )


def _field(read: Any, type_name: str, name: str) -> Any:
    return strawberry.field(resolver=read, description=stored(type_name, name))
