"""Answers of the services as GraphQL types: derived from their frozen dataclasses, never mirrored.

A dataclass is exposed as it is: its docstring and the docstrings beside its fields are the descriptions, its types are
the types, its values are read by attribute. What GraphQL says otherwise is said once, in :func:`expose`: a field with
arguments, or one that speaks the asker's language, is a function that takes the answer.

After ``expose(RiskTrace)`` resolvers return ``RiskTrace`` itself and name it in their annotations.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
import types
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache, reduce
from itertools import pairwise
from operator import or_
from typing import (
    Any,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import strawberry
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition

from api.at_hand import at_hand
from api.scalars import FenAmount
from terms.ids import EntityId, PartyId, RunId

IDS = (EntityId, PartyId, RunId)
"""Texts that GraphQL shows as ``ID``; so is every field named ``id``."""

DEFINITION = "__strawberry_definition__"
PARENT: Any = cast("Any", strawberry.Parent)[Any]


class Exposure(NamedTuple):
    """How a dataclass is to be shown."""

    name: str
    fields: Mapping[str, Callable[..., Any]]


_waiting: dict[type, Exposure] = {}


def expose(answer: type, *, name: str | None = None, **fields: Callable[..., Any]) -> None:
    """Show a dataclass, and those that its fields name, as types of the schema.

    What resolvers name has to be exposed; what it contains follows, under its own name. The order does not matter.

    Args:
        name: in GraphQL; that of the class unless given.
        fields: by the name of the field a function that takes the answer as its first parameter (annotated
            ``strawberry.Parent``) and gives the value; its docstring describes the field where the class does not.

    Raises:
        TypeError: the class is exposed already.
    """
    if answer in _waiting or DEFINITION in vars(answer):
        raise TypeError(f"{answer.__name__} is exposed twice")
    _waiting[answer] = Exposure(name or answer.__name__, fields)


def make_types(*_modules: types.ModuleType) -> None:
    """Make the types of all that was exposed, before the schema is made.

    Args:
        _modules: those that expose; naming them here is what imports them.

    Raises:
        TypeError: something that is shown has no description.
    """
    while _waiting:
        _make(next(iter(_waiting)))


def _make(answer: type) -> None:
    exposure = _waiting.pop(answer, Exposure(answer.__name__, {}))
    told, hints = described(answer), get_type_hints(answer)
    space: dict[str, Any] = {
        "__module__": answer.__module__,
        "__doc__": answer.__doc__,
        "__annotations__": {},
    }
    for field in dict.fromkeys((*(one.name for one in dataclasses.fields(answer)), *exposure.fields)):
        own = exposure.fields.get(field)
        description = told.get(field) or _first(own.__doc__ if own else None)
        if description is None:
            raise TypeError(f"{answer.__name__}.{field} has no description")
        if own is not None:
            shown_type(get_type_hints(own)["return"])  # what it gives becomes a type too
        kind = None if own else hints[field]
        dated = kind is not None and _is_date(kind)
        if kind is not None and not dated:
            space["__annotations__"][field] = shown_type(kind, field)
        resolver: Any = _as_text_of(field, kind) if dated else own
        space[field] = strawberry.field(resolver=resolver, description=description, name=_name(field))
    parameters = getattr(answer, "__parameters__", ())
    bases = (cast("Any", Generic)[parameters],) if parameters else ()
    shown = types.new_class(exposure.name, bases, exec_body=lambda body: body.update(space))
    made = strawberry.type(shown, name=exposure.name, description=_first(answer.__doc__))
    definition: StrawberryObjectDefinition = getattr(made, DEFINITION)
    definition.origin = answer  # values are those of the service, and so are its generic forms
    setattr(answer, DEFINITION, definition)


def expose_enum(answer: type[Enum], *, name: str | None = None) -> None:
    """Make an enumeration of a service one of the schema; docstrings beside its members describe them."""
    told = described(answer)
    strawberry.enum(answer, name=name, description=_first(answer.__doc__))
    definition: StrawberryEnumDefinition = getattr(answer, DEFINITION)
    for value in definition.values:
        value.description = told.get(value.name)


@cache
def described(answer: type) -> Mapping[str, str]:
    """The docstrings beside the fields of a class and of those that it inherits from, as one line each.

    >>> described(datetime)
    {}
    """
    found: dict[str, str] = {}
    for base in reversed(answer.__mro__):
        if dataclasses.is_dataclass(base) or issubclass(base, Enum):
            found |= _beside_fields(base)
    return found


def _beside_fields(answer: type) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
    except (OSError, TypeError):  # made without a source, as an enumeration of the standard library
        return {}
    (body,) = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    found: dict[str, str] = {}
    for field, text in pairwise(body):
        if (
            isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            targets = [field.target] if isinstance(field, ast.AnnAssign) else getattr(field, "targets", [])
            found |= {
                one.id: " ".join(text.value.value.split()) for one in targets if isinstance(one, ast.Name)
            }
    return found


def _as_text_of(field: str, declared: object) -> Callable[..., Any]:
    """A resolver for a day, which is ISO text, or an instant, which is ISO text in UTC."""

    @at_hand
    def read(root: Any) -> Any:
        value = getattr(root, field)
        if value is None:
            return None
        return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value.isoformat()

    read.__annotations__ = {"root": PARENT, "return": shown_type(declared, field)}
    return read


def shown_type(declared: Any, field: str = "") -> Any:
    """The type that GraphQL has for a type of the services; dataclasses on the way become types.

    >>> shown_type(tuple[str, ...])
    list[str]
    """
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is tuple:
        return types.GenericAlias(list, (shown_type(arguments[0]),))
    if origin in (Union, types.UnionType):
        return reduce(or_, [shown_type(one, field) for one in arguments])
    if origin is Literal:
        return str
    if field == "fen":
        return FenAmount
    if declared in IDS or (field == "id" and declared is str):
        return strawberry.ID
    if isinstance(declared, NewType):
        return shown_type(declared.__supertype__)
    if isinstance(declared, type) and issubclass(declared, date):
        return str
    for one in arguments:
        shown_type(one)
    whole = origin or declared  # Edge of Edge[T]
    if isinstance(whole, type) and DEFINITION not in vars(whole):
        if dataclasses.is_dataclass(whole):
            _make(whole)
        elif issubclass(whole, Enum):
            expose_enum(whole)
    return declared


def _is_date(declared: object) -> bool:
    """Whether a field holds a day or an instant, or may hold one."""
    kinds = get_args(declared) or (declared,)
    return any(isinstance(kind, type) and issubclass(kind, date) for kind in kinds)


def _first(text: str | None) -> str | None:
    """The first paragraph of a docstring on one line."""
    return " ".join(inspect.cleandoc(text).split("\n\n")[0].split()) if text else None


def _name(field: str) -> str | None:
    """``from_`` is ``from`` outside of Python; other names follow the schema's rule."""
    return field.rstrip("_") if field.endswith("_") else None
