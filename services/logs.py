"""Logs: one line an event on standard error, JSON unless somebody is looking, personal data left out.

Left out are the values of fields that the schema classes as personal, and whatever looks like a phone number, a number
of a person or of a customer, or an e-mail address in any text. Libraries that log by the standard way go through the
same mill.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from graph.schema.load import schema
from services.settings import LogLevel
from terms.errors import KehutuError

HIDDEN: Final = "[hidden]"
ALWAYS: Final = frozenset({"id", "contact"})
"""Classes whose fields are hidden; those of the next two are shown where the same word means something harmless too."""
MOSTLY: Final = frozenset({"location", "financial"})
OWN: Final = frozenset({"event", "level", "timestamp", "logger", "request_id", "command"})
WORDS: Final = ("password", "secret", "token", "authorization", "payload", "raw")

_PATTERNS: Final = (
    r"[A-Za-z0-9_.+%-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+",  # e-mail
    r"(?<!\d)\d{17}[\dXx](?![0-9A-Za-z])",  # identity number, and its older form
    r"(?<!\d)\d{15}(?!\d)",
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)",  # mobile phone
    r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)",  # fixed line
)
_LOUD: Final = ("neo4j", "urllib3", "asyncio")
"""Libraries whose warnings are about outages that we bear or report ourselves."""


def configure(level: LogLevel) -> None:
    """Send what is logged from now on, by us and by libraries, to standard error; before, nothing is shown."""
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    handler = _StandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_processors(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [kept for kept in root.handlers if not isinstance(kept, _StandardError)] + [handler]
    root.setLevel(level.upper())
    for name in _LOUD:
        logging.getLogger(name).propagate = level in {"debug", "info"}


def _processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide,
    ]


@contextmanager
def logged(command: str) -> Iterator[None]:
    """Log the beginning and the end of a command; everything between carries its name and one id."""
    log = logger("kehutu.command")
    started = time.monotonic()
    with structlog.contextvars.bound_contextvars(command=command, request_id=secrets.token_hex(8)):
        log.info("started")
        try:
            yield
        except KehutuError as fault:
            log.info("refused", code=fault.code, seconds=round(time.monotonic() - started, 3))
            raise
        log.info("finished", seconds=round(time.monotonic() - started, 3))


def hide(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor of structlog: the event without personal data."""
    return {name: value if name in OWN - {"event"} else _shown(name, value) for name, value in event.items()}


def without_personal_data(text: str) -> str:
    """A text with numbers of persons and customers, phone numbers and e-mail addresses replaced."""
    return _numbers().sub(HIDDEN, text)


def _shown(name: str, value: object) -> object:
    if name.startswith("_"):  # structlog's own
        return value
    if name != "event" and (_plain(name) in _hidden_fields() or any(word in name.lower() for word in WORDS)):
        return HIDDEN
    return _clean(value)


def _clean(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), inner) for key, inner in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str | bytes):
        return [_clean(inner) for inner in value]
    return without_personal_data(str(value))


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


@cache
def _hidden_fields() -> frozenset[str]:
    """Names of fields with personal data, in small letters, from the schema."""
    classes: dict[str, set[str]] = {}
    for declared in schema().types:
        for prop in declared.properties.values():
            classes.setdefault(_plain(prop.name), set()).add(prop.personal)
    return frozenset(name for name, found in classes.items() if found & ALWAYS or found <= MOSTLY)


@cache
def _numbers() -> re.Pattern[str]:
    """What looks like personal data in a text: our patterns, and the schema's of keys with one fixed length."""
    patterns = list(_PATTERNS)
    for declared in schema().types:
        for prop in declared.properties.values():
            fixed = re.fullmatch(r"\[[^\]]+\]\{\d+\}", prop.pattern or "")
            if fixed and prop.personal in ALWAYS:
                patterns.append(rf"(?<![0-9A-Za-z]){prop.pattern}(?![0-9A-Za-z])")
    return re.compile("|".join(patterns))


def logger(name: str) -> Any:
    """The logger of a module."""
    return structlog.stdlib.get_logger(name)


# Ours go the standard way from the start: by default structlog prints on standard output, where answers are.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_processors(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at the time, not at the time of its making."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; the handler's lock is held."""
        self.stream = sys.stderr
        super().emit(record)
