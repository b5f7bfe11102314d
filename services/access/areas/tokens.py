"""Areas as texts that an asker and an entity may have in common: one equal text, and the entity is seen.

A text is a tenant and the path of an area, or ``*`` for all areas of a tenant. An entity has one for each beginning of
its region, so that whether a region begins with another is a comparison of whole texts, and ``CN/4/`` never fits
``CN/44/``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from services.access.asker import ALL_REGIONS, Asker

PUBLIC: Final = "+"
"""Of what belongs to nobody's region: every asker who sees anything has it."""


def of_entity(tenant: str, region: str) -> frozenset[str]:
    """What an entity of a tenant and a region has. ``tenant``: empty for the deployment's; ``region``: may be empty.

    >>> sorted(of_entity("", "CN/44/"))
    ['|*', '|CN/', '|CN/44/']
    """
    return frozenset({f"{tenant}|{ALL_REGIONS}", *(f"{tenant}|{path}" for path in beginnings(region))})


def of_asker(asked: Asker, deployment: str) -> list[str]:
    """What an asker has. ``deployment``: the name of the tenant that it belongs to where it names none.

    >>> of_asker(Asker("planner", ("CN/44/", "CN/37/"), "gz"), "gz")
    ['+', '|CN/37/', '|CN/44/']
    """
    tenant = "" if asked.tenant in (None, deployment) else asked.tenant
    return [PUBLIC, *sorted(f"{tenant}|{region}" for region in asked.regions)]


def beginnings(region: str) -> Iterator[str]:
    """Every beginning of the path of an area that ends at a step.

    >>> list(beginnings("CN/44/01/"))
    ['CN/', 'CN/44/', 'CN/44/01/']
    """
    end = region.find("/")
    while end >= 0:
        yield region[: end + 1]
        end = region.find("/", end + 1)
