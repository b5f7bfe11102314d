"""Whether the home, its ledger and its store are well."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from graph.dialects.neo4j import Neo4j
from graph.driver import neo4j
from graph.migrate import migrations
from graph.rebuild import leftovers, rebuilding_since
from graph.schema.load import schema
from graph.state import StoreState, read_state
from graph.store import Store, open_store
from graph.write import counts
from ingest.projection.cardinality import crowded
from ingest.projection.store_matches_ledger import refuse_ahead
from ledger import audit, audit_verify, columns, quarantine, records, runs
from ledger.census import census
from ledger.database import Ledger
from services.operation.doctor.finding import Finding
from services.operation.doctor.loads import loads
from services.settings import FILE, Settings
from terms.errors import KehutuError
from terms.texts import Texts, filled

OLDEST_NEO4J: Final = (5, 26)
CARDINALITY_SECONDS: Final = 10.0
"""For each type of relation."""
CROWDED_COUNTED: Final = 100
_NONE_YET: Final = Texts("none yet", "尚无")
LEEWAY: Final = timedelta(minutes=5)


def home(settings: Settings, user: int | None = None) -> Iterator[Finding]:
    """Whether the home is the user's (this process's when absent), can be written, and keeps its secrets."""
    user = os.geteuid() if user is None else user
    place = settings.home.absolute()
    if not place.exists():
        yield Finding("home", "folder", Texts(f"{place}, not made yet", f"{place}，尚未建立"))
        return
    found = place.stat()
    if found.st_uid != user:
        fault = KehutuError("HOME_OF_ANOTHER", path=place, owner=found.st_uid, user=user)
        yield Finding("home", "folder", str(place), fault)
    elif not os.access(place, os.W_OK | os.X_OK):
        fault = KehutuError("LEDGER_UNWRITABLE", path=place, reason=Texts("no right to write", "没有写权限"))
        yield Finding("home", "folder", str(place), fault)
    else:
        yield Finding("home", "folder", str(place))
    private = [place / "ledger", place / "ledger" / "key", place / "ledger" / "ledger.sqlite"]
    private += [place / "graph" / "password"]
    if settings.origins.get("store_password") == FILE:
        private.append(place / FILE)
    exposed = [path for path in private if path.exists() and path.stat().st_mode & 0o077]
    for path in exposed:
        fault = KehutuError("FILE_EXPOSED", path=path, mode=oct(stat.S_IMODE(path.stat().st_mode)))
        yield Finding("home", path.name, Texts("readable by others", "他人可读"), fault)
    if not exposed:
        yield Finding("home", "secrets", Texts("for the owner only", "仅所有者可读"))


def ledger_and_store(settings: Settings) -> Iterator[Finding]:
    """Whether the ledger is whole, and the store answers and shows it."""
    with ExitStack() as stack:
        opened: Ledger | None = None
        try:
            opened = stack.enter_context(Ledger.open(settings.home, create=False, migrate=False))
        except KehutuError as fault:
            none_yet = fault.code == "LEDGER_MISSING"
            value = _NONE_YET if none_yet else Texts("cannot be opened", "无法打开")
            older = fault.code == "LEDGER_OUTDATED"
            yield Finding("ledger", "database", value, None if none_yet else fault, warning=older)
        if opened is not None:
            yield zone(opened, settings)
            yield from _ledger(opened)
        yield from _store(settings, opened)


def _ledger(opened: Ledger) -> Iterator[Finding]:
    faults = opened.check()
    for reason in faults:
        fault = KehutuError("LEDGER_DAMAGED", path=opened.path, reason=reason)
        yield Finding("ledger", "database", Texts("damaged", "已损坏"), fault)
    if faults:
        return
    last = records.head(opened)
    value = Texts(
        f"{opened.id}, whole, version {opened.version}, {filled('{last:,} {last:record|records}', last=last)}",
        f"{opened.id}，完整，版本 {opened.version}，{last:,} 条记录",
    )
    yield Finding("ledger", "database", value)
    latest = records.since(opened, last - 1, 1) if last else []
    if latest:
        yield clock(datetime.now(UTC), latest[0].recorded_at)
    broken = audit_verify.verify(opened)
    if broken is None:
        number = audit.head(opened).number
        yield Finding(
            "ledger",
            "audit trail",
            Texts(filled("{number:,} {number:entry|entries}, whole", number=number), f"{number:,} 条，完整"),
        )
    else:
        fault = KehutuError("AUDIT_BROKEN", number=broken.number, reason=broken.reason)
        yield Finding("ledger", "audit trail", Texts("broken", "不完整"), fault)
    rows = quarantine.count(opened)
    yield Finding(
        "ledger", "quarantine", Texts(filled("{n:,} open {n:row|rows}", n=rows), f"{rows:,} 行待处理")
    )
    yield from loads(opened)
    yield from _current_run(opened)


def zone(opened: Ledger, settings: Settings) -> Finding:
    """The business zone of a home, which the settings may repeat and cannot change."""
    if settings.zone in (None, opened.zone_name):
        return Finding("home", "business zone", opened.zone_name)
    fault = KehutuError("ZONE_FIXED", path=opened.path, found=settings.zone, fixed=opened.zone_name)
    return Finding("home", "business zone", opened.zone_name, fault)


def clock(now: datetime, recorded: datetime) -> Finding:
    """Whether the clock has gone back behind the last record."""
    value = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    if now + LEEWAY >= recorded:
        return Finding("environment", "clock", value)
    fault = KehutuError("CLOCK_BEHIND", now=value, recorded=f"{recorded:%Y-%m-%dT%H:%M:%SZ}")
    return Finding("environment", "clock", value, fault)


def _current_run(opened: Ledger) -> Iterator[Finding]:
    try:
        run = runs.current(opened)
    except KehutuError:
        yield Finding("ledger", "current run", _NONE_YET)
        return
    for name, file in run.files.items():
        try:
            columns.read(opened.home, run.id, name, sha256=file.sha256)
        except KehutuError as fault:
            yield Finding("ledger", f"run {run.id}", name, fault)
    value = Texts(
        f"{run.id}, {len(run.files)} tables, data of {run.cut_off}",
        f"{run.id}，{len(run.files)} 张表，数据截至 {run.cut_off}",
    )
    yield Finding("ledger", "current run", value)


def _store(settings: Settings, ledger: Ledger | None) -> Iterator[Finding]:
    with ExitStack() as stack:
        place = settings.home
        unused = settings.store == "embedded" and not (place / "graph").exists()
        if unused:  # see that it works on this machine, and leave nothing behind
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kehutu-doctor-")))
        try:
            store = stack.enter_context(
                open_store(
                    settings.store_url,
                    place,
                    heap=settings.store_heap,
                    linger=0.0 if unused else settings.store_linger,
                )
            )
            yield Finding(
                "store", "connection", Texts("embedded, starts", "内嵌，可以启动") if unused else store.url
            )
            if not unused:
                yield from _server(store)
                yield from _graph(store, ledger)
        except KehutuError as fault:
            yield Finding("store", "connection", Texts("does not answer", "没有应答"), fault)


def _server(store: Store) -> Iterator[Finding]:
    if not isinstance(store.dialect, Neo4j):
        return
    yield server_version(store.url, *store.dialect.version(store))
    try:
        yield Finding("store", "Graph Data Science", store.dialect.engine_version(store))
    except neo4j.exceptions.Neo4jError as error:
        reason = (error.message or "").split(".")[0]
        fault = KehutuError("GDS_MISSING", store=store.url, reason=reason)
        yield Finding("store", "Graph Data Science", Texts("missing", "缺失"), fault, warning=True)


def server_version(store: str, version: str, edition: str) -> Finding:
    """Whether a Neo4j is new enough."""
    value = f"Neo4j {version} {edition}"
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) >= OLDEST_NEO4J:
        return Finding("store", "server", value)
    expected = "Neo4j {}.{} or later".format(*OLDEST_NEO4J)
    return Finding(
        "store", "server", value, KehutuError("STORE_VERSION", store=store, found=value, expected=expected)
    )


def _graph(store: Store, ledger: Ledger | None) -> Iterator[Finding]:
    since = rebuilding_since(store)
    if since is not None:
        fault = KehutuError("STORE_REBUILDING", store=store.url, since=since)
        yield Finding("store", "graph", Texts("being made again", "正在重建"), fault)
        return
    left = leftovers(store)
    if left:
        fault = KehutuError("STORE_LEFTOVERS", store=store.url, names=", ".join(left))
        yield Finding("store", "databases", ", ".join(left), fault, warning=True)
    state = read_state(store)
    if state is None:
        yield Finding("store", "graph", Texts("empty", "空"))
        return
    if ledger is None:
        value = Texts(f"of ledger {state.ledger_id}, not compared", f"属于台账 {state.ledger_id}，未作比较")
        yield Finding("store", "graph", value)
        return
    if state.ledger_id != ledger.id:
        fault = KehutuError(
            "STORE_OF_ANOTHER_LEDGER", store=store.url, found=state.ledger_id, expected=ledger.id
        )
        yield Finding("store", "graph", Texts("of another ledger", "属于另一台账"), fault)
        return
    yield _version(store, state)
    if state.schema_version > schema().version:
        return
    try:
        refuse_ahead(ledger, store, state)
    except KehutuError as fault:
        yield Finding("store", "watermark", f"{state.watermark:,}", fault)
        return
    if state.times_of is not None and state.watermark:
        earlier = KehutuError("STORE_TIMES_EARLIER", store=store.url, found=state.times_of)
        value = Texts(f"read by version {state.times_of}", f"由版本 {state.times_of} 读取")
        yield Finding("store", "times", value, earlier, warning=True)
    yield _watermark(state, ledger)
    yield from _content(store, state, ledger)
    yield from _cardinalities(store, ledger)


def _version(store: Store, state: StoreState) -> Finding:
    """The store's version against this program's, and what the next command will do about an older one."""
    found, known = state.schema_version, schema().version
    if found > known:
        fault = KehutuError("STORE_NEWER", store=store.url, found=found, expected=known)
        return Finding("store", "version", str(found), fault)
    for one in migrations():
        if one.rebuild and found < one.number:
            fault = KehutuError("STORE_OUTDATED", store=store.url, found=found, does=one.does)
            return Finding("store", "version", str(found), fault)
    if state.migrating is not None:
        value = Texts(
            f"half way to {state.migrating}; the next command goes on",
            f"正在迁移到 {state.migrating}；下一条命令会继续",
        )
        return Finding("store", "version", value)
    if found == known:
        return Finding("store", "version", str(found))
    value = Texts(f"{found}; the next command migrates it to {known}", f"{found}；下一条命令会迁移到 {known}")
    return Finding("store", "version", value)


def _watermark(state: StoreState, ledger: Ledger) -> Finding:
    last = records.head(ledger)
    value = Texts(
        f"shows records up to {state.watermark:,} of {last:,}",
        f"已显示到第 {state.watermark:,} 条记录，共 {last:,} 条",
    )
    behind = state.watermark < last or state.in_flight is not None
    if not behind or _somebody_writes(ledger):
        return Finding("store", "watermark", value)
    return Finding(
        "store", "watermark", value, KehutuError("STORE_BEHIND", watermark=state.watermark, head=last)
    )


def _content(store: Store, state: StoreState, ledger: Ledger) -> Iterator[Finding]:
    """Counts of the graph against the names in the ledger, where both stand at the same record."""
    if state.in_flight is not None or state.watermark != records.head(ledger):
        return
    held, nodes = counts(store, schema()), 0
    named = {found.prefix: found.entities for found in census(ledger)}
    for node in schema().nodes.values():
        expected = named.get(node.prefix, 0)
        nodes += held[node.name]
        if not node.derived and held[node.name] != expected:
            reason = Texts(
                f"it holds {held[node.name]} of type {node.name}, the ledger names {expected}",
                f"其中有 {held[node.name]} 个 {node.name}，而台账中有 {expected} 个",
            )
            fault = KehutuError("STORE_DAMAGED", store=store.url, reason=reason)
            yield Finding("store", node.name, f"{held[node.name]:,}", fault)
    relations = sum(held[name] for name in schema().relations)
    value = Texts(
        filled(
            "{nodes:,} {nodes:node|nodes}, {relations:,} {relations:relation|relations}",
            nodes=nodes,
            relations=relations,
        ),
        f"{nodes:,} 个节点，{relations:,} 个关系",
    )
    yield Finding("store", "graph", value)


def _cardinalities(store: Store, ledger: Ledger) -> Iterator[Finding]:
    """Entities with more relations of a type than they can have; of each type the first is shown."""
    patient = store.within(CARDINALITY_SECONDS)
    for declared in schema().relations.values():
        if declared.one is None:
            continue
        try:
            found = crowded(ledger, patient, schema(), declared, CROWDED_COUNTED)
        except KehutuError as fault:
            if fault.code != "STORE_DEADLINE":
                raise
            value = Texts("too many to be looked through here", "数量过多，此处不逐一检查")
            yield Finding("store", declared.name, value)
            continue
        if found:
            more = len(found) >= CROWDED_COUNTED
            value = Texts(
                f"{len(found)}{' or more' * more} with more than one",
                f"{len(found)} 个{'以上' * more}超过一个",
            )
            yield Finding("store", declared.name, value, found[0].fault(), warning=True)


def _somebody_writes(ledger: Ledger) -> bool:
    try:
        lock = os.open(ledger.folder / "writer.lock", os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False
