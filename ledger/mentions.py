"""Mentions: which records name a key, and in which part of their statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, Connection, column, delete, exists, insert, select, values

from ledger import tables
from ledger.bulk import chunks, insert_rows
from ledger.database import Ledger, get_pointer, set_pointer

Origin: TypeAlias = Literal["real", "benchmark", "synthetic"]
Role: TypeAlias = Literal["node", "end", "relation", "evidence", "judgement"]
"""Where a record names a key: as what it describes, as an end of a relation, as a relation, as evidence (a phone, an
address), or as what it judges."""

SWEEP = 1_000_000
"""So many recent mentions are moved on together; a setting of the process."""
_RECENT: Final = "mention_recent"
_KIND: Final = {(r, o): tables.kind_of(r, o) for r in tables.ROLE_CODE for o in tables.ORIGIN_CODE}


class Mention(NamedTuple):
    """A record names a key, and in which part of its statements it does."""

    key: str
    role: Role


class MentionColumns(NamedTuple):
    """Mentions of a batch of records as the tables keep them: in their order, each once.

    ``keys``: digests. ``kinds``: role and origin. ``rows``: the place of the record in its batch, from 0.
    """

    keys: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int32]


def named(ledger: Ledger, batch: Sequence[tuple[Origin, Sequence[tuple[str, Role]]]]) -> MentionColumns:
    """The mentions of a batch, from the origin and the mentions of each record."""
    keys = ledger.key_digests([key for _, mentions in batch for key, _ in mentions])
    kinds = np.array([_KIND[role, origin] for origin, mentions in batch for _, role in mentions], np.int8)
    rows = np.arange(len(batch), dtype=np.int32).repeat([len(mentions) for _, mentions in batch])
    # By arrays: sorting tuples and telling them apart took longer than writing them.
    order = np.lexsort((rows, kinds, keys))
    keys, kinds, rows = keys[order], kinds[order], rows[order]
    once = np.ones(len(keys), bool)
    once[1:] = (keys[1:] != keys[:-1]) | (kinds[1:] != kinds[:-1]) | (rows[1:] != rows[:-1])
    return MentionColumns(keys[once], kinds[once], rows[once])


def add(connection: Connection, mentions: MentionColumns, seqs: Sequence[int]) -> None:
    """Add the mentions of a batch to the recent ones.

    Args:
        seqs: number of each record of the batch, ascending; 0 for one that was not taken.

    A large batch that finds a million of them there moves those on. That takes seconds, so a small batch (somebody
    waits for its answer) leaves it to the next large one.
    """
    numbers = np.array(seqs, np.int64)[mentions.rows]
    taken = numbers > 0
    columns = (mentions.keys[taken], mentions.kinds[taken], numbers[taken])
    new = list(zip(*(column.tolist() for column in columns), strict=True))
    held = int(get_pointer(connection, _RECENT) or 0)
    if held >= SWEEP and (len(new) >= 1000 or held >= 2 * SWEEP):
        recent = tables.mention_recent
        # In key order, so that each page of the table is visited once.
        ordered = select(recent).order_by(recent.c.key, recent.c.kind, recent.c.seq)
        connection.execute(insert(tables.mention).from_select(["key", "kind", "seq"], ordered))
        connection.execute(delete(recent))
        held = 0
    insert_rows(connection, tables.mention_recent, new)
    set_pointer(connection, _RECENT, str(held + len(new)))


def mentioning(
    ledger: Ledger, keys: Iterable[str], *, roles: Iterable[Role] | None = None
) -> dict[str, list[int]]:
    """Sequence numbers, ascending, of all versions that mention each key; every asked key has an entry.

    Args:
        keys: keys or evidence values.
        roles: only mentions in these roles; all when absent. A hub has millions of ``end`` mentions: ask for
            them only where they are needed.
    """
    digests = {ledger.key_digest(key): key for key in keys}
    found: dict[str, list[int]] = {key: [] for key in digests.values()}
    kinds = _kinds(roles)
    with ledger.reading() as connection:
        for table in tables.MENTIONS:
            for chunk in chunks(sorted(digests)):
                query = select(table.c.key, table.c.seq).where(table.c.key.in_(chunk))
                if roles is not None:
                    query = query.where(table.c.kind.in_(kinds))
                for digest, seq in connection.execute(query):
                    found[digests[digest]].append(seq)
    for key, seqs in found.items():
        if len(seqs) > 1:
            # One record may mention a key in two roles.
            found[key] = sorted(set(seqs))
    return found


def mentioned_until(ledger: Ledger, keys: Iterable[str], seq: int) -> set[str]:
    """Those of the keys that a record with a sequence number up to ``seq`` mentions in any role."""
    digests = {ledger.key_digest(key): key for key in keys}
    kinds = _kinds(None)
    found: set[str] = set()
    with ledger.reading() as connection:
        for table in tables.MENTIONS:
            for chunk in chunks(sorted(digests)):
                asked = values(column("key", BigInteger), name="asked").data([(d,) for d in chunk]).cte()
                # EXISTS stops at the first mention; a hub has millions.
                query = select(asked.c.key).where(
                    exists().where(table.c.key == asked.c.key, table.c.kind.in_(kinds), table.c.seq <= seq)
                )
                found.update(digests[digest] for digest in connection.scalars(query))
    return found


def _kinds(roles: Iterable[Role] | None) -> list[int]:
    wanted = tables.ROLE_CODE.keys() if roles is None else set(roles)
    return sorted(code for (role, _), code in _KIND.items() if role in wanted)
