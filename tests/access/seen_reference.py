"""What an asker sees, from the text of docs/security.md alone: slow, one entity and one asker at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.access.areas.computing import Link, Node


@dataclass(frozen=True)
class Scope:
    """Regions and tenant of an asker. ``deployment``: the tenant whose name counts as none."""

    regions: tuple[str, ...]
    tenant: str = ""
    deployment: str = ""


def seen(nodes: Mapping[str, Node], links: Iterable[Link], scope: Scope) -> set[str]:
    """Ids of the entities that an asker sees."""
    return {entity for entity in nodes if _Text(nodes, list(links), scope).sees(entity)}


class _Text:
    def __init__(self, nodes: Mapping[str, Node], links: list[Link], scope: Scope) -> None:
        self.nodes, self.links, self.scope = nodes, links, scope

    def sees(self, entity: str) -> bool:
        kind = self.nodes[entity].type
        # The text: "Run, Service, Skill: always"
        if kind in ("Run", "Service", "Skill"):
            return True
        # The text: "Customer, Technician and supply elements go by their own region"
        if kind in ("Customer", "Technician", "Outage"):
            return self.own(entity)
        # The text: "one of its Customers is seen"
        if kind == "Person":
            return self.any_or_own(entity, self.come(entity, "IS"))
        # The text: "one of its Customers is seen, or it has no Customer (registry data)"
        if kind == "Enterprise":
            customers = self.come(entity, "IS")
            return not customers or any(map(self.sees, customers))
        # The text: "Line, Transformer, Substation, Switch, Area without region: a seen ServicePoint below it"
        if kind in ("Line", "Transformer", "Substation", "Switch", "Area"):
            points = set() if self.nodes[entity].region else self.below(entity)
            return self.any_or_own(entity, points)
        # The text: "Community, Segment: it has a seen member"
        if kind in ("Community", "Segment"):
            return self.any_or_own(entity, self.come(entity, "MEMBER_OF"))
        # The text: "a Customer or party that it belongs to is seen", "without an owner by their own region"
        owners = self.owners(entity, kind)
        # The text: "an order without a customer by the element that it concerns"
        if kind == "WorkOrder" and not owners:
            return self.any_or_own(entity, self.lead(entity, "CONCERNS"))
        return self.any_or_own(entity, owners)

    def any_or_own(self, entity: str, others: Iterable[str]) -> bool:
        others = list(others)
        return any(map(self.sees, others)) if others else self.own(entity)

    def own(self, entity: str) -> bool:
        # The text: "if its tenant is the asker's (none = the deployment's) and its region begins with one of" them.
        _, tenant, region = self.nodes[entity]
        mine, its = (self.scope.deployment if one == "" else one for one in (self.scope.tenant, tenant))
        return mine == its and any(
            wanted == "*" or (region != "" and region.startswith(wanted)) for wanted in self.scope.regions
        )

    def owners(self, entity: str, kind: str) -> set[str]:
        parties = ("Customer", "Person", "Enterprise")
        if kind in ("Bill", "Payment"):
            accounts = self.come(entity, {"Bill": "BILLED", "Payment": "PAID"}[kind])
            return {c for account in accounts for c in self.come(account, "HAS_ACCOUNT")}
        if kind == "Meter":
            return {c for point in self.come(entity, "HAS_METER") for c in self.come(point, "SUPPLIED_AT")}
        if kind in ("RiskOverride", "WatchRule"):
            return self.lead(entity, "OVERRIDES") | self.lead(entity, "WATCHES")
        names = {
            "Account": ["HAS_ACCOUNT"],
            "ServicePoint": ["SUPPLIED_AT"],
            "Device": ["OWNS"],
            "ArrearsCase": ["HAS_ARREARS_CASE"],
            "Recommendation": ["OFFERED"],
            "Consent": ["DECIDES"],
            "Interaction": ["CONTACTED"],
            "CreditRecord": ["HAS_CREDIT_RECORD"],
            "WorkOrder": ["REQUESTED"],
            "Address": ["LIVES_AT", "LOCATED_AT"],
        }[kind]
        found = {other for name in names for other in self.come(entity, name)}
        return {other for other in found if self.nodes[other].type in parties}

    def below(self, entity: str) -> set[str]:
        """Service points that something feeds, or that hang on what a switch joins."""
        reached = set(self.lead(entity, "JOINS")) if self.nodes[entity].type == "Switch" else {entity}
        while True:
            more = {other for one in reached for other in self.come(one, "FED_BY")} - reached
            if not more:
                return {one for one in reached if self.nodes[one].type == "ServicePoint"}
            reached |= more

    def come(self, entity: str, relation: str) -> set[str]:
        return {link.source for link in self.links if link.relation == relation and link.target == entity}

    def lead(self, entity: str, relation: str) -> set[str]:
        return {link.target for link in self.links if link.relation == relation and link.source == entity}
