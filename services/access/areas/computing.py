"""Which areas each entity of a graph is seen in: by its own region, or by those to whom it belongs.

The rules are those of docs/security.md, "What is seen". Relations count whenever they hold: what an account was, it was
to each of its holders.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from services.access.areas.tokens import PUBLIC, of_entity

Areas: TypeAlias = frozenset[str]
EVERYBODY: Final[Areas] = frozenset({PUBLIC})


class Node(NamedTuple):
    """An entity: its type, and the tenant and region that it states itself, each empty where it states none."""

    type: str
    tenant: str
    region: str


class Link(NamedTuple):
    """A relation: its type and the ids of its ends."""

    relation: str
    source: str
    target: str


class Way(NamedTuple):
    """A relation by which an entity belongs to others. ``back``: it comes from them and does not lead to them."""

    relation: str
    types: frozenset[str]
    back: bool = True


CUSTOMER: Final = frozenset({"Customer"})
PARTIES: Final = frozenset({"Customer", "Person", "Enterprise"})
OWN: Final = ("Customer", "Technician", "Outage", "Area", "Line", "Transformer", "Substation", "Switch")
"""Types that go by their own region."""
BELONGS: Final[Mapping[str, tuple[Way, ...]]] = {
    "Person": (Way("IS", CUSTOMER),),
    "Enterprise": (Way("IS", CUSTOMER),),
    "ServicePoint": (Way("SUPPLIED_AT", CUSTOMER),),
    "Account": (Way("HAS_ACCOUNT", CUSTOMER),),
    "Device": (Way("OWNS", CUSTOMER),),
    "ArrearsCase": (Way("HAS_ARREARS_CASE", CUSTOMER),),
    "Recommendation": (Way("OFFERED", CUSTOMER),),
    "Consent": (Way("DECIDES", CUSTOMER),),
    "Interaction": (Way("CONTACTED", PARTIES),),
    "CreditRecord": (Way("HAS_CREDIT_RECORD", PARTIES),),
    "Address": (Way("LIVES_AT", PARTIES), Way("LOCATED_AT", frozenset({"Enterprise"}))),
    "RiskOverride": (Way("OVERRIDES", PARTIES, back=False),),
    "WatchRule": (Way("WATCHES", PARTIES, back=False),),
    "Community": (Way("MEMBER_OF", PARTIES),),
    "Segment": (Way("MEMBER_OF", PARTIES),),
}
"""To whom entities belong; those that belong to nobody go by their own region."""
THROUGH: Final[Mapping[str, tuple[str, str]]] = {
    "Bill": ("BILLED", "HAS_ACCOUNT"),
    "Payment": ("PAID", "HAS_ACCOUNT"),
    "Meter": ("HAS_METER", "SUPPLIED_AT"),
}
"""Entities that belong to customers through the other end of a first relation, by a second one."""
OF_ALL: Final = frozenset({"Run", "Service", "Skill"})
"""Types that every asker sees."""
READ: Final = tuple(
    dict.fromkeys(
        [way.relation for ways in BELONGS.values() for way in ways]
        + [name for both in THROUGH.values() for name in both]
        + ["REQUESTED", "CONCERNS", "FED_BY", "JOINS"]
    )
)
"""Relations that the rules look at."""


def areas_of(nodes: Mapping[str, Node], links: Iterable[Link], deployment: str = "") -> dict[str, Areas]:
    """The areas of every entity, by id.

    Args:
        nodes: every entity by id.
        links: at least all relations of the types of :data:`READ`.
        deployment: the tenant whose name counts as none.

    O(nodes + relations), but for elements of the network: each is met once for each set of areas below it.
    """
    return _Rules(nodes, links, deployment).found


class _Rules:
    def __init__(self, nodes: Mapping[str, Node], links: Iterable[Link], deployment: str) -> None:
        self._nodes, self._deployment = nodes, deployment
        self._out: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._in: dict[tuple[str, str], list[str]] = defaultdict(list)
        for link in links:
            self._out[link.relation, link.source].append(link.target)
            self._in[link.relation, link.target].append(link.source)
        self._texts: dict[tuple[str, str], Areas] = {}
        self.found: dict[str, Areas] = {}
        by_type: dict[str, list[str]] = defaultdict(list)
        for entity, node in nodes.items():
            by_type[node.type].append(entity)
        # Customers first, then whom and what belongs to them, then what belongs to that.
        for name in (*OWN, *BELONGS, *THROUGH):
            for entity in by_type[name]:
                self.found[entity] = self._of(name, entity)
        self._network(by_type)
        for entity in by_type["WorkOrder"]:
            self.found[entity] = self._order(entity)
        for name in OF_ALL:
            self.found |= dict.fromkeys(by_type[name], EVERYBODY)

    def _of(self, name: str, entity: str) -> Areas:
        if name in THROUGH:
            first, second = THROUGH[name]
            between = self._in.get((first, entity), ())
            owners = [one for middle in between for one in self._in.get((second, middle), ())]
        else:
            owners = list(self._owners(name, entity))
        if owners:
            return self._joined(owners)
        # An enterprise that is nobody's customer stands in a public registry.
        return EVERYBODY if name == "Enterprise" else self._own(entity)

    def _owners(self, name: str, entity: str) -> Iterator[str]:
        for way in BELONGS.get(name, ()):
            side = self._in if way.back else self._out
            for other in side.get((way.relation, entity), ()):
                if self._nodes[other].type in way.types:
                    yield other

    def _joined(self, entities: Iterable[str]) -> Areas:
        return frozenset().union(*(self.found.get(entity, frozenset()) for entity in entities))

    def _own(self, entity: str) -> Areas:
        _, tenant, region = self._nodes[entity]
        tenant = "" if tenant == self._deployment else tenant
        if (tenant, region) not in self._texts:
            self._texts[tenant, region] = of_entity(tenant, region)
        return self._texts[tenant, region]

    def _network(self, by_type: Mapping[str, list[str]]) -> None:
        """Elements without a region are seen with a service point below them: its areas go up to what feeds it."""
        below: dict[str, Areas] = defaultdict(frozenset)
        waiting = deque((point, self.found[point]) for point in by_type["ServicePoint"])
        while waiting:
            entity, areas = waiting.popleft()
            for feeder in self._out.get(("FED_BY", entity), ()):
                if not areas <= below[feeder]:
                    below[feeder] |= areas
                    waiting.append((feeder, below[feeder]))
        for switch in by_type["Switch"]:
            for joined in self._out.get(("JOINS", switch), ()):
                point = self._nodes[joined].type == "ServicePoint"
                below[switch] |= self.found[joined] if point else below[joined]
        for name in ("Line", "Transformer", "Substation", "Switch"):
            for entity in by_type[name]:
                if below[entity] and not self._nodes[entity].region:
                    self.found[entity] = below[entity]

    def _order(self, entity: str) -> Areas:
        """An order is seen with who asked for it; where nobody did, with what it concerns."""
        asked = self._in.get(("REQUESTED", entity)) or self._out.get(("CONCERNS", entity))
        return self._joined(asked) if asked else self._own(entity)
