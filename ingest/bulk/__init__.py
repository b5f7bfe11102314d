"""How the graph of a whole ledger is made at once, in an empty store, by several processes in bounded memory.

``fill`` is the way in. The parts, in their order: ``survey`` reads which keys each record names (workers), ``plan``
finds out which entities stand in one record only and gives every node its place (arrays), ``merged`` makes the
entities of several records, ``emit`` writes all others and the relations, ``rivals`` the relations that several
records claim, ``cautions`` what does not fit together (workers again). What an entity or a relation is stays with
``ingest.identity.clusters``, ``entities`` and ``relations``: here is only decided who computes what, and when.
"""
