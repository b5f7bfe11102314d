"""The slow reference of close groups against published cases and against all outcomes of small graphs."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.algorithms.close_groups_reference import Reference, blocks_of, cascade, reaching, splitmix64

SEEDS = (0.0, 1e-17, 0.001, 0.05, 0.4, 1.0)
WEIGHTS = (0.02, 0.09, 0.1, 0.149, 0.15, 0.22, 0.3, 0.6, 0.97, 1.0)


@st.composite
def small(
    draw: st.DrawFn, most: int = 5, most_links: int = 9
) -> tuple[int, dict[tuple[int, int], float], list[float]]:
    """A graph whose outcomes can all be listed."""
    size = draw(st.integers(1, most))
    party = st.integers(0, size - 1)
    ends = st.tuples(party, party).filter(lambda e: e[0] != e[1])
    links = draw(st.dictionaries(ends, st.sampled_from(WEIGHTS), max_size=most_links)) if size > 1 else {}
    return size, links, draw(st.lists(st.sampled_from(SEEDS), min_size=size, max_size=size))


@settings(max_examples=150, deadline=None)
@given(small())
def test_a_group_that_holds_everything_is_the_full_cascade(graph: Any) -> None:
    size, links, own = graph
    reference, truth = Reference(size, links, own), cascade(size, links, own)
    for j in range(size):
        if reference.group(j) == reaching(j, list(links)):
            assert reference.p[j] == pytest.approx(truth[j], rel=1e-9, abs=1e-14)


@settings(max_examples=150, deadline=None)
@given(small())
def test_the_chance_is_never_below_the_full_cascade(graph: Any) -> None:
    size, links, own = graph
    reference, truth = Reference(size, links, own), cascade(size, links, own)
    for j in range(size):
        excess = reference.p[j] - truth[j]
        assert excess >= -1e-12
        if not reference.loops_outside(j):
            assert excess <= 0.05
            assert reference.p[j] <= 1.3 * truth[j] + 1e-15


@settings(max_examples=60, deadline=None)
@given(small())
def test_splitting_at_cut_vertices_changes_nothing(graph: Any) -> None:
    size, links, own = graph
    split = Reference(size, links, own)
    assert split.p == pytest.approx(Reference(size, links, own, split=False).p, abs=1e-13)


def test_a_small_largest_block_climbs_every_rung() -> None:
    """With m = 3 a clique of four is raised where what is left outside stays small, and drawn where it does not."""
    ring = {(i, (i + 1) % 4): 0.3 for i in range(4)}
    for weight, rung in ((0.12, 0.15), (0.17, 0.2), (0.24, 0.25)):
        chords = {(0, 2): weight}
        # A ring of four is a block of four itself: cut it by one weak link.
        links = ring | chords | {(3, 0): weight}
        assert Reference(4, links, [0.1] * 4, largest=3).rung(0) == rung
    drawn = Reference(4, {(i, k): 0.3 for i in range(4) for k in range(4) if i != k}, [0.1] * 4, largest=3)
    assert drawn.drawn == {0, 1, 2, 3}
    assert drawn.rung(0) == 0.1
    cut = Reference(4, drawn.links, drawn.own, largest=3, drawn_most=1)
    assert (cut.rung(0), cut.rung(1)) == (0.1, 0.35)
    assert cut.group(1) == {1}


def test_draws_come_near_the_exact_chance() -> None:
    links = {(i, k): 0.3 for i in range(4) for k in range(4) if i != k}
    own = [0.1, 0.0, 0.2, 0.05]
    exact, drawn = Reference(4, links, own), Reference(4, links, own, largest=3)
    assert drawn.drawn
    # A share of 4,000 draws has a standard error of at most .008.
    assert drawn.p == pytest.approx(exact.p, abs=0.02)
    assert drawn.p != exact.p


def test_numbers_of_draws_are_the_published_ones() -> None:
    # Vigna's splitmix64.c, state 1234567.
    assert splitmix64(1234567) == 6457827717110365317


def test_blocks_of_two_triangles_that_share_a_party() -> None:
    links = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 2), (4, 5)]
    assert sorted(map(sorted, blocks_of(set(range(6)), links))) == [[0, 1, 2], [2, 3, 4], [4, 5]]


def everybody(size: int, weight: float) -> dict[tuple[int, int], float]:
    """Everyone harms everyone."""
    return {(i, k): weight for i in range(size) for k in range(size) if i != k}


@pytest.mark.parametrize(
    ("links", "own", "want"),
    [
        (everybody(2, 0.9), [0.05, 0.02], [0.0671, 0.0641]),
        ({(i, (i + 1) % 3): 0.8 for i in range(3)}, [0.1] * 3, [1399 / 6250] * 3),
        (everybody(4, 0.5), [0.1] * 4, [91301 / 320000] * 4),
        (everybody(4, 0.5), [0.1, 0.0, 0.0, 0.0], [0.1, 0.075, 0.075, 0.075]),
        ({(0, 1): 0.09, (1, 0): 0.09, (1, 2): 0.6}, [0.2, 0.1, 0.0], [0.2072, 0.1162, 0.06972]),
        # Loops of links below .1 still feed themselves a little.
        (
            everybody(4, 0.08),
            [0.3, 0.1, 0.0, 0.0],
            [0.30721725244559756, 0.1255180152764899, 0.03680797331668003, 0.03680797331668003],
        ),
    ],
    ids=["pair", "ring of three", "joint group of four", "one seed", "weak pair", "weak clique"],
)
def test_worked_cases(links: dict[tuple[int, int], float], own: list[float], want: list[float]) -> None:
    assert Reference(len(own), links, own).p == pytest.approx(want, rel=1e-12)


def test_a_random_graph_is_the_same_under_other_positions() -> None:
    chance = random.Random(3)
    links = {
        (i, k): chance.choice(WEIGHTS) for i in range(6) for k in range(6) if i != k and chance.random() < 0.4
    }
    own = [chance.choice(SEEDS) for _ in range(6)]
    place = [3, 5, 0, 1, 4, 2]
    moved = Reference(
        6, {(place[i], place[k]): w for (i, k), w in links.items()}, [own[place.index(n)] for n in range(6)]
    )
    plain = Reference(6, links, own)
    assert [moved.p[place[k]] for k in range(6)] == pytest.approx(plain.p, abs=1e-13)
