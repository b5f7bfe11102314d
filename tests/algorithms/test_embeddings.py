"""Embeddings: FastRP as docs/science.md, "Embeddings", has it, and what judges them against plain counting."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score
from sklearn.neighbors import KNeighborsClassifier

from algorithms.embeddings.fastrp import fastrp
from algorithms.embeddings.hidden_links import HiddenLinks, SimpleGraph
from algorithms.embeddings.nearest_labels import FOLDS, UNKNOWN, folds, nearest_label_f1
from algorithms.embeddings.spectral import spectral
from algorithms.embeddings.vectors import cosines, key_hashes, start_vectors, unit
from graph.arrays import Csr, Ints
from tests.algorithms import fastrp_reference

SIZE = 9
ENDS = st.integers(0, SIZE - 1)
LINKS = st.lists(st.tuples(ENDS, ENDS, st.sampled_from([0.0, 0.25, 1.0, 3.0])), max_size=25)
KEYS = [f"customer:{at}" for at in range(SIZE)]


def both_ways(links: list[tuple[int, int, float]], size: int = SIZE) -> Csr:
    pairs = [(one, other, weight) for one, other, weight in links if one != other]
    source = np.array([p[0] for p in pairs] + [p[1] for p in pairs], dtype=np.int64)
    target = np.array([p[1] for p in pairs] + [p[0] for p in pairs], dtype=np.int64)
    return Csr.from_edges(size, source, target, np.array([p[2] for p in pairs] * 2))


def planted(seed: int, groups: int = 4, members: int = 15) -> tuple[SimpleGraph, Ints]:
    """Groups with many links inside and few between them; and the group of every node."""
    group = np.repeat(np.arange(groups), members)
    draw = np.random.default_rng(seed)
    low, high = np.triu_indices(len(group), 1)
    kept = draw.random(len(low)) < np.where(group[low] == group[high], 0.5, 0.02)
    return SimpleGraph.of(len(group), low[kept], high[kept]), group


def csr(graph: SimpleGraph) -> Csr:
    ends = np.concatenate([graph.low, graph.high]), np.concatenate([graph.high, graph.low])
    return Csr.from_edges(graph.size, *ends, np.ones(2 * len(graph.low)))


@settings(max_examples=60)
@given(
    LINKS,
    st.integers(1, 9),
    st.lists(st.sampled_from([0.0, 0.5, 1.0, -1.0]), min_size=1, max_size=3).filter(any),
    st.integers(-3, 3),
)
def test_fastrp_is_what_its_words_say(
    links: list[tuple[int, int, float]], dimension: int, steps: list[float], seed: int
) -> None:
    found = fastrp(both_ways(links), key_hashes(KEYS), dimension=dimension, steps=steps, seed=seed)
    expected = fastrp_reference.fastrp(KEYS, links, dimension=dimension, steps=steps, seed=seed)
    assert found.dtype == np.float32
    # A mean that is 0 but for the last bit has no direction to compare: means of float32 entries cancel.
    vague = np.abs(np.abs(found - np.array(expected)).max(axis=1, initial=0.0)) > 1e-4
    for node in np.flatnonzero(vague):
        lengths = fastrp_reference_lengths(links, dimension, len(steps), seed, int(node))
        assert min(lengths) < 1e-6


def fastrp_reference_lengths(
    links: list[tuple[int, int, float]], dimension: int, count: int, seed: int, node: int
) -> list[float]:
    """Lengths of a node's mean in each step."""
    pairs = [(one, other, weight) for one, other, weight in links if one != other]
    current = np.array([fastrp_reference.start_vector(key, dimension, seed) for key in KEYS])
    matrix = np.zeros((SIZE, SIZE))
    for one, other, weight in pairs:
        matrix[one, other] += weight
        matrix[other, one] += weight
    matrix /= np.maximum(matrix.sum(axis=1, keepdims=True), 1e-300)
    lengths = []
    for _ in range(count):
        current = matrix @ current
        lengths.append(float(np.linalg.norm(current[node])))
    return lengths


def test_a_key_starts_alike_in_every_graph_and_otherwise_by_another_seed() -> None:
    few, many = start_vectors(key_hashes(["b"]), 130), start_vectors(key_hashes(["a", "b", "c"]), 130)
    assert (few[0] == many[1]).all()
    assert (start_vectors(key_hashes(["b"]), 130, seed=1) != few).any()
    whole = start_vectors(key_hashes([str(at) for at in range(20_000)]), 32)
    for value, chance in ((1.0, 1 / 6), (-1.0, 1 / 6), (0.0, 2 / 3)):
        assert (whole == value).mean() == pytest.approx(chance, abs=0.003)


def test_equal_input_gives_equal_bytes_and_links_of_any_order_too() -> None:
    graph, _ = planted(1)
    hashes = key_hashes([str(at) for at in range(graph.size)])
    shuffled = np.random.default_rng(0).permutation(len(graph.low))
    again = SimpleGraph.of(graph.size, graph.high[shuffled], graph.low[shuffled])
    assert fastrp(csr(graph), hashes).tobytes() == fastrp(csr(again), hashes).tobytes()


def test_a_node_without_links_and_one_with_links_of_weight_0_have_no_direction() -> None:
    found = fastrp(both_ways([(0, 1, 1.0), (1, 2, 1.0), (3, 4, 0.0)]), key_hashes(KEYS))
    assert not found[3:].any()
    assert found[:3].any(axis=1).all()
    nobody = np.empty(0, dtype=np.int64)
    assert fastrp(Csr.from_edges(0, nobody, nobody, np.empty(0)), key_hashes([])).shape == (0, 128)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"dimension": 0}, "dimension is 0"),
        ({"steps": ()}, "a step that counts"),
        ({"steps": (0.0, 0.0)}, "a step that counts"),
    ],
)
def test_parameters_without_an_answer_are_refused(arguments: dict[str, object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        fastrp(both_ways([(0, 1, 1.0)]), key_hashes(KEYS), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_weights_below_0_and_not_finite_are_refused(weight: float) -> None:
    with pytest.raises(ValueError, match=r"weight of link 0 is"):
        fastrp(both_ways([(0, 1, weight)]), key_hashes(KEYS))


def test_spectral_spans_the_first_eigenvectors() -> None:
    graph, _ = planted(2)
    found = spectral(csr(graph), key_hashes([str(at) for at in range(graph.size)]), dimension=4)
    dense = np.zeros((graph.size, graph.size))
    dense[graph.low, graph.high] = dense[graph.high, graph.low] = 1.0
    scale = 1.0 / np.sqrt(graph.degrees)
    value, vector = np.linalg.eigh(dense * scale[:, None] * scale)
    expected = vector[:, -4:] * value[-4:]
    assert found.astype(np.float64) @ found.T == pytest.approx(expected @ expected.T, abs=1e-3)
    small = both_ways([(0, 1, 1.0)], 2)
    assert not spectral(small, key_hashes(["a", "b"]), dimension=5)[:, 2:].any()
    with pytest.raises(ValueError, match="dimension is 0"):
        spectral(small, key_hashes(["a", "b"]), dimension=0)


@given(st.lists(st.tuples(ENDS, ENDS), max_size=20))
def test_a_simple_graph_has_each_link_once(pairs: list[tuple[int, int]]) -> None:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    graph = SimpleGraph.of(SIZE, ends[:, 0], ends[:, 1])
    expected = sorted({(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]})
    assert list(zip(graph.low.tolist(), graph.high.tolist(), strict=True)) == expected


@pytest.mark.parametrize("seed", range(5))
def test_hidden_links_leave_every_node_a_link_and_pairs_without_link_are_none(seed: int) -> None:
    graph, _ = planted(seed)
    drawn = HiddenLinks.drawn(graph, seed)
    known = set(zip(graph.low.tolist(), graph.high.tolist(), strict=True))
    rest = set(zip(drawn.rest.low.tolist(), drawn.rest.high.tolist(), strict=True))
    hidden = set(zip(*(ends.tolist() for ends in drawn.hidden), strict=True))
    assert rest | hidden == known
    assert not rest & hidden
    assert len(hidden) == len(known) // 10
    assert (drawn.rest.degrees >= 1).sum() == (graph.degrees >= 1).sum()
    by_degree = np.bincount(np.concatenate(drawn.hidden), minlength=graph.size)
    for pairs in (drawn.uniform, drawn.by_degree):
        drawn_pairs = set(zip(*(ends.tolist() for ends in pairs), strict=True))
        assert len(drawn_pairs) == len(hidden)
        assert not drawn_pairs & known
        assert all(one < other for one, other in drawn_pairs)
    assert (by_degree[np.concatenate(drawn.by_degree)] > 0).all()  # ends of hidden links


def test_a_star_has_no_link_to_hide_and_a_full_graph_no_pair_without_link() -> None:
    star = SimpleGraph.of(30, np.zeros(29, dtype=np.int64), np.arange(1, 30))
    with pytest.raises(ValueError, match="a tenth of 29 links cannot be hidden"):
        HiddenLinks.drawn(star, 0)
    with pytest.raises(ValueError, match="pairs of nodes have no link"):
        HiddenLinks.drawn(SimpleGraph.of(8, *np.triu_indices(8, 1)), 0)


def test_vectors_that_know_the_links_are_judged_1_and_random_ones_a_half() -> None:
    graph, _ = planted(3)
    drawn = HiddenLinks.drawn(graph, 0)
    rows = np.eye(graph.size, dtype=np.float32)
    rows[drawn.hidden[0], drawn.hidden[1]] = 5.0
    rows[drawn.hidden[1], drawn.hidden[0]] = 5.0
    assert min(drawn.judge(rows)) > 0.9
    noise = np.random.default_rng(0).normal(size=(graph.size, 200)).astype(np.float32)
    assert drawn.judge(noise) == pytest.approx((0.5, 0.5), abs=0.15)


def test_cosines_are_those_of_numpy_and_0_for_rows_without_length() -> None:
    rows = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    rows[3] = 0.0
    one, other = np.array([0, 1, 3, 6]), np.array([1, 1, 2, 3])
    found = cosines(unit(rows), one, other)
    assert found[:2] == pytest.approx(
        [rows[0] @ rows[1] / np.linalg.norm(rows[0]) / np.linalg.norm(rows[1]), 1.0]
    )
    assert found[2:].tolist() == [0.0, 0.0]


def test_labels_of_the_nearest_are_counted_as_scikit_learn_counts_them() -> None:
    draw = np.random.default_rng(4)
    label = draw.integers(0, 3, 400)
    rows = (np.eye(3)[label] + draw.normal(size=(400, 3))).astype(np.float32)
    fold = folds(label, 7)
    told = np.empty(400, dtype=np.int64)
    for one in range(FOLDS):
        nearest = KNeighborsClassifier(10, metric="cosine").fit(rows[fold != one], label[fold != one])
        told[fold == one] = nearest.predict(rows[fold == one])
    # Equal counts are settled otherwise there, by the smaller label.
    assert nearest_label_f1(rows, label, 7) == pytest.approx(f1_score(label, told, average="macro"), abs=0.03)


def test_folds_spread_each_label_and_small_or_unknown_labels_are_left_out() -> None:
    label = np.repeat([0, 1, 2], [50, 23, 7])
    fold = folds(label, 1)
    for one in range(3):
        counts = np.bincount(fold[label == one], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1
    rows = np.eye(3, dtype=np.float32)[label]
    assert nearest_label_f1(rows, label, 1) == 1.0
    label[:50] = UNKNOWN
    label[50:73] = 2
    assert nearest_label_f1(rows, label, 1) == 1.0
    with pytest.raises(ValueError, match="no label has 10 members"):
        nearest_label_f1(rows, np.full(80, UNKNOWN), 1)


def test_embeddings_find_hidden_links_and_groups_of_a_graph_that_has_them() -> None:
    graph, group = planted(5, groups=6, members=30)
    hashes = key_hashes([str(at) for at in range(graph.size)])
    drawn = HiddenLinks.drawn(graph, 0)
    assert min(drawn.judge(fastrp(csr(drawn.rest), hashes))) > 0.8
    assert nearest_label_f1(fastrp(csr(graph), hashes), group, 0) > 0.9
