"""A vector for each party of a full run, from its surroundings in the network of risk.

Parties that are linked alike lie close together, and customers are compared by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa

from algorithms.embeddings.vectors import Vectors, unit
from algorithms.risk.probability import Probability
from graph.arrays import Ints
from services.engines.protocol import ArrayProjection, Embedding
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.inputs import INPUTS
from services.risk.parts.solution import SOLUTION

FASTRP: Final = Embedding()


@dataclass(frozen=True, eq=False)
class PartyVectors:
    """``ids``: n parties of the last full run, ascending. ``vectors``: n x d; a party without links has zeros."""

    ids: list[str]
    vectors: Vectors

    @cached_property
    def unit(self) -> Vectors:
        """The vectors at length one."""
        return unit(self.vectors)

    @cached_property
    def _place(self) -> Mapping[str, int]:
        return {party: at for at, party in enumerate(self.ids)}

    def position(self, party: str) -> int | None:
        """The row of a party; None for one that came since."""
        return self._place.get(party)

    def places(self, parties: Sequence[str]) -> Ints:
        """Rows of the parties of a run, -1 for those that came since."""
        if self.ids == parties:
            return np.arange(len(self.ids), dtype=np.int64)
        return np.array([self._place.get(party, -1) for party in parties], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class EmbeddingPart:
    """The embedding of a run: parties with a vector, parties without links and so without one, where it was made."""

    parties: int
    without: int
    engine: str


class _Embedding(Part[PartyVectors]):
    """Parties that came after the last full run have no vector yet, so a load need not write the others again."""

    name = "embedding"
    full_only = True
    tables = (Table("party_vectors", ("id", "vector")),)
    phase = "Embedding parties"

    def compute(self, basis: Basis, found: Found) -> PartyVectors:
        ids, matrix = found.of(INPUTS).ids, found.of(SOLUTION).weights.csr
        projection = ArrayProjection(ids, matrix.rows(), matrix.indices, matrix.data)
        answer = basis.community_engine.compute(projection, FASTRP)
        return PartyVectors(ids, answer.values.astype(np.float32, copy=False))

    def go_on(self, basis: Basis, before: Before, found: Found) -> PartyVectors:
        return before.found.of(self)

    def columns(self, value: PartyVectors) -> Columns:
        flat = pa.array(value.vectors.ravel(), pa.float32())
        vectors = pa.FixedSizeListArray.from_arrays(flat, FASTRP.dimension)
        return {"party_vectors": {"id": pa.array(value.ids, pa.string()), "vector": vectors}}

    def read(self, tables: Tables, probability: Probability) -> PartyVectors:
        table = tables["party_vectors"]
        flat = table["vector"].combine_chunks().flatten().to_numpy().astype(np.float32, copy=False)
        return PartyVectors(table["id"].to_pylist(), flat.reshape(-1, FASTRP.dimension))

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {
            "algorithm": "fastrp",
            "engine": basis.engine,
            "dimension": FASTRP.dimension,
            "steps": list(FASTRP.steps),
            "seed": FASTRP.seed,
        }

    def report(self, basis: Basis, found: Found) -> EmbeddingPart:
        value = found.of(self)
        known = int(np.count_nonzero(value.vectors.any(axis=1)))
        return EmbeddingPart(parties=known, without=len(value.ids) - known, engine=basis.engine)


EMBEDDING = _Embedding()
