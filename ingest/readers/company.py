"""Which files come along with a table and are none: what systems and programs put beside it."""

from __future__ import annotations

from typing import Final

_NAMES: Final = frozenset(
    {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".localized", ".directory", "icon\r"}
)
_BEGINNINGS: Final = ("~$", "._", ".~lock.")
"""Of a lock that Excel or LibreOffice holds on an open file, and of what macOS keeps beside a file."""

_FOLDERS: Final = frozenset({"__macosx", "@eadir", ".spotlight-v100", ".trashes", ".fseventsd"})


def comes_along(path: str) -> bool:
    """Whether a file, by its name, is one that nobody means when they name a table.

    >>> comes_along("__MACOSX/._visits.csv"), comes_along("in/~$visits.xlsx"), comes_along("visits.csv")
    (True, True, False)
    """
    *folders, name = path.replace("\\", "/").lower().rstrip("/").split("/")
    return name in _NAMES or name.startswith(_BEGINNINGS) or not _FOLDERS.isdisjoint((*folders, name))
