"""Who the enterprises are: line of business, size, balance sheet; columns of arrays, one position an enterprise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.world.calendar import HOLIDAYS, MONTHS, SUMMER, WINTER, profile
from ingest.world.draws import Floats, Ints, stream


@dataclass(frozen=True, slots=True)
class Industry:
    """A line of business. ``season``: sales by month of the world; ``energy``: share of sales spent on it."""

    zh: str
    word: str  # in names
    weight: float
    energy: float
    wages: float  # share of sales
    margin: float
    season: Floats


_FLAT = np.ones(MONTHS)
_YEAR_END = profile((0.95, 0.7, 0.95, 1, 1, 1, 1, 1, 1.05, 1.1, 1.1, 1.15))
_BUILDING = profile((0.7, 0.4, 0.9, 1.1, 1.15, 1.1, 1.0, 1.0, 1.15, 1.2, 1.2, 1.1))
_HARVEST = profile((0.8, 0.8, 0.9, 0.9, 1.0, 1.1, 1.0, 1.0, 1.3, 1.3, 1.1, 0.8))

INDUSTRIES: tuple[Industry, ...] = (
    Industry("纺织业", "纺织", 0.12, 0.050, 0.24, 0.05, _YEAR_END),
    Industry("通用设备制造业", "机械", 0.12, 0.030, 0.24, 0.07, _YEAR_END),
    Industry("金属制品业", "五金", 0.10, 0.060, 0.20, 0.05, _YEAR_END),
    Industry("食品制造业", "食品", 0.08, 0.035, 0.18, 0.06, _HARVEST),
    Industry("化学原料制造业", "化工", 0.05, 0.080, 0.14, 0.07, _FLAT),
    Industry("建筑业", "建筑工程", 0.10, 0.012, 0.28, 0.05, _BUILDING),
    Industry("批发业", "贸易", 0.14, 0.006, 0.10, 0.03, _YEAR_END),
    Industry("零售业", "商贸", 0.10, 0.020, 0.14, 0.04, _YEAR_END),
    Industry("住宿业", "酒店", 0.06, 0.060, 0.32, 0.10, 0.45 + 0.85 * HOLIDAYS),
    Industry("餐饮业", "餐饮", 0.06, 0.045, 0.30, 0.06, 0.85 + 0.25 * HOLIDAYS),
    Industry("软件和信息技术服务业", "信息科技", 0.04, 0.008, 0.50, 0.10, _FLAT),
    Industry("农副食品加工业", "农业", 0.03, 0.030, 0.20, 0.05, _HARVEST),
)
HOTELS = next(i for i, industry in enumerate(INDUSTRIES) if industry.word == "酒店")

COOLING = 1 + 0.35 * SUMMER + 0.10 * WINTER
"""Energy for cooling and heating by month, over what the work itself needs."""


@dataclass(frozen=True, slots=True)
class Enterprises:
    """Money in yuan; flows a month.

    ``sites``: number of electricity customers that the enterprise is (0 for those supplied elsewhere).
    ``cash``: at the start of the warm-up. ``owner_support``: what its owners would put in once, in sales.
    """

    industry: Ints
    sales: Floats
    margin: Floats
    wages: Floats
    energy: Floats
    employees: Ints
    cash: Floats
    assets: Floats
    liabilities: Floats
    registered_capital: Floats
    paid_in_capital: Floats
    founded: Ints  # days since 1970-01-01
    sites: Ints

    def __len__(self) -> int:
        return len(self.industry)


def make(seed: int, organisations: int) -> Enterprises:
    """Enterprises that together are ``organisations`` electricity customers, and a fifth more that are none."""
    rng = stream(seed, "enterprises")
    sites = _sites(rng, organisations)
    count = len(sites)
    weights = np.array([i.weight for i in INDUSTRIES])
    industry = rng.choice(len(INDUSTRIES), count, p=weights / weights.sum())
    sales = np.clip(rng.lognormal(np.log(300_000), 1.0, count) * np.maximum(1, sites), 25_000, 40_000_000)
    margin = np.array([i.margin for i in INDUSTRIES])[industry] + rng.normal(0, 0.03, count)
    wages = np.array([i.wages for i in INDUSTRIES])[industry] * rng.lognormal(0, 0.15, count) * sales
    energy = np.array([i.energy for i in INDUSTRIES])[industry] * rng.lognormal(0, 0.3, count) * sales
    assets = sales * rng.lognormal(np.log(9), 0.5, count)
    # Most owe a bit more than half of what they own, some more than everything.
    liabilities = assets * np.clip(rng.normal(0.58, 0.2, count), 0.05, 1.25)
    registered = np.round(assets * rng.lognormal(np.log(0.4), 0.6, count), -4) + 100_000
    return Enterprises(
        industry=industry.astype(np.int64),
        sales=sales,
        margin=margin,
        wages=wages,
        energy=energy,
        employees=np.maximum(1, (wages / 6_500).astype(np.int64)),
        cash=sales * rng.lognormal(np.log(0.8), 0.7, count),
        assets=assets,
        liabilities=liabilities,
        registered_capital=registered,
        paid_in_capital=np.round(registered * np.minimum(1, rng.beta(3, 1, count)), -2),
        founded=rng.integers(5_000, 18_800, count),
        sites=sites,
    )


def _sites(rng: np.random.Generator, organisations: int) -> Ints:
    """Sites of each enterprise: mostly one, seldom many; they add up to ``organisations``."""
    sites: list[int] = []
    left = organisations
    while left:
        sites.append(min(left, int(rng.geometric(0.82))))
        left -= sites[-1]
    elsewhere = max(8, round(0.2 * len(sites)))
    return rng.permutation(np.array(sites + [0] * elsewhere, dtype=np.int64))
