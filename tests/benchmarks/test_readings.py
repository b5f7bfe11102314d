"""Other readings of the rules change what they say and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import readings, worlds
from benchmarks.readings import AS_WRITTEN, Reading

COLUMNS = ("source", "target", "relation", "amount", "buffer", "own", "known", "exposure")


@pytest.mark.parametrize("name", ["b", "b2"])
def test_as_written_is_the_world_itself(name: worlds.Name) -> None:
    one, other = readings.make(name, 3, AS_WRITTEN), worlds.make(name, 3)
    assert all(np.array_equal(getattr(one, column), getattr(other, column)) for column in COLUMNS)


def test_a_reading_changes_what_it_says() -> None:
    written = readings.make("b", 0, AS_WRITTEN)
    median = readings.make("b", 0, Reading(median=True))
    traded = np.isin(np.arange(written.size), written.target[written.relation == worlds.TRADE])
    assert (written.buffer / median.buffer)[traded] == pytest.approx(np.exp(0.6**2 / 2))
    assert np.array_equal(written.own, median.own)
    dropped, kept = (readings.make("b", 0, Reading(pairs=how)) for how in ("dropped", "kept"))
    assert 8_000 < len(dropped.source) - worlds.IN_RINGS < worlds.TRADES
    pairs = kept.source * kept.size + kept.target
    assert len(np.unique(pairs)) < len(pairs)
    centred = readings.make("b", 0, Reading(logit_of_mean=True))
    assert centred.own[~centred.known].mean() > written.own[~written.known].mean()


def test_one_size_ties_links_in_to_links_out() -> None:
    def tie(reading: Reading) -> float:
        world = readings.make("b", 1, reading)
        trade = world.relation == worlds.TRADE
        out, into = (np.bincount(end[trade], minlength=world.size) for end in (world.source, world.target))
        return float(np.corrcoef(np.log1p(out), np.log1p(into))[0, 1])

    assert tie(Reading(one_size=True)) > 0.3
    assert abs(tie(AS_WRITTEN)) < 0.1


def test_measuring_again_gives_the_same() -> None:
    reading = Reading(median=True)
    assert readings.measure(reading, 20) == readings.measure(reading, 20)
