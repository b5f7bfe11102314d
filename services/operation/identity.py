"""How people correct identity at a terminal: judge, split, and see the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from graph.schema.load import schema
from ingest.identity.clusters import effective
from ingest.judgements.judging import AcknowledgedJudgement, Split, lasting_pair
from ingest.judgements.judging import judge as acknowledge_judgement
from ingest.judgements.judging import split as acknowledge_split
from ingest.projection.projector import Projection
from ledger.census import census, judgements
from ledger.database import Ledger
from ledger.judgements import Judge, Verdict, requested
from services.access.asker import account
from services.live.following import follow
from services.loading import STORE_FAULT_EXIT, project
from services.operation import trail
from services.settings import Settings
from services.site import Site, open_site
from terms.errors import KehutuError
from terms.progress import Progress, silent

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TypeIdentity:
    """Entities of one type.

    ``names``: keys and ids, old ones too, that find them. ``parts``: those that a judgement holds apart from another
    one that keeps their key.
    """

    type: str
    entities: int
    names: int
    parts: int


@dataclass(frozen=True, slots=True)
class Judgements:
    """How many pairs have a verdict of one kind of judge in force."""

    verdict: Verdict
    by: Judge
    pairs: int


@dataclass(frozen=True, slots=True)
class Resolved:
    """What identity did: in the records that were projected now, and in all."""

    projection: Projection
    types: tuple[TypeIdentity, ...]
    judgements: tuple[Judgements, ...]


@dataclass(frozen=True, slots=True)
class Acknowledged(Generic[T]):
    """Something that the ledger has acknowledged. ``store_fault``: why the graph follows later, if it does."""

    answer: T
    store_fault: KehutuError | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A judgement; ``repeated``: it was made before under the same idempotency key."""

    judged: AcknowledgedJudgement
    repeated: bool


def resolve(settings: Settings, progress: Progress = silent) -> Resolved:
    """Bring the graph up to date, and count names, entities and judgements."""
    with open_site(settings, progress) as site:
        projection = project(site, progress)
        prefixes = {node.prefix: node.name for node in site.schema.nodes.values()}
        types = tuple(
            TypeIdentity(prefixes[found.prefix], found.entities, found.names, found.parts)
            for found in census(site.ledger)
        )
        in_force = Counter((j.verdict, j.by) for j in effective(judgements(site.ledger)).values())
    said = tuple(Judgements(verdict, by, pairs) for (verdict, by), pairs in sorted(in_force.items()))
    return Resolved(projection, types, said)


def judge(
    settings: Settings,
    left: str,
    right: str,
    verdict: Verdict,
    *,
    author: str | None = None,
    reason: str | None = None,
) -> Acknowledged[AcknowledgedJudgement]:
    """Take a person's judgement on two entities, and bring the graph up to date.

    Args:
        left, right: ids, keys, business numbers or records (``source/recordId``).
        author: who judges; the account at the terminal when absent.
    Raises:
        KehutuError: UNKNOWN_ID, JUDGEMENT_OF_ONE, JUDGEMENT_OF_TWO_TYPES.
    """
    person = author or account()

    def said(ledger: Ledger) -> AcknowledgedJudgement:
        trail.note(ledger, f"judge {verdict}", f"{left} {right}", actor=person)
        return acknowledge_judgement(
            ledger,
            schema(),
            left,
            right,
            verdict,
            author=person,
            at=datetime.now(UTC),
            reasons=_because(reason),
        )

    return _acknowledged(settings, said)


def decide(
    site: Site,
    left: str,
    right: str,
    verdict: Verdict,
    *,
    author: str,
    reason: str | None,
    idempotency_key: str,
) -> Decided:
    """Take a person's judgement on two entities as :func:`judge` does, for a caller who may ask again.

    Args:
        site: an open site.
        author: who judges; not empty.
        idempotency_key: the caller's name for this one decision. Asking again under it changes nothing, even where
            another judgement on the pair came in between.
    Raises:
        KehutuError: as :func:`judge`; ``OVERRIDE_NEEDS`` without author; ``IDEMPOTENCY_KEY`` when it is empty,
            ``IDEMPOTENCY_CONFLICT`` when it was used for another judgement; ``STORE_UNAVAILABLE``: then the judgement
            is kept and the graph follows when it answers.
    """
    author = author.strip()
    if not author:
        raise KehutuError("OVERRIDE_NEEDS", field="author")
    if not idempotency_key.strip():
        raise KehutuError("IDEMPOTENCY_KEY")
    with site.ledger.deciding():
        known = requested(site.ledger, idempotency_key)
        if known is None:
            trail.note(site.ledger, f"judge {verdict}", f"{left} {right}", actor=author)
            answer = acknowledge_judgement(
                site.ledger,
                site.schema,
                left,
                right,
                verdict,
                author=author,
                at=datetime.now(UTC),
                reasons=_because(reason),
                request=idempotency_key,
            )
        else:
            pair = sorted(lasting_pair(site.ledger, site.schema, left, right))
            wanted = (*pair, verdict, author, _because(reason))
            if wanted != (known.left, known.right, known.verdict, known.author, known.reasons):
                raise KehutuError("IDEMPOTENCY_CONFLICT", key=idempotency_key)
            answer = AcknowledgedJudgement(known.left, known.right, known.verdict, known.seq)
    follow(site, project(site))
    return Decided(answer, repeated=known is not None)


def split(
    settings: Settings,
    record: str,
    *,
    of_type: str | None = None,
    author: str | None = None,
    reason: str | None = None,
) -> Acknowledged[Split]:
    """Part what a record says from the entities that it was put to, and bring the graph up to date.

    Raises:
        KehutuError: UNKNOWN_ID, NOTHING_TO_SPLIT, TYPE_UNKNOWN.
    """
    person = author or account()
    if of_type is not None and of_type not in schema().nodes:
        raise KehutuError("TYPE_UNKNOWN", found=of_type, known=", ".join(schema().nodes))

    def parted(ledger: Ledger) -> Split:
        trail.note(ledger, "split", record, actor=person)
        return acknowledge_split(
            ledger,
            schema(),
            record,
            author=person,
            at=datetime.now(UTC),
            of_type=of_type,
            reasons=_because(reason),
        )

    return _acknowledged(settings, parted)


def _acknowledged(settings: Settings, act: Callable[[Ledger], T]) -> Acknowledged[T]:
    with Ledger.open(settings.home, create=False, zone=settings.zone) as ledger:
        answer = act(ledger)
    try:
        with open_site(settings) as site:
            follow(site, project(site))
    except KehutuError as fault:
        if fault.exit != STORE_FAULT_EXIT:
            raise
        return Acknowledged(answer, fault)
    return Acknowledged(answer, None)


def _because(reason: str | None) -> Mapping[str, object]:
    return {} if reason is None else {"text": reason}
