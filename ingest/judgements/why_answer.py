"""What an answer to "why are these the same, or not" holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ledger.judgements import Judgement
from terms.ids import EntityId, Key, RecordId


@dataclass(frozen=True, slots=True)
class Known:
    """What one of the two names means. ``records``: all that describe it. ``last_day``: the day after which it is no
    more; identity never ends, so it is told and nothing else follows from it."""

    asked: str
    id: EntityId
    type: str
    name: str
    keys: tuple[Key, ...]
    records: tuple[RecordId, ...]
    last_day: str | None = None


@dataclass(frozen=True, slots=True)
class WhyLink:
    """One step between two names: a record that states both, or a judgement on both."""

    left: Key
    right: Key
    kind: Literal["record", "judgement"]
    record: RecordId
    channel: str | None
    recorded_at: datetime
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Shared:
    """Evidence that two entities have in common: a value that records of both state.

    ``stated``: how many records state it in all, whatever they are about. ``common``: so many that it tells nobody from
    anybody, as the number of a switchboard, or one that was typed to fill a field. ``ends``: the records that state an
    end of it, each with the day.
    """

    property: str
    value: str
    left: tuple[RecordId, ...]
    right: tuple[RecordId, ...]
    stated: int
    common: bool
    ends: tuple[tuple[RecordId, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Why:
    """The answer.

    ``links``: the shortest chain from ``left`` to ``right``, in order; empty when they are two entities, and when both
    texts mean the same key. ``judgements``: all on names of either with names of the other (all on names of the one
    where they are the same), the earliest first; superseded ones included. ``refused``: links that would join them
    were it not for a judgement. ``shared``: evidence in common.
    """

    same: bool
    left: Known
    right: Known
    links: tuple[WhyLink, ...]
    judgements: tuple[Judgement, ...]
    refused: tuple[WhyLink, ...]
    shared: tuple[Shared, ...]
