"""What a request knows of its surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from strawberry.fastapi import BaseContext
from strawberry.types import Info as StrawberryInfo

from services.site import Site
from terms.errors import Lang


@dataclass
class Context(BaseContext):
    """One request: the open site and the language of its texts."""

    site: Site
    lang: Lang

    def __post_init__(self) -> None:
        """Let the router add the request."""
        super().__init__()


Info: TypeAlias = StrawberryInfo[Context, None]

ID: TypeAlias = strawberry.ID
