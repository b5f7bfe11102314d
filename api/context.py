"""What a request works with: the site, the asker, the language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry
from strawberry.fastapi import BaseContext
from strawberry.types import Info as StrawberryInfo

from services.access.asker import Asker
from services.portrait import Wanted
from services.site import Site
from terms.errors import KehutuError, Lang


@dataclass
class Context(BaseContext):
    """One request: the open site, the language of its texts and who asks."""

    site: Site
    lang: Lang
    asker: Asker

    def __post_init__(self) -> None:
        """Let the router add the request."""
        super().__init__()
        self.seen = self.site.as_seen_by(self.asker)
        """What answers read with; the site itself is for what runs it."""
        self.wanted: Wanted | None = None
        """What the document asks of portraits, once it has been found out (``api.wanted``)."""

    def author(self, named: str | None) -> str:
        """Who decides something: the subject of the token, whoever is named.

        Raises:
            KehutuError: ``AUTHOR_OTHER`` where somebody else is named.
        """
        if named not in (None, self.asker.subject):
            raise KehutuError("AUTHOR_OTHER", found=named, subject=self.asker.subject)
        return self.asker.subject

    def own_key(self, key: str) -> str:
        """An idempotency key as this asker's own: two askers who take the same one do not meet."""
        return f"{self.asker.subject}/{key}" if key.strip() else key


Info: TypeAlias = StrawberryInfo[Context, None]

ID: TypeAlias = strawberry.ID
