"""Runs without what an asker does not see, with the solution of the rest: made on first use and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from graph.state import read_state
from services.reading.seen_ids import CARRIERS, seen_ids
from services.risk.model import RiskModel
from services.risk.seen_model import SeenModel, seen_model
from services.seen import Seen
from services.site import whole
from terms.errors import KehutuError

KEPT: Final = 32
"""Solutions that are kept, one for each run and scope."""


def without_unseen(seen: Seen, model: RiskModel) -> RiskModel:
    """A run as the asker sees it; as it is for who sees every entity.

    Raises:
        KehutuError: ``BUSY`` while somebody else has it made for the same scope.
    """
    if not seen.restricted:
        return model
    key = (id(model), _scope(seen))
    with _lock:
        made = _kept.get(key)
        if made is None:
            made = _kept[key] = _Made(model)
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
    return made.told(seen)


@dataclass(eq=False)
class _Made:
    """A run for one scope. It holds the run, so that nobody else has its identity."""

    run: RiskModel
    model: SeenModel | None = None
    making: Lock = field(default_factory=Lock)

    def told(self, seen: Seen) -> SeenModel:
        if self.model is None:
            if not self.making.acquire(blocking=False):
                raise KehutuError("BUSY")
            try:
                if self.model is None:
                    self.model = seen_model(self.run, seen_ids(seen))
            finally:
                self.making.release()
        return self.model


_kept: OrderedDict[Hashable, _Made] = OrderedDict()
_lock = Lock()


def _scope(seen: Seen) -> Hashable:
    """What tells who sees what: the state of the graph and the conditions of the asker."""
    site, policy = whole(seen), seen.policy
    if policy is None:
        return ()
    state = read_state(site.store)
    told = sorted((name, repr(value)) for name, value in policy.parameters.items())
    conditions = tuple(policy.condition(kind, "n") for kind in CARRIERS)
    return (site.ledger.id, site.store.url, state.watermark if state else 0, conditions, *told)
