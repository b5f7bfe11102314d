"""Backups: the ledger with its key and the columns of its runs, in one folder that can be checked and restored.

``manifest.json`` names every file with size and SHA-256. The folder holds the secret key and personal data: keep it
as you keep the home itself. The graph is not in it; it is made again from the ledger.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Final

import orjson

from ledger import audit, audit_verify, columns, curves, records, runs, tables
from ledger.database import DATABASE, FOLDER, FORMER_IDS, Ledger
from ledger.files import KEY, sync_folder
from terms.errors import KehutuError
from terms.texts import Texts

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1
_LEDGER_FILES: Final = (f"{FOLDER}/{DATABASE}", f"{FOLDER}/{KEY}")


@dataclass(frozen=True, slots=True)
class FileSum:
    """Size in bytes and SHA-256 (hex) of a file."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup folder holds.

    ``records``: number of the last record in it. ``files``: by path relative to the folder. ``lacking``: files of
    runs and of load curves that were missing or damaged in the home when the backup was made.
    """

    path: Path
    ledger_id: str
    created_at: datetime
    records: int
    files: dict[str, FileSum]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """A restored home.

    ``ledger_id``: its new id, so that a graph of the old one, which may know later records, is refused until it is
    rebuilt. ``audit``: the first entry of the audit trail that does not fit; None when all do.
    """

    home: Path
    ledger_id: str
    former_id: str
    records: int
    audit: audit_verify.Broken | None


def backup(ledger: Ledger, target: Path) -> Backup:
    """Copy the ledger as it is at one moment, while others go on writing.

    Args:
        target: a folder that does not exist yet; it appears when all of it is on disk and checked.
    Raises:
        KehutuError: BACKUP_EXISTS, BACKUP_UNWRITABLE.
    """
    if target.exists():
        raise KehutuError("BACKUP_EXISTS", path=target)
    with _unwritable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with _draft(target.parent, target.name) as draft:
            made = _fill(ledger, draft)
            _sync_folders(draft)
            draft.rename(target)
            sync_folder(target.parent)
    return replace(made, path=target)


def check(source: Path) -> Backup:
    """Read a backup and compare every file with the manifest.

    Raises:
        KehutuError: BACKUP_MISSING, BACKUP_DAMAGED (names the file), BACKUP_NEWER.
    """
    manifest = _manifest(source)
    for name, expected in manifest.files.items():
        path = source / name
        if not path.is_file():
            raise KehutuError("BACKUP_DAMAGED", path=path, reason=Texts("it is missing", "文件缺失"))
        if _sum(path) != expected:
            reason = Texts("its content does not fit the manifest", "内容与备份清单不符")
            raise KehutuError("BACKUP_DAMAGED", path=path, reason=reason)
    return manifest


def restore(source: Path, home: Path) -> Restored:
    """Make a home from a backup, after checking all of it. Nothing that exists is overwritten.

    The ledger appears last: a home with a ledger is a home restored in full, and a restore that was cut off can be
    repeated.

    Args:
        home: a folder without ledger, graph or columns; made when absent.
    Raises:
        KehutuError: BACKUP_MISSING, BACKUP_DAMAGED, BACKUP_NEWER, RESTORE_OCCUPIED, BACKUP_UNWRITABLE.
    """
    made = check(source)
    _refuse_occupied(made, home)
    with _unwritable(home):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _draft(home, "restore") as draft:
            for name, expected in made.files.items():
                _copy(source / name, draft / name)
                # Between the check and now the disk may have failed, or somebody may have changed the file.
                if _sum(draft / name) != expected:
                    reason = Texts("it changed while it was read", "读取期间内容发生变化")
                    raise KehutuError("BACKUP_DAMAGED", path=source / name, reason=reason)
            restored = _open_restored(draft, home, made)
            _sync_folders(draft)
            if (draft / columns.FOLDER).exists() and not (home / columns.FOLDER).exists():
                (draft / columns.FOLDER).rename(home / columns.FOLDER)
            (draft / FOLDER).rename(home / FOLDER)
            sync_folder(home)
    return restored


def _fill(ledger: Ledger, folder: Path) -> Backup:
    """All files of a backup, and its manifest, in an empty folder."""
    (folder / FOLDER).mkdir(mode=0o700)
    # The trail last: what it says was done before, the ledger may lack, and not the other way round.
    for source in (ledger.path, audit.opened(ledger).path):
        copied = folder / FOLDER / source.name
        os.close(os.open(copied, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy_database(source, copied)
    _copy(ledger.folder / KEY, folder / FOLDER / KEY)
    # After the database: a run is saved when its files are written, so every run in the copy has them.
    results = ledger.home / columns.FOLDER
    for path in sorted([*results.rglob("*.parquet"), *results.rglob("*.json")]):
        # Drafts are no results yet; what vanishes meanwhile is named below if a run needs it.
        if not path.name.startswith("."):
            with suppress(FileNotFoundError):
                _copy(path, folder / path.relative_to(ledger.home))
    with Ledger.open(folder, create=False) as opened:
        if faults := opened.check():
            raise KehutuError("LEDGER_DAMAGED", path=ledger.path, reason=faults[0])
        last = records.head(opened)
        written = {
            f.path: f.sha256 for run in runs.listing(opened, first=1_000_000) for f in run.files.values()
        }
        written |= {file.path: file.sha256 for file in curves.standing(opened)}
    (folder / FOLDER / "setup.lock").unlink()
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    files = {name: _sum(folder / name) for name in names}
    lacking = tuple(sorted(n for n, sha256 in written.items() if n not in files or files[n].sha256 != sha256))
    made = Backup(folder, ledger.id, datetime.now(UTC), last, files, lacking)
    _write_manifest(made)
    return made


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup, in one step: one moment of the database, without stopping its writers."""
    try:
        with closing(sqlite3.connect(source, timeout=30)) as live, closing(sqlite3.connect(target)) as copy:
            live.backup(copy)
    except sqlite3.OperationalError:
        raise  # of the target: no space, no right
    except sqlite3.DatabaseError as fault:
        raise KehutuError("LEDGER_DAMAGED", path=source, reason=fault) from fault
    _sync(target)


def _refuse_occupied(made: Backup, home: Path) -> None:
    for name in (FOLDER, "graph"):
        if (home / name).exists():
            raise KehutuError("RESTORE_OCCUPIED", path=home / name)
    # Columns without a ledger: left by a restore that was cut off, if they are the backup's own.
    found = {
        path.relative_to(home).as_posix(): path
        for path in (home / columns.FOLDER).rglob("*")
        if path.is_file()
    }
    expected = {name: sums for name, sums in made.files.items() if name.startswith(f"{columns.FOLDER}/")}
    if found and (
        found.keys() != expected.keys() or any(_sum(found[name]) != expected[name] for name in found)
    ):
        raise KehutuError("RESTORE_OCCUPIED", path=home / columns.FOLDER)


def _open_restored(draft: Path, home: Path, made: Backup) -> Restored:
    """Open the copied ledger, see that it is whole, and give it an id of its own."""
    with Ledger.open(draft, create=False) as ledger:
        faults = ledger.check()
        if faults or records.head(ledger) != made.records or ledger.id != made.ledger_id:
            other = Texts("it is not the ledger that the manifest names", "不是备份清单所写明的台账")
            reason = faults[0] if faults else other
            raise KehutuError("BACKUP_DAMAGED", path=made.path / FOLDER / DATABASE, reason=reason)
        broken = audit_verify.verify(ledger)
        new_id = secrets.token_hex(16)
        former = " ".join((*ledger.former_ids, ledger.id))
        with ledger.writing() as connection:
            meta = tables.meta
            connection.execute(meta.update().where(meta.c.name == "ledger_id").values(value=new_id))
            connection.execute(meta.delete().where(meta.c.name == FORMER_IDS))
            connection.execute(meta.insert(), {"name": FORMER_IDS, "value": former})
    return Restored(home, new_id, made.ledger_id, made.records, broken)


def _write_manifest(made: Backup) -> None:
    content: dict[str, Any] = {
        "format": _FORMAT,
        "ledger": made.ledger_id,
        "created": made.created_at.isoformat(),
        "records": made.records,
        "lacking": list(made.lacking),
        "files": {name: asdict(sums) for name, sums in made.files.items()},
    }
    path = made.path / MANIFEST
    path.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    _sync(path)


def _manifest(source: Path) -> Backup:
    path = source / MANIFEST
    if not path.is_file():
        raise KehutuError("BACKUP_MISSING", path=source)
    try:
        content = orjson.loads(path.read_bytes())
        if content["format"] > _FORMAT:
            raise KehutuError("BACKUP_NEWER", path=source, found=content["format"], known=_FORMAT)
        files = {
            name: FileSum(int(sums["bytes"]), str(sums["sha256"])) for name, sums in content["files"].items()
        }
        made = Backup(
            path=source,
            ledger_id=str(content["ledger"]),
            created_at=datetime.fromisoformat(content["created"]),
            records=int(content["records"]),
            files=files,
            lacking=tuple(content["lacking"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        told = Texts(f"it cannot be read ({fault})", f"无法读取（{fault}）")
        raise KehutuError("BACKUP_DAMAGED", path=path, reason=told) from fault
    for name in _LEDGER_FILES:
        if name not in files:
            lacking = Texts(f"it does not name {name}", f"其中没有列出 {name}")
            raise KehutuError("BACKUP_DAMAGED", path=path, reason=lacking)
    for name in files:
        place = PurePosixPath(name)
        # A manifest from elsewhere must not write outside the home.
        if (
            place.is_absolute()
            or ".." in place.parts
            or place.parts[:1] not in ((FOLDER,), (columns.FOLDER,))
        ):
            foreign = Texts(
                f"it names {name!r}, which is no file of a backup", f"其中列出了 {name!r}，它不是备份中的文件"
            )
            raise KehutuError("BACKUP_DAMAGED", path=path, reason=foreign)
    return made


@contextmanager
def _draft(parent: Path, name: str) -> Iterator[Path]:
    """A folder for the owner only beside the final place; gone afterwards unless it was renamed."""
    draft = Path(tempfile.mkdtemp(prefix=f".{name}-", suffix=".partial", dir=parent))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _unwritable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as fault:
        raise KehutuError("BACKUP_UNWRITABLE", path=path, reason=fault) from fault


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as write,
    ):
        shutil.copyfileobj(read, write, 1 << 20)
        write.flush()
        os.fsync(write.fileno())


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_folders(root: Path) -> None:
    for folder in (root, *(path for path in root.rglob("*") if path.is_dir())):
        sync_folder(folder)


def _sum(path: Path) -> FileSum:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileSum(path.stat().st_size, digest)
