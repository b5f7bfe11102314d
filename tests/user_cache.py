"""Where tests keep what they fetch once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Callable
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


def fetched(what: str, known: bytes, fetch: Callable[[Path], None]) -> Path:
    """A folder of the cache, fetched once.

    Args:
        known: what is to be fetched, by version; another one is another folder.
        fetch: fills an empty folder.

    Raises:
        OSError: the cache cannot be written.
    """
    folder = user_cache(what) / hashlib.sha256(known).hexdigest()[:16]
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second process waits for the first one's download
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetch-") as temporary:
                complete = Path(temporary) / "complete"
                complete.mkdir()
                fetch(complete)
                complete.rename(folder)
    return folder


def _writable(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lock").touch()
    return folder
