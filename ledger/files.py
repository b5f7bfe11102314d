"""Files of the ledger's folder beside its database: the secret key, locks, and names that survive a power cut."""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from terms.errors import KehutuError

KEY: Final = "key"


def secret_key(folder: Path, *, ledger_exists: bool) -> bytes:
    """The secret key, 32 bytes; made for a new ledger.

    Raises:
        KehutuError: LEDGER_KEY_MISSING, LEDGER_KEY_EXPOSED, LEDGER_KEY_WRONG.
    """
    path = folder / KEY
    if not path.exists():
        if ledger_exists:
            # A new key would give every person a second identity without a word.
            raise KehutuError("LEDGER_KEY_MISSING", path=path)
        draft = path.with_suffix(".new")
        with suppress(FileNotFoundError):
            draft.unlink()
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync_folder(folder)
    if path.stat().st_mode & 0o077:
        raise KehutuError("LEDGER_KEY_EXPOSED", path=path, mode=oct(path.stat().st_mode & 0o777))
    key = path.read_bytes()
    if len(key) != 32:
        raise KehutuError("LEDGER_KEY_WRONG", path=path)
    return key


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Let one thread of all processes at a time into the block; a holder that dies, even by kill -9, frees it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def locked(descriptor: int, wait: float) -> bool:
    """Try an exclusive lock until it is had or the time is over."""
    until = time.monotonic() + wait
    pause = 0.002
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(pause)
            pause = min(pause * 2, 0.05)
        else:
            return True


def draft_of(path: Path) -> Path:
    """Where a file is written before it gets its name: a hidden place of this thread's own beside it."""
    return path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
