"""Synthetic customers for companies that exist in other data: a random join, which carries no signal and says so.

A published bank graph has no electricity customers, so a trace there has no money of ours in it. This gives some of
its companies a customer with bills of an ordinary process; who pays late is drawn without a look at the graph.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np
import pyarrow as pa

from ingest.world import billing, people
from ingest.world.calendar import MONTHS
from ingest.world.draws import Floats, stream
from ingest.world.enterprises import COOLING
from ingest.world.layout import TABLES, Tables
from ingest.world.numbers import customer_numbers, prefixed
from ingest.world.organisations import PRICE

_FIRST_NUMBER = 90_000_000
"""Customers of a world are numbered from 0; these come where none of them reaches."""

_LAYOUT = {
    "customers": {
        "customer_no": pa.string(),
        "company": pa.string(),
        "account_no": pa.string(),
        "opened_on": pa.date32(),
    },
    "bills": TABLES["bills"],
    "payments": TABLES["payments"],
}


def join_customers(folder: Path, companies: Sequence[str], *, seed: int, share: float = 0.6) -> Path:
    """Write customers with bills for a random part of the companies; the manifest that loads them.

    Args:
        companies: their ids in the other data, in any order; the choice depends on the set only.
    """
    rng = stream(seed, "joined customers")
    listed = sorted(companies)
    chosen = [company for company, u in zip(listed, rng.random(len(listed)), strict=True) if u < share]
    numbers = _FIRST_NUMBER + np.arange(len(chosen), dtype=np.int64)
    accounts = prefixed("66", numbers, 9)
    energy = np.round(
        rng.lognormal(np.log(9_000), 1.0, (len(chosen), 1)) * COOLING * _noise(rng, len(chosen)), 1
    )
    with Tables(folder, _LAYOUT) as tables:
        tables.write(
            "customers",
            {
                "customer_no": customer_numbers(numbers),
                "company": chosen,
                "account_no": accounts,
                "opened_on": people.dates(rng.integers(15_000, 19_000, len(chosen))),
            },
        )
        billing.write(
            tables,
            billing.Booked(
                accounts,
                pa.array(["bank-transfer"] * len(chosen)),
                energy,
                np.round(energy * PRICE * 100).astype(np.int64),
                _paid(rng, len(chosen)),
                rng.integers(4, 20, energy.shape).astype(np.int16),
                np.ones(energy.shape, bool),
            ),
        )
    manifest = folder / "joined.yaml"
    text = resources.files("ingest.manifests").joinpath("public/joined.yaml").read_text(encoding="utf-8")
    manifest.write_text(text, encoding="utf-8")
    return manifest


def _noise(rng: np.random.Generator, n: int) -> Floats:
    return rng.lognormal(0, 0.15, (n, MONTHS))


def _paid(rng: np.random.Generator, n: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """Month of payment of each bill: the next one, unless a spell without money has begun; some spells never end."""
    pays = rng.random((n, MONTHS)) > rng.beta(0.4, 12, (n, 1))
    begins = rng.geometric(0.004, n)
    lasts = np.where(rng.random(n) < 0.5, MONTHS, rng.integers(2, 9, n))
    month = np.arange(MONTHS)
    pays &= ~((month >= begins[:, None]) & (month < (begins + lasts)[:, None]))
    following = np.full(n, -1)
    paid = np.full((n, MONTHS), -1, np.int16)
    for m in range(MONTHS - 1, 0, -1):
        following = np.where(pays[:, m], m, following)
        paid[:, m - 1] = following
    return paid
