"""What each asker sees: the one place for a rule about who sees what (docs/decisions/0022-who-asks.md).

A rule has two halves. :attr:`Policy.condition` says which nodes are seen: each named query asks it for every node that
it binds. :attr:`Policy.shown` says what is shown of a value: every stored value of an answer passes it, with its
property and so with its class of personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graph.schema.model import Property
from services.access.asker import EVERYONE, Asker


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


def policy_of(asker: Asker) -> Policy | None:
    """What an asker sees; None where that is everything, in clear.

    Raises:
        ValueError: there is no rule for the role: nothing is seen by mistake.
    """
    if asker == EVERYONE:
        return None
    raise ValueError(f"no rule says what the role '{asker.role}' sees")
