"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from terms.errors import KehutuError

Area: TypeAlias = Literal["environment", "configuration", "resources", "home", "ledger", "store", "ports"]
State: TypeAlias = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. ``fault``: what is wrong with it, with the remedy; None when all is well.

    ``warning``: it is worth a look, but everything works.
    """

    area: Area
    name: str
    value: str
    fault: KehutuError | None = None
    warning: bool = False

    @property
    def state(self) -> State:
        """Whether something is to be done."""
        if self.fault is None:
            return "ok"
        return "warning" if self.warning else "fault"
