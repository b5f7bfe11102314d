"""Which sightings are the same entity: a pure function of the set of sightings and judgements.

Sightings that state the same key are linked, with score 1; judgements link keys or sightings (``same``) or hold
them apart (``different``). Links are taken from the strongest to the weakest, and one that would join two that a
judgement holds apart is refused. So ``different`` cuts a chain at its weakest link, nothing is cut that need not be
(no refused link could still be added), and neither the order of arrival nor the choice of a path plays a part.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from graph.schema.keys import rank
from graph.schema.model import NodeType, Schema
from ingest.identity.entities_in_records import Sighting, SightingRef, name_of, names_sighting, prefix_of
from ledger.judgements import Judgement
from terms.ids import EntityId, Key

_PRECEDENCE: Final[Mapping[str, int]] = {"person": 0, "rule": 1, "model": 2}
# Among links of equal score: what a person said, then a shared key, then rules, then models.
_TIER: Final[Mapping[str, int]] = {"person": 0, "rule": 2, "model": 3}
_KEY_TIER: Final = 1


@dataclass(frozen=True, slots=True)
class Cluster:
    """Everything that is known as one entity.

    ``keys``: sorted by priority, then by text; the first is the id. ``stated``: these and the keys that its
    sightings state but another entity keeps. ``sightings``: ordered by record id; empty for an entity that is
    only referred to.
    """

    id: EntityId
    type: str
    keys: tuple[Key, ...]
    sightings: tuple[Sighting, ...]
    stated: frozenset[Key]


@dataclass(frozen=True, slots=True)
class Identity:
    """The entities of a set of sightings.

    ``of_key``: every key that is stated or referred to; ``of_sighting``: every sighting.
    """

    clusters: dict[EntityId, Cluster] = field(default_factory=dict)
    of_key: dict[Key, EntityId] = field(default_factory=dict)
    of_sighting: dict[SightingRef, EntityId] = field(default_factory=dict)


class Link(NamedTuple):
    """Two of the things that identity is about, by name, that are the same unless a judgement holds them apart.

    ``judgement`` is None for a sighting (left) that states a key (right).
    """

    left: Key
    right: Key
    judgement: Judgement | None


def effective(judgements: Iterable[Judgement]) -> dict[tuple[Key, Key], Judgement]:
    """The judgement that counts for each pair (in text order): a person's before a rule's before a model's, then
    the later acknowledged."""
    chosen: dict[tuple[Key, Key], Judgement] = {}
    for judgement in judgements:
        pair = _pair(judgement)
        known = chosen.get(pair)
        if known is None or _precedence(judgement) < _precedence(known):
            chosen[pair] = judgement
    return chosen


def clusters(
    sightings: Iterable[Sighting],
    judgements: Iterable[Judgement],
    *,
    schema: Schema,
    referred: Iterable[Key] = (),
) -> Identity:
    """Group sightings into entities.

    Args:
        sightings: of current records; for every key among them all sightings that state it.
        judgements: all that touch one of the keys or sightings; those of different types join nothing.
        referred: keys that current records mention by bare reference. Those that no sighting states are entities
            of their own unless a judgement says otherwise.
    Returns:
        The entities. The answer depends on the sets given only, never on their order.

    After a cut the sighting with the smallest record id keeps a shared key (its link is taken first); a part without
    a key of its own is named ``key~hash`` after its smallest sighting. A key that a cut leaves to nobody finds the
    entity of the smallest sighting that states it, though it is not one of that entity's keys.
    O(links) without a ``different``, O(links log links) with one.
    """
    return _Partition(sightings, judgements, schema, referred).identity()


def links(
    sightings: Iterable[Sighting], judgements: Iterable[Judgement], *, schema: Schema
) -> tuple[list[Link], list[Link]]:
    """The links that hold these sightings together, strongest first, and those that a judgement refused."""
    partition = _Partition(sightings, judgements, schema, ())
    taken: list[Link] = []
    refused: list[Link] = []
    for link, held in partition.links():
        (taken if held else refused).append(link)
    return taken, refused


def detached_key(key: Key, sighting: SightingRef, schema: Schema) -> EntityId:
    """The id of a part that lost ``key`` and whose smallest sighting is this one: ``key~hash``."""
    digest = hashlib.blake2b(name_of(sighting, schema).encode(), digest_size=5).hexdigest()
    return EntityId(f"{key}~{digest}")


class _Partition:
    """Union-find over keys and sightings. Nodes are numbers: sightings first, then keys as they are met."""

    def __init__(
        self,
        sightings: Iterable[Sighting],
        judgements: Iterable[Judgement],
        schema: Schema,
        referred: Iterable[Key],
    ) -> None:
        self.schema = schema
        self.sightings: Sequence[Sighting] = list(sightings)
        self.numbers: dict[Key, int] = {}
        self.parent = list(range(len(self.sightings)))
        self.stated = {key for sighting in self.sightings for key in sighting.keys}
        self.referred = set(referred)
        chosen = [j for pair, j in effective(judgements).items() if prefix_of(pair[0]) == prefix_of(pair[1])]
        self.same = [j for j in chosen if j.verdict == "same"]
        self.apart = [j for j in chosen if j.verdict == "different"]
        if any(names_sighting(end) for j in (*self.same, *self.apart) for end in (j.left, j.right)):
            for number, sighting in enumerate(self.sightings):
                self.numbers[name_of(sighting.ref, schema)] = number

    def identity(self) -> Identity:
        if self.apart:
            for _ in self.links():
                pass
        else:
            self._join_all()
        return self._named()

    def links(self) -> Iterator[tuple[Link, bool]]:
        """Every link, strongest first, and whether it was taken."""
        enemies: dict[int, set[int]] = defaultdict(set)
        for judgement in self.apart:
            left, right = self._number(judgement.left), self._number(judgement.right)
            if left != right:
                enemies[left].add(right)
                enemies[right].add(left)
        ordered: list[tuple[tuple[object, ...], int, int, Judgement | None]] = []
        for number, sighting in enumerate(self.sightings):
            for place, key in enumerate(sighting.keys):
                ordered.append(((-1.0, _KEY_TIER, *sighting.ref, place), number, self._number(key), None))
        for j in self.same:
            score = 1.0 if j.score is None else j.score
            strength = (-score, _TIER[j.by], *_pair(j))
            ordered.append((strength, self._number(j.left), self._number(j.right), j))
        ordered.sort(key=lambda link: link[0])
        texts = {number: key for key, number in self.numbers.items()}
        for _, left, right, said in ordered:
            taken = self._join_unless(left, right, enemies)
            if said is not None:
                yield Link(said.left, said.right, said), taken
                continue
            yield Link(name_of(self.sightings[left].ref, self.schema), texts[right], None), taken

    def _join_all(self) -> None:
        find, parent = self._find, self.parent
        for number, sighting in enumerate(self.sightings):
            for key in sighting.keys:
                a, b = find(number), find(self._number(key))
                if a != b:
                    parent[b] = a
        for judgement in self.same:
            a, b = find(self._number(judgement.left)), find(self._number(judgement.right))
            if a != b:
                parent[b] = a

    def _join_unless(self, left: int, right: int, enemies: dict[int, set[int]]) -> bool:
        a, b = self._find(left), self._find(right)
        if a == b:
            return True
        if len(enemies[a]) > len(enemies[b]):
            a, b = b, a
        if any(self._find(enemy) == b for enemy in enemies[a]):
            return False
        self.parent[a] = b
        enemies[b] |= enemies.pop(a)
        return True

    def _named(self) -> Identity:
        """Give every part its keys and its id."""
        members: dict[int, list[Sighting]] = {}
        for number, sighting in enumerate(self.sightings):
            members.setdefault(self._find(number), []).append(sighting)
        for key in self.referred:
            members.setdefault(self._find(self._number(key)), [])
        keys: dict[int, list[Key]] = {}
        left_over = []
        for key in self.stated.union(self.referred):
            part = self._find(self._number(key))
            if part in members:
                keys.setdefault(part, []).append(key)
            else:
                left_over.append(key)
        types = {node_type.prefix: node_type for node_type in self.schema.nodes.values()}
        found = Identity()
        for part, seen in members.items():
            seen.sort(key=lambda sighting: sighting.ref)
            own = keys.get(part)
            if own is None:
                own = [self._detached(seen)]
            _enter(found, own, seen, types[prefix_of(own[0])])
        if left_over:
            # Stated by sightings that a judgement parts from it, and by no other: it finds the smallest of them.
            smallest: dict[Key, SightingRef] = {}
            for sighting in sorted(self.sightings, key=lambda sighting: sighting.ref, reverse=True):
                smallest.update(dict.fromkeys(sighting.keys, sighting.ref))
            for key in left_over:
                found.of_key[key] = found.of_sighting[smallest[key]]
        return found

    def _detached(self, seen: list[Sighting]) -> Key:
        """The key of a part that a judgement parts from all its keys."""
        node_type = self.schema.nodes[seen[0].type]
        stated = {key for sighting in seen for key in sighting.keys}
        key = min(stated, key=lambda key: (rank(key, node_type), key))
        return Key(detached_key(key, seen[0].ref, self.schema))

    def _number(self, key: Key) -> int:
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.parent)
            self.parent.append(number)
        return number

    def _find(self, number: int) -> int:
        parent = self.parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number


def _enter(found: Identity, own: list[Key], seen: list[Sighting], node_type: NodeType) -> None:
    ordered = tuple(own if len(own) == 1 else sorted(own, key=lambda key: (rank(key, node_type), key)))
    entity = EntityId(ordered[0])
    stated = frozenset(ordered).union(*(sighting.keys for sighting in seen))
    found.clusters[entity] = Cluster(entity, node_type.name, ordered, tuple(seen), stated)
    for key in ordered:
        found.of_key[key] = entity
    for sighting in seen:
        found.of_sighting[sighting.ref] = entity


def _pair(judgement: Judgement) -> tuple[Key, Key]:
    return (
        (judgement.left, judgement.right)
        if judgement.left < judgement.right
        else (judgement.right, judgement.left)
    )


def _precedence(judgement: Judgement) -> tuple[int, float, int]:
    return _PRECEDENCE[judgement.by], -judgement.recorded_at.timestamp(), -judgement.seq
