"""What every worker of a bulk projection has at hand: ledger, schema, and the folder of intermediate files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import orjson

from graph.schema.load import schema as load_schema
from graph.schema.model import Schema
from ledger.census import judgements
from ledger.database import Ledger
from ledger.judgements import Judgement
from ledger.records import Ref

Numbers: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Context:
    """``until``: the last record that counts. ``named``: whether the names of entities are wanted too."""

    ledger: Ledger
    folder: Path
    until: int
    named: bool

    @cached_property
    def schema(self) -> Schema:
        """The schema of the product."""
        return load_schema()

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Node types by number."""
        return tuple(self.schema.nodes)

    @cached_property
    def number(self) -> dict[str, int]:
        """Numbers of node types."""
        return {name: number for number, name in enumerate(self.types)}

    @cached_property
    def number_of_prefix(self) -> dict[str, int]:
        """Numbers of node types by the prefix of their keys."""
        return {self.schema.nodes[name].prefix: number for number, name in enumerate(self.types)}

    @cached_property
    def superseded(self) -> Numbers:
        """Records that do not count because a newer version does."""
        return np.asarray(np.load(self.folder / "superseded.npy"))

    @cached_property
    def judged(self) -> frozenset[Ref]:
        """Records of which a judgement names a sighting."""
        pairs = orjson.loads((self.folder / "judged.json").read_bytes())
        return frozenset((source, record_id) for source, record_id in pairs)

    @cached_property
    def judgements(self) -> list[Judgement]:
        """All judgements up to the last record that counts."""
        return [j for j in judgements(self.ledger) if j.seq <= self.until]

    def load(self, name: str) -> npt.NDArray[np.generic]:
        """An intermediate array, mapped."""
        return np.asarray(np.load(self.folder / f"{name}.npy", mmap_mode="r"))
