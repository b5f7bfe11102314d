"""Aliases: every key that names an entity, and the entity's canonical id. Ids are resolved here first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from ledger import tables
from ledger.bulk import chunks
from ledger.database import Ledger
from terms.ids import EntityId, Key


def put(ledger: Ledger, ids: Mapping[str, EntityId]) -> None:
    """Let keys name entities from now on: key -> canonical id. One commit."""
    if not ids:
        return
    statement = upsert(tables.alias)
    statement = statement.on_conflict_do_update(index_elements=["key"], set_={"id": statement.excluded.id})
    with ledger.writing() as connection:
        connection.execute(statement, [{"key": key, "id": ids[key]} for key in sorted(ids)])


def remove(ledger: Ledger, keys: Iterable[str]) -> None:
    """Forget keys whose entity has gone for good. Unknown ones are no fault."""
    with ledger.writing() as connection:
        for chunk in chunks(sorted(set(keys))):
            connection.execute(delete(tables.alias).where(tables.alias.c.key.in_(chunk)))


def clear(ledger: Ledger) -> None:
    """Forget all, before a rebuild makes them again."""
    with ledger.writing() as connection:
        connection.execute(delete(tables.alias))


def ids_of(ledger: Ledger, keys: Iterable[str]) -> dict[str, EntityId]:
    """Canonical id of each known key; unknown keys are absent from the answer."""
    found: dict[str, EntityId] = {}
    with ledger.reading() as connection:
        for chunk in chunks(sorted(set(keys))):
            query = select(tables.alias.c.key, tables.alias.c.id).where(tables.alias.c.key.in_(chunk))
            found.update((key, EntityId(entity)) for key, entity in connection.execute(query))
    return found


def resolve(ledger: Ledger, text: str, prefixes: Sequence[str] = ()) -> EntityId | None:
    """The entity that a text names: a canonical id, an old id, any key, or a bare business number.

    Args:
        text: what a person or program gave; surrounding blanks do not matter.
        prefixes: prefixes of keys to try a bare number with, in order (``customer``, ``enterprise``, ...).
    Returns:
        The canonical id, or None.
    """
    text = text.strip()
    tried = [text, *(f"{prefix}:{text}" for prefix in prefixes)]
    known = ids_of(ledger, tried)
    return next((known[key] for key in tried if key in known), None)


def keys_of(ledger: Ledger, entity: str) -> list[Key]:
    """All keys of the entity with this canonical id, sorted."""
    alias = tables.alias.c
    others = select(alias.key).where(alias.id == entity, alias.id != alias.key)
    itself = select(alias.key).where(alias.key == entity, alias.id == entity)
    with ledger.reading() as connection:
        return sorted(Key(key) for query in (itself, others) for key in connection.scalars(query))


def starting(ledger: Ledger, prefix: str, first: int = 20) -> list[tuple[Key, EntityId]]:
    """Keys that begin with a text, sorted, with the entities they name: for completion, for near misses."""
    column = tables.alias.c.key
    # A range on the primary key; LIKE would scan, and % or _ in the text would mean something else.
    query = select(column, tables.alias.c.id).where(column >= prefix)
    if prefix:
        query = query.where(column < prefix + chr(0x10FFFF))
    query = query.order_by(column).limit(first)
    with ledger.reading() as connection:
        return [(Key(key), EntityId(entity)) for key, entity in connection.execute(query)]
