"""What was found in one place that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from terms.errors import KehutuError, Lang
from terms.texts import Texts

Area: TypeAlias = Literal["environment", "configuration", "resources", "home", "ledger", "store", "ports"]
State: TypeAlias = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found. ``value``: in words, in both languages unless it is a name or a number.

    ``fault``: what is wrong with it, with the remedy; None when all is well. ``warning``: it is worth a look, but
    everything works.
    """

    area: Area
    name: str
    value: str | Texts
    fault: KehutuError | None = None
    warning: bool = False

    def told(self, lang: Lang) -> str:
        """The value in words."""
        return self.value if isinstance(self.value, str) else self.value.of(lang)

    @property
    def state(self) -> State:
        """Whether something is to be done."""
        if self.fault is None:
            return "ok"
        return "warning" if self.warning else "fault"
