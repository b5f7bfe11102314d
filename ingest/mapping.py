"""A row becomes what it states: pure functions from cells to the payload and the mentions of a record.

:func:`compile_rules` checks the mapping of a source against the schema once; the :class:`Mapper` then takes row
after row. A row that cannot be taken gives a :class:`Fault`, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeAlias

import orjson

from graph.schema.keys import key_of, local_key, record_key
from graph.schema.model import NodeType, Property, RelationType, Schema
from graph.schema.source import nearest
from ingest.conversions import (
    Convert,
    NotAcceptedError,
    WrongUseError,
    code_of,
    converter,
    instant_of,
    text_of,
)
from ingest.manifest import Cell, Cells, NodeEntry, Places, RelationEntry, Rules, Source, When
from ingest.statements import Statements, Value, evidence_mention, relation_key
from ledger.records import Mention, content_hash
from terms.ids import Key, record_id

Values: TypeAlias = Mapping[str, object]
Hasher: TypeAlias = Callable[[str], str]
_Plain: TypeAlias = dict[str, Any]

_SHOWN: Final = 80
_SORTED: Final = orjson.OPT_SORT_KEYS
_NOTHING: Final = Statements().to_json()


class Fault(NamedTuple):
    """Why a row cannot be taken: a code of the catalogue and the details for its text."""

    code: str
    details: dict[str, object]


class Mapped(NamedTuple):
    """A row as the ledger keeps it.

    ``record_id``: of the row in its source. ``observed_at``: with zone; ``None`` where the row does not say.
    ``payload``: canonical JSON of its statements. ``deleted``: the row withdraws the record of its id.
    """

    record_id: str
    observed_at: datetime | None
    payload: bytes
    mentions: tuple[Mention, ...]
    deleted: bool

    @property
    def statements(self) -> Statements:
        """What the row states."""
        return Statements.from_json(self.payload)


class RowFaultError(Exception):
    """Carries a :class:`Fault` out of the depth of a row; caught by :meth:`Mapper.map`."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.fault = Fault(code, details)


def shown(cell: object) -> str:
    """An offending value on one line, cut after 80 characters; what cannot be seen is written as its code."""
    text = cell if isinstance(cell, str) else str(cell)
    cut = text[:_SHOWN] + "…" if len(text) > _SHOWN else text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


@dataclass(frozen=True, slots=True)
class _Get:
    """One mapped value: ``take(values)`` gives it, ``None`` where it is absent. ``column`` names it in faults."""

    name: str
    column: str
    convert: Convert
    columns: tuple[str, ...] = ()
    join: str = " "
    prefix: str = ""
    proxy: bool = False
    const: Value | None = None

    def take(self, values: Values) -> Value | None:
        if self.const is not None:
            return self.const
        try:
            if self.columns:
                cell: object = self.join.join(
                    t for c in self.columns if (t := text_of(values.get(c))) is not None
                )
            else:
                cell = values.get(self.column)
            if self.prefix:
                text = text_of(cell)
                cell = None if text is None else self.prefix + text.strip()
            return self.convert(cell)
        except NotAcceptedError as fault:
            found = values.get(self.column) if not self.columns else cell
            if fault.code == "ROW_FIELD_TOO_LONG":
                found = len(str(found))
            raise RowFaultError(
                fault.code, field=self.column, property=self.name, found=shown(found), expected=fault.expected
            ) from None


@dataclass(frozen=True, slots=True)
class _KeyPart:
    """One key that an entry states: its cell, the key made of it and whether the value is kept as a property."""

    get: _Get
    make: Callable[[str], Key]
    kept: str | None


class _Row:
    """What one row has stated so far."""

    __slots__ = ("by_key", "id", "id_used", "nodes", "relations")

    def __init__(self, id: str) -> None:
        self.id = id
        self.id_used = False
        self.nodes: list[_Plain] = []
        self.relations: list[_Plain] = []
        self.by_key: dict[str, _Plain] = {}

    def node(self, type_: str, keys: list[Key], values: _Plain, proxy: list[str]) -> _Plain:
        """Add a statement, or add to the one that the row already has of this entity."""
        known = next((self.by_key[key] for key in keys if key in self.by_key), None)
        if known is None:
            known = {"type": type_, "keys": keys}
            self.nodes.append(known)
        else:
            known["keys"] = keys = [*known["keys"], *(k for k in keys if k not in known["keys"])]
        if values:
            known["set"] = {**known["set"], **values} if "set" in known else values
        if proxy:
            known["proxy"] = [*known.get("proxy", ()), *proxy]
        for key in keys:
            self.by_key[key] = known
        return known


class _NodeStep:
    """A compiled ``- node:`` entry, or the end of a relation (then without ``set``)."""

    __slots__ = ("column", "gets", "index", "optional", "parts", "source", "type", "when")

    def __init__(
        self,
        type_: NodeType,
        parts: tuple[_KeyPart, ...],
        gets: tuple[_Get, ...],
        *,
        source: str,
        index: int = 0,
        optional: bool = False,
        when: _When | None = None,
    ) -> None:
        self.type = type_
        self.parts = parts
        self.gets = gets
        self.source = source
        self.index = index
        self.optional = optional
        self.when = when
        self.column = ", ".join(p.get.column for p in parts)

    def key(self, values: Values, row: _Row) -> tuple[list[Key], _Plain]:
        """Keys that the row states for it, none where all are empty, and the values to keep."""
        if not self.parts:
            row.id_used = True
            return [record_key(self.type.prefix, self.source, row.id, self.index)], {}
        keys: list[Key] = []
        kept: _Plain = {}
        for part in self.parts:
            text = part.get.take(values)
            if text is not None:
                keys.append(part.make(str(text)))
                if part.kept is not None:
                    kept[part.kept] = text
        return keys, kept

    def run(self, values: Values, row: _Row) -> None:
        if self.when is not None and not self.when.holds(values):
            return
        keys, found = self.key(values, row)
        if not keys:
            if self.optional:
                return
            raise RowFaultError(
                "ROW_KEY_MISSING", field=self.column, type=self.type.name, found="", expected="a key"
            )
        proxy: list[str] = []
        for get in self.gets:
            value = get.take(values)
            if value is not None:
                found[get.name] = value
                if get.proxy:
                    proxy.append(get.name)
        row.node(self.type.name, keys, found, proxy)


class _RelationStep:
    """A compiled ``- relation:`` entry."""

    __slots__ = ("gets", "index", "key_gets", "keyed", "source", "target", "type", "when")

    def __init__(
        self,
        type_: RelationType,
        source: _NodeStep,
        target: _NodeStep,
        key_gets: tuple[_Get, ...],
        gets: tuple[_Get, ...],
        *,
        index: int,
        when: _When | None,
    ) -> None:
        self.type = type_
        self.source = source
        self.target = target
        self.key_gets = key_gets
        self.gets = gets
        self.keyed = bool(type_.key)
        self.index = index
        self.when = when

    def run(self, values: Values, row: _Row) -> str | None:
        """State the relation, or return the column that is empty where it is left out."""
        if self.when is not None and not self.when.holds(values):
            return None
        source, source_kept = self.source.key(values, row)
        if not source:
            return self.source.column
        target, target_kept = self.target.key(values, row)
        if not target:
            return self.target.column
        found: _Plain = {}
        proxy: list[str] = []
        parts: list[str] = []
        for get in self.key_gets:
            value = get.take(values)
            if value is not None:
                found[get.name] = value
                parts.append(str(value))
        for get in self.gets:
            value = get.take(values)
            if value is not None:
                found[get.name] = value
                if get.proxy:
                    proxy.append(get.name)
        relation: _Plain = {
            "type": self.type.name,
            "source_type": self.source.type.name,
            "source": self._end(self.source, source, source_kept, row),
            "target_type": self.target.type.name,
            "target": self._end(self.target, target, target_kept, row),
        }
        if self.keyed:
            if parts and len(parts) == len(self.key_gets):
                relation["key"] = "/".join(parts)
            else:
                row.id_used = True
                name = record_id(self.source.source, row.id)
                relation["key"] = f"{name}#{self.index + 1}" if self.index else name
        if found:
            relation["set"] = found
        if proxy:
            relation["proxy"] = proxy
        row.relations.append(relation)
        return None

    @staticmethod
    def _end(step: _NodeStep, keys: list[Key], kept: _Plain, row: _Row) -> str:
        known = row.by_key.get(keys[0])
        if known is None or len(keys) > 1:
            # Another type's entry may name the key's property; a bare reference keeps only what no key can give.
            values = {name: value for name, value in kept.items() if step.type.properties[name].hashed}
            known = row.node(step.type.name, keys, values, [])
        return str(known["keys"][0])


@dataclass(frozen=True, slots=True)
class _When:
    column: str
    values: frozenset[str]

    def holds(self, values: Values) -> bool:
        try:
            return code_of(values.get(self.column)) in self.values
        except NotAcceptedError:
            return False


class Mapper:
    """Takes the rows of one source.

    ``columns``: all that it reads; a table without one of them cannot be taken.
    """

    def __init__(
        self,
        source: Source,
        nodes: Sequence[_NodeStep],
        relations: Sequence[_RelationStep],
        observed: _Observed,
        columns: frozenset[str],
        evidence: Mapping[str, frozenset[str]],
    ) -> None:
        self.columns = columns
        self._source = source.name
        self._id_columns = (
            (source.record_id,) if isinstance(source.record_id, str) else source.record_id or ()
        )
        self._nodes = tuple(nodes)
        self._relations = tuple(relations)
        self._observed = observed
        self._delete = _When(source.delete.column, source.delete.values) if source.delete else None
        self._evidence = evidence

    def map(self, values: Values) -> Mapped | Fault:
        """What a row states, or why it cannot be taken. O(cells that are mapped)."""
        try:
            observed_at = self._observed.take(values)
            id_ = self._record_id(values)
            deleted = self._delete is not None and self._delete.holds(values)
            if deleted and id_:
                return Mapped(id_, observed_at, _NOTHING, (), True)
            row = self._row(values, id_)
            payload = _payload(row)
            if not id_:
                id_ = content_hash(payload, deleted=False).hex()
                if deleted:
                    return Mapped(id_, observed_at, _NOTHING, (), True)
                if row.id_used:
                    row = self._row(values, id_)
                    payload = _payload(row)
            return Mapped(id_, observed_at, payload, self._mentions(row), False)
        except RowFaultError as fault:
            return fault.fault

    def _record_id(self, values: Values) -> str:
        """The row's own id; empty where its content has to name it."""
        parts = []
        for column in self._id_columns:
            try:
                text = code_of(values.get(column))
            except NotAcceptedError as fault:
                raise RowFaultError(
                    fault.code, field=column, found=shown(values.get(column)), expected=fault.expected
                ) from None
            if text is None:
                raise RowFaultError("ROW_ID_MISSING", field=column, found="", expected="a record id")
            parts.append(text)
        return "/".join(parts)

    def _row(self, values: Values, id_: str) -> _Row:
        row = _Row(id_)
        for step in self._nodes:
            step.run(values, row)
        empty = None
        for relation in self._relations:
            empty = relation.run(values, row) or empty
        if not row.nodes and empty is not None:
            raise RowFaultError(
                "ROW_STATES_NOTHING",
                field=empty or "when",
                found="",
                expected="a node or both ends of a relation",
            )
        return row

    def _mentions(self, row: _Row) -> tuple[Mention, ...]:
        found: list[Mention] = []
        for node in row.nodes:
            keys, values = node["keys"], node.get("set")
            role: Any = "node" if values or len(keys) > 1 else "end"
            found.extend([Mention(key, role) for key in keys])
            if values:
                found.extend(
                    [
                        Mention(evidence_mention(name, str(values[name])), "evidence")
                        for name in self._evidence[node["type"]]
                        if name in values
                    ]
                )
        for relation in row.relations:
            key = relation_key(
                relation["type"], relation["source"], relation["target"], relation.get("key", "")
            )
            found.append(Mention(key, "relation"))
        return tuple(found)


def _payload(row: _Row) -> bytes:
    return orjson.dumps({"nodes": row.nodes, "relations": row.relations}, option=_SORTED)


@dataclass(frozen=True, slots=True)
class _Observed:
    """When a row was true: a column's cell, a constant, or not stated."""

    column: str | None = None
    format: str | None = None
    const: datetime | None = None

    def take(self, values: Values) -> datetime | None:
        if self.column is None:
            return self.const
        cell = values.get(self.column)
        try:
            return instant_of(cell, self.format)
        except NotAcceptedError as fault:
            raise RowFaultError(
                fault.code,
                field=self.column,
                property="observedAt",
                found=shown(cell),
                expected=fault.expected,
            ) from None


def compile_rules(source: Source, rules: Rules, at: Places, schema: Schema, *, hasher: Hasher) -> Mapper:
    """Check a source and its mapping against the schema and make its mapper.

    Args:
        at: places of the source in its manifest, for faults.
        hasher: the ledger's keyed hash, for keys that must not be kept.
    Raises:
        KehutuError: ``MANIFEST_FAULT`` naming file and line, for an unknown channel, type, property or unit, an end
            that the relation does not take, a key that is none.
    """
    return _Compiler(source, rules, at, schema, hasher).mapper()


class _Compiler:
    def __init__(self, source: Source, rules: Rules, at: Places, schema: Schema, hasher: Hasher) -> None:
        self.source = source
        self.rules = rules
        self.at = at
        self.schema = schema
        self.hasher = hasher
        self.columns: set[str] = set()
        self.namespace = source.namespace or source.channel
        self.own: dict[str, int] = {}  # type -> how many entries without a key

    def mapper(self) -> Mapper:
        if self.source.channel not in self.schema.channels:
            hint = nearest(self.source.channel, self.schema.channels)
            self.at.fault(f"there is no channel '{self.source.channel}'{hint}", "channel")
        nodes: list[_NodeStep] = []
        relations: list[_RelationStep] = []
        for position, entry in enumerate(self.rules.entries):
            if isinstance(entry, NodeEntry):
                nodes.append(self._node(entry, self.rules.places.at(position)))
        for position, entry in enumerate(self.rules.entries):
            if isinstance(entry, RelationEntry):
                index = sum(r.type.name == entry.relation for r in relations)
                relations.append(self._relation(entry, self.rules.places.at(position), index))
        ids = self.source.record_id
        self.columns.update((ids,) if isinstance(ids, str) else ids or ())
        self._when(self.source.delete)
        observed = self._observed()
        evidence = {
            node.name: frozenset(p.name for p in node.properties.values() if p.identity == "evidence")
            for node in self.schema.nodes.values()
        }
        return Mapper(self.source, nodes, relations, observed, frozenset(self.columns), evidence)

    def _node(self, entry: NodeEntry, at: Places) -> _NodeStep:
        type_ = self._node_type(entry.node, at, "node")
        index = 0
        if not entry.key:
            index = self.own.get(type_.name, 0)
            self.own[type_.name] = index + 1
        return _NodeStep(
            type_,
            self._keys(type_, entry.key, at.at("key")),
            self._gets(type_.properties, entry.set, at.at("set"), type_.name),
            source=self.source.name,
            index=index,
            optional=entry.optional,
            when=self._when(entry.when),
        )

    def _relation(self, entry: RelationEntry, at: Places, index: int) -> _RelationStep:
        type_ = self.schema.relations.get(entry.relation)
        if type_ is None or type_.derived:
            known = tuple(r.name for r in self.schema.relations.values() if not r.derived)
            at.fault(
                f"there is no relation '{entry.relation}' to map to{nearest(entry.relation, known)}",
                "relation",
            )
        source = self._end(entry.source, at.at("from"))
        target = self._end(entry.target, at.at("to"))
        if not type_.allows(source.type.name, target.type.name):
            pairs = ", ".join(f"{a} to {b}" for a, b in type_.ends)
            at.fault(
                f"{type_.name} does not lead from {source.type.name} to {target.type.name}; it leads from {pairs}",
                "relation",
            )
        for name in entry.key:
            if name not in type_.key:
                reason = f"{type_.name} is told apart by {', '.join(type_.key) or 'its ends only'}, not by '{name}'"
                at.fault(reason, "key", name)
        key = entry.key or {name: cell for name, cell in entry.set.items() if name in type_.key}
        rest = {name: cell for name, cell in entry.set.items() if name not in key}
        key_gets = self._gets(type_.properties, key, at.at("key"), type_.name)
        gets = self._gets(type_.properties, rest, at.at("set"), type_.name)
        if key and len(key) < len(type_.key):
            missing = ", ".join(name for name in type_.key if name not in key)
            at.fault(f"the key of {type_.name} also needs {missing}", "key")
        return _RelationStep(type_, source, target, key_gets, gets, index=index, when=self._when(entry.when))

    def _end(self, end: Mapping[str, Cells], at: Places) -> _NodeStep:
        ((name, cells),) = end.items()
        type_ = self._node_type(name, at, name)
        if not cells and name not in self.own:
            at.fault(f"the row names no {name} without a key; give the key of this end", name)
        return _NodeStep(type_, self._keys(type_, cells, at.at(name)), (), source=self.source.name)

    def _node_type(self, name: str, at: Places, *way: str) -> NodeType:
        type_ = self.schema.nodes.get(name)
        if type_ is None or type_.derived:
            known = tuple(n.name for n in self.schema.nodes.values() if not n.derived)
            at.fault(f"there is no node type '{name}' to map to{nearest(name, known)}", *way)
        return type_

    def _keys(self, type_: NodeType, cells: Cells, at: Places) -> tuple[_KeyPart, ...]:
        parts = []
        for name, cell in cells.items():
            if name == "local":
                text = Property(name, "text", "", "", "id", identity="key")
                parts.append(_KeyPart(self._get(text, cell, at.at(name)), self._local(type_), None))
                continue
            prop = type_.properties.get(name)
            if prop is None or prop.identity != "key":
                known = (*(p.name for p in type_.keys), "local")
                at.fault(
                    f"'{name}' is no key of {type_.name}{nearest(name, known)}; keys are {', '.join(known)}",
                    name,
                )
            # An identity number is never kept; an address is hashed only to make a short key.
            kept = None if prop.hashed and prop.personal == "id" else prop.name
            parts.append(_KeyPart(self._get(prop, cell, at.at(name)), self._key(type_, prop), kept))
        order = {p.name: position for position, p in enumerate(type_.keys)}
        return tuple(sorted(parts, key=lambda p: order.get(p.get.name, len(order))))

    def _local(self, type_: NodeType) -> Callable[[str], Key]:
        prefix, namespace = type_.prefix, self.namespace
        return lambda text: local_key(prefix, namespace, text)

    def _key(self, type_: NodeType, prop: Property) -> Callable[[str], Key]:
        def make(text: str) -> Key:
            return key_of(type_, prop, text, hasher=self.hasher)

        # Folding and hashing an address costs more than the rest of its row, and premises are shared.
        return lru_cache(maxsize=65_536)(make) if prop.hashed else make

    def _gets(self, known: Mapping[str, Property], cells: Cells, at: Places, owner: str) -> tuple[_Get, ...]:
        gets = []
        for name, cell in cells.items():
            prop = known.get(name)
            if prop is None:
                at.fault(f"{owner} has no property '{name}'{nearest(name, tuple(known))}", name)
            if prop.hashed and prop.personal == "id":
                at.fault(f"'{name}' is kept as a keyed hash only; give it as a key", name)
            gets.append(self._get(prop, cell, at.at(name)))
        return tuple(gets)

    def _get(self, prop: Property, cell: Cell, at: Places) -> _Get:
        self.columns.update(cell.columns or ((cell.column,) if cell.column is not None else ()))
        try:
            convert = converter(prop, unit=cell.unit, format=cell.format, words=cell.words)
            const = None if cell.const is None else convert(f"{cell.prefix or ''}{_text(cell.const)}")
        except WrongUseError as fault:
            at.fault(str(fault))
        except NotAcceptedError as fault:
            at.fault(f"'{cell.const}' is not {fault.expected}")
        return _Get(
            name=prop.name,
            column=cell.column or ", ".join(cell.columns) or "const",
            convert=convert,
            columns=cell.columns,
            join=cell.join,
            prefix=cell.prefix or "",
            proxy=cell.proxy,
            const=const,
        )

    def _when(self, when: When | None) -> _When | None:
        if when is None:
            return None
        self.columns.add(when.column)
        return _When(when.column, when.values)

    def _observed(self) -> _Observed:
        cell = self.source.observed_at
        if cell is None:
            return _Observed()
        text = cell.column if cell.const is None else str(cell.const)
        try:
            return _Observed(const=instant_of(text, cell.format))
        except NotAcceptedError as fault:
            if cell.column is None:
                self.at.fault(f"'{text}' is not {fault.expected}", "observedAt")
        self.columns.add(cell.column)
        return _Observed(column=cell.column, format=cell.format)


def _text(const: object) -> str:
    return str(const).lower() if isinstance(const, bool) else str(const)
