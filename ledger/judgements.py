"""Judgements: somebody holds that two keys are, or are not, one entity.

A judgement is a record of channel ``platform`` and source ``judgements``, so watermark, "as of" and rebuild cover it.
Every judgement ever made is kept and handed out; which one counts for a pair is for identity to say. To take one
back, judge the pair again (``unsure`` where nothing better is known).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

import orjson
from sqlalchemy import select

from ledger import tables
from ledger.database import Ledger
from ledger.records import Mention, NewRecord, Record, acknowledge, by_seq, mentioning
from terms.errors import KehutuError
from terms.ids import Key, RecordId

SOURCE: Final = "judgements"
CHANNEL: Final = "platform"

Verdict: TypeAlias = Literal["same", "different", "unsure"]
Judge: TypeAlias = Literal["person", "rule", "model"]


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """A judgement on its way into the ledger; the order of ``left`` and ``right`` means nothing.

    ``author``: the person, or the name and version of the rule or model. ``score``: 0 to 1, how sure; None where
    the judge gives none. ``reasons``: plain JSON values that explain it. ``request``: the caller's name for this one
    decision, by which :func:`requested` finds it; empty where nobody will ask.
    """

    left: Key
    right: Key
    verdict: Verdict
    by: Judge
    author: str
    score: float | None = None
    reasons: Mapping[str, object] = field(default_factory=dict, hash=False)
    request: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """An acknowledged judgement; ``left < right`` in text order.

    ``id`` is its record: one per pair, kind of judge and author, so an author who judges a pair again makes a new
    version of it. ``seq`` tells versions apart.
    """

    left: Key
    right: Key
    verdict: Verdict
    by: Judge
    author: str
    score: float | None
    reasons: Mapping[str, object] = field(hash=False)
    recorded_at: datetime
    seq: int
    id: RecordId


def judge(
    ledger: Ledger,
    left: Key,
    right: Key,
    verdict: Verdict,
    *,
    by: Judge,
    author: str,
    at: datetime,
    score: float | None = None,
    reasons: Mapping[str, object] | None = None,
) -> int:
    """Acknowledge one judgement, made at instant ``at``; see :func:`judge_all`.

    Returns:
        The sequence number of its record.
    """
    return judge_all(ledger, [NewJudgement(left, right, verdict, by, author, score, reasons or {})], at=at)[0]


def judge_all(ledger: Ledger, batch: Sequence[NewJudgement], *, at: datetime) -> list[int]:
    """Acknowledge judgements made at one instant, in one commit.

    One that repeats what the same author last said about the pair is not written again.

    Returns:
        For each, in order, the sequence number of the record that holds it.
    Raises:
        KehutuError: JUDGEMENT_OF_ONE, when a pair is one key twice; nothing is written then.
    """
    rows = [_row(judgement, at) for judgement in batch]
    return [taken.seq for taken in acknowledge(ledger, rows, recorded_at=at)]


def exist(ledger: Ledger) -> bool:
    """Whether anybody has ever judged; where not, identity need not look for judgements."""
    query = select(tables.record.c.seq).where(tables.record.c.source == SOURCE).limit(1)
    with ledger.reading() as connection:
        return connection.scalar(query) is not None


def touching(ledger: Ledger, keys: Iterable[str]) -> list[Judgement]:
    """Every judgement, earlier versions included, with one of the keys at either end; in order of acknowledgement."""
    mentions = mentioning(ledger, keys, roles=("judgement",))
    wanted = set(mentions)
    found = by_seq(ledger, {seq for seqs in mentions.values() for seq in seqs})
    judgements = (read(found[seq]) for seq in sorted(found) if is_judgement(found[seq]))
    return [judgement for judgement in judgements if wanted & {judgement.left, judgement.right}]


def requested(ledger: Ledger, request: str) -> Judgement | None:
    """The judgement that was made under a caller's name for it, whatever was judged since; None where there is none."""
    key = _request_key(request)
    seqs = mentioning(ledger, [key], roles=("judgement",))[key]
    return read(by_seq(ledger, seqs)[min(seqs)]) if seqs else None


def is_judgement(record: Record) -> bool:
    """Whether a record is a judgement, and not a row of some source."""
    return record.source == SOURCE


def read(record: Record) -> Judgement:
    """The judgement that a record holds."""
    said = orjson.loads(record.payload)["judgement"]
    return Judgement(
        left=Key(said["left"]),
        right=Key(said["right"]),
        verdict=said["verdict"],
        by=said["by"],
        author=said["author"],
        score=said["score"],
        reasons=said["reasons"],
        recorded_at=record.recorded_at,
        seq=record.seq,
        id=record.id,
    )


def _row(judgement: NewJudgement, at: datetime) -> NewRecord:
    left, right = sorted((judgement.left, judgement.right))
    if left == right:
        raise KehutuError("JUDGEMENT_OF_ONE", key=left)
    said = {
        "left": left,
        "right": right,
        "verdict": judgement.verdict,
        "by": judgement.by,
        "author": judgement.author,
        "score": judgement.score,
        "reasons": dict(judgement.reasons),
    }
    mentions = [Mention(left, "judgement"), Mention(right, "judgement")]
    if judgement.request:
        said["request"] = request = _request_key(judgement.request)
        mentions.append(Mention(request, "judgement"))
    name = "\0".join((left, right, judgement.by, judgement.author))
    return NewRecord(
        source=SOURCE,
        record_id=hashlib.blake2b(name.encode(), digest_size=12).hexdigest(),
        channel=CHANNEL,
        origin="real",
        observed_at=at,
        # Judged when it is recorded: the later one by the same author counts, whatever the clock says.
        observed_assumed=True,
        # Empty statements beside it, so that a reader of rows finds a row that states nothing.
        payload=orjson.dumps({"judgement": said, "nodes": [], "relations": []}, option=orjson.OPT_SORT_KEYS),
        mentions=tuple(mentions),
    )


def _request_key(request: str) -> str:
    """Stands among the keys that records mention, and is the key of no entity."""
    return "request:" + hashlib.blake2b(request.encode(), digest_size=12).hexdigest()
