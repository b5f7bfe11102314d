"""A synthetic world: customers, enterprises, what ties them together, and what happens to them month by month.

Everything is invented and labelled so. The processes (cash, tenancy, holidays, wear) know nothing of the product's
models; what really happened is kept in ``truth/``, which no manifest names, for evaluation.
"""

from ingest.world.generate import WorldReport, generate
from ingest.world.supply import ServicePoint

__all__ = ["ServicePoint", "WorldReport", "generate"]
