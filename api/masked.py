"""Which fields of a document are not shown in clear to who asks: by coordinate of the schema, never by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    parse,
    visit,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.base import BaseSchema

from api.context import Context
from services.access.asker import Asker
from services.access.policy_file import ROLES, product_policy

CLASSES: Final[dict[str, str]] = {}
"""The class of personal data of fields, by ``Type.field``; those that hold stored values register themselves."""
DOCUMENTS: Final = 256


@dataclass(frozen=True, slots=True)
class NotClear:
    """A field that is not shown in clear. ``form``: MASKED or NONE; ``seen_by``: roles that see it in clear."""

    field: str
    kind: str
    form: str
    seen_by: tuple[str, ...]


class MaskedFields(SchemaExtension):
    """Says with each answer which of its fields are masked, once a document: ``extensions.masked``."""

    def get_results(self) -> dict[str, Any]:
        """The entry of the answer's extensions; none where all of the document is shown in clear."""
        context = self.execution_context
        asked = context.context.asker if isinstance(context.context, Context) else None
        if asked is None or context.graphql_document is None:
            return {}
        return masked_of(context.query or "", asked, plain_schema(context.schema))


def masked_of(text: str, asked: Asker, schema: GraphQLSchema) -> dict[str, Any]:
    """The same for the text of a document."""
    if not _any_masked(_forms(asked)):
        return {}
    # By text, role and purpose: parsed again, once, as nobody else hands in a document with its text.
    found = _remembered(text, Asker(asked.role, purpose=asked.purpose, subject=asked.subject), schema)
    if not found:
        return {}
    told = [
        {"field": one.field, "class": one.kind, "form": one.form, "seenBy": list(one.seen_by)}
        for one in found
    ]
    return {"masked": told}


@cache
def plain_schema(schema: BaseSchema) -> GraphQLSchema:
    """The types of a schema alone."""
    return build_schema(schema.as_str())


def fields_not_clear(document: DocumentNode, schema: GraphQLSchema, asked: Asker) -> tuple[NotClear, ...]:
    """The fields of a document that who asks does not see in clear, each once, by name."""
    forms = _forms(asked)
    if not _any_masked(forms):
        return ()
    return tuple(
        NotClear(
            coordinate,
            kind.upper(),
            forms[kind].upper(),
            tuple(role for role in ROLES if _sees(role, kind)),
        )
        for coordinate in sorted(coordinates(document, schema))
        if (kind := CLASSES.get(coordinate, "")) and forms.get(kind, "clear") != "clear"
    )


@lru_cache(DOCUMENTS)
def _remembered(text: str, asked: Asker, schema: GraphQLSchema) -> tuple[NotClear, ...]:
    return fields_not_clear(parse(text), schema, asked)


def _forms(asked: Asker) -> Mapping[str, str]:
    policy = product_policy()
    role = policy.roles.get(asked.role)
    if role is None:
        return {}
    found = policy.forms(role.name, asked.purpose or role.usual, asked.subject)
    return {str(kind): form for kind, form in found.items()}


def _any_masked(forms: Mapping[str, str]) -> bool:
    return any(form != "clear" for form in forms.values())


def _sees(role: str, kind: str) -> bool:
    tables = product_policy().roles[role].purposes.values()
    return any(form == "clear" for table in tables for name, form in table.items() if name == kind)


def coordinates(document: DocumentNode, schema: GraphQLSchema) -> set[str]:
    """The fields of a document by their place in the schema, as ``Customer.phone``."""
    found: set[str] = set()
    known = TypeInfo(schema)

    class Fields(Visitor):
        def enter_field(self, node: FieldNode, *_: object) -> None:
            parent = known.get_parent_type()
            if parent is not None:
                found.add(f"{parent.name}.{node.name.value}")

    visit(document, TypeInfoVisitor(known, Fields()))
    return found
