"""What every command shares: its flags, how it reports an error, and its exit status.

0 success; 1 a negative answer; 2 wrong use; 3 the store, or a process that the command needs, is not available.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from cli.output import print_error
from services.access.asker import EVERYONE, Asker
from services.logs import configure, logged
from services.settings import Settings, settings
from terms.errors import KehutuError, Lang
from terms.texts import lone_surrogates

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Call:
    """The flags that a command was called with, and who asks."""

    settings: Settings
    json: bool
    asker: Asker = EVERYONE

    @property
    def lang(self) -> Lang:
        """The language of texts for people."""
        return self.settings.lang


as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    callback=lambda _context, _parameter, value: None if value is None else value.date(),
    help="Answer for this day, by all that is known now. Default: the latest day of the data.",
)
"""The day of an answer. Without it: the latest day of the data, or the day of the run."""


after_option = click.option("--after", help="Go on after this cursor, which ends the page before.")
"""Where a page of a list begins."""

port_option = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    envvar="PORT",
    help="TCP port of the API; 0 = any.",
)
"""Where a command that serves listens."""


def first_option(
    help_text: str, *, default: int, most: int, least: int = 1
) -> Callable[[Function], Function]:
    """How many entries of a list are shown, from ``least`` to ``most``."""
    return click.option(
        "--first", type=click.IntRange(least, most), default=default, show_default=True, help=help_text
    )


def command(function: Callable[..., int]) -> Callable[..., None]:
    """Give a command the shared flags, and turn its result or its error into an exit status."""

    @click.option(
        "--home", type=click.Path(path_type=Path), help="Folder of the site [KEHUTU_HOME; .kehutu]."
    )
    @click.option("--store", help="Graph store: embedded, bolt://…, neo4j://… or neo4j+s://… [KEHUTU_STORE].")
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
    @click.option("--lang", type=click.Choice(["en", "zh"]), help="Language of the texts [KEHUTU_LANG; en].")
    @click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        help="What to log on standard error [KEHUTU_LOG_LEVEL; warning].",
    )
    @functools.wraps(function)
    def wrapped(
        *,
        home: Path | None,
        store: str | None,
        as_json: bool,
        lang: Lang | None,
        log_level: str | None,
        **own: object,
    ) -> None:
        spoken: Lang = lang or "en"
        try:
            call = Call(settings(home, store, lang, log_level), as_json)
            spoken = call.lang
            _check_texts([home, store, *own.values()])
            configure(call.settings.log_level)
            with logged(function.__name__):
                status = function(call, **own)
        except KehutuError as error:
            print_error(error, spoken, as_json=as_json)
            sys.exit(error.exit)
        except KeyboardInterrupt:
            click.echo("Interrupted." if spoken == "en" else "已中断。", err=True)
            sys.exit(130)
        sys.exit(status)

    return wrapped


def _check_texts(given: Iterable[object]) -> None:
    """See that all that was given is text.

    Bytes of an argument that are not UTF-8 come as lone surrogates, which no ledger, store or answer can hold.

    Raises:
        KehutuError: ``TEXT_NOT_UNICODE``.
    """
    for one in given:
        if isinstance(one, tuple | list):
            _check_texts(one)
        elif isinstance(one, str | Path) and lone_surrogates(str(one)):
            raise KehutuError("TEXT_NOT_UNICODE", found=ascii(str(one))[:200])
