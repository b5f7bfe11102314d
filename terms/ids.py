"""Names for the identities and amounts that pass between rooms.

They are plain ``str`` and ``int`` at run time; the type checker keeps them apart.
"""

from typing import NewType

Key = NewType("Key", str)
"""One key under which an entity may be known: ``enterprise:9137…``, ``person:<keyed hash>``, ``person:visits/17#1``."""

EntityId = NewType("EntityId", str)
"""The canonical key of an entity: the first of its keys by declared priority, then by text."""

PartyId = NewType("PartyId", str)
"""The canonical id of a party: a Person, an Enterprise, or a Customer whose party is unknown."""

RecordId = NewType("RecordId", str)
"""A source record as it is named to people: ``source/recordId``."""

RunId = NewType("RunId", str)
"""One analysis run."""

Fen = NewType("Fen", int)
"""Money: a hundredth of a yuan (CNY), an exact integer."""


def record_id(source: str, local: str) -> RecordId:
    """The name of a source's record.

    >>> record_id("visits", "17")
    'visits/17'
    """
    return RecordId(f"{source}/{local}")
