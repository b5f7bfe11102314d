"""What was opened is closed when a later step of the opening fails, and only then."""

from __future__ import annotations

import pytest

from services.containment import contained
from terms.cleanup import on_failure


@pytest.mark.parametrize("fault", [ValueError("no table"), KeyboardInterrupt()])
def test_what_was_opened_is_closed_when_a_later_step_fails(fault: BaseException) -> None:
    closed: list[str] = []
    with pytest.raises(type(fault)), on_failure(lambda: closed.append("file")):
        raise fault
    assert closed == ["file"]


def test_what_was_opened_stays_open_where_nothing_fails() -> None:
    closed: list[str] = []
    with on_failure(lambda: closed.append("file")):
        pass
    assert closed == []


def test_a_contained_fault_is_handed_over_and_what_follows_goes_on() -> None:
    with contained() as outcome:
        raise LookupError("gone")
    assert repr(outcome.fault) == "LookupError('gone')"


def test_what_ends_the_process_is_not_contained() -> None:
    with pytest.raises(KeyboardInterrupt), contained():
        raise KeyboardInterrupt
