"""Which classes the customers of a run have, and what they are called: pure, from features and the run before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from algorithms.segments.classes import Classes, Ensemble, NoClasses, Way, find
from algorithms.segments.described import Described, describe
from algorithms.segments.naming import NAMELESS, cosines, named, profiles
from algorithms.segments.rules import Leaf, Split
from algorithms.segments.table import distinct, in_hashed_order
from graph.arrays import Floats, Ints
from services.features.contract import contract
from services.features.naming import Naming
from services.features.unfinished import Unfinished, subject_of
from services.risk.parts.customer_features import CustomerFeatures
from services.risk.parts.segment_lineage import NOBODY, Labelled, SegmentEvent, born, gone_on

GENERATIONS: Final = 1
"""Of the search, in place of seconds: a budget of time would find other classes on a slower machine."""
SEED: Final = 0
STILL: Final = 0.5
"""A class that goes on keeps its name while it is still so like the prototype."""
_NUMBERS: Final = (
    "p", "loose", "ari", "ari_free", "fidelity", "silhouette", "tree_information", "information", "joined",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What is known of the classes as a whole.

    ``version``: of the contract. ``described``: features that are used. ``model``, ``rules``: None without classes.
    ``numbers``: p of the valley test and the figures of stability, by name. ``front``: of the search: -B, 1 - stability
    and leaves, the tree's point first. ``before``: the full run that classes go on from, "" without. ``events``: what
    became of the classes since. ``naming``: the file that gave the names.
    """

    version: int
    described: Described
    model: Ensemble | None
    rules: Split | Leaf | None
    way: Way
    numbers: Mapping[str, float]
    front: tuple[tuple[float, ...], ...]
    before: str
    compared: bool
    events: tuple[SegmentEvent, ...]
    naming: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CustomerSegments:
    """c customers and K classes.

    ``label``: 0..K-1, the largest class first when found; NOBODY for whom there is none. ``strength``: 0 to 1, NaN
    without a class. ``earlier``: id of the class of each in the full run before, "" without. ``ids``, ``names``,
    ``jaccard``: by class; a name is that of a prototype, or "".
    """

    customers: list[str]
    label: Ints
    strength: Floats
    earlier: list[str]
    ids: list[str]
    names: list[str]
    jaccard: Floats
    judged: Judged


def classes_of(
    features: CustomerFeatures, was: CustomerSegments | None, run: str, unfinished: Path | None = None
) -> CustomerSegments:
    """The classes of customers with a contract, as far as there are any, and what those of before have become.

    Args:
        unfinished: a file that notes how far the search is: an analysis that was cut off goes on where it was.
    """
    members = np.flatnonzero(features.active).astype(np.int64)
    described = describe(features.values, members)
    ids = [features.ids[at] for at in members.tolist()]
    table, order = in_hashed_order(
        described.table(ids, {name: features.values[name][members] for name in described.names})
    )
    once = distinct(table)
    way = _way_of(was, described, features.version)
    part, dimension = table.rows(once), contract().dimension_of(described.names)
    notes = None if unfinished is None else Unfinished(unfinished, subject_of(part, dimension, SEED))
    found = find(
        part,
        dimension,
        SEED,
        way=way,
        proceed=lambda generation: generation < GENERATIONS,
        notes=notes,
    )
    if notes is not None:
        notes.done()
    label, strength = np.full(len(features.ids), NOBODY), np.full(len(features.ids), np.nan)
    jaccard = np.zeros(0)
    if isinstance(found, Classes):
        label[members[order]], strength[members[order]] = found.model.assign(table)
        jaccard = found.stability.jaccard
    label = label.astype(np.int64)
    now = Labelled(features.ids, label, ())
    founding = f"{run} {features.version}"
    compared = was is not None and was.judged.version == features.version
    if was is not None and compared and was.ids:
        names, events = gone_on(Labelled(was.customers, was.label, was.ids), now, founding)
    else:
        names = born(now, founding)
        events = tuple(SegmentEvent("born", name) for name in names)
    return CustomerSegments(
        customers=features.ids,
        label=label,
        strength=strength,
        earlier=_earlier(was if compared else None, features.ids),
        ids=names,
        names=[""] * len(names),
        jaccard=jaccard,
        judged=_judged_of(
            found, described, features.version, run, compared=compared or was is None, events=events
        ),
    )


def _way_of(was: CustomerSegments | None, described: Described, version: int) -> Way | None:
    """How the classes of before came about, where the same features are used."""
    if was is None or was.judged.version != version or was.judged.model is None:
        return None
    return was.judged.way if was.judged.described.names == described.names else None


def _earlier(was: CustomerSegments | None, ids: list[str]) -> list[str]:
    if was is None:
        return [""] * len(ids)
    known = {
        name: was.ids[label]
        for name, label in zip(was.customers, was.label.tolist(), strict=True)
        if label != NOBODY
    }
    return [known.get(name, "") for name in ids]


def _judged_of(
    found: Classes | NoClasses,
    described: Described,
    version: int,
    run: str,
    *,
    compared: bool,
    events: tuple[SegmentEvent, ...],
) -> Judged:
    if isinstance(found, NoClasses):
        numbers = {"p": found.p, "loose": float(found.loose)}
        return Judged(version, described, None, None, "tree", numbers, (), run, compared, events)
    values = [found.p, 0.0, found.stability.ari, found.stability.ari_free, found.fidelity]
    values += [found.silhouette, found.tree_information, found.information, float(found.joined)]
    front = tuple(
        (float(genome is None), *values.tolist())
        for genome, values in (found.searched.front if found.searched else ())
    )
    return Judged(
        version,
        described,
        found.model,
        found.rules,
        found.way,
        dict(zip(_NUMBERS, values, strict=True)),
        front,
        run,
        compared,
        events,
    )


def same(one: CustomerFeatures, other: CustomerFeatures) -> bool:
    """Whether two runs describe the same customers in the same way."""
    return (
        (one.version, one.ids) == (other.version, other.ids)
        and np.array_equal(one.active, other.active)
        and all(
            np.array_equal(values, other.values[name], equal_nan=values.dtype != object)
            for name, values in one.values.items()
        )
    )


def kept_names(was: CustomerSegments | None) -> dict[str, str]:
    """The names of classes by id."""
    return {} if was is None else {one: name for one, name in zip(was.ids, was.names, strict=True) if name}


def with_names(
    value: CustomerSegments, features: CustomerFeatures, names: Naming, before: Mapping[str, str]
) -> CustomerSegments:
    """With the names of prototypes. A class that goes on keeps its name as long as it is like the prototype."""
    value = replace(value, judged=replace(value.judged, naming=names.text), names=[""] * len(value.ids))
    if not value.ids or not names.features:
        return value
    members = np.flatnonzero(value.label != NOBODY)
    known = np.column_stack([features.values[name][members] for name in names.features]).astype(np.float64)
    own, wanted = profiles(known, value.label[members]), names.profiles()
    every = [*names.prototypes]
    like = cosines(own, wanted)
    found = [""] * len(value.ids)
    for at, one in enumerate(value.ids):
        name = before.get(one, "")
        if name in every and like[at, every.index(name)] >= STILL and name not in found:
            found[at] = name
    open_ = [at for at, name in enumerate(found) if not name]
    free = [k for k, name in enumerate(every) if name not in found]
    if open_ and free:
        for at, k in zip(open_, named(own[open_], wanted[free]).tolist(), strict=True):
            if k != NAMELESS:
                found[at] = every[free[k]]
    return replace(value, names=found)


def nothing(features: CustomerFeatures) -> CustomerSegments:
    """Where nothing could be read."""
    many = len(features.ids)
    judged = Judged(
        features.version,
        Described((), (), ()),
        None,
        None,
        "tree",
        {"p": 1.0, "loose": 0.0},
        (),
        "",
        True,
        (),
    )
    return CustomerSegments(
        features.ids, np.full(many, NOBODY), np.full(many, np.nan), [""] * many, [], [], np.zeros(0), judged
    )
