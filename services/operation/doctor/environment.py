"""Whether the machine suffices: versions, packages, memory, disk, ports."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import socket
import urllib.request
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from services.operation.doctor.finding import Finding
from services.settings import Settings
from terms.errors import KehutuError
from terms.texts import Texts

OLDEST_GLIBC: Final = (2, 34)
LEAST_DISK_MB: Final = 200
"""Below this nothing can be relied on."""
WANTED_DISK_MB: Final = 1_000
LEAST_MEMORY_MB: Final = 400
BESIDE_HEAP_MB: Final = 1_000
"""What Python, its arrays and the Java process need beside the heap of the store."""
HEAP: Final = "768m"


def environment() -> Iterator[Finding]:
    """Versions of Kehutu and of what it runs on, packages that are missing."""
    yield Finding("environment", "kehutu", version("kehutu"))
    yield Finding("environment", "python", platform.python_version())
    yield Finding("environment", "system", platform.platform())
    yield libc(*platform.libc_ver())
    yield from packages(requires("kehutu") or [])
    yield Finding(
        "environment", "embedded store", f"ArcadeDB {_version('arcadedb-embedded')}, Java {_java()}"
    )


def libc(name: str, found: str) -> Finding:
    """Whether the embedded store's binary package runs with this C library."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
    shown = f"{name} {found}".strip() or "?"
    if name == "glibc" and numbers >= OLDEST_GLIBC:
        return Finding("environment", "libc", shown)
    expected = ".".join(map(str, OLDEST_GLIBC))
    return Finding(
        "environment",
        "libc",
        shown,
        KehutuError("SYSTEM_UNSUPPORTED", expected=expected, found=shown),
        warning=True,
    )


def packages(requirements: list[str]) -> Iterator[Finding]:
    """One finding for all packages that are there, one for each that is not; extras are left out."""
    names = [
        found[0]
        for text in requirements
        if "extra ==" not in text and (found := re.match(r"[A-Za-z0-9._-]+", text))
    ]
    missing = [name for name in names if _version(name) is None]
    for name in missing:
        yield Finding(
            "environment", name, Texts("missing", "缺失"), KehutuError("PACKAGE_MISSING", package=name)
        )
    there = len(names) - len(missing)
    value = Texts(f"{there} of {len(names)} installed", f"已安装 {there} 个，共 {len(names)} 个")
    yield Finding("environment", "packages", value)


def resources(settings: Settings) -> Iterator[Finding]:
    """Disk and memory."""
    place = settings.home.absolute()
    used = sum(path.stat().st_size for path in _files(place)) // 1_000_000
    while not place.exists():
        place = place.parent
    yield disk(place, shutil.disk_usage(place).free // 1_000_000, used)
    yield memory(_available_memory(), settings.store_heap, embedded=settings.store == "embedded")


def disk(place: Path, free: int, used: int) -> Finding:
    """Whether the disk has room; ``free`` on it and ``used`` by the home in MB."""
    needed = max(WANTED_DISK_MB, 2 * used)
    value = Texts(
        f"{free:,} MB free, the home takes {used:,} MB", f"空闲 {free:,} MB，主目录占用 {used:,} MB"
    )
    if free >= needed:
        return Finding("resources", "disk", value)
    fault = KehutuError("DISK_LOW", path=place, free=free, needed=needed)
    return Finding("resources", "disk", value, fault, warning=free >= LEAST_DISK_MB)


def memory(free: int | None, heap: str | None, *, embedded: bool) -> Finding:
    """Whether memory suffices; ``free`` in MB, None where the system does not say."""
    if free is None:
        return Finding("resources", "memory", Texts("not known", "未知"))
    needed = BESIDE_HEAP_MB + (_megabytes(heap or HEAP) if embedded else 0)
    value = Texts(f"{free:,} MB available", f"可用 {free:,} MB")
    if free >= needed:
        return Finding("resources", "memory", value)
    fault = KehutuError(
        "MEMORY_LOW", free=free, needed=needed, heap=heap or Texts("by the store's size", "按存储大小")
    )
    return Finding("resources", "memory", value, fault, warning=free >= LEAST_MEMORY_MB)


def ports(settings: Settings) -> Iterator[Finding]:
    """Whether the API's port can be had, and where the embedded store listens."""
    text = os.environ.get("PORT", "8000")
    yield api_port(int(text) if text.isdigit() else 8000)
    announced = settings.home / "graph" / "server.json"
    if settings.store == "embedded" and announced.is_file():
        try:
            server: dict[str, Any] = json.loads(announced.read_text())
            listed = f"Bolt {server['bolt']}, HTTP {server['http']}"
            value = Texts(
                f"{listed}, columns {server['columns']}, on loopback",
                f"{listed}, 列数据 {server['columns']}（仅限本机）",
            )
            yield Finding("ports", "embedded store", value)
        except (OSError, ValueError, KeyError, TypeError):
            yield Finding("ports", "embedded store", Texts("not announced", "未公布"))


def api_port(port: int) -> Finding:
    """Whether ``kehutu serve`` can have a port; one that a Kehutu serves on is as it should be."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            if _kehutu_answers(port):
                return Finding(
                    "ports", "API", Texts(f"{port}, a Kehutu serves there", f"{port}，已有 Kehutu 在服务")
                )
            fault = KehutuError("PORT_IN_USE", port=port, reason=error.strerror)
            return Finding("ports", "API", Texts(f"{port}, in use", f"{port}，已被占用"), fault, warning=True)
    return Finding("ports", "API", Texts(f"{port}, free", f"{port}，空闲"))


def _kehutu_answers(port: int) -> bool:
    # A proxy from the environment must not see a request to our own machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/livez", timeout=1) as answer:
            return bool(json.load(answer) == {"status": "ok"})
    except (OSError, ValueError):
        return False


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _java() -> str:
    """The version of the Java that the embedded store brings along."""
    spec = find_spec("arcadedb_embedded")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        release = Path(place) / "jre" / "release"
        if release.is_file() and (found := re.search(r'JAVA_VERSION="([^"]+)"', release.read_text())):
            return found[1]
    return "?"


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path


def _available_memory() -> int | None:
    """MB that can be had, by the system and by the limit of a container."""
    found: list[int] = []
    try:
        text = Path("/proc/meminfo").read_text()
        found += [
            int(kilobytes) // 1000 for kilobytes in re.findall(r"^MemAvailable:\s+(\d+) kB", text, re.M)
        ]
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        if limit.isdigit():
            used = int(Path("/sys/fs/cgroup/memory.current").read_text())
            found.append((int(limit) - used) // 1_000_000)
    except (OSError, ValueError):
        pass
    return min(found, default=None)


def _megabytes(heap: str) -> int:
    found = re.fullmatch(r"(\d+)([kmg])", heap.lower())
    if found is None:
        return 768
    return int(found[1]) * {"k": 1, "m": 1_000, "g": 1_000_000}[found[2]] // 1_000
