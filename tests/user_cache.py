"""Where tests keep what they fetch once."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).parents[1] / ".cache"


def user_cache(what: str) -> Path:
    """A folder of the user's cache, shared by all clones, or the checkout's own where that one cannot be written. It
    holds a file ``lock``.

    Raises:
        OSError: neither can be written.
    """
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "kehutu"
    try:
        return _writable(user / what)
    except OSError:
        return _writable(CHECKOUT / what)


def _writable(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lock").touch()
    return folder
