"""What the answers about arrears risk are made of; the names are those of the GraphQL fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from services.arrears.answer.groups import EverythingJoint, RiskGroup, Sampling
from services.arrears.answer.interval import Interval
from services.assumption import Assumption
from services.decision import Decision, Explained, Reason, Remedy
from services.names import Named
from terms.ids import RecordId, RunId
from terms.money import Money


@dataclass(frozen=True, slots=True)
class RunName:
    """An analysis run: the results of one reading of the graph."""

    id: RunId
    """Id of the run."""


@dataclass(frozen=True, slots=True)
class RelationPart:
    """What one relation gives to a step of a path."""

    relation: str
    """Type of the relation, or the kind of evidence that is shared."""
    part: float
    """Its part of the step's weight; the parts of a step add up to 1."""
    amount: Money
    """What is at stake through it; 0 where nothing is owed."""
    record_ids: tuple[RecordId, ...]
    """Records that report it, as source/recordId."""


@dataclass(frozen=True, slots=True)
class Step:
    """Distress passes from one party to the next."""

    from_: Named
    """The party whose failure does the harm."""
    to: Named
    """The party that is harmed."""
    weight: float
    """Probability that the failure alone breaks the next party."""
    relations: tuple[RelationPart, ...]
    """The relations behind it."""


@dataclass(frozen=True, slots=True)
class RiskPath:
    """One reason of a score: a path from a party that fails by itself to the party, without loops."""

    share: float
    """Its share of the score; with the tail the shares add up to 1."""
    amount: Money
    """Its share of the expected loss; with the tail exact to the fen."""
    loops: float
    """Always 1: no failure that comes back to its own cause is counted again."""
    seed: Named
    """The party whose own distress starts the path."""
    steps: tuple[Step, ...]
    """From the seed to the party; empty for the party's own record."""
    hidden: bool = False
    """Whether the path stands for what the asker may not see."""

    @property
    def way(self) -> str:
        """The names of the parties along it, from the seed on."""
        return " > ".join([self.seed.name, *(step.to.name for step in self.steps)])


@dataclass(frozen=True, slots=True)
class Tail:
    """All paths that are not listed."""

    share: float
    """Their share of the score."""
    amount: Money
    """Their share of the expected loss."""


@dataclass(frozen=True, slots=True)
class SeedShare:
    """The part of a risk that one party's own distress causes."""

    party: Named
    """The party in distress."""
    share: float
    """Its share of the risk."""
    amount: Money
    """Its share of the expected loss."""


class ChangeKind(Enum):
    """A way to lower a risk."""

    SETTLE = "settle"
    PAY_ON_TIME = "pay-on-time"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Change:
    """What would lower the expected loss."""

    what: str
    """The change in words."""
    effect: Money
    """By how much the expected loss would fall."""
    kind: ChangeKind
    """What to do."""
    party: Named
    """The party that pays, or the source of the link that is cut."""
    other: Named | None = None
    """The other end of the link that is cut."""


@dataclass(frozen=True, slots=True)
class RiskOverride:
    """A person's judgement of a party's own distress, in place of what its payment record says."""

    party: Named
    """The party that is judged."""
    own: float
    """Its own distress as judged, 0 to 1."""
    recorded: float
    """What its payment record says."""
    reason: str
    """Why, in the author's words."""
    author: str
    """Who judged."""
    until: date
    """The last day of data on which it holds, an ISO date."""
    recorded_at: str
    """When it was recorded, ISO instant in UTC."""


@dataclass(frozen=True, slots=True)
class RiskTrace(Explained):
    """Why a party is at risk of arrears; amounts add up to the fen."""

    party: Named
    """The party that carries the risk."""
    score: float
    """The chance that the party fails within twelve months, 0 to 1, before calibration."""
    probability: float
    """Probability of arrears within twelve months: g of the score. Until g is fitted it is the score itself."""
    parameters: str
    """Whether the parameters were fitted: fitted or unfitted."""
    raw: float
    """The score: nothing is cut."""
    bound: float
    """Proven limit of the distance between the score and the exact solution."""
    expected_loss: Money
    """Probability times loss given default times exposure."""
    paths: tuple[RiskPath, ...]
    """The reasons, largest amount first."""
    tail: Tail
    """All other reasons together."""
    seeds: tuple[SeedShare, ...]
    """Whose own distress is to blame, largest share first."""
    would_change: tuple[Change, ...]
    """The three changes that would lower the loss most."""
    run: RunName
    """The run that the answer comes from."""
    data_time: date
    """Cut-off of the data, an ISO date."""
    overrides: tuple[RiskOverride, ...] = ()
    """Judgements of people about parties named here; they replace what payment records say."""
    interval: Interval | None = None
    """Limits of the score if unreported buffers differ; absent where no such buffer bears on it."""
    cautions: tuple[str, ...] = ()
    """What had to be assumed about the party, in short."""
    assumptions: tuple[Assumption, ...] = ()
    """What had to be assumed about the party, with records and sentences."""
    own_record: float = 0.0
    """The chance that it fails by its own record alone, 0 to 1; the rest is what the network adds."""
    group: RiskGroup | None = None
    """The parties that it hangs on closely and that hang on it closely, with it; absent where it stands alone."""
    depends_on: tuple[Named, ...] = ()
    """What else surrounds it closely: parties that may bring it down over strong links, the likeliest to fail first; at
    most twenty."""
    sampling: Sampling | None = None
    """Limits of the score, where a part of it was found by draws; absent where it is exact."""
    joint: EverythingJoint | None = None
    """Where circles outside of what surrounds the party closely may count a failure more than once: its chance by draws
    that count each failure once."""

    @property
    def decision(self) -> Decision[Money]:
        """The expected loss by the paths on which it arrives."""
        return Decision(
            value=self.expected_loss,
            unit="fen",
            reasons=tuple(Reason(path.way, path.amount) for path in self.paths),
            rest=self.tail.amount,
            run=self.run.id,
            data_time=self.data_time,
            would_change=tuple(Remedy(change.what, change.effect) for change in self.would_change),
        )


@dataclass(frozen=True, slots=True)
class Channel:
    """How expected loss arrives at the parties that carry it."""

    relation: str
    """The last relation on its way; OWN_RECORD: the party's own payment record; HIDDEN: what the asker does not see."""
    share: float
    """Its share; the channels of a cluster add up to 1."""
    amount: Money
    """Its share in money; exact to the fen."""


class ActionKind(Enum):
    """What to do about a cluster first: agree on payment with a seed, or cut what a party passes on."""

    AGREE_ON_PAYMENT = "agree-on-payment"
    RING_FENCE = "ring-fence"


@dataclass(frozen=True, slots=True)
class Action:
    """The step that spares most of a cluster's expected loss."""

    kind: ActionKind
    """What to do."""
    party: Named
    """The party to agree with, or to ring-fence."""
    spared: Money
    """Expected loss that it would spare, found by solving without the cause."""
    share: float
    """Its share of the cluster's expected loss."""


@dataclass(frozen=True, slots=True)
class RiskCluster:
    """A community of linked parties at risk."""

    id: str
    """That of its community, the same from run to run."""
    name: str
    """That of its community: what its members have in common, and who stands for it."""
    size: int
    """Number of parties."""
    expected_loss: Money
    """Sum of the expected loss of its parties."""
    seeds: tuple[SeedShare, ...]
    """Whose own distress is to blame, the largest share first."""
    channels: tuple[Channel, ...]
    """How the loss arrives, the largest share first."""
    members: tuple[Named, ...]
    """The parties, the largest expected loss first; at most a thousand."""
    suggested_action: str
    """What to do first, in words; in English where nobody asks for another language."""
    action: Action | None
    """The suggested action for programs; absent where nothing can be spared."""
    overrides: tuple[RiskOverride, ...] = ()
    """Judgements of people about parties named here."""


class ShockKind(Enum):
    """What a what-if may assume."""

    DEFAULT = "default"
    """The own distress of `party` becomes `level`: 1 = it defaults."""
    EQUITY = "equity"
    """`amount` is paid into the equity of `party`."""
    SETTLE = "settle"
    """`party` pays `amount` of its arrears, all of them when absent."""
    CUT = "cut"
    """Links between `party` and `other` go, whichever way they run; those of `relation`, or all."""
    ADD = "add"
    """`party` `relation` `other` for `amount` more: `party` guarantees, lends, sells, holds."""


@dataclass(frozen=True, slots=True)
class Shock:
    """One assumption of a what-if.

    ``DEFAULT``: the own distress of ``party`` becomes ``level`` (1 = it defaults).
    ``EQUITY``: ``amount`` is paid into the equity of ``party``; it is a reported buffer then, and holdings follow.
    ``SETTLE``: ``party`` pays ``amount`` of its arrears (all of them when absent), the oldest bills first; its own
    distress is what the rule, or the model, in force says of its bills then.
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
    """What a what-if does to one party."""

    party: Named
    """The party that is hit."""
    before: float
    """Arrears probability before."""
    after: float
    """Arrears probability after."""
    loss: Money
    """Rise of the utility's expected loss; below 0 where it falls."""
    equity_loss: Money
    """Rise of what an enterprise loses of its equity; 0 for persons and customers."""
    shocked: bool
    """Whether a shock names the party itself."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Hits that are not listed one by one."""

    count: int
    """Number of parties."""
    loss: Money
    """Their loss together."""
    equity_loss: Money
    """Their equity loss together."""


@dataclass(frozen=True, slots=True)
class WhatIf(Explained):
    """What would happen; nothing that is stored has changed."""

    hits: tuple[Hit, ...]
    """Parties that are hit, the largest change of the utility's loss first; with `rest` their losses add up to the
    totals, to the fen."""
    rest: Rest
    """Hits beyond the largest thousand, together."""
    total_loss: Money
    """Rise of the utility's expected loss over all parties."""
    own_loss: Money
    """The part of `totalLoss` at the shocked parties themselves."""
    total_equity_loss: Money
    """Rise of what all enterprises lose of their equity."""
    run: RunName
    """The run that the what-if started from."""
    data_time: date
    """Cut-off of the data, an ISO date."""
    overrides: tuple[RiskOverride, ...] = ()
    """Judgements of people about parties that are hit; shocks come on top of them."""
    cautions: tuple[str, ...] = ()
    """What had to be assumed, in short."""
    assumptions: tuple[Assumption, ...] = ()
    """What had to be assumed, in words."""

    @property
    def decision(self) -> Decision[Money]:
        """The rise of the expected loss by the parties that are hit."""
        return Decision(
            value=self.total_loss,
            unit="fen",
            reasons=tuple(Reason(hit.party.name, hit.loss) for hit in self.hits),
            rest=self.rest.loss,
            run=self.run.id,
            data_time=self.data_time,
        )
