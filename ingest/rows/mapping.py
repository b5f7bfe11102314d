"""How a row becomes what it states: pure functions from cells to the payload and the mentions of a record.

``ingest.rows.rules`` checks the mapping of a source against the schema once and makes the steps; the :class:`Mapper`
then takes row after row. A row that cannot be taken gives a :class:`Fault`, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

import orjson

from graph.schema.ddl import LONGEST_KEY
from ingest.cells.bounds import NO_TIMES, Bounds, Times
from ingest.cells.doubtful import Convert, Doubtful, value_of
from ingest.cells.row_values import Condition, Fault, Filled, Observed, RowFaultError, refused, shown
from ingest.cells.whole_columns import Decided, Questions
from ingest.input_errors import NotAcceptedError
from ingest.readers.lists import Values, filled, found, one_of
from ingest.rows.contradictions import Claims, Watched, names, relations
from ingest.rows.repeated_holdings import Holding
from ingest.rows.row_statements import Doubt, EntityNaming, Passed, Plain, Stated
from ingest.rows.unlikely_values import Ahead, Likely, Unusual, ahead, unusual
from ingest.statements import Statements, evidence_mention, relation_mentions
from ledger.records import Mention, content_hash
from terms.ids import record_id
from terms.zones import business_day

NOTHING: Final = Statements().to_json()
"""The payload of a row that states nothing."""


class Mapped(NamedTuple):
    """A row as the ledger keeps it.

    ``record_id``: of the row in its source. ``observed_at``: with zone; ``None`` where the row does not say.
    ``payload``: canonical JSON of its statements. ``deleted``: the row withdraws the record of its id. ``unusual``:
    what it states beyond what the schema calls usual. ``ahead``: days that may lie too far ahead. ``times``: those of
    its relations, with what there is to say of them. ``holdings``: those that it tells, whole or in parts.
    ``doubts``: what there is to say of its cells. ``passed``: entries that are left out. ``overwritten``: types and
    properties of nodes of which an earlier entry said something else. ``claims``: what other rows could contradict.
    """

    record_id: str
    observed_at: datetime | None
    payload: bytes
    mentions: tuple[Mention, ...]
    deleted: bool
    unusual: tuple[Unusual, ...] = ()
    ahead: Sequence[Ahead] = ()
    times: tuple[Times, ...] = ()
    holdings: tuple[Holding, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    passed: tuple[Passed, ...] = ()
    overwritten: tuple[tuple[str, str], ...] = ()
    claims: Claims = Claims()

    @property
    def remarkable(self) -> bool:
        """Whether there may be something to say of what the row states: of most rows there is nothing."""
        return bool(
            self.unusual
            or self.ahead
            or self.times
            or self.holdings
            or self.doubts
            or self.passed
            or self.overwritten
        )

    @property
    def statements(self) -> Statements:
        """What the row states."""
        return Statements.from_json(self.payload)


def _fill(filled: Sequence[Filled], row: Stated, found: Plain) -> list[str]:
    """Take values into ``found``; the names of those that are proxies."""
    proxy: list[str] = []
    for one in filled:
        value = one.take(row.values)
        if isinstance(value, Doubtful):
            value = row.doubted(value, one.column)
        if value is not None:
            found[one.name] = value
            if one.proxy:
                proxy.append(one.name)
    return proxy


@dataclass(frozen=True, slots=True)
class NodeStep:
    """A ``- node:`` entry, ready to run."""

    named: EntityNaming
    filled: tuple[Filled, ...]
    optional: bool
    when: tuple[Condition, ...]
    each: tuple[str, ...] = ()

    def run(self, row: Stated) -> None:
        if self.each:
            row.each(self.each, self._state)
        else:
            self._state(row)

    def _state(self, row: Stated) -> None:
        for condition in self.when:
            if not condition.holds(row.values):
                return
        keys, kept = row.keys(self.named)
        if keys:
            found = dict(kept)
            proxy = _fill(self.filled, row, found)
            row.node(self.named.type, keys, found, proxy)
        elif self.optional:
            lost: Plain = {}
            _fill([one for one in self.filled if one.column != "const"], row, lost)
            if lost:
                row.passed.append(Passed("LEFT_OUT_NODE", self.named.type, self.named.column))
        else:
            raise self._without_key(row.values)

    def _without_key(self, values: Values) -> RowFaultError:
        named = self.named
        for column in named.columns:
            cells = filled(found(values, column))
            if cells:
                return RowFaultError(
                    "ROW_KEY_SAYS_NOTHING", field=column, type=named.type, found=shown(cells[0])
                )
        expected = f"a key of {named.type}"
        return RowFaultError(
            "ROW_KEY_MISSING", field=named.column, type=named.type, found="", expected=expected
        )


@dataclass(frozen=True, slots=True)
class RelationStep:
    """A ``- relation:`` entry, ready to run.

    ``key``: what fills the declared key. ``keyed``: the record names what has none. ``parts``: what has none is a
    holding as a whole. ``bounds``: what fills ``since`` and ``until``. ``index``: how many entries of this type stand
    before it.
    """

    type: str
    source: EntityNaming
    target: EntityNaming
    keyed: bool
    key: tuple[Filled, ...]
    filled: tuple[Filled, ...]
    index: int
    when: tuple[Condition, ...]
    bounds: Bounds
    parts: bool
    each: tuple[str, ...] = ()

    def run(self, row: Stated) -> str | None:
        """State the relation, or return the column that is empty where it is left out."""
        if not self.each:
            return self._state(row)
        empty = row.each(self.each, self._state)
        return next(filter(None, empty), None) if empty else ", ".join(self.each)

    def _state(self, row: Stated) -> str | None:
        for condition in self.when:
            if not condition.holds(row.values):
                return None
        for end in (self.source, self.target):
            if not row.keys(end)[0]:
                row.passed.append(Passed("LEFT_OUT_RELATION", self.type, end.column))
                return end.column
        found: Plain = {}
        proxy = _fill(self.key, row, found)
        key = self._key(row, found)
        proxy += _fill(self.filled, row, found)
        times = self.bounds.take(row.values, found) if self.bounds.filled else NO_TIMES
        proxy += times.proxy
        if times is not NO_TIMES:
            row.times.append(times)
        relation: Plain = {
            "type": self.type,
            "source_type": self.source.type,
            "source": self._end(self.source, row),
            "target_type": self.target.type,
            "target": self._end(self.target, row),
        }
        if key:
            relation["key"] = key
        if found:
            relation["set"] = found
        if proxy:
            relation["proxy"] = proxy
        row.relations.append(relation)
        if self.parts:
            pair = hash((self.type, relation["source"], relation["target"]))
            row.holdings.append(Holding(pair, times.span, key != ""))
        return None

    def _key(self, row: Stated, found: Plain) -> str:
        if found and len(found) == len(self.key):
            return "/".join(str(found[one.name]) for one in self.key)
        if not self.keyed:
            return ""
        row.id_used = True
        name = record_id(self.source.source, row.id)
        if row.element > 1:
            return f"{name}#{self.index + 1}.{row.element}"
        return f"{name}#{self.index + 1}" if self.index else name

    @staticmethod
    def _end(named: EntityNaming, row: Stated) -> str:
        keys, kept = row.keys(named)
        known = row.by_key.get(keys[0])
        if known is None or len(keys) > 1:
            # A bare reference keeps only what its key cannot give back.
            rest = {p.kept: kept[p.kept] for p in named.parts if p.kept in kept and not p.derivable}
            known = row.node(named.type, keys, rest, [])
        return str(known["keys"][0])


def watched_in(record_id: object, nodes: Sequence[NodeStep], relations: Sequence[RelationStep]) -> Watched:
    """What several records may say of one thing: not what is told apart by the record id itself."""
    named = frozenset(
        node.named.type
        for node in nodes
        if node.named.parts
        and node.named.column != record_id
        and any(filled.name == "name" for filled in node.filled)
    )
    compared: dict[str, dict[str, int]] = {}
    for one in relations:
        if one.parts and not one.key:
            continue  # a second row of a whole holding is noticed as such
        told = (*(filled.name for filled in one.filled), *(bound.name for bound in one.bounds.filled))
        if any(part.column != record_id for part in one.key) if one.keyed else told:
            numbers = {name: hash(name) for name in told}
            compared[one.type] = {**compared.get(one.type, {}), **numbers}
    return Watched(named, {type_: numbers for type_, numbers in compared.items() if numbers})


@dataclass(frozen=True, slots=True)
class Mapper:
    """Takes the rows of one source.

    ``columns``: all that it reads; a table without one of them cannot be taken. ``ids``: columns of the record id,
    each read by ``id_of``; none: the content names the row. ``evidence``: node type -> properties whose values are
    mentioned as evidence. ``likely``: what is likely of the numbers and days that it states.
    ``watched``: what rows can contradict each other in.
    ``secret``: columns of which a keyed hash is kept and nothing else. ``zone``: of business days.
    ``questions``: what hangs on whole columns; ``decided``: the mapper for a file of which that is known.
    """

    columns: frozenset[str]
    ids: tuple[str, ...]
    id_of: Mapping[str, Convert]
    observed: Observed
    delete: Condition | None
    nodes: tuple[NodeStep, ...]
    relations: tuple[RelationStep, ...]
    evidence: Mapping[str, tuple[str, ...]]
    likely: Likely
    watched: Watched
    secret: frozenset[str]
    zone: tzinfo
    questions: Questions
    decided: Callable[[Decided], Mapper]

    def map(self, values: Values) -> Mapped | Fault:
        """What a row states, or why it cannot be taken. O(mapped cells).

        Raises:
            UndecidedError: a cell hangs on its column, of which nothing is decided yet.
        """
        try:
            observed_at = self.observed.take(values)
            id_ = self._record_id(values)
            deleted = self.delete is not None and self.delete.holds(values)
            if deleted and id_:
                return Mapped(id_, observed_at, NOTHING, (), True)
            row = self._row(values, id_)
            payload = _payload(row)
            if not id_:
                id_ = content_hash(payload, deleted=False).hex()
                if deleted:
                    return Mapped(id_, observed_at, NOTHING, (), True)
                if row.id_used:
                    row = self._row(values, id_)
                    payload = _payload(row)
            return Mapped(
                id_,
                observed_at,
                payload,
                self._mentions(row),
                False,
                tuple(unusual(row.nodes, self.likely)) if self.likely.numbers else (),
                ahead(row.nodes, self.likely, observed_at) if self.likely.days else (),
                times=tuple(row.times),
                holdings=tuple(row.holdings),
                doubts=tuple(row.doubts),
                passed=tuple(row.passed),
                overwritten=tuple(row.overwritten),
                claims=self._claims(row, observed_at),
            )
        except RowFaultError as fault:
            return fault.fault

    def _claims(self, row: Stated, observed_at: datetime | None) -> Claims:
        watched = self.watched
        day = 0 if observed_at is None else _business_day(observed_at, self.zone)
        return Claims(
            names(row.nodes, watched) if watched.names else (),
            relations(row.relations, watched, day) if watched.relations else (),
        )

    def _record_id(self, values: Values) -> str:
        """The row's own id; empty where its content has to name it."""
        parts = []
        for column in self.ids:
            try:
                text = value_of(self.id_of[column](one_of(found(values, column))))
            except NotAcceptedError as fault:
                raise refused(fault, column, found(values, column)) from None
            if text is None:
                seen = shown(found(values, column) or "")
                raise RowFaultError("ROW_ID_MISSING", field=column, found=seen, expected="a record id")
            parts.append(str(text))
        if sum(map(len, parts)) > LONGEST_KEY:
            column = ", ".join(self.ids)
            raise RowFaultError(
                "ROW_FIELD_TOO_LONG", field=column, found=sum(map(len, parts)), expected=LONGEST_KEY
            )
        return "/".join(parts)

    def _row(self, values: Values, id_: str) -> Stated:
        row = Stated(values, id_)
        for step in self.nodes:
            step.run(row)
        empty = None
        for relation in self.relations:
            empty = relation.run(row) or empty
        if empty is not None and not row.nodes:
            expected = "a node, or both ends of a relation"
            raise RowFaultError("ROW_STATES_NOTHING", field=empty, found="", expected=expected)
        return row

    def _mentions(self, row: Stated) -> tuple[Mention, ...]:
        found: list[Mention] = []
        for node in row.nodes:
            keys, values = node["keys"], node.get("set")
            if values or len(keys) > 1:
                for key in keys:
                    found.append(Mention(key, "node"))
                for name in self.evidence[node["type"]]:
                    if values and name in values:
                        found.append(Mention(evidence_mention(name, str(values[name])), "evidence"))
            else:
                found.append(Mention(keys[0], "end"))
        for one in row.relations:
            names = relation_mentions(one["type"], one["source"], one["target"], one.get("key", ""))
            found.extend([Mention(name, "relation") for name in names])
        return tuple(found)


def _payload(row: Stated) -> bytes:
    return orjson.dumps({"nodes": row.nodes, "relations": row.relations}, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=4_096)
def _business_day(observed_at: datetime, zone: tzinfo) -> int:
    return business_day(observed_at, zone).toordinal()
