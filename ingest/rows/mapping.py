"""How a row becomes what it states: pure functions from cells to the payload and the mentions of a record.

``ingest.rows.rules`` checks the mapping of a source against the schema once and makes the steps; the :class:`Mapper`
then takes row after row. A row that cannot be taken gives a :class:`Fault`, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import orjson

from graph.schema.ddl import LONGEST_KEY
from ingest.cells.bounds import Times
from ingest.cells.doubtful import Convert, Doubtful
from ingest.cells.row_values import Condition, Fault, Observed, RowFaultError, refused, shown
from ingest.cells.whole_columns import Decided, Questions
from ingest.input_errors import NotAcceptedError
from ingest.readers.lists import Values, found, one_of
from ingest.rows.contradictions import Watched, names, relations
from ingest.rows.repeated_holdings import Holding
from ingest.rows.row_statements import Doubt, Passed, Stated
from ingest.rows.steps import NodeStep, RelationStep
from ingest.rows.unlikely_values import Ahead, Likely, Unusual, ahead, latest_days, unusual
from ingest.statements import Statements, evidence_mention, relation_mentions
from ledger.mentions import Role
from ledger.records import content_hash
from terms.zones import business_day

NOTHING: Final = Statements().to_json()
"""The payload of a row that states nothing."""

Named: TypeAlias = tuple[str, Role]
"""What a record names and in which part of its statements: as :class:`ledger.mentions.Mention`, made in a third of the
time."""

_UNTOLD: Final = ("", "")
"""In place of the latest days that are likely, where the row does not say when it was true: every day may be later."""


class Mapped(NamedTuple):
    """A row as the ledger keeps it.

    ``record_id``: of the row in its source. ``observed_at``: with zone; ``None`` where the row does not say.
    ``payload``: canonical JSON of its statements. ``deleted``: the row withdraws the record of its id. ``unusual``:
    what it states beyond what the schema calls usual. ``ahead``: days that may lie too far ahead. ``times``: those of
    its relations of which there may be something to say. ``holdings``: those that it tells, whole or in parts.
    ``doubts``: what there is to say of its cells. ``passed``: entries that are left out. ``overwritten``: types and
    properties of nodes of which an earlier entry said something else. ``names``, ``relations``: what it claims that
    other rows could contradict, see ``ingest.rows.contradictions``.
    """

    record_id: str
    observed_at: datetime | None
    payload: bytes
    mentions: tuple[Named, ...]
    deleted: bool
    unusual: tuple[Unusual, ...] = ()
    ahead: Sequence[Ahead] = ()
    times: Sequence[Times] = ()
    holdings: Sequence[Holding] = ()
    doubts: Sequence[Doubt] = ()
    passed: Sequence[Passed] = ()
    overwritten: Sequence[tuple[str, str]] = ()
    names: Sequence[int] = ()
    relations: Sequence[int] = ()

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
            latest = _UNTOLD if observed_at is None else latest_days(observed_at)
            row = self._row(values, id_, latest[1])
            payload = _payload(row)
            if not id_:
                id_ = content_hash(payload, deleted=False).hex()
                if deleted:
                    return Mapped(id_, observed_at, NOTHING, (), True)
                if row.id_used:
                    row = self._row(values, id_, latest[1])
                    payload = _payload(row)
            likely, watched, nodes = self.likely, self.watched, row.nodes
            return Mapped(
                id_,
                observed_at,
                payload,
                self._mentions(row),
                False,
                tuple(unusual(nodes, likely)) if likely.numbers else (),
                ahead(nodes, likely, latest) if likely.days else (),
                row.times,
                row.holdings,
                tuple(row.doubts) if row.doubts else (),
                row.passed,
                row.overwritten,
                names(nodes, watched) if watched.names else (),
                self._compared(row, observed_at) if watched.relations else (),
            )
        except RowFaultError as fault:
            return fault.fault

    def _compared(self, row: Stated, observed_at: datetime | None) -> Sequence[int]:
        """What the row claims of its relations, which holds on its day."""
        day = 0 if observed_at is None else _business_day(observed_at, self.zone)
        return relations(row.relations, self.watched, day)

    def _record_id(self, values: Values) -> str:
        """The row's own id; empty where its content has to name it."""
        parts = []
        for column, convert in self.id_of.items():
            try:
                cell = values.get(column)
                text = convert(cell) if type(cell) is str else convert(one_of(found(values, column)))
                if type(text) is Doubtful:
                    text = text.value
            except NotAcceptedError as fault:
                raise refused(fault, column, found(values, column)) from None
            if text is None:
                seen = shown(found(values, column) or "")
                raise RowFaultError("ROW_ID_MISSING", field=column, found=seen, expected="a record id")
            parts.append(str(text))
        if len(parts) == 1 and len(parts[0]) <= LONGEST_KEY:
            return parts[0]
        if sum(map(len, parts)) > LONGEST_KEY:
            column = ", ".join(self.ids)
            raise RowFaultError(
                "ROW_FIELD_TOO_LONG", field=column, found=sum(map(len, parts)), expected=LONGEST_KEY
            )
        return "/".join(parts)

    def _row(self, values: Values, id_: str, far: str) -> Stated:
        row = Stated(values, id_, far)
        for step in self.nodes:
            step.run(row)
        empty = None
        for relation in self.relations:
            empty = relation.run(row) or empty
        if empty is not None and not row.nodes:
            expected = "a node, or both ends of a relation"
            raise RowFaultError("ROW_STATES_NOTHING", field=empty, found="", expected=expected)
        return row

    def _mentions(self, row: Stated) -> tuple[Named, ...]:
        found: list[Named] = []
        add = found.append
        for node in row.nodes:
            keys, values = node["keys"], node.get("set")
            if values or len(keys) > 1:
                for key in keys:
                    add((key, "node"))
                if values:
                    for name in self.evidence[node["type"]]:
                        if name in values:
                            add((evidence_mention(name, str(values[name])), "evidence"))
            else:
                add((keys[0], "end"))
        for one in row.relations:
            for name in relation_mentions(one["type"], one["source"], one["target"], one.get("key", "")):
                add((name, "relation"))
        return tuple(found)


def _payload(row: Stated) -> bytes:
    return orjson.dumps({"nodes": row.nodes, "relations": row.relations}, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=4_096)
def _business_day(observed_at: datetime, zone: tzinfo) -> int:
    return business_day(observed_at, zone).toordinal()
