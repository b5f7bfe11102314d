"""A case of bad input: what a file holds, what must become of it, and the remedy as whoever reads it follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

Refused: TypeAlias = tuple[int, str, str]
"""A quarantined row: line, field and code."""

Told: TypeAlias = Mapping[str, Mapping[str, object] | None]
"""Record id -> what its row says (``Meter.meterNo``, ``GUARANTEES.until``): the values that are the matter. None: no
such record stands."""

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mended:
    """What is done because the remedy says so, and what is told then. Nothing is quarantined after it.

    Attributes:
        says: a part of the remedy, in English.
        made: the file, written anew; none: as it was.
        stated, mapping: as of :class:`Case`, in place of those of the case.
        by_hand: cells that are given to ``quarantine retry``.
        told: what the records say afterwards.
        left: notices that stay, because the remedy leaves the rows as they are.
    """

    says: str
    made: bytes | None = None
    stated: str | None = None
    mapping: str | None = None
    file: str | None = None
    by_hand: Mapping[str, str] = field(default_factory=lambda: _NONE)
    told: Told = field(default_factory=lambda: _NONE)
    left: tuple[str, ...] = ()

    @property
    def taken_back(self) -> bool:
        """Whether the remedy says that the load is taken back first."""
        return "loads withdraw" in self.says


@dataclass(frozen=True, slots=True)
class Case:
    """One file and what must become of it.

    Attributes:
        item: number of the fault in docs/faults.md.
        made: its content, as the test makes it.
        error: part of what is said of a file that is refused whole.
        energy: record id -> energy of its bill, where numbers are the matter.
        names: of the customers, in the order of the rows, where texts are the matter.
        told: what rows say, where other values are the matter.
        noticed: code of a notice -> the lines that it names.
        stated: further lines of the source, or others in place of its own.
        mapping: entries in place of those for people, or the name of a mapping that ships.
        left_out: reasons of what is passed over.
        beside: further files in the same folder.
        mended: the remedy, followed.
        alone: the corpus has no such file.
    """

    item: int
    file: str
    made: bytes
    accepted: int = 0
    refused: tuple[Refused, ...] = ()
    duplicate: int = 0
    error: str = ""
    warning: str = ""
    encoding: str | None = None
    delimiter: str | None = None
    names: tuple[str, ...] | None = None
    energy: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))
    told: Told = field(default_factory=lambda: _NONE)
    noticed: Mapping[str, tuple[int | None, ...]] | None = None
    stated: str = ""
    mapping: str = ""
    left_out: tuple[str, ...] = ()
    beside: Mapping[str, bytes] = field(default_factory=lambda: _NONE)
    mended: Mended | None = None
    alone: bool = False

    def __str__(self) -> str:
        return f"{self.item}-{self.file}"


SOURCE: Final = """\
sources:
  - name: people
    path: '{path}'
    channel: survey
    recordId: {id}
    observedAt: {observed}
"""
PEOPLE: Final = """\
      - node: Customer
        key: {local: customer_id}
        set: {name: name, phone: phone}
      - relation: LIVES_AT
        from: {Customer: {local: customer_id}}
        to: {Address: {text: address}}
      - node: Bill
        key: {local: customer_id}
        set: {energy: kwh}
"""


def manifest_of(case: Case) -> str:
    """The manifest by which a case is loaded."""
    return manifest_text(case.file, case.stated, case.mapping)


def mended_manifest(case: Case) -> str:
    """The manifest after the remedy."""
    mended = case.mended
    assert mended is not None
    stated = case.stated if mended.stated is None else mended.stated
    mapping = case.mapping if mended.mapping is None else mended.mapping
    return manifest_text(mended.file or case.file, stated, mapping)


def manifest_text(path: str, stated: str, mapping: str) -> str:
    """A manifest of one source; lines of ``stated`` take the place of its own of the same name."""
    text = SOURCE.format(path=path, id="customer_id", observed="read_at")
    for line in stated.splitlines():
        key = line.partition(":")[0]
        text = "".join(
            kept for kept in text.splitlines(keepends=True) if not kept.startswith(f"    {key}:")
        ).replace("    channel:", f"    {line}\n    channel:")
    if mapping and "\n" not in mapping:
        return f"{text}    mapping: {mapping}\n"
    return f"{text}    mapping:\n{mapping or PEOPLE}"
