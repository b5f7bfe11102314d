"""Own-risk models in the home: every version, and the one in force, as JSON beside other fits; backups carry them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import orjson

from algorithms.arrears import OVERDUE_FOR_DEFAULT
from algorithms.own_risk.models import Learned
from algorithms.own_risk.outcomes import Event
from algorithms.own_risk.plain import learned_from, plain
from ledger import documents
from services.own_risk.card import ModelCard
from terms.errors import KehutuError

MOST_OVERDUE_BILLS = OVERDUE_FOR_DEFAULT
"""Overdue bills at once that are default by the start rule: a model may not ask for more."""

FOLDER = "fits"
NAME = "own-risk"


@dataclass(frozen=True, slots=True, eq=False)
class OwnModel:
    """What was learned: the chance of the event, and of a late next bill; with the card that tells how."""

    event: Event
    default: Learned
    next_bill: Learned
    card: ModelCard

    @property
    def version(self) -> str:
        """Names the content."""
        return self.card.version

    @property
    def until(self) -> date:
        """The last day of the data that it has seen: no earlier cut-off may be forecast with it."""
        return self.card.until


def in_force(home: Path) -> OwnModel | None:
    """The model that analyses use; None: the start rule.

    Raises:
        KehutuError: ``FIT_DAMAGED``.
    """
    return _read(home, NAME)


def kept(home: Path, version: str) -> OwnModel | None:
    """An earlier or the present model by its version; None where the home has it no more."""
    return _read(home, version)


def keep(home: Path, event: Event, default: Learned, next_bill: Learned, card: ModelCard) -> OwnModel:
    """Put a model in force. Equal content has an equal version; the card gets it."""
    content = {
        "event": {"overdue_bills": event.overdue_bills, "months": event.months},
        "until": card.until.isoformat(),
        "default": plain(default),
        "next_bill": plain(next_bill),
    }
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    named = replace(card, version=f"{NAME}-{digest[:10]}")
    text = orjson.dumps({**content, "card": named.plain()}, option=orjson.OPT_APPEND_NEWLINE)
    documents.write(home, FOLDER, named.version, text)
    documents.write(home, FOLDER, NAME, text)
    return OwnModel(event, default, next_bill, named)


def write_text(home: Path, version: str, text: str) -> Path:
    """The card for people beside the model. It is not in backups: `kehutu fit own-risk --show` prints it again.

    Raises:
        KehutuError: ``COLUMNS_UNWRITABLE``.
    """
    path = documents.path_of(home, FOLDER, version).with_suffix(".md")
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise KehutuError("COLUMNS_UNWRITABLE", path=path, reason=fault.strerror or fault) from fault
    return path


def reset(home: Path) -> bool:
    """Go back to the start rule; whether a model was in force. Its version stays in the home."""
    return documents.remove(home, FOLDER, NAME)


def _read(home: Path, name: str) -> OwnModel | None:
    text = documents.read(home, FOLDER, name)
    return None if text is None else _parsed(text, str(documents.path_of(home, FOLDER, name)))


@lru_cache(maxsize=4)
def _parsed(text: bytes, path: str) -> OwnModel:
    try:
        found = orjson.loads(text)
        return OwnModel(
            event=Event(**found["event"]),
            default=learned_from(found["default"]),
            next_bill=learned_from(found["next_bill"]),
            card=ModelCard.read(found["card"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise KehutuError("FIT_DAMAGED", path=path, reason=fault) from fault
