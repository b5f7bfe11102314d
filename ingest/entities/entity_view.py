"""What the ledger tells of one entity, today or at an earlier moment: its values with all who claim them."""

from __future__ import annotations

from datetime import datetime

from graph.schema.model import Schema
from ingest.entities.neighbourhood import Neighbourhood
from ingest.entities.surviving_values import ResolvedEntity, entity_of
from ingest.identity.clusters import Cluster, Identity
from ingest.identity.entities_in_records import Sighting, name_of, names_sighting, record_of
from ledger.aliases import ids_of
from ledger.as_it_was import Moment
from ledger.database import Ledger
from terms.errors import KehutuError
from terms.ids import Key


class View:
    """Entities around some names at one moment.

    A name is a key, an id of today or of old (``key~hash`` too), or a sighting's name (``customer@visits/17#1``).
    """

    def __init__(
        self, ledger: Ledger, schema: Schema, names: list[Key], as_of: datetime | None = None
    ) -> None:
        self.schema = schema
        self.around = Neighbourhood(ledger, schema, [Moment(as_of=as_of)])
        self.around.reach(whole_key(name) for name in names)
        self._referred = self.around.referred(0, self.around.unstated(0))
        self.identity: Identity = self.around.identity(0, self._referred)

    def cluster(self, name: Key) -> Cluster | None:
        """The entity that a name means; None if no record speaks of it."""
        if names_sighting(name):
            sighting = self.sighting(name)
            return (
                None if sighting is None else self.identity.clusters[self.identity.of_sighting[sighting.ref]]
            )
        found = self.identity.of_key.get(name) or self.identity.of_key.get(whole_key(name))
        return None if found is None else self.identity.clusters[found]

    def name_of(self, sighting: Sighting) -> Key:
        """The name of a sighting in judgements."""
        return name_of(sighting.ref, self.schema)

    def sighting(self, name: Key) -> Sighting | None:
        """The sighting with a name."""
        told = self.around.told.get(record_of(name), (None,))[0]
        sightings = () if told is None else told.sightings
        return next((s for s in sightings if name_of(s.ref, self.schema) == name), None)

    def entity(self, name: Key) -> ResolvedEntity | None:
        """The entity that a name means, with all claims."""
        cluster = self.cluster(name)
        if cluster is None:
            return None
        origins = frozenset[str]().union(*(self._referred.get(key, frozenset()) for key in cluster.keys))
        return entity_of(cluster, self.schema, origins)


def view(
    ledger: Ledger, schema: Schema, name: str, *, as_of: datetime | None = None
) -> ResolvedEntity | None:
    """An entity with the source, record, times and rivals of each value; None if no record speaks of it.

    Args:
        name: its id, an id that it had, or any of its keys.
        as_of: leave out records and judgements that were acknowledged later.

    Reads the records that describe it: about 0.1 ms each.
    """
    return View(ledger, schema, [Key(name)], as_of).entity(Key(name))


def whole_key(name: Key) -> Key:
    """The key that an id of a split part is named after; other names as they are."""
    return Key(name.partition("~")[0])


def named(ledger: Ledger, schema: Schema, text: str, *, of_type: str | None = None) -> Key:
    """The key, id or sighting that a person means by a text.

    Args:
        text: a key or id; a business number without its prefix; or a record, ``source/recordId``.
        of_type: which of the entities that a record describes; by default the first party, else the first.
    Raises:
        KehutuError: UNKNOWN_ID.
    """
    text = text.strip()
    tried = [text, *(f"{node.prefix}:{text}" for node in schema.nodes.values())]
    known = ids_of(ledger, tried)
    for key in tried:
        if key in known:
            return Key(key)
    for sighting in sightings_named(ledger, schema, text, of_type):
        return name_of(sighting.ref, schema)
    if View(ledger, schema, [Key(text)]).cluster(Key(text)) is not None:
        return Key(text)  # acknowledged, and not projected yet
    raise KehutuError("UNKNOWN_ID", id=text)


def sightings_named(ledger: Ledger, schema: Schema, text: str, of_type: str | None = None) -> list[Sighting]:
    """What a record (``source/recordId``) says of entities, parties first; a sighting's own name gives that one."""
    around = Neighbourhood(ledger, schema, [Moment()])
    if names_sighting(text):
        refs = [record_of(text)]
    else:
        # A source's name may hold a slash, a record's id may too.
        cuts = [place for place, character in enumerate(text) if character == "/"]
        refs = [(text[:cut], text[cut + 1 :]) for cut in cuts]
    around.read(refs)
    told = [told for ref in refs for told in around.told.get(ref, ()) if told is not None]
    found = [s for one in told for s in one.sightings if of_type in (None, s.type)]
    if names_sighting(text):
        found = [s for s in found if name_of(s.ref, schema) == text]
    return sorted(found, key=lambda s: not schema.nodes[s.type].party)
