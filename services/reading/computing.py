"""What is read to compute a derived figure with, and shown to nobody."""

from __future__ import annotations

from dataclasses import replace

from services.access.reads import Reads
from services.seen import Seen


def for_computing(seen: Seen) -> Seen:
    """A reader of what figures of the run rest on, in clear and with everybody: bills that a settlement would pay, the
    equity that a company reports. No value of it may be handed out, so nothing is noted; figures that come of it are
    derived.
    """
    if not seen.restricted and "financial" not in seen.masked:
        return seen
    return replace(seen, policy=None, reads=Reads())
