"""Guarantee circles and owners as the API shows them."""

from __future__ import annotations

from strawberry import Parent

from api.context import Info
from api.exposed import expose
from api.paging import largest
from services.arrears import pages
from services.arrears.ownership import owners as look
from services.arrears.ownership.circles import GuaranteeCircle, GuaranteeCycle
from services.arrears.ownership.owners import Holding, Owner, Owners
from services.arrears.pages import GuaranteeCircles
from services.names import Named
from services.paging import Page


def members(
    circle: Parent[GuaranteeCircle], info: Info, first: int = 20, after: str | None = None
) -> Page[Named]:
    """The members; people among them close the ring between enterprises."""
    return pages.circle_members(info.context.seen, circle, largest(first), after)


def cycles(
    circle: Parent[GuaranteeCircle], info: Info, first: int = 10, after: str | None = None
) -> Page[GuaranteeCycle]:
    """Elementary cycles of up to eight members, the largest bottleneck first."""
    return pages.cycles(info.context.seen, circle, largest(first), after)


def direct(found: Parent[Owners], info: Info, first: int = 20, after: str | None = None) -> Page[Holding]:
    """Holders by the register, the largest share first."""
    return look.holders(info.context.seen, found, largest(first), after)


def persons(found: Parent[Owners], info: Info, first: int = 20, after: str | None = None) -> Page[Owner]:
    """People by what comes to them in the end; with `unknown` their shares add up to 1."""
    return look.owning_persons(info.context.seen, found, largest(first), after)


expose(GuaranteeCircle, members=members, cycles=cycles)
expose(GuaranteeCircles, name="GuaranteeCircleConnection")
expose(Owners, direct=direct, persons=persons)
