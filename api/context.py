"""What a request knows of its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from strawberry.types import Info as StrawberryInfo

from services.site import Site
from terms.errors import Lang


@dataclass(frozen=True, slots=True)
class Context:
    """One request: the open site and the language of its texts."""

    site: Site
    lang: Lang


Info: TypeAlias = StrawberryInfo[Context, None]

ID: TypeAlias = strawberry.ID
