"""What became of a load: for every source its counts, what was noticed, and what was left out.

The ledger keeps notices by their codes and details, so that whoever looks at a load later reads them in their own
language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ingest.loads.batches import SourceSummary
from ingest.notices import Notice, Place
from terms.errors import Lang


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something to know about a source that stopped nothing."""

    code: str
    """Code of the notice, as in the catalogue of errors."""
    count: int
    """How often it was met."""
    places: tuple[Place, ...]
    """The first places, at most ten."""
    message: str
    """What was noticed, in the language of the asker."""
    remedy: str
    """What can be done."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that was passed over on purpose."""

    code: str
    """Code of the reason, as in the catalogue of errors."""
    reason: str
    """Why, in the language of the asker."""
    count: int
    """How many rows, entries or relations."""


@dataclass(slots=True)
class SourceReport:
    """What became of one source: ``read == accepted + quarantined + duplicate``.

    ``error``: why the source, or one of its files, could not be read (to its end); with the remedy. ``notices``: what
    stopped nothing and should be known; ``left_out``: what was passed over on purpose.
    """

    name: str
    read: int = 0
    accepted: int = 0
    quarantined: int = 0
    duplicate: int = 0
    error: str | None = None
    notices: list[Noticed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    encoding: str | None = None
    delimiter: str | None = None
    origin: str = "real"

    def tell(self, told: SourceSummary, lang: Lang) -> None:
        """Add what there is to say after the last row."""
        between = " " if lang == "en" else ""
        errors = [f"{fault.message(lang)}{between}{fault.remedy(lang)}" for fault in told.faults]
        self.error = " ".join(errors) or None
        self.notices += noticed(told.notices, lang)
        self.left_out += left_out(told.left_out, lang)
        self.encoding, self.delimiter = told.encoding, told.delimiter

    def kept(self, told: SourceSummary) -> dict[str, object]:
        """The source as the ledger keeps it with the load, plain JSON values."""
        return {
            "name": self.name,
            "read": self.read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "duplicate": self.duplicate,
            "error": self.error,
            "notices": [_plain(notice) for notice in told.notices],
            "leftOut": [_plain(notice) for notice in told.left_out],
            "columns": {file: decided.to_plain() for file, decided in told.columns.items()},
        }


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What became of a manifest. ``load``: id of this load in the ledger, which keeps the manifest's path."""

    manifest: str
    load: str
    sources: tuple[SourceReport, ...]
    strict: bool = False

    @property
    def complete(self) -> bool:
        """Whether every source could be read and, when asked to be strict, no row was quarantined."""
        return not any(s.error is not None or (self.strict and s.quarantined) for s in self.sources)


def noticed(notices: Iterable[Notice], lang: Lang) -> list[Noticed]:
    """Notices in words."""
    return [Noticed(one.code, one.count, one.places, *_words(one, lang)) for one in notices]


def left_out(notices: Iterable[Notice], lang: Lang) -> list[LeftOut]:
    """What was left out, in words."""
    return [LeftOut(one.code, _words(one, lang)[0], one.count) for one in notices]


def read_kept(kept: Iterable[Mapping[str, Any]]) -> list[Notice]:
    """Notices as the ledger keeps them."""
    return [
        Notice(one["code"], one["details"], one["count"], tuple(Place(**place) for place in one["places"]))
        for one in kept
    ]


def _words(notice: Notice, lang: Lang) -> tuple[str, str]:
    """Message and remedy."""
    try:
        return notice.message(lang), notice.remedy(lang)
    except KeyError:
        # Kept by another version of the program, whose catalogue had other entries.
        return notice.code, ""


def _plain(notice: Notice) -> dict[str, object]:
    details = {
        name: value if isinstance(value, str | int | float) else str(value)
        for name, value in notice.details.items()
    }
    places = [asdict(place) for place in notice.places]
    return {"code": notice.code, "details": details, "count": notice.count, "places": places}
