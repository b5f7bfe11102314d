"""What one asker sees of a site: all that an answer can read with.

It hands out no store, no ledger and no folder. The named queries of ``graph/seen_queries.py``, names
(``services/names.py``) and the readers of ``services/reading/`` take it; ``services/site.py`` makes it, and nobody else
gets back from it to the site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from graph import seen_queries
from graph.blocks import SEEN_IN, Block, Conditions, Rows, StoreReader, asked_by, shown_to
from graph.schema.ddl import fulltext_index
from graph.schema.keys import type_of
from graph.schema.model import PersonalData, Property, Schema
from graph.store import Store
from ledger.aliases import resolve
from ledger.database import Ledger
from ledger.moment import Moment
from services.access.asker import Asker
from services.access.opaque import Opaque
from services.access.policy import Policy
from services.access.reads import Reads
from services.settings import Settings
from terms.errors import KehutuError
from terms.ids import EntityId


@dataclass(frozen=True, slots=True)
class SeenLedger:
    """What an asker sees of the ledger alone, for answers that need no store."""

    asker: Asker
    _ledger: Ledger

    def sign(self, content: bytes) -> bytes:
        """A seal on something that the asker will give back, such as a cursor."""
        return self._ledger.sign(content)


@dataclass(frozen=True, slots=True)
class Seen(SeenLedger):
    """What an asker sees of a site. ``policy``: None where it sees everything, in clear."""

    schema: Schema
    policy: Policy | None
    _settings: Settings
    _store: Store
    reads: Reads = field(default_factory=Reads, compare=False)
    """Of whom something was read in clear, until it is noted."""
    moment: Moment | None = None
    """The state of the ledger that the answer rests on; None for whatever it is whenever it is asked."""
    opaque: Opaque | None = None
    """Makes words of ids, for who does not see ids in clear; None for others."""
    cursors: bool = True
    """Whether the answer shows cursors; where it does not, none is made."""

    def entity(self, text: str) -> EntityId:
        """The canonical id for an id, an old id or a business number.

        An entity without a business key is named after its record and its place there (``person:visits/17#1``); the
        first place may be left out.

        Raises:
            KehutuError: ``UNKNOWN_ID``; STORE_UNAVAILABLE for a name that the graph may not have got yet.
        """
        prefixes = [node.prefix for node in self.schema.nodes.values()]
        found = self.named(text, prefixes) or self.named(f"{text.strip()}#1")
        if found is None:
            self._store.ping()  # names come with the graph: while that cannot follow, nobody knows
            raise KehutuError("UNKNOWN_ID", id=text)
        return found

    def named(self, text: str, prefixes: Sequence[str] = ()) -> EntityId | None:
        """The canonical id for a name, tried as it is and after each prefix; None where there is none, or none that is
        seen. It costs as many calls either way, so that nobody can tell one from the other.
        """
        if self.opaque is not None:  # a number that somebody guesses names nobody
            text = self.opaque.text(text.strip()) or ""
        found = resolve(self._ledger, text, prefixes)
        if not self.restricted:
            return found
        kind = type_of(found, self.schema).name if found else "Customer"
        seen = seen_queries.names(self, type=kind, ids=[found or ""])
        return found if seen else None

    @property
    def restricted(self) -> bool:
        """Whether there may be entities that are not seen."""
        return self.policy is not None and not self.policy.whole

    def refuse_masked(self, declared: Property) -> None:
        """Let nobody narrow or order a list by values that he is not shown: it would find them out.

        Raises:
            KehutuError: ``FIELD_MASKED``.
        """
        if self.policy is not None and declared.personal in self.policy.masked:
            raise KehutuError("FIELD_MASKED", field=declared.name, kind=declared.personal)

    def rows(self, block: Block, places: Mapping[str, str | int], parameters: Mapping[str, object]) -> Rows:
        """Rows of a named query, of what the asker sees; see :class:`graph.blocks.Reader`."""
        return StoreReader(self._store, self._conditions(), self._told).rows(block, places, parameters)

    async def rows_waiting(self, block: Block, parameters: Mapping[str, object]) -> Rows:
        """The same on an event loop, tried once; of a block without names of the schema to put in."""
        conditions = self._conditions()
        text, sent = asked_by(conditions, block, {}, parameters)
        found = await self._store.read_waiting(text, sent)
        self._told(block, found, parameters)
        return shown_to(conditions, block, found, parameters)

    def _conditions(self) -> Conditions | None:
        policy = self.policy
        if policy is None:
            return None

        @cache
        def touched(type_name: str) -> frozenset[str]:
            declared = (self.schema.nodes | self.schema.relations)[type_name].properties
            hidden = (p.name for p in declared.values() if p.personal in policy.masked)
            return frozenset({"search", SEEN_IN, *hidden})

        # A policy that names no class says of each value itself what is shown of it.
        return Conditions(policy.condition, policy.parameters, self.shown, touched if policy.masked else None)

    def _told(self, block: Block, rows: Rows, given: Mapping[str, object]) -> None:
        self.reads.rows(self.masked, block, rows, given)

    @property
    def masked(self) -> frozenset[PersonalData]:
        """Classes of personal data that are not shown in clear."""
        return frozenset() if self.policy is None else self.policy.masked

    def note(self, ids: Iterable[str], kinds: Iterable[str]) -> None:
        """Note that values of some classes were read of some entities, past a named query."""
        self.reads.of(self.masked, ids, kinds)

    def shown(self, type_name: str, names: Sequence[str], value: object) -> object:
        """A stored value as the asker may see it.

        Args:
            type_name: of the node or relation that it is a value of.
            names: its property, or those that it may be.
        """
        if self.policy is None:
            return value
        declared = (self.schema.nodes | self.schema.relations)[type_name].properties
        found = tuple(declared[name] for name in names if name in declared)
        if found:
            return self.policy.shown(found, value)
        # The search text of a node holds its values of every class; where a node is seen is nobody's business.
        return None if names[0] in ("search", SEEN_IN) else value

    def index_of(self, type_name: str) -> str:
        """The store's name of a type's full-text index."""
        return self._store.dialect.fulltext_index_name(fulltext_index(self.schema, type_name))
