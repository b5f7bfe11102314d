"""A site as everyone sees it: what answers read with as long as there is no policy."""

from __future__ import annotations

from services.access.asker import EVERYONE
from services.seen import Seen
from services.site import Site


def seen(site: Site) -> Seen:
    """All of the site, in clear."""
    return site.as_seen_by(EVERYONE)
