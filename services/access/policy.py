"""What each asker sees: the one place for a rule about who sees what (docs/decisions/0022-who-asks.md).

A rule has two halves. :attr:`Policy.condition` says which nodes are seen: each named query asks it for every node that
it binds. :attr:`Policy.shown` says what is shown of a value: every stored value of an answer passes it, with its
property and so with its class of personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from graph.blocks import SEEN_IN
from graph.schema.model import PersonalData, Property
from services.access.areas.tokens import of_asker
from services.access.asker import ALL_REGIONS, EVERYONE, Asker
from services.access.masks import shown
from services.access.policy_file import product_policy
from services.access.root_fields import REACHING

AREAS: Final = "asker_areas"
IDS: Final = "asker_ids"
REGIONAL: Final = frozenset({"analyst", "planner", "credit-officer", "application"})
"""Roles that see what lies in their regions."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one asker sees."""

    condition: Callable[[str, str], str]
    """From the type of a node ("any": whatever type) and its variable to Cypher that holds where it is seen; empty
    where each is seen."""
    shown: Callable[[tuple[Property, ...], object], object]
    """A value of a property, or of one of several, as the asker may see it; the most personal of them decides."""
    parameters: Mapping[str, object] = field(default_factory=dict)
    """What conditions name, by names that begin with ``asker_``."""
    whole: bool = False
    """Whether each entity is seen, so that only values differ from what there is."""
    masked: frozenset[PersonalData] = frozenset()
    """Classes of personal data that are not shown in clear."""


def policy_of(
    asker: Asker, deployment: Callable[[], str] = str, reach: Callable[[Asker], Sequence[str]] = lambda _: ()
) -> Policy | None:
    """What an asker sees; None where that is everything, in clear.

    Args:
        deployment: gives the name of the tenant that counts as none, the lists of areas beside nodes being right; asked
            of who does not see everything.
        reach: gives the ids of what is the asker's own or assigned to it; asked of :data:`REACHING`.

    Raises:
        ValueError: there is no rule for the role: nothing is seen by mistake.
    """
    if asker == replace(EVERYONE, subject=asker.subject, purpose=asker.purpose):
        return None
    role = product_policy().roles.get(asker.role)
    if role is None:
        raise ValueError(f"no rule says what the role '{asker.role}' sees")
    forms = product_policy().forms(role.name, asker.purpose or role.usual, asker.subject)
    in_clear = partial(shown, forms)
    hidden = frozenset(kind for kind, form in forms.items() if form != "clear")
    if asker.whole:
        return Policy(lambda _type, _node: "", in_clear, whole=True, masked=hidden)
    if role.name in REACHING:
        # Of its tenant, in whatever region.
        areas = of_asker(replace(asker, regions=(ALL_REGIONS,)), deployment())
        return Policy(_reached, in_clear, {AREAS: areas, IDS: list(reach(asker))}, masked=hidden)
    if role.name not in REGIONAL:
        return Policy(lambda _type, _node: "false", in_clear, masked=hidden)
    return Policy(_in_areas, in_clear, {AREAS: of_asker(asker, deployment())}, masked=hidden)


def _reached(kind: str, node: str) -> str:
    return f"{node}.id IN ${IDS} AND {_in_areas(kind, node)}"


def _in_areas(_type: str, node: str) -> str:
    return f"any(area IN ${AREAS} WHERE area IN {node}.{SEEN_IN})"
