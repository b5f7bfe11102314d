"""The policy as its file ``policy.yaml`` states it: roles, purposes, classes of personal data, root fields, grants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, Literal, NoReturn, TypeAlias, cast, get_args

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from graph.schema.model import PersonalData
from graph.schema.source import nearest
from services.access.root_fields import PLANNED, ROOT_FIELDS
from terms.errors import KehutuError

Form: TypeAlias = Literal["clear", "masked", "none"]
"""What becomes of a value: it is shown, its form is, or nothing is."""

ROLES: Final = (
    "analyst",
    "planner",
    "credit-officer",
    "technician",
    "customer",
    "application",
    "auditor",
    "administrator",
)
PURPOSES: Final = ("analysis", "service", "planning", "collection", "audit")
CLASSES: Final[tuple[PersonalData, ...]] = tuple(c for c in get_args(PersonalData) if c != "public")
FORMS: Final[tuple[Form, ...]] = get_args(Form)
APPLICATION: Final = "application"
_FIELDS: Final = (*ROOT_FIELDS, *PLANNED)


@dataclass(frozen=True, slots=True)
class Role:
    """What the policy says of a role. ``purposes``: those that it may have, the first where none is asked for."""

    name: str
    purposes: Mapping[str, Mapping[PersonalData, Form]]
    fields: frozenset[str]

    @property
    def usual(self) -> str:
        """The purpose that counts where none is asked for."""
        return next(iter(self.purposes))


@dataclass(frozen=True, slots=True)
class Grant:
    """What an application was granted beside what its role has."""

    fields: frozenset[str]
    classes: Mapping[PersonalData, Form]


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A checked policy."""

    roles: Mapping[str, Role]
    applications: Mapping[str, Grant]

    def forms(self, role: str, purpose: str, subject: str) -> Mapping[PersonalData, Form]:
        """What becomes of the values of each class; ``subject``: whose grants count where it is an application."""
        forms = dict(self.roles[role].purposes[purpose])
        if role == APPLICATION and subject in self.applications:
            forms |= self.applications[subject].classes
        return forms

    def fields(self, role: str, subject: str) -> frozenset[str]:
        """Root fields that an asker may use."""
        granted = self.applications.get(subject) if role == APPLICATION else None
        return self.roles[role].fields | (granted.fields if granted else frozenset())


@cache
def product_policy() -> PolicyFile:
    """The policy that ships with the product.

    Raises:
        KehutuError: ``POLICY_FAULT``.
    """
    return parsed(_product_text(), "policy.yaml")


@cache
def policy_digest() -> str:
    """What tells the policy that ships from any other: the first 16 digits of the SHA-256 of its text."""
    return hashlib.sha256(_product_text().encode()).hexdigest()[:16]


def _product_text() -> str:
    return (resources.files("services.access") / "policy.yaml").read_text(encoding="utf-8")


def read(path: Path) -> PolicyFile:
    """The policy of a file.

    Raises:
        KehutuError: ``POLICY_FAULT`` names an unknown role, purpose, class, form or field with the nearest known one.
    """
    try:
        return parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as fault:
        raise KehutuError("POLICY_FAULT", file=path, reason=str(fault)) from fault


def parsed(text: str, file: str) -> PolicyFile:
    """The policy of a text; see :func:`read`. ``file``: how messages name it."""
    return _Reader(file).policy(text)


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str

    def policy(self, text: str) -> PolicyFile:
        try:
            found = YAML(typ="safe", pure=True).load(text)
        except YAMLError as fault:
            self.fault(" ".join(str(fault).split()))
        told = self.mapping(found, "the policy")
        self.known("key", told, ("classes", "roles", "applications"))
        roles = self.mapping(told.get("roles"), "roles")
        self.known("role", roles, ROLES)
        for name in ROLES:
            if name not in roles:
                self.fault(f"the role '{name}' is missing")
        applications = self.mapping(told.get("applications") or {}, "applications")
        return PolicyFile(
            {name: self.role(name, self.mapping(said, f"the role '{name}'")) for name, said in roles.items()},
            {
                subject: self.grant(subject, self.mapping(said, f"the application '{subject}'"))
                for subject, said in applications.items()
            },
        )

    def role(self, name: str, said: Mapping[str, object]) -> Role:
        where = f"the role '{name}'"
        self.known("key", said, ("purposes", "fields"), where)
        purposes = self.mapping(said.get("purposes"), f"purposes of {where}")
        self.known("purpose", purposes, PURPOSES, where)
        if not purposes:
            self.fault(f"{where} has no purpose")
        tables = {purpose: self.classes(table, where, whole=True) for purpose, table in purposes.items()}
        return Role(name, tables, self.fields(said.get("fields"), where))

    def grant(self, subject: str, said: Mapping[str, object]) -> Grant:
        where = f"the application '{subject}'"
        self.known("key", said, ("fields", "classes"), where)
        fields = self.fields(said.get("fields") or [], where)
        return Grant(fields, self.classes(said.get("classes") or {}, where, whole=False))

    def classes(self, said: object, where: str, *, whole: bool) -> dict[PersonalData, Form]:
        table = self.mapping(said, f"classes of {where}")
        self.known("class", table, CLASSES, where)
        self.known("form", map(str, table.values()), FORMS, where)
        for name in CLASSES if whole else ():
            if name not in table:
                self.fault(f"{where} says nothing of the class '{name}'")
        return {name: cast("Form", table[name]) for name in CLASSES if name in table}

    def fields(self, said: object, where: str) -> frozenset[str]:
        but = self.mapping(said, where) if isinstance(said, dict) else None
        if but is not None:
            self.known("key", but, ("all but",), where)
            said = but.get("all but")
        if not isinstance(said, list) or not all(isinstance(name, str) for name in said):
            self.fault(f"fields of {where} are a list of root fields, or 'all but' with one")
        self.known("root field", said, _FIELDS, where)
        named = frozenset(said)
        return frozenset(_FIELDS) - named if but is not None else named

    def mapping(self, found: object, what: str) -> dict[str, object]:
        if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
            self.fault(f"{what}: keys and values are expected")
        return found

    def known(self, kind: str, found: Iterable[str], allowed: Iterable[str], where: str = "") -> None:
        allowed = tuple(allowed)
        for name in found:
            if name not in allowed:
                at = f" in {where}" if where else ""
                self.fault(f"there is no {kind} '{name}'{at}{nearest(name, allowed)}")

    def fault(self, reason: str) -> NoReturn:
        raise KehutuError("POLICY_FAULT", file=self.file, reason=reason)
