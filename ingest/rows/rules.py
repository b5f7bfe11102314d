"""How a mapping is checked against the schema and made ready to run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import tzinfo
from functools import lru_cache, partial

from graph.schema.keys import key_maker, local_key
from graph.schema.model import NodeType, Property, RelationType, Schema
from graph.schema.source import hint
from graph.validity import BOUNDS
from ingest.cells.bounds import Bound, Bounds, FilledBound, bound_converter, not_inclusive
from ingest.cells.column_reading import ColumnReading, columns_of
from ingest.cells.conversions import PLAIN, converter, instant_of, record_id_converter
from ingest.cells.row_values import Condition, Filled, Observed
from ingest.cells.times import check_format
from ingest.cells.whole_columns import Decided
from ingest.input_errors import NotAcceptedError, WrongUseError, not_accepted, unknown_word
from ingest.manifests.cell_text import Cell, Cells
from ingest.manifests.manifest import Rules
from ingest.manifests.manifest_text import NodeEntry, RelationEntry, Source, When
from ingest.manifests.yaml_lines import Places
from ingest.readers import ENDS
from ingest.readers.lists import Values
from ingest.rows.hashed_record_ids import Hasher, HiddenIds, remembered
from ingest.rows.mapping import Mapper
from ingest.rows.row_statements import EntityNaming, KeyPart
from ingest.rows.steps import NodeStep, RelationStep, watched_in
from ingest.rows.unlikely_values import likely_of
from terms.ids import Key
from terms.texts import Texts

_DATE_LIKE = re.compile(r"\d{4}-\d")  # a date with a mistake in it, rather than the name of a column
_FLAT = ("csv", "xlsx")  # formats whose cells hold no lists
_LOCAL = Property("local", "text", "", "", "id", identity="key")


def compile_rules(
    source: Source, rules: Rules, at: Places, schema: Schema, *, hasher: Hasher, zone: tzinfo
) -> Mapper:
    """Check a source and its mapping against the schema and make its mapper.

    Args:
        at: places of the source in its manifest, for faults.
        hasher: the ledger's keyed hash, for keys that must not be kept.
        zone: of times without one, and of days.
    Raises:
        KehutuError: ``MANIFEST_FAULT`` with file and line: an unknown channel, type, property, unit or end.
    """

    @lru_cache(maxsize=16)
    def decided(columns: Decided | None) -> Mapper:
        return _Compiler(source, rules, at, schema, hasher, zone=zone, decided=columns).mapper(decided)

    return decided(None)


class _Compiler:
    def __init__(
        self,
        source: Source,
        rules: Rules,
        at: Places,
        schema: Schema,
        hasher: Hasher,
        *,
        zone: tzinfo,
        decided: Decided | None,
    ) -> None:
        self.source = source
        self.rules = rules
        self.at = at
        self.schema = schema
        self.hasher = hasher
        self.reading = ColumnReading(source, decided, zone)
        self.namespace = source.namespace or source.channel
        self.columns: set[str] = set()
        self.secret: set[str] = set()  # columns whose cells are kept as a keyed hash only
        self.unkeyed: dict[str, int] = {}  # node type -> how many entries without a key
        self.slots: dict[str, int] = {}
        self.each: tuple[str, ...] = ()  # of the entry at work

    def mapper(self, decided: Callable[[Decided], Mapper]) -> Mapper:
        if self.source.channel not in self.schema.channels:
            self.at.fault(
                unknown_word("channel '{}'", "渠道“{}”", self.source.channel, self.schema.channels), "channel"
            )
        nodes: list[NodeStep] = []
        relations: list[RelationStep] = []
        for position, entry in enumerate(self.rules.entries):
            if isinstance(entry, NodeEntry):
                nodes.append(self._node(entry, self.rules.places.at(position)))
        for position, entry in enumerate(self.rules.entries):
            if isinstance(entry, RelationEntry):
                index = sum(r.type == entry.relation for r in relations)
                relations.append(self._relation(entry, self.rules.places.at(position), index))
        ids = self.source.record_id
        id_columns = (ids,) if isinstance(ids, str) else ids or ()
        self.columns.update(id_columns)
        self.each = ()
        self.reading.questions.codes.update(id_columns)
        delete = None if self.source.delete is None else self._condition(self.source.delete)
        observed = self._observed()
        evidence = {
            node.name: tuple(p.name for p in node.properties.values() if p.identity == "evidence")
            for node in self.schema.nodes.values()
        }
        mapper = Mapper(
            columns=frozenset(self.columns),
            ids=id_columns,
            id_of={column: record_id_converter(self.reading.of(column)) for column in id_columns},
            observed=observed,
            delete=delete,
            nodes=tuple(nodes),
            relations=tuple(relations),
            evidence=evidence,
            likely=likely_of(self.schema, [(node.named.type, node.filled) for node in nodes]),
            watched=watched_in(self.source.record_id, nodes, relations),
            secret=frozenset(self.secret),
            zone=self.reading.plain.zone,
            questions=self.reading.questions,
            decided=decided,
        )
        return mapper if self.secret.isdisjoint(id_columns) else HiddenIds.of(mapper, self.hasher)

    def _node(self, entry: NodeEntry, at: Places) -> NodeStep:
        type_ = self._node_type(entry.node, at, "node")
        index = 0
        self._repeat(entry.each)
        if not entry.key:
            if entry.each:
                reason = Texts(
                    "an entry with 'each' needs a key: without one the row itself names the node",
                    "带 each 的条目需要键：没有键时由行本身命名该节点",
                )
                at.fault(reason, "each")
            index = self.unkeyed.get(type_.name, 0)
            self.unkeyed[type_.name] = index + 1
        return NodeStep(
            self._named(type_, entry.key, at.at("key"), index),
            self._filled(type_.properties, entry.set, at.at("set"), type_.name),
            entry.optional,
            tuple(map(self._condition, entry.when)),
            entry.each,
        )

    def _repeat(self, each: tuple[str, ...]) -> None:
        self.each = ()
        for column in each:
            self._reads(column)
        self.each = each

    def _reads(self, *columns: str) -> None:
        """Note columns that the table must have; what lies in the elements of a list is no column of it."""
        within = tuple(f"{column}." for column in self.each)
        self.columns.update(column for column in columns if not column.startswith(within or "\0"))

    def _relation(self, entry: RelationEntry, at: Places, index: int) -> RelationStep:
        type_ = self.schema.relations.get(entry.relation)
        if type_ is None or type_.derived:
            known = tuple(r.name for r in self.schema.relations.values() if not r.derived)
            at.fault(
                unknown_word("relation '{}' to map to", "可映射的关系“{}”", entry.relation, known), "relation"
            )
        self._repeat(entry.each)
        source = self._end(entry.source, at.at("from"))
        target = self._end(entry.target, at.at("to"))
        if not type_.allows(source.type, target.type):
            at.fault(
                Texts(
                    f"{type_.name} does not lead from {source.type} to {target.type}; it leads from "
                    f"{', '.join(f'{a} to {b}' for a, b in type_.ends)}",
                    f"{type_.name} 不能从 {source.type} 指向 {target.type}；它连接 "
                    f"{'、'.join(f'{a} 到 {b}' for a, b in type_.ends)}",
                ),
                "relation",
            )
        for bound in BOUNDS:
            if bound in entry.set and not type_.spans:
                reason = Texts(
                    f"{type_.name} happens once and has no '{bound}'; give its day to the node that it joins",
                    f"{type_.name} 是一次性事件，没有“{bound}”；请把日期给到它所连接的节点",
                )
                at.fault(reason, "set", bound)
        for name in entry.key:
            if name not in type_.key:
                at.fault(
                    Texts(
                        f"{type_.name} is told apart by {', '.join(type_.key) or 'its ends only'}, not by '{name}'",
                        f"{type_.name} 以{'、'.join(type_.key) or '两端'}区分，而不是“{name}”",
                    ),
                    "key",
                    name,
                )
        stated = entry.set
        ends = ENDS.get(self.source.reader_name)
        if ends and type_.spans and "until" not in stated:
            stated = {**stated, "until": Cell(column=ends)}
        key = entry.key or {name: cell for name, cell in stated.items() if name in type_.key}
        rest = {name: cell for name, cell in stated.items() if name not in (*key, *BOUNDS)}
        if key and len(key) < len(type_.key):
            missing = [name for name in type_.key if name not in key]
            at.fault(
                Texts(
                    f"the key of {type_.name} also needs {', '.join(missing)}",
                    f"{type_.name} 的键还需要 {'、'.join(missing)}",
                ),
                "key",
            )
        return RelationStep(
            type_.name,
            source,
            target,
            bool(type_.key) and not type_.parts,
            self._filled(type_.properties, key, at.at("key" if entry.key else "set"), type_.name, code=True),
            self._filled(type_.properties, rest, at.at("set"), type_.name),
            index,
            tuple(map(self._condition, entry.when)),
            self._bounds(type_, stated, at.at("set")),
            type_.parts,
            entry.each,
        )

    def _bounds(self, type_: RelationType, cells: Cells, at: Places) -> Bounds:
        """What fills ``since`` and ``until``."""
        filled = []
        for name in (name for name in BOUNDS if name in cells):
            cell, prop = cells[name], type_.properties[name]
            column = self._one(prop, cell, at.at(name)).column
            try:
                of_bound = partial(bound_converter, prop, reading=self.reading.of(cell.column))
                convert = of_bound(format=cell.format, words=cell.words, inclusive=cell.inclusive)
            except WrongUseError as fault:
                at.fault(fault.reason, name)
            if cell.const is not None:
                const = convert(f"{cell.prefix or ''}{cell.const}")
                filled.append(FilledBound(name, column, partial(_always, const), cell.proxy))
            else:
                filled.append(FilledBound(name, column, self.reading.taken(prop, cell, convert), cell.proxy))
        return Bounds(type_.name, tuple(filled))

    def _end(self, end: Mapping[str, Cells], at: Places) -> EntityNaming:
        ((name, cells),) = end.items()
        type_ = self._node_type(name, at, name)
        if not cells and name not in self.unkeyed:
            at.fault(
                Texts(
                    f"the row names no {name} without a key; give the key of this end",
                    f"该行没有无键的 {name}；请给出这一端的键",
                ),
                name,
            )
        return self._named(type_, cells, at.at(name), 0)

    def _node_type(self, name: str, at: Places, *way: str) -> NodeType:
        type_ = self.schema.nodes.get(name)
        if type_ is None or type_.derived:
            known = tuple(n.name for n in self.schema.nodes.values() if not n.derived)
            at.fault(unknown_word("node type '{}' to map to", "可映射的节点类型“{}”", name, known), *way)
        return type_

    def _named(self, type_: NodeType, cells: Cells, at: Places, index: int) -> EntityNaming:
        parts: dict[str, KeyPart] = {}
        columns: dict[str, tuple[str, ...]] = {}
        for name, cell in cells.items():
            prop = _LOCAL if name == "local" else type_.properties.get(name)
            if prop is None or prop.identity != "key":
                known = (*(p.name for p in type_.keys), "local")
                near = hint(name, known)
                reason = Texts(
                    f"'{name}' is no key of {type_.name}{near.en}; keys are {', '.join(known)}",
                    f"“{name}”不是 {type_.name} 的键{near.zh}；它的键为 {'、'.join(known)}",
                )
                at.fault(reason, name)
            filled = self._one(prop, cell, at.at(name))
            columns[name] = (cell.column,) if cell.column is not None else cell.columns or ("const",)
            if prop is _LOCAL:
                parts[name] = KeyPart(filled.take, self._local(type_.prefix), None, True, filled.column)
            else:
                # An identity number is never kept; an address is hashed only to make a short key.
                secret = prop.hashed and prop.personal == "id"
                if secret:
                    self.secret.update(cell.columns if cell.column is None else (cell.column,))
                kept = None if secret else name
                make = self._key(type_, prop)
                parts[name] = KeyPart(filled.take, make, kept, not prop.hashed, filled.column)
        order = [*(p.name for p in type_.keys), "local"]
        names = sorted(parts, key=order.index)
        same = repr((type_.name, index, [(name, cells[name]) for name in names]))
        return EntityNaming(
            type_.name,
            type_.prefix,
            tuple(parts[name] for name in names),
            slot=self.slots.setdefault(same, len(self.slots)),
            columns=tuple(column for name in names for column in columns[name]),
            source=self.source.name,
            index=index,
        )

    def _local(self, prefix: str) -> Callable[[str], Key]:
        namespace = self.namespace
        return lambda text: local_key(prefix, namespace, text)

    def _key(self, type_: NodeType, prop: Property) -> Callable[[str], Key]:
        make = key_maker(type_, prop, hasher=self.hasher)
        if prop.hashed:
            return remembered(make)
        if prop.name == type_.keys[0].name:
            prefix = type_.prefix + ":"
            # What has nothing to fold or to escape, as nearly all business keys.
            return lambda text: Key(prefix + text) if text.isascii() and text.isalnum() else make(text)
        return make

    def _filled(
        self, known: Mapping[str, Property], cells: Cells, at: Places, owner: str, *, code: bool = False
    ) -> tuple[Filled, ...]:
        filled = []
        for name, cell in cells.items():
            prop = known.get(name)
            if prop is None:
                near = hint(name, known)
                reason = Texts(
                    f"{owner} has no property '{name}'{near.en}", f"{owner} 没有属性“{name}”{near.zh}"
                )
                at.fault(reason, name)
            if prop.hashed and prop.personal == "id":
                reason = Texts(
                    f"'{name}' is kept as a keyed hash only; give it as a key",
                    f"“{name}”只以带密钥的散列保存；请作为键给出",
                )
                at.fault(reason, name)
            others = known.get(prop.others or "")
            if others is not None and others.name not in cells and self._may_hold_lists(cell):
                filled.append(
                    self._one(others, cell.model_copy(update={"rest": True}), at.at(name), code=code)
                )
                filled.append(
                    self._one(prop, cell.model_copy(update={"first": True}), at.at(name), code=code)
                )
            else:
                filled.append(self._one(prop, cell, at.at(name), code=code))
        return tuple(filled)

    def _may_hold_lists(self, cell: Cell) -> bool:
        plain = cell.column is not None and not cell.first and not cell.rest
        return plain and self.source.reader_name not in _FLAT

    def _one(self, prop: Property, cell: Cell, at: Places, *, code: bool = False) -> Filled:
        try:
            if cell.inclusive and prop.name not in BOUNDS:
                raise not_inclusive(prop.name)
            self._check_words(prop, cell, at)
            take = self.reading.take(prop, cell, code=code)
        except WrongUseError as fault:
            at.fault(fault.reason)
        except NotAcceptedError as fault:
            at.fault(not_accepted(str(cell.const), fault))
        if cell.const is not None:
            return Filled(prop.name, "const", take, cell.proxy)
        columns = columns_of(cell)
        self._reads(*columns)
        return Filled(prop.name, ", ".join(columns), take, cell.proxy)

    def _check_words(self, prop: Property, cell: Cell, at: Places) -> None:
        """What a word is turned into must be a value of the property; nothing makes the cell absent."""
        plain = converter(prop, unit=cell.unit, format=cell.format, reading=self.reading.as_written)
        for word, said in cell.words.items():
            try:
                plain(said)
            except NotAcceptedError as fault:
                at.fault(not_accepted(said, fault), "words", word)

    def _condition(self, when: When) -> Condition:
        self._reads(when.column)
        return Condition(when.column, when.values, negated=when.empty is False)

    def _observed(self) -> Observed:
        cell = self.source.observed_at
        if cell is None:
            return Observed()
        try:
            if cell.format is not None:
                check_format(cell.format)
        except WrongUseError as fault:
            self.at.fault(fault.reason, "observedAt")
        text = cell.column if cell.const is None else str(cell.const)
        try:
            return Observed(const=instant_of(text, cell.format, replace(PLAIN, zone=self.reading.plain.zone)))
        except NotAcceptedError as fault:
            if cell.column is None or _DATE_LIKE.match(cell.column):
                self.at.fault(not_accepted(str(text), fault), "observedAt")
        self.columns.add(cell.column)
        return Observed(cell.column, cell.format, reading=self.reading.plain)


def _always(bound: Bound | None, _values: Values) -> Bound | None:
    return bound
