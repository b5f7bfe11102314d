"""Small documents beside the results of runs: ``home/columns/<folder>/<name>.json``, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from ledger.columns import FOLDER
from ledger.files import draft_of, sync_folder
from terms.errors import KehutuError


def path_of(home: Path, folder: str, name: str) -> Path:
    """Where a document lies."""
    return home / FOLDER / folder / f"{name}.json"


def read(home: Path, folder: str, name: str) -> bytes | None:
    """The document; None where there is none."""
    try:
        return path_of(home, folder, name).read_bytes()
    except FileNotFoundError:
        return None


def write(home: Path, folder: str, name: str, text: bytes) -> None:
    """Write a document; one of that name is replaced.

    Raises:
        KehutuError: COLUMNS_UNWRITABLE.
    """
    path = path_of(home, folder, name)
    draft = draft_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with draft.open("wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as fault:
        raise KehutuError("COLUMNS_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault


def remove(home: Path, folder: str, name: str) -> bool:
    """Remove a document; whether there was one.

    Raises:
        KehutuError: COLUMNS_UNWRITABLE.
    """
    path = path_of(home, folder, name)
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as fault:
        raise KehutuError("COLUMNS_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
    return True
