"""What names a run: the data that it read, its parameters, the code and the run that it continues."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

import orjson
import pyarrow as pa

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from services.risk.model import RiskModel
from terms.ids import RunId


def identity_of(model: RiskModel, parameters: RiskParameters, parent: str = "") -> tuple[RunId, str]:
    """The run's id and the hash of what it read: equal data, parameters, code and parent give an equal id."""
    digest = hashlib.sha256()
    for name, table in model.tables().items():
        digest.update(name.encode())
        digest.update(_bytes(table))
    projection = digest.hexdigest()
    digest.update(orjson.dumps(parameters.as_dict(), option=orjson.OPT_SORT_KEYS))
    if model.probability != IDENTITY:
        digest.update(orjson.dumps(model.probability.as_dict(), option=orjson.OPT_SORT_KEYS))
    digest.update(version("kehutu").encode())
    digest.update(parent.encode())
    return RunId(f"{model.cut_off:%Y%m%d}-{digest.hexdigest()[:10]}"), projection


def _bytes(table: pa.Table) -> memoryview:
    """The same bytes for equal tables."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return memoryview(sink.getvalue())
