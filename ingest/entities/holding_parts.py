"""A holding in parts: contributions in cash and in kind of one shareholder, which add up.

Parts add up within one channel; two registers tell the same holding twice. So of the claims to the parts of one pair
the most preferred decides: with a part number, the numbered parts of its channel are the holding, and nothing else is;
without one, the holding is whole, and numbered parts of it are left out. Of one record that tells both the parts count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from graph.schema.model import Schema
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.surviving_values import preference

Itself = TypeVar("Itself")


def standing(
    claims: Mapping[RelationIdentity, Sequence[RelationClaim]], schema: Schema
) -> dict[RelationIdentity, Sequence[RelationClaim]]:
    """Claims to relations, all of a pair where its type has parts, without those that others take the place of."""
    return standing_of(claims, lambda relation: relation._replace(key=""), schema)


def standing_of(
    claims: Mapping[Itself, Sequence[RelationClaim]], pair: Callable[[Itself], object], schema: Schema
) -> dict[Itself, Sequence[RelationClaim]]:
    """The same for relations that are named in another way. ``pair``: equal for the parts of one holding."""
    stands: dict[Itself, Sequence[RelationClaim]] = {}
    parts: dict[object, dict[Itself, Sequence[RelationClaim]]] = defaultdict(dict)
    for itself, told in claims.items():
        if schema.relations[told[0].statement.type].parts:
            parts[pair(itself)][itself] = told
        else:
            stands[itself] = told
    for together in parts.values():
        stands.update(_of_one_pair(together, schema))
    return stands


def _of_one_pair(
    parts: Mapping[Itself, Sequence[RelationClaim]], schema: Schema
) -> Iterable[tuple[Itself, Sequence[RelationClaim]]]:
    first = min(
        (claim for told in parts.values() for claim in told),
        # A record that tells both is taken by its parts, in whatever order its claims come.
        key=lambda claim: (preference(claim.record, None, schema), claim.statement.key == ""),
    )
    for itself, told in parts.items():
        numbered = told[0].statement.key != ""
        if numbered != (first.statement.key != ""):
            continue
        kept = [c for c in told if c.record.channel == first.record.channel] if numbered else told
        if kept:
            yield itself, kept
