"""An export read from the store, as one asker sees it, with the results of the current run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graph import seen_queries
from graph.schema.model import NodeType
from graph.seen_queries import ExportedNodes, ExportedRelations, Listed
from services.export.content import (
    EDGE_LISTS,
    NODE_LISTS,
    WEIGHT,
    Cleaning,
    Columns,
    Content,
    Kind,
    Row,
    relation_identity,
)
from services.export.selection import BATCH, Selection, batches
from services.names import NAMING
from services.reading.days import day_of
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError

RESULTS = ("risk", "community", "runId")
"""Properties that the run gives; the store holds a copy of them for other tools, which is not read."""
EACH = 1.0
"""Weight of a relation: each counts once. What it is about stands in properties of its own."""


def content_of(seen: Seen, selection: Selection) -> Content:
    """All that an export holds. Nodes have to be read before relations.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``; a column file of the run that is missing or damaged.
    """
    run, model = _current(seen)
    columns, cleaning = Columns.of(seen.schema), Cleaning()
    content = Content(
        columns=columns,
        nodes=iter(()),
        edges=iter(()),
        cleaning=cleaning,
        run="" if run is None else run.id,
        cut_off=(day_of(seen) if model is None else model.cut_off).isoformat(),
        policy=_policy(seen),
    )
    reader = _Reader(seen, selection, model, content.run, content)
    content.nodes, content.edges = reader.nodes(), reader.edges()
    return content


def _policy(seen: Seen) -> str:
    """Who asked: its role, and what narrows it."""
    asker = seen.asker
    if seen.policy is None:
        return asker.role
    own = (*asker.regions, *asker.customers, *filter(None, (asker.tenant, asker.technician)))
    return " ".join([asker.role, *filter(None, [asker.purpose]), *own])


def _current(seen: Seen) -> tuple[Run | None, RiskModel | None]:
    try:
        return current(seen)
    except KehutuError as fault:
        if fault.code == "NO_RUN":
            return None, None
        raise


@dataclass(slots=True)
class _Reader:
    seen: Seen
    selection: Selection
    model: RiskModel | None
    run: str
    content: Content
    ids: dict[str, list[str]] = field(default_factory=dict)
    """What has been read, by type: relations lead from there and to there."""
    kinds: tuple[dict[str, Kind], dict[str, Kind]] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = (
            {column.name: column.kind for column in self.content.columns.nodes},
            {column.name: column.kind for column in self.content.columns.edges},
        )

    def nodes(self) -> Iterator[list[Row]]:
        """Nodes by type in the schema's order, then by id."""
        for declared in self.seen.schema.nodes.values():
            known = self.ids[declared.name] = []
            for rows in self._stored(declared.name):
                known += [row.id for row in rows]
                yield [self._node(declared, row) for row in rows]

    def _stored(self, name: str) -> Iterator[Sequence[ExportedNodes | Listed]]:
        if not self.selection.whole:
            for batch in batches([*self.selection.ids.get(name, ())]):
                yield seen_queries.exported_nodes(self.seen, type=name, ids=batch)
            return
        after = ""
        while True:
            rows = seen_queries.listed(
                self.seen, type=name, equal={}, starts={}, least={}, most={}, after=after, first=BATCH
            )
            if rows:
                yield rows
            if len(rows) < BATCH:
                return
            after = rows[-1].id

    def _node(self, declared: NodeType, row: ExportedNodes | Listed) -> Row:
        clean = self.content.cleaning
        known: dict[str, object] = {
            name: value for name, value in row.properties.items() if name in declared.properties
        }
        copies = {copy.name for copy in declared.copies}
        known = {name: value for name, value in known.items() if name not in copies}
        known |= self._results(declared, row.id)
        label = next((str(known[name]) for name in NAMING if known.get(name)), row.id)
        made: Row = {"id": clean.identity(row.id), "type": declared.name, "label": clean.text(label)}
        self._fill(made, self.kinds[0], known)
        self._lists(made, NODE_LISTS, {**row.properties, "origins": row.origins})
        self.content.origins.update(row.origins)
        return made

    def _results(self, declared: NodeType, entity: str) -> dict[str, object]:
        """What the run says of a party, or of the party of a customer."""
        if self.model is None or not {*RESULTS} <= {copy.name for copy in declared.copies}:
            return {}
        party = self.model.party(entity)
        if party is None:
            return {}
        told: dict[str, object] = {
            "risk": float(self.model.score[party]),
            "community": self.model.community_id(int(self.model.community[party])),
            "runId": self.run,
        }
        return {name: self.seen.shown(declared.name, [name], value) for name, value in told.items()}

    def edges(self) -> Iterator[list[Row]]:
        """Relations by type in the schema's order, then by type of their ends, source, target and key."""
        chosen = {entity for ids in self.ids.values() for entity in ids}
        for declared in self.seen.schema.relations.values():
            for source in declared.source:
                for target in declared.target:
                    if not self.ids.get(source) or not self.ids.get(target):
                        continue
                    for batch in batches(self.ids[source]):
                        rows = seen_queries.exported_relations(
                            self.seen,
                            source_type=source,
                            relation=declared.name,
                            target_type=target,
                            ids=batch,
                        )
                        kept = [row for row in rows if row.target in chosen]
                        if kept:
                            yield [self._edge(declared.name, row) for row in kept]

    def _edge(self, relation: str, row: ExportedRelations) -> Row:
        clean = self.content.cleaning
        source, target = clean.identity(row.source), clean.identity(row.target)
        made: Row = {
            "id": relation_identity(relation, source, target, clean.identity(row.key)),
            "source": source,
            "target": target,
            "label": relation,
            WEIGHT: EACH,
        }
        declared = self.seen.schema.relations[relation].properties
        known = {name: value for name, value in row.properties.items() if name in declared}
        self._fill(made, self.kinds[1], known | {"relationKey": row.key, "recordId": row.record})
        self._lists(made, EDGE_LISTS, {**row.properties, "origins": row.origins})
        self.content.origins.update(row.origins)
        return made

    def _fill(self, made: Row, kinds: Mapping[str, Kind], known: Mapping[str, object]) -> None:
        for name, stored in known.items():
            value = self.content.cleaning.value(kinds[name], stored)
            if value is not None:
                made[name] = value

    def _lists(self, made: Row, names: Sequence[str], known: Mapping[str, object]) -> None:
        for name in names:
            stored = known.get(name)
            if isinstance(stored, list | tuple) and stored:
                made[name] = self.content.cleaning.listed([str(one) for one in stored])
