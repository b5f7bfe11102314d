"""Customer classes, written from the text of science.md 3.2 and 3.3 alone: slow and plain, with lists and loops."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from statistics import NormalDist

NORMAL = NormalDist()
Points = Sequence[tuple[float, float]]


def lower_hull_at(points: Points, x: float) -> float:
    """Greatest convex minorant of points at x: the lowest chord over it."""
    best = math.inf
    for (a, fa), (b, fb) in itertools.product(points, points):
        if a <= x <= b:
            best = min(best, fa if a == b else fa + (fb - fa) * (x - a) / (b - a))
    return best


def unimodal_at(points: Points, mode: float) -> list[float]:
    """Convex minorant left of the mode, concave majorant right of it."""
    left = [(x, f) for x, f in points if x <= mode]
    right = [(x, -f) for x, f in points if x >= mode]
    return [lower_hull_at(left, x) if x <= mode else -lower_hull_at(right, x) for x, _ in points]


def unimodal(values: Sequence[float]) -> tuple[list[float], list[float]]:
    """Distinct values, and the unimodal cdf nearest the empirical one there (mid-ranks): best of 41 quantiles."""
    n, ordered = len(values), sorted(values)
    count = Counter(ordered)
    points, below = [], 0
    for x in sorted(count):
        points.append((x, (below + count[x] / 2) / n))
        below += count[x]
    best: tuple[float, list[float]] = (math.inf, [])
    for q in range(41):
        found = unimodal_at(points, ordered[round(q * (n - 1) / 40)])
        far = max(abs(f - e) for f, (_, e) in zip(found, points, strict=True))
        if far < best[0] - 1e-12:
            best = (far, found)
    return [x for x, _ in points], best[1]


def standard(values: Sequence[float | None]) -> list[float]:
    """Mean 0 and sd 1 over what is there; missing 0."""
    there = [v for v in values if v is not None]
    mean = sum(there) / len(there)
    sd = math.sqrt(sum((v - mean) ** 2 for v in there) / len(there))
    return [0.0 if v is None else (v - mean) / sd for v in values]


def number_scores(values: Sequence[float | None]) -> list[float]:
    there = [v for v in values if v is not None]
    xs, cdf = unimodal(there)
    at = dict(zip(xs, cdf, strict=True))
    return standard([None if v is None else NORMAL.inv_cdf(min(max(at[v], 0.0013), 0.9987)) for v in values])


def level_scores(values: Sequence[str | None]) -> dict[str, list[float]]:
    """Of each level l: (1[x=l] - p_l) / sqrt(p_l (L-1)); missing 0."""
    there = [v for v in values if v is not None]
    count = Counter(there)
    scores = {}
    for level, many in count.items():
        p = many / len(there)
        scale = math.sqrt(p * (len(count) - 1))
        scores[level] = [0.0 if v is None else ((v == level) - p) / scale for v in values]
    return scores


def rank_scores(values: Sequence[float | None], ties: Sequence[float], spare: Sequence[float]) -> list[float]:
    """Normal score of the rank, ties in the order of ``ties``; where missing, ``spare``."""
    there = [k for k, v in enumerate(values) if v is not None]
    order = sorted(there, key=lambda k: (values[k], ties[k]))
    rank = {k: r for r, k in enumerate(order, start=1)}
    return [
        NORMAL.inv_cdf((rank[k] - 0.5) / len(there)) if k in rank else spare[k] for k in range(len(values))
    ]


Runs = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]


def valleys(values: Sequence[float]) -> list[tuple[float, Runs]]:
    """z and the bins of I1, I2, I3 (first, after the last) of each minimum, in the order of bandwidth and bin."""
    n, low, high = len(values), min(values), max(values)
    width = (high - low) / 128
    counts = [0] * 128
    for v in values:
        counts[min(int((v - low) / width), 127)] += 1
    mean = sum(values) / n
    sd = math.sqrt(sum((v - mean) ** 2 for v in values) / n)
    found = []
    for factor in (0.35, 0.7):
        h = factor * sd * n**-0.2
        density = [
            sum(c * math.exp(-0.5 * ((b - k) * width / h) ** 2) for k, c in enumerate(counts))
            for b in range(128)
        ]
        for b in range(1, 127):
            d = density[b]
            if not (d < density[b - 1] and d <= density[b + 1]):
                continue
            peak = min(max(density[:b]), max(density[b + 1 :]))
            if peak <= 1.05 * d:
                continue
            level = (peak + d) / 2
            i2 = run(density, b, lambda f, level=level: f < level)
            i1 = run(density, i2[0] - 1, lambda f, level=level: f >= level)
            i3 = run(density, i2[1], lambda f, level=level: f >= level)
            n1, n2, n3 = (sum(counts[slice(*i)]) for i in (i1, i2, i3))
            w1, w2, w3 = (i[1] - i[0] for i in (i1, i2, i3))
            z = min(
                (m * w2 / w - n2) / math.sqrt(m * (w2 / w) ** 2 + n2 + 1) for m, w in ((n1, w1), (n3, w3))
            )
            found.append((z, (i1, i2, i3)))
    return found


def run(density: Sequence[float], start: int, holds: Callable[[float], bool]) -> tuple[int, int]:
    """The bins round one for which something holds."""
    first = after = start
    while first > 0 and holds(density[first - 1]):
        first -= 1
    while after < len(density) and holds(density[after]):
        after += 1
    return first, after


def binomial_tail(many: int, chance: Fraction, least: int) -> Fraction:
    """P(Bin(many, chance) >= least), exactly."""
    return sum(
        (math.comb(many, k) * chance**k * (1 - chance) ** (many - k) for k in range(max(least, 0), many + 1)),
        Fraction(0),
    )


def valley_p(counts: tuple[int, int, int], widths: tuple[int, int, int]) -> float:
    """p on half B = max over i in {1, 3} of P(Bin(n_i + n2, w_i / (w_i + w2)) >= n_i)."""
    (n1, n2, n3), (w1, w2, w3) = counts, widths
    return float(max(binomial_tail(m + n2, Fraction(w, w + w2), m) for m, w in ((n1, w1), (n3, w3))))


def entropy(labels: Sequence[Hashable]) -> float:
    n = len(labels)
    return -sum(m / n * math.log(m / n) for m in Counter(labels).values())


def information(columns: Sequence[Sequence[int]], labels: Sequence[int]) -> float:
    """B = sum of I(X_j; C) - H(C), less (K-1)(bins-1)/(2n) a feature; columns of bins, missing a bin of its own."""
    n, k = len(labels), len(set(labels))
    total = -entropy(labels)
    for column in columns:
        mutual = entropy(column) + entropy(labels) - entropy(list(zip(column, labels, strict=True)))
        total += mutual - (k - 1) * (len(set(column)) - 1) / (2 * n)
    return total


def quantile_bins(values: Sequence[float | None], bins: int = 8) -> list[int]:
    """The bin of each value: how many of the seven inner quantiles are at most it; missing -1."""
    there = sorted(v for v in values if v is not None)
    cuts = [there[min(len(there) * q // bins, len(there) - 1)] for q in range(1, bins)]
    return [-1 if v is None else sum(v >= cut for cut in cuts) for v in values]


def adjusted_rand(one: Sequence[int], other: Sequence[int]) -> float:
    """By counting pairs."""
    both = mine = theirs = 0
    pairs = list(itertools.combinations(range(len(one)), 2))
    for i, j in pairs:
        mine += one[i] == one[j]
        theirs += other[i] == other[j]
        both += one[i] == one[j] and other[i] == other[j]
    chance = mine * theirs / len(pairs)
    top = (mine + theirs) / 2
    return 1.0 if top == chance else (both - chance) / (top - chance)


def jaccards(base: Sequence[int], refit: Sequence[int]) -> list[float]:
    """Of each class of the first the best Jaccard with a class of the second (Hennig 2007)."""
    n = range(len(base))
    sets = [{i for i in n if base[i] == c} for c in sorted(set(base))]
    rivals = [{i for i in n if refit[i] == c} for c in set(refit)]
    return [max(len(a & b) / len(a | b) for b in rivals) for a in sets]


def matched(base: Sequence[int], refit: Sequence[int]) -> list[int]:
    """Labels of the refit in words of the first, by the matching with most common members; -1 where unmatched."""
    mine, theirs = sorted(set(base)), sorted(set(refit))
    common = Counter(zip(base, refit, strict=True))
    size = max(len(mine), len(theirs))
    best, chosen = -1, ()
    for order in itertools.permutations(range(size)):
        total = sum(
            common[mine[i], theirs[j]] for i, j in enumerate(order) if i < len(mine) and j < len(theirs)
        )
        if total > best:
            best, chosen = total, order
    names = {theirs[j]: mine[i] for i, j in enumerate(chosen) if i < len(mine) and j < len(theirs)}
    return [names.get(label, -1) for label in refit]


def votes(base: Sequence[int], refits: Sequence[Sequence[int]]) -> tuple[list[int], list[float]]:
    """Majority over refits and its share; ties go to the first labels, then to the lower label."""
    final, strength = [], []
    for i, own in enumerate(base):
        count = Counter(refit[i] for refit in refits if refit[i] != -1)
        if not count:
            final.append(own)
            strength.append(0.0)
            continue
        label = min(count, key=lambda c: (-count[c], c != own, c))
        final.append(label)
        strength.append(count[label] / len(refits))
    return final, strength


def named(profiles: Sequence[Sequence[float]], prototypes: Sequence[Sequence[float]]) -> list[int | None]:
    """Which prototype names each class: best sum of cosines, each at >= .6 and .1 above its next best prototype."""

    def cosine(a: Sequence[float], b: Sequence[float]) -> float:
        size = math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
        return sum(x * y for x, y in zip(a, b, strict=True)) / size if size else 0.0

    table = [[cosine(profile, one) for one in prototypes] for profile in profiles]
    size = max(len(profiles), len(prototypes))

    def total(order: Sequence[int]) -> float:
        return sum(table[i][j] for i, j in enumerate(order) if i < len(profiles) and j < len(prototypes))

    chosen = max(itertools.permutations(range(size)), key=total)
    names: list[int | None] = []
    for i, row in enumerate(table):
        j = chosen[i]
        rest = [c for k, c in enumerate(row) if k != j]
        sure = j < len(prototypes) and row[j] >= 0.6 and row[j] - max(rest, default=-1.0) >= 0.1
        names.append(j if sure else None)
    return names


Row = Sequence[float | None]
Question = tuple[int, str, float]
Tree = int | tuple[Question, "Tree", "Tree"]


def fulfils(row: Row, question: Question) -> bool:
    feature, test, value = question
    found = row[feature]
    if found is None:
        return False
    return {"below": found < value, "from": found >= value, "is": found == value}[test]


def questions(rows: Sequence[Row], feature: int, category: bool) -> list[Question]:
    there = sorted({found for row in rows if (found := row[feature]) is not None})
    if category:
        return [(feature, "is", level) for level in there]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(there)]
    return [(feature, test, middle) for test in ("below", "from") for middle in middles]


def impurity(labels: Sequence[int]) -> float:
    return len(labels) * entropy(labels) if labels else 0.0


def sides(rows: Sequence[Row], labels: Sequence[int], question: Question) -> tuple[list[int], list[int]]:
    """Positions of those who fulfil it, and of the others."""
    yes = [i for i in range(len(labels)) if fulfils(rows[i], question)]
    return yes, [i for i in range(len(labels)) if i not in set(yes)]


def best_splits(
    rows: Sequence[Row], labels: Sequence[int], asked: Sequence[Sequence[Question]]
) -> list[tuple[float, Question]]:
    """The best question of each feature with what impurity it leaves; five customers on either side at least."""
    found = []
    for questions_of_one in asked:
        best: tuple[float, Question] | None = None
        for question in questions_of_one:
            yes, no = sides(rows, labels, question)
            if min(len(yes), len(no)) < 5:
                continue
            left = round(sum(impurity([labels[i] for i in side]) for side in (yes, no)), 9)
            if best is None or left < best[0]:
                best = left, question
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda one: (one[0], one[1][0]))


def rules(
    rows: Sequence[Row], labels: Sequence[int], asked: Sequence[Sequence[Question]], depth: int, ahead: int
) -> Tree:
    """By entropy; of the best questions of six features the one whose sides the next question can part best."""
    count = Counter(labels)
    top = min(count, key=lambda c: (-count[c], c))
    if depth == 0 or len(count) == 1:
        return top
    found = best_splits(rows, labels, asked)
    if ahead > 1 and depth > 1 and len(found) > 1:
        looked = []
        for left, question in found[:ahead]:
            total = 0.0
            for side in sides(rows, labels, question):
                own = [labels[i] for i in side]
                next_ones = best_splits([rows[i] for i in side], own, asked) if len(set(own)) > 1 else []
                total += min([impurity(own), *(one for one, _ in next_ones[:1])])
            looked.append((min(round(total, 9), left), question))
        found = sorted(looked, key=lambda one: one[0])
    if not found or found[0][0] >= impurity(labels) - 1e-9 * max(impurity(labels), 1.0):
        return top
    yes, no = (
        rules([rows[i] for i in side], [labels[i] for i in side], asked, depth - 1, ahead)
        for side in sides(rows, labels, found[0][1])
    )
    return top if yes == no and isinstance(yes, int) else (found[0][1], yes, no)


def told(tree: Tree, row: Row) -> int:
    while not isinstance(tree, int):
        tree = tree[1] if fulfils(row, tree[0]) else tree[2]
    return tree
