"""Types that many answers share: names, money, runs, communities, and who says a value."""

from __future__ import annotations

from strawberry import Parent
from strawberry.scalars import JSON

from api.context import ID, Info
from api.exposed import expose, expose_enum
from api.paging import largest, page
from services.arrears.answer.model import RunName
from services.communities import communities
from services.communities.answer import (
    Community,
    CommunityChange,
    CommunityEvent,
    CommunityEventKind,
    MoveReason,
    SharedTrait,
    TraitKind,
)
from services.graph_answers import history
from services.graph_answers.history import RunHead, RunPart
from services.graph_answers.run_changes import RunChange, changes_in
from services.names import Named
from services.paging import Page
from services.portrait import Provenance
from terms.money import Money


def parameters(part: Parent[RunPart]) -> JSON:
    """Its parameters by name."""
    return JSON(part.parameters)


expose(Money)
expose(Named)
expose(RunPart, parameters=parameters)
expose(RunChange)
expose(Provenance)


def _head(run: RunName, info: Info) -> RunHead:
    """The head of a run: answers name a run by its id, the rest is read from the ledger when it is asked for."""
    return run if isinstance(run, RunHead) else history.run(info.context.seen, run.id)


def current(run: Parent[RunName], info: Info) -> bool:
    """Whether answers come from it at present."""
    return _head(run, info).current


def parent(run: Parent[RunName], info: Info) -> ID | None:
    """The run that it continues; absent for a full one."""
    found = _head(run, info).parent
    return None if found is None else ID(found)


def created_at(run: Parent[RunName], info: Info) -> str:
    """When it was made, ISO instant in UTC."""
    return _head(run, info).created_at


def changes(run: Parent[RunName], info: Info, first: int = 20, after: str | None = None) -> Page[RunChange]:
    """Parties that a continued run changed, the largest change of money first, at most a thousand; empty for a full
    run."""
    found = changes_in(info.context.seen, run.id)
    return page(info, ("changes", run.id), found, lambda change: change.party.id, first=first, after=after)


def cut_off(run: Parent[RunName], info: Info) -> str:
    """Day up to which data counts, an ISO date."""
    return _head(run, info).cut_off


def watermark(run: Parent[RunName], info: Info) -> int:
    """Number of the last record that it knows."""
    return _head(run, info).watermark


def code_version(run: Parent[RunName], info: Info) -> str:
    """Version of the program that made it."""
    return _head(run, info).code_version


def parts(run: Parent[RunName], info: Info) -> list[RunPart]:
    """What was computed, and how."""
    return list(_head(run, info).parts)


expose(
    RunName,
    name="Run",
    current=current,
    parent=parent,
    created_at=created_at,
    changes=changes,
    cut_off=cut_off,
    watermark=watermark,
    code_version=code_version,
    parts=parts,
)


def members(
    community: Parent[Community], info: Info, first: int = 20, after: str | None = None
) -> Page[Named]:
    """Its parties, by id."""
    return communities.members(info.context.seen, community.id, largest(first), after)


def lineage(
    community: Parent[Community], info: Info, first: int = 20, after: str | None = None
) -> Page[CommunityEvent]:
    """What became of it in each full run, the latest first."""
    return communities.lineage(info.context.seen, community.id, largest(first), after, lang=info.context.lang)


expose_enum(CommunityEventKind)
expose_enum(MoveReason, name="CommunityMoveReason")
expose_enum(TraitKind, name="CommunityTraitKind")
expose(SharedTrait, name="CommunityTrait")
expose(Community, members=members, lineage=lineage)
expose(CommunityChange)
