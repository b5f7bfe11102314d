"""Mentions: which records name a key, in which part of their statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
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


Entry: TypeAlias = tuple[int, int, int]
"""Key digest, kind and sequence number of a record: a row of the tables of mentions."""


def entries(ledger: Ledger, records: Sequence[tuple[int, Origin, Sequence[tuple[str, Role]]]]) -> list[Entry]:
    """What the tables keep of records' mentions, each once and in the order of the tables.

    Args:
        records: sequence number, origin and mentions of each.
    """
    keys = ledger.key_digests([key for _, _, named in records for key, _ in named])
    kinds = [_KIND[role, origin] for _, origin, named in records for _, role in named]
    seqs = np.repeat([seq for seq, _, _ in records], [len(named) for _, _, named in records])
    # By arrays: sorting tuples and telling them apart took longer than writing them.
    found = np.column_stack((keys, np.array(kinds, np.int64), seqs))
    found = found[np.lexsort(found.T[::-1])]
    once = np.ones(len(found), bool)
    once[1:] = (found[1:] != found[:-1]).any(axis=1)
    return list(zip(*found[once].T.tolist(), strict=True))


def add(connection: Connection, mentions: Sequence[Entry]) -> None:
    """Add entries, in the order of the table, to the recent ones.

    A large batch that finds a million of them there moves those on. That takes seconds, so a small batch (somebody
    waits for its answer) leaves it to the next large one.
    """
    held = int(get_pointer(connection, _RECENT) or 0)
    if held >= SWEEP and (len(mentions) >= 1000 or held >= 2 * SWEEP):
        recent = tables.mention_recent
        # In key order, so that each page of the table is visited once.
        ordered = select(recent).order_by(recent.c.key, recent.c.kind, recent.c.seq)
        connection.execute(insert(tables.mention).from_select(["key", "kind", "seq"], ordered))
        connection.execute(delete(recent))
        held = 0
    insert_rows(connection, tables.mention_recent, mentions)
    set_pointer(connection, _RECENT, str(held + len(mentions)))


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
