"""The features of a run's customers, by the contract of features: what classes are found by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa

from algorithms.customer_features.features import features_of
from algorithms.customer_features.observed import Observed, Texts
from algorithms.risk.probability import Probability
from graph.arrays import Bools, Floats, Ints
from services.features.contract import contract
from services.features.reading import observe
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.communities import COMMUNITIES
from services.risk.parts.inputs import INPUTS
from services.site import Site

_TABLE: Final = "customer_features"
_CONTRACT: Final = "feature_contract"
_Read: TypeAlias = Callable[[], tuple[Observed, Bools]]


@dataclass(frozen=True, slots=True, eq=False)
class CustomerFeatures:
    """c customers in the order of the run, as of the last full run; one that a load has brought, as of that load.

    ``version``: of the contract. ``active``: whose contract has not ended. ``values``: by feature, numbers with NaN,
    words with '' where they are missing.
    """

    version: int
    ids: list[str]
    active: Bools
    values: Mapping[str, Floats | Texts]


class _CustomerFeatures(Part[CustomerFeatures]):
    """Read from the graph once more: bills with energy, contacts, orders, equipment, and the run's communities."""

    name = "customer features"
    full_only = True
    tables = (Table(_TABLE, ("id", "active", *contract().features)), Table(_CONTRACT, ("version",)))
    phase = "Describing customers"

    def gather(self, site: Site, basis: Basis) -> _Read | None:
        """The reading itself; a run that goes on has it done only where a customer is new."""
        if basis.exposure is None:
            return None
        inputs = basis.exposure
        if basis.finder is None:
            return lambda: observe(site, inputs)
        read = observe(site, inputs)
        return lambda: read

    def compute(self, basis: Basis, found: Found) -> CustomerFeatures:
        return _computed(basis.gathered.get(self.name), found)

    def go_on(self, basis: Basis, before: Before, found: Found) -> CustomerFeatures:
        was, ids = before.found.of(self), found.of(INPUTS).customers
        if was.ids == ids:
            return was
        known = {name: at for at, name in enumerate(was.ids)}
        place = np.array([known.get(name, -1) for name in ids], dtype=np.int64)
        new = np.flatnonzero(place < 0)
        if not len(new):
            return _taken(was, place, ids)
        now = _computed(basis.gathered.get(self.name), found)
        values = {
            name: np.where(place < 0, now.values[name], value[place]) for name, value in was.values.items()
        }
        active = np.where(place < 0, now.active, was.active[place])
        return CustomerFeatures(was.version, ids, active, values)

    def columns(self, value: CustomerFeatures) -> Columns:
        told: dict[str, Any] = {"id": pa.array(value.ids, pa.string()), "active": pa.array(value.active)}
        for name, feature in contract().features.items():
            column = value.values[name]
            told[name] = (
                pa.array(column, pa.float64(), from_pandas=True)
                if feature.kind == "number"
                else pa.array([word or None for word in column.tolist()], pa.string())
            )
        return {_TABLE: told, _CONTRACT: {"version": pa.array([value.version], pa.int64())}}

    def read(self, tables: Tables, probability: Probability) -> CustomerFeatures:
        table = tables[_TABLE]
        values: dict[str, Floats | Texts] = {}
        for name, feature in contract().features.items():
            if feature.kind == "number":
                values[name] = table[name].to_numpy().astype(np.float64)
            else:
                values[name] = np.array([word or "" for word in table[name].to_pylist()], dtype=object)
        return CustomerFeatures(
            int(tables[_CONTRACT]["version"][0].as_py()),
            table["id"].to_pylist(),
            table["active"].to_numpy().astype(np.bool_),
            values,
        )

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {"algorithm": "contract of features", "parameters": {"version": found.of(self).version}}


def _computed(read: _Read | None, found: Found) -> CustomerFeatures:
    """Where nothing can be read, as for inputs that are only supposed, nothing is known of anybody."""
    if read is None:
        return _unknown(found.of(INPUTS).customers)
    seen, active = read()
    inputs, label = found.of(INPUTS), found.of(COMMUNITIES)
    size = np.bincount(label).astype(np.float64)[label] if len(label) else np.zeros(0)
    standing = replace(seen.standing, community_size=size[inputs.customer_party])
    declared = contract()
    values = features_of(replace(seen, standing=standing), declared.costs)
    return CustomerFeatures(declared.version, inputs.customers, active, values)


def _unknown(ids: list[str]) -> CustomerFeatures:
    declared = contract()
    values: dict[str, Floats | Texts] = {
        name: np.full(len(ids), np.nan) if feature.kind == "number" else np.full(len(ids), "", dtype=object)
        for name, feature in declared.features.items()
    }
    return CustomerFeatures(declared.version, ids, np.ones(len(ids), dtype=np.bool_), values)


def _taken(was: CustomerFeatures, place: Ints, ids: list[str]) -> CustomerFeatures:
    values = {name: value[place] for name, value in was.values.items()}
    return CustomerFeatures(was.version, ids, was.active[place], values)


CUSTOMER_FEATURES = _CustomerFeatures()
