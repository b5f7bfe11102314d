"""Whether a row's values are what the schema declares: a strict row model for each type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from graph.schema.ddl import longest_of
from graph.schema.model import NodeType, Property, RelationType

LARGEST_WHOLE = 2**53
"""Whole numbers stay within what a JSON number carries exactly."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """One value that does not fit: the property, what was found and what is expected instead."""

    field: str
    found: object
    expected: str


class Row(BaseModel):
    """What every row model has in common: values are taken as they are, nothing is converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def check(declared: NodeType | RelationType, values: Mapping[str, object]) -> list[Fault]:
    """The faults of a statement's ``set``, in the order of the schema; empty if it is right.

    Absent values are absent from ``values``; ``None`` is a fault. About 2 us for a right row.
    """
    try:
        row_model(declared).__pydantic_validator__.validate_python(values)
    except ValidationError as error:
        return _faults(declared, error)
    return []


def row_model(declared: NodeType | RelationType) -> type[BaseModel]:
    """The Pydantic model of a type's values; every property may be absent."""
    made = _models.get(id(declared))
    if made is None:
        fields: dict[str, Any] = {
            prop.name: (_annotation(prop), Field(default=None, description=prop.en))
            for prop in declared.properties.values()
        }
        # The type is kept beside its model, so that its id is never given to another one.
        made = _models[id(declared)] = (create_model(declared.name, __base__=Row, **fields), declared)
    return made[0]


_models: dict[int, tuple[type[BaseModel], NodeType | RelationType]] = {}


def expected(prop: Property) -> str:
    """What a value of the property looks like, in words.

    >>> from graph.schema.load import schema
    >>> expected(schema().nodes["Customer"].properties["customerNo"])
    '10 digits'
    """
    if prop.personal == "derived":
        return "nothing: it is computed, never stated"
    if prop.values:
        return f"one of {', '.join(prop.values)}"
    if prop.form:
        return prop.form.en
    words = {
        "text": "a text",
        "integer": "a whole number",
        "decimal": "a number",
        "money": "a whole number of fen",
        "share": "a fraction from 0 to 1",
        "boolean": "true or false",
        "date": "a day as 2026-01-31",
        "month": "a month as 2026-01",
        "instant": "an instant as 2026-01-31T08:00:00Z",
    }
    return words[prop.type] + _range(prop)


def _range(prop: Property) -> str:
    low, high = prop.minimum, prop.maximum
    if low is not None and high is not None:
        return f" from {low:g} to {high:g}"
    if low is not None:
        return f", at least {low:g}"
    return f", at most {high:g}" if high is not None else ""


def _annotation(prop: Property) -> Any:
    low, high = prop.minimum, prop.maximum
    annotation: Any
    if prop.personal == "derived":
        annotation = Annotated[Any, AfterValidator(_computed)]
    elif prop.type == "boolean":
        annotation = bool
    elif prop.type == "share":
        annotation = Annotated[float, Field(ge=0, le=1)]
    elif prop.type == "decimal":
        annotation = Annotated[float, Field(ge=low, le=high)]
    elif prop.type in ("integer", "money"):
        low, high = -LARGEST_WHOLE if low is None else low, LARGEST_WHOLE if high is None else high
        annotation = Annotated[int, Field(ge=low, le=high)]
    else:
        annotation = Annotated[str, AfterValidator(_text_check(prop))]
    return annotation


def _text_check(prop: Property) -> Callable[[str], str]:
    longest = longest_of(prop)
    if prop.values:
        return _check(frozenset(prop.values).__contains__)
    if prop.pattern:
        match = re.compile(prop.pattern).fullmatch
        return _check(lambda text: len(text) <= longest and match(text))
    return {"date": _check(_is_day), "month": _check(_is_month), "instant": _check(_is_instant)}.get(
        prop.type, _check(lambda text: 0 < len(text) <= longest)
    )


def _check(fits: Callable[[str], object]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not fits(text):
            raise ValueError
        return text

    return check


def _faults(declared: NodeType | RelationType, error: ValidationError) -> list[Fault]:
    faults = []
    for item in error.errors(include_url=False, include_context=False):
        field = str(item["loc"][0]) if item["loc"] else ""
        prop = declared.properties.get(field)
        what = expected(prop) if prop else f"a property of {declared.name}"
        faults.append(Fault(field, item["input"], what))
    return faults


def _computed(_: object) -> object:
    raise ValueError


@lru_cache(maxsize=65536)
def _is_day(text: str) -> bool:
    # fromisoformat also takes weeks (2026-W05-6) and days without dashes.
    if not _DAY.fullmatch(text):
        return False
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _is_month(text: str) -> bool:
    return _is_day(f"{text}-01")


def _is_instant(text: str) -> bool:
    if not _INSTANT.fullmatch(text):
        return False
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False
