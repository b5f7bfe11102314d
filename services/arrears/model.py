"""What the answers about arrears risk are made of; the names are those of the GraphQL fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from services.arrears.assumptions import Assumption
from services.arrears.interval import Interval
from services.names import Named
from terms.ids import RecordId, RunId
from terms.money import Money


@dataclass(frozen=True, slots=True)
class RunName:
    """An analysis run."""

    id: RunId


@dataclass(frozen=True, slots=True)
class RelationPart:
    """What one relation gives to a step: its part of the step's weight (parts add up to 1), the amount at stake
    (0 where nothing is owed) and the records that report it."""

    relation: str
    part: float
    amount: Money
    record_ids: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Distress passes from one party to the next with the probability ``weight``."""

    from_: Named
    to: Named
    weight: float
    relations: tuple[RelationPart, ...]


@dataclass(frozen=True, slots=True)
class RiskPath:
    """One reason: an elementary path from a seed to the party, with all its loops.

    ``share``: of the party's score. ``loops``: factor by which walking in circles along the path raises it (1 = no
    circles). ``hidden``: the asker may not see where it leads.
    """

    share: float
    amount: Money
    loops: float
    seed: Named
    steps: tuple[Step, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Tail:
    """All paths that are not listed."""

    share: float
    amount: Money


@dataclass(frozen=True, slots=True)
class SeedShare:
    """What one party's own distress is to blame for."""

    party: Named
    share: float
    amount: Money


class ChangeKind(Enum):
    """What can be done about a risk."""

    SETTLE = "settle"
    PAY_ON_TIME = "pay-on-time"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Change:
    """What would lower the expected loss, and by how much.

    ``what``: in words. ``SETTLE``: ``party`` pays its arrears; ``PAY_ON_TIME``: it has none, its own distress comes of
    having paid late; ``CUT``: the link by which ``party`` harms ``other`` goes.
    """

    what: str
    effect: Money
    kind: ChangeKind
    party: Named
    other: Named | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement as answers show it. ``own``: the own distress that was set; ``recorded``: what the payment record
    says."""

    party: Named
    own: float
    recorded: float
    reason: str
    author: str
    until: date
    recorded_at: str


@dataclass(frozen=True, slots=True)
class RiskTrace:
    """Why a party is at risk: the amounts of ``paths`` and ``tail`` add up to ``expected_loss``, to the fen.

    ``score``: 0 to 1. ``raw``: before the cap at 1; above it the party is over-determined. ``probability``: of arrears
    within twelve months, g of the score; the score itself until g is fitted. ``parameters``: fitted or unfitted.
    ``bound``: proven distance of the score from the exact solution. ``overrides``: judgements of people that stand in
    for the payment records of parties named here. ``interval``: limits of the score while buffers that nobody reported
    may be larger or smaller than was taken; None where none of them bears on it. ``cautions``: what was assumed, in
    short; ``assumptions``: the same with records and sentences.
    """

    party: Named
    score: float
    probability: float
    parameters: str
    raw: float
    bound: float
    expected_loss: Money
    paths: tuple[RiskPath, ...]
    tail: Tail
    seeds: tuple[SeedShare, ...]
    would_change: tuple[Change, ...]
    run: RunName
    data_time: date
    overrides: tuple[Judged, ...] = ()
    interval: Interval | None = None
    cautions: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """How expected loss arrives at the parties that carry it: their own record, or the last relation on its way.

    ``relation``: a type of the graph, a kind of evidence, or OWN_RECORD. Channels of a cluster add up to its loss.
    """

    relation: str
    share: float
    amount: Money


class ActionKind(Enum):
    """What to do about a cluster first."""

    AGREE_ON_PAYMENT = "agree-on-payment"
    RING_FENCE = "ring-fence"


@dataclass(frozen=True, slots=True)
class Action:
    """The step that spares most of a cluster's expected loss: ``spared``, computed by solving without its cause."""

    kind: ActionKind
    party: Named
    spared: Money
    share: float


@dataclass(frozen=True, slots=True)
class RiskCluster:
    """A community of linked parties, with the expected loss of all of them and the seeds to blame for it.

    ``members``: the largest expected loss first, at most a thousand; ``size`` counts all. ``seeds``: the largest share
    first; their shares with those not listed add up to 1. ``suggested_action``: ``action`` in words. ``overrides``:
    judgements of people about parties named here.
    """

    id: str
    name: str
    size: int
    expected_loss: Money
    seeds: tuple[SeedShare, ...]
    channels: tuple[Channel, ...]
    members: tuple[Named, ...]
    suggested_action: str
    action: Action | None
    overrides: tuple[Judged, ...] = ()


class ShockKind(Enum):
    """What a what-if may assume."""

    DEFAULT = "default"
    EQUITY = "equity"
    SETTLE = "settle"
    CUT = "cut"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Shock:
    """One assumption of a what-if.

    ``DEFAULT``: the own distress of ``party`` becomes ``level`` (1 = it defaults).
    ``EQUITY``: ``amount`` is paid into the equity of ``party``; what others would lose with a holding in it stays.
    ``SETTLE``: ``party`` pays ``amount`` of its arrears (all of them when absent); its own distress falls in
    proportion and the utility's exposure by what was paid.
    ``CUT``: every link between ``party`` and ``other`` goes, whichever way it runs, or those of one ``relation``.
    ``ADD``: ``party`` ``relation`` ``other`` (GUARANTEES, LENDS_TO, SELLS_ON_CREDIT_TO, INVESTS_IN), for ``amount``
    more; harm then runs from ``other`` to ``party``.
    """

    kind: ShockKind
    party: str
    other: str | None = None
    relation: str | None = None
    amount: Money | None = None
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What a what-if does to one party.

    ``before``, ``after``: arrears probability. ``loss``: rise of the utility's expected loss (below 0 where it falls).
    ``equity_loss``: rise of what an enterprise loses of its own equity. ``shocked``: a shock names it directly.
    """

    party: Named
    before: float
    after: float
    loss: Money
    equity_loss: Money
    shocked: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Hits that are not listed one by one, together."""

    count: int
    loss: Money
    equity_loss: Money


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would happen; nothing that is stored has changed.

    ``hits``: the largest change of money first. The losses of ``hits`` and ``rest`` add up to ``total_loss`` and
    ``total_equity_loss``, to the fen. ``own_loss``: the part of ``total_loss`` at the shocked parties themselves.
    ``overrides``: judgements of people about parties that are hit; a shock comes on top of them. ``cautions``,
    ``assumptions``: what was assumed, in short and in full.
    """

    hits: tuple[Hit, ...]
    rest: Rest
    total_loss: Money
    own_loss: Money
    total_equity_loss: Money
    run: RunName
    data_time: date
    overrides: tuple[Judged, ...] = ()
    cautions: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
