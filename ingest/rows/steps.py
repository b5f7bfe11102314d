"""The entries of a mapping, ready to run: each states a node or a relation of a row.

They run for every row, so what depends on the mapping alone is worked out before: which of their parts are there at
all, and tuples in place of objects where a loop takes them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cells.bounds import Bounds, Times
from ingest.cells.doubtful import Doubtful
from ingest.cells.row_values import Condition, Filled, RowFaultError, shown
from ingest.readers.lists import Values, filled, found
from ingest.rows.contradictions import Watched
from ingest.rows.repeated_holdings import Holding
from ingest.rows.row_statements import EntityNaming, Named, Passed, Plain, Stated
from terms.ids import record_id


def _fill(filled: Sequence[Filled], row: Stated, found: Plain) -> list[str] | None:
    """Take values into ``found``; the names of those that are proxies, where there are any."""
    values = row.values
    proxy: list[str] | None = None
    for name, column, take, is_proxy in filled:
        value = take(values)
        if value is None:
            continue
        if type(value) is Doubtful:
            value = row.doubted(value, column)
            if value is None:
                continue
        found[name] = value
        if is_proxy:
            proxy = [*(proxy or ()), name]
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
        named = self.named
        keys, kept = row.named.get(named.slot) or row.keys(named)
        if keys:
            found = dict(kept)
            proxy = _fill(self.filled, row, found)
            row.node(named.type, keys, found, proxy)
        elif self.optional:
            lost: Plain = {}
            _fill([one for one in self.filled if one.column != "const"], row, lost)
            if lost:
                row.passed.append(Passed("LEFT_OUT_NODE", named.type, named.column))
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
        source, target = self.source, self.target
        source_named = row.named.get(source.slot) or row.keys(source)
        if not source_named[0]:
            return row.without(self.type, source)
        target_named = row.named.get(target.slot) or row.keys(target)
        if not target_named[0]:
            return row.without(self.type, target)
        found: Plain = {}
        proxy = _fill(self.key, row, found) if self.key else None
        key = self._key(row, found) if self.key or self.keyed else ""
        if self.filled and (more := _fill(self.filled, row, found)):
            proxy = [*(proxy or ()), *more]
        if self.bounds.filled and (of_bounds := self._bounds(row, found)):
            proxy = [*(proxy or ()), *of_bounds]
        relation: Plain = {
            "type": self.type,
            "source_type": source.type,
            "source": _end(source, source_named, row),
            "target_type": target.type,
            "target": _end(target, target_named, row),
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
            row.holdings.append(Holding(pair, self.bounds.span(found), key != ""))
        return None

    def _bounds(self, row: Stated, found: Plain) -> Sequence[str]:
        """Take ``since`` and ``until``; the names of those that are proxies."""
        proxy, notices = self.bounds.take(row.values, found)
        since = found.get("since", "")
        if notices or since > row.far:
            row.times.append(Times(since, notices))
        return proxy

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


def _end(end: EntityNaming, named: Named, row: Stated) -> str:
    """The key that stands for an end of a relation, which the row names if it has not yet."""
    keys, kept = named
    known = row.by_key.get(keys[0])
    if known is None or len(keys) > 1:
        # A bare reference keeps only what its key cannot give back.
        rest = {p.kept: kept[p.kept] for p in end.parts if p.kept in kept and not p.derivable} if kept else {}
        known = row.node(end.type, keys, rest, None)
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
