"""Entities of FollowTheMoney, one a line: parties, what they own, whom they direct, where they are.

Every property is a list of texts (FollowTheMoney, model: properties are multi-valued); links are entities of their
own, and name their ends by id. Companies and other legal entities are enterprises, persons are persons. A LegalEntity
does not say which of the two it is and counts as an enterprise, as do organisations and public bodies; what is in no
schema of this list is left out and counted, and so is a link whose end the file does not describe. The first name is
the name, all others are kept beside it. A percentage that gives a range or a comparison stands in by its lower end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ingest.notices import Place
from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.input import OTHER_JSON, check_options
from ingest.readers.json import read_objects
from ingest.readers.lists import filled
from terms.errors import KehutuError
from terms.texts import Texts

Entity = Mapping[str, Any]

_PARTIES: Final = {
    "Person": "person",
    "Company": "enterprise",
    "Organization": "enterprise",
    "PublicBody": "enterprise",
    "LegalEntity": "enterprise",
}
_LINKS: Final = {
    "Ownership": ("owner", "asset"),
    "Directorship": ("director", "organization"),
}
"""Schema of a link -> its properties that name the ends, the acting one first."""

_NAMES: Final = ("name", "alias", "previousName", "abbreviation", "weakAlias")
COLUMNS: Final = (
    "id", "kind", "names", "birth_date", "founded_on", "dissolved_on", "email", "phone", "registration_no",
    "credit_code", "status", "industry", "addresses", "holders", "companies", "share", "share_at_least", "position",
    "since", "until", "stated_on",
)  # fmt: skip
_AT_LEAST: Final = re.compile(
    r"(?:>=?|more than|at least|over)\s*(\d+(?:\.\d+)?)\s*%?"
    r"|(\d+(?:\.\d+)?)\s*%?\s*(?:-|–|to\b|or more|\+).*",
    re.IGNORECASE,
)
_OVER: Final = frozenset(
    """former inactive ended historic historical ceased resigned past closed expired terminated revoked cancelled
    dissolved removed""".split()  # noqa: SIM905  # a list of words
)
"""States of a link that is no more, also where no day of its end is given."""
_DATES: Final = ("birthDate", "incorporationDate", "dissolutionDate")
_DAY: Final = 10  # characters of an ISO day


def read(request: Request) -> Opened:
    """Parties and links as rows.

    Raises:
        KehutuError: ``READER_OPTION_UNKNOWN``, ``FILE_NOT_A_TABLE`` and what JSON raises.
    """
    check_options(request, "ftm", frozenset(), takes=frozenset({"encoding"}))
    kinds: dict[str, str] = {}
    addresses: dict[str, list[object]] = {}
    for number, row in enumerate(read_objects(request).rows):
        if isinstance(row, Row) and _is_entity(row.values):
            schema, id_ = row.values["schema"], str(row.values["id"])
            if schema in _PARTIES:
                kinds[id_] = _PARTIES[str(schema)]
            elif schema == "Address":
                addresses[id_] = _of(row.values, "full")
        elif number == 0:
            expected = Texts("FollowTheMoney entities, one a line", "每行一个 FollowTheMoney 实体")
            raise KehutuError("FILE_NOT_A_TABLE", file=request.name, found=OTHER_JSON, expected=expected)
    opened = read_objects(request)
    opened.columns = COLUMNS
    opened.rows = _Entities(request.name, opened, kinds, addresses).rows(opened.rows)
    return opened


def _is_entity(values: Mapping[str, object]) -> bool:
    named = all(isinstance(values.get(name), str) for name in ("id", "schema"))
    return named and isinstance(values.get("properties"), dict)


def _of(entity: Entity, *names: str) -> list[object]:
    """All values of some properties."""
    return [value for name in names for value in filled(entity["properties"].get(name))]


class _Entities:
    """The entities of one file on their way to rows."""

    def __init__(
        self, file: str, opened: Opened, kinds: Mapping[str, str], addresses: Mapping[str, list[object]]
    ) -> None:
        self.file = file
        self.opened = opened
        self.kinds = kinds
        self.addresses = addresses

    def rows(self, entities: Iterator[Row | BadRow]) -> Iterator[Row | BadRow]:
        for row in entities:
            if isinstance(row, BadRow):
                yield row
            elif not _is_entity(row.values):
                details: dict[str, object] = {"field": "schema", "found": "", "expected": "an entity"}
                details |= {"reason": "no FollowTheMoney entity", "reason_zh": "不是 FollowTheMoney 实体"}
                yield BadRow(row.file, row.line, "ROW_JSON", details, {"": str(dict(row.values))[:2_000]})
            elif (values := self._values(row)) is not None:
                said = {"id": row.values["id"], "stated_on": row.values.get("last_change"), **values}
                yield Row(row.file, row.line, {column: said.get(column) for column in COLUMNS})

    def _values(self, row: Row) -> dict[str, object] | None:
        entity: Entity = row.values
        schema = entity["schema"]
        if schema in _PARTIES:
            for name in _DATES:
                if _of(entity, name) and not _first_day(_of(entity, name)):
                    self.opened.left_out.add("LEFT_OUT_DATE", Place(self.file, row.line))
            return self._party(entity, _PARTIES[schema])
        if schema in _LINKS:
            return self._link(row, *_LINKS[schema])
        if schema != "Address":  # taken where a party names it
            self.opened.left_out.add("LEFT_OUT_KIND", Place(self.file, row.line), kind=schema)
        return None

    def _party(self, entity: Entity, kind: str) -> dict[str, object]:
        addresses = [self.addresses.get(str(id_), []) for id_ in _of(entity, "addressEntity")]
        listed = [*_of(entity, "address"), *(full for one in addresses for full in one)]
        return {
            "kind": kind,
            "names": _of(entity, *_NAMES),
            "birth_date": _first_day(_of(entity, "birthDate")),
            "founded_on": _first_day(_of(entity, "incorporationDate")),
            "dissolved_on": _first_day(_of(entity, "dissolutionDate")),
            "email": _of(entity, "email"),
            "phone": _of(entity, "phone"),
            "registration_no": _of(entity, "registrationNumber"),
            "credit_code": _of(entity, "uscCode"),
            "status": _of(entity, "status"),
            "industry": _of(entity, "sector"),
            "addresses": list(dict.fromkeys(map(str, listed))),
        }

    def _link(self, row: Row, acting: str, passive: str) -> dict[str, object] | None:
        entity: Entity = row.values
        holders = [{"id": id_, "kind": self.kinds.get(str(id_))} for id_ in _of(entity, acting)]
        companies = [id_ for id_ in _of(entity, passive) if self.kinds.get(str(id_)) == "enterprise"]
        known = [holder for holder in holders if holder["kind"]]
        if acting == "director":
            known = [holder for holder in known if holder["kind"] == "person"]
        if lost := len(holders) - len(known) + len(_of(entity, passive)) - len(companies):
            self.opened.left_out.add("LEFT_OUT_PARTY", Place(self.file, row.line), count=lost)
        if not known or not companies:
            return None
        if not _of(entity, "endDate") and any(
            str(one).strip().casefold() in _OVER for one in _of(entity, "status")
        ):
            self.opened.left_out.add("LEFT_OUT_END_UNKNOWN", Place(self.file, row.line))
            return None
        texts = _of(entity, "percentage")
        least = _AT_LEAST.fullmatch(str(texts[0]).strip()) if len(texts) == 1 else None
        return {
            "kind": "ownership" if acting == "owner" else "directorship",
            "holders": known,
            "companies": companies,
            "share": texts if least is None else None,
            "share_at_least": None if least is None else least[1] or least[2],
            "position": "; ".join(map(str, _of(entity, "role"))),
            "since": _of(entity, "startDate"),
            "until": _of(entity, "endDate"),
        }


def _first_day(texts: list[object]) -> str:
    """The first whole day; a month or a year alone is none."""
    return next((str(text)[:_DAY] for text in texts if len(str(text)) >= _DAY), "")
