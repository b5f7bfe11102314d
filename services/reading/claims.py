"""Who says what: values of an entity with the records that state them, and why two names are the same entity."""

from __future__ import annotations

from dataclasses import replace

from ingest.entities.entity_view import view
from ingest.entities.surviving_values import Chosen, ResolvedEntity
from ingest.judgements import why as reasons
from ingest.judgements.why_answer import Why
from ingest.statements import Value
from services.names import NAMING
from services.seen import Seen
from services.site import whole
from terms.ids import EntityId

__all__ = ["ResolvedEntity", "Why", "claims_of", "why"]


def claims_of(seen: Seen, entity: str) -> ResolvedEntity | None:
    """An entity with the source, record, times and rivals of each value; None if no record speaks of it."""
    site = whole(seen)
    found = view(site.ledger, site.schema, EntityId(entity))
    if found is None:
        return None
    declared = site.schema.nodes[found.type].properties
    seen.note([entity], [declared[name].personal for name in found.values if name in declared])
    if seen.policy is None:
        return found
    values = {
        name: Chosen(
            _shown(seen, found.type, name, chosen.value),
            tuple(replace(c, value=_shown(seen, found.type, name, c.value)) for c in chosen.claims),
        )
        for name, chosen in found.values.items()
    }
    return replace(found, values=values)


def why(seen: Seen, first: str, second: str) -> Why:
    """Whether two names are the same entity, and why.

    Raises:
        KehutuError: ``UNKNOWN_ID``.
    """
    site = whole(seen)
    found = reasons.why(site.ledger, site.schema, first, second)
    declared = site.schema.nodes[found.left.type].properties
    told = [
        declared[one].personal for one in ("name", *(s.property for s in found.shared)) if one in declared
    ]
    seen.note([found.left.id, found.right.id], told)
    if seen.policy is None:
        return found
    left, right = (
        replace(one, name=str(seen.shown(one.type, NAMING, one.name))) for one in (found.left, found.right)
    )
    shared = (
        replace(one, value=str(seen.shown(found.left.type, (one.property,), one.value)))
        for one in found.shared
    )
    return replace(found, left=left, right=right, shared=tuple(shared))


def _shown(seen: Seen, type_name: str, name: str, value: Value) -> Value:
    """A claimed value as the asker may see it; '' stands for one that it may not see at all."""
    found = seen.shown(type_name, (name,), value)
    return found if isinstance(found, str | int | float | bool) else ""
