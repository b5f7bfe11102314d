"""Snapshots of persons with significant control, as Companies House publishes them: who holds a company, by bands.

One JSON object a line: ``company_number`` and ``data`` (Companies House, PSC data product; the words of
``natures_of_control`` and ``kind`` are those of its published enumerations). A line becomes one row: the company, the
person or enterprise, and what it holds. A share is published as a band only (more than 25, 50 or 75 %, of overseas
entities more than 25 %): the lower end is a stand-in for it (``share_at_least``). It may be held directly or not, as
the register does not tell. Shares held as a trust or firm are not the person's own; they, votes and other natures of
control are named in the report. ``ceased_on`` is the end. Lines that name nobody are left out and counted: protected
persons, statements, exemptions, totals. Of the birth only month and year are published, which is no day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ingest.notices import Place
from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.input import OTHER, check_options
from ingest.readers.json import read_objects
from terms.errors import KehutuError
from terms.texts import Texts

COLUMNS: Final = (
    "id", "company", "kind", "name", "registration_no", "address", "share_at_least", "since", "until", "stated_on",
)  # fmt: skip
_KINDS: Final = {
    "individual-person-with-significant-control": "person",
    "individual-beneficial-owner": "person",
    "corporate-entity-person-with-significant-control": "enterprise",
    "corporate-entity-beneficial-owner": "enterprise",
    "legal-person-person-with-significant-control": "enterprise",
    "legal-person-beneficial-owner": "enterprise",
}
_BAND: Final = re.compile(
    r"ownership-of-shares-(?:(25|50|75)-to-(?:50|75|100)-percent|more-than-(25)-percent-registered-overseas-entity)"
)
_REGISTER: Final = "GB-COH-"
_BRITISH: Final = re.compile(
    r"companies house|england|wales|scotland|northern ireland|united kingdom|great britain|\buk\b|\bgb\b",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[A-Z]{0,2}\d{1,8}")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_ADDRESS: Final = (
    "care_of", "po_box", "premises", "address_line_1", "address_line_2", "locality", "region", "postal_code", "country",
)  # fmt: skip


def read(request: Request) -> Opened:
    """The lines of a snapshot, plain or packed.

    Raises:
        KehutuError: ``READER_OPTION_UNKNOWN``, ``FILE_NOT_A_TABLE`` and what JSON raises.
    """
    check_options(request, "psc", frozenset(), takes=frozenset({"encoding"}))
    opened = read_objects(request)
    opened.columns = COLUMNS
    opened.rows = _rows(opened.rows, opened, request.name)
    return opened


def _rows(lines: Iterator[Row | BadRow], opened: Opened, file: str) -> Iterator[Row | BadRow]:
    snapshot = _DAY.search(file)
    for number, line in enumerate(lines):
        data = {} if isinstance(line, BadRow) else line.values.get("data")
        known = isinstance(data, dict) and isinstance(data.get("kind"), str)
        if number == 0 and not known:
            expected = Texts(
                "lines of a snapshot of persons with significant control", "重要控制人（PSC）快照的各行"
            )
            raise KehutuError("FILE_NOT_A_TABLE", file=file, found=OTHER, expected=expected)
        if isinstance(line, BadRow):
            yield line
        elif not isinstance(data, dict) or not known:
            opened.left_out.add("LEFT_OUT_KIND", Place(file, line.line), kind="?")
        elif data["kind"] not in _KINDS:
            opened.left_out.add("LEFT_OUT_KIND", Place(file, line.line), kind=data["kind"].partition("#")[0])
        else:
            values = _values(str(line.values.get("company_number") or ""), data)
            if snapshot is not None:
                values["stated_on"] = snapshot.group()
            if data.get("date_of_birth"):
                opened.left_out.add("LEFT_OUT_DATE", Place(file, line.line))
            least, others = _natures(data.get("natures_of_control"))
            if least is None and not others:
                opened.left_out.add("LEFT_OUT_NO_NATURE", Place(file, line.line))
            for nature in others:
                opened.notices.add("NOTICE_INTEREST_WITHOUT_PLACE", Place(file, line.line), type=nature)
            if least is not None and data.get("ceased") is True and not values["until"]:
                opened.left_out.add("LEFT_OUT_END_UNKNOWN", Place(file, line.line))
                least = None
            yield Row(file, line.line, {**values, "share_at_least": least})


def _values(company: str, data: Mapping[str, Any]) -> dict[str, object]:
    links = data.get("links")
    since, until = data.get("notified_on") or "", data.get("ceased_on") or ""
    return {
        "id": str((links.get("self") if isinstance(links, dict) else "") or ""),
        "company": f"{_REGISTER}{company}" if company else "",
        "kind": _KINDS[data["kind"]],
        "name": _name(data),
        "registration_no": _registration(data.get("identification")),
        "address": _address(data.get("address")),
        "since": since,
        "until": until,
        # A snapshot whose name has no day: what a line says holds since its latest event.
        "stated_on": until or since,
    }


def _natures(listed: object) -> tuple[int | None, Sequence[str]]:
    """Per cent that are held at least, and the natures of control that are no holding of the person's own."""
    natures = [str(nature) for nature in listed] if isinstance(listed, list) else []
    bands = {nature: band for nature in natures if (band := _BAND.fullmatch(nature))}
    least = max((int(band[1] or band[2]) for band in bands.values()), default=None)
    return least, [nature for nature in natures if nature not in bands]


def _name(data: Mapping[str, Any]) -> str:
    """The name without the title, where the parts are given."""
    parts = data.get("name_elements")
    if isinstance(parts, dict) and parts.get("surname"):
        return " ".join(str(parts[p]) for p in ("forename", "middle_name", "surname") if parts.get(p))
    return str(data.get("name") or "")


def _registration(identification: object) -> str:
    """The number of an enterprise in the same register, where it says that it stands there."""
    if not isinstance(identification, dict):
        return ""
    number = str(identification.get("registration_number") or "").strip().upper()
    where = f"{identification.get('place_registered') or ''} {identification.get('country_registered') or ''}"
    if not _NUMBER.fullmatch(number) or not _BRITISH.search(where):
        return ""
    letters = number.rstrip("0123456789")
    return f"{_REGISTER}{letters}{number[len(letters) :].zfill(8 - len(letters))}"


def _address(address: object) -> str:
    parts = address if isinstance(address, dict) else {}
    return ", ".join(str(parts[part]) for part in _ADDRESS if parts.get(part))
