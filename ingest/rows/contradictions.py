"""Which rows of a source contradict each other: one record told twice at one time, one relation told differently, one
key under several names.

They stop nothing: which of them counts follows from the order of survivorship. Only hashes of 64 bits are kept of what
was met, in sorted arrays, and compared a batch at a time. Two that meet by chance are too rare to matter (for ten
million rows once in 100,000 loads), and would only be a notice too many.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ingest.notices import Notices, Place

Column: TypeAlias = npt.NDArray[np.int64]

RECORDS: Final = 16_000_000
OTHERS: Final = 4_000_000
"""So many records, and so many keys and properties of relations, are remembered of a source, in 16, 24 and 40 bytes
each; that the rest was compared with these only is said."""

_BEGINNING, _END = 0, 99_999_999


class Watched(NamedTuple):
    """What rows of a mapping can contradict each other in: types of nodes with keys and a name; of relations the
    properties that are no part of their key, each with a number that tells it from others."""

    names: frozenset[str] = frozenset()
    relations: Mapping[str, Mapping[str, int]] = MappingProxyType({})


def names(nodes: Sequence[Mapping[str, Any]], watched: Watched) -> list[int]:
    """Which name each key is given by a row, as hashes and flat, for many rows: a key, its name, and so on."""
    found: list[int] = []
    for node in nodes:
        if node["type"] in watched.names and (name := node.get("set", _NOTHING).get("name")):
            said = hash(folded(name))
            for key in node["keys"]:
                if "#" not in key:  # a key that the record itself gives never comes again
                    found += (hash(key), said)
    return found


def relations(told: Sequence[Mapping[str, Any]], watched: Watched, day: int) -> list[int]:
    """What a row says of each property of its relations, on the day on which it was true.

    As hashes and flat: a property of a relation, its value, the days as numbers from and until which it holds; so on.

    ``day``: its number; 0 where it is not stated.
    """
    found: list[int] = []
    watched_relations = watched.relations
    for relation in told:
        type_ = relation["type"]
        compared = watched_relations.get(type_)
        if compared is None or not (values := relation.get("set")):
            continue
        itself = hash((type_, relation["source"], relation["target"], relation.get("key"), day))
        since = _day(values["since"]) if "since" in values else _BEGINNING
        until = _day(values["until"]) if "until" in values else _END
        for name, number in compared.items():
            if name in values:
                found += (itself ^ number, hash(values[name]), since, until)
    return found


def folded(name: str) -> str:
    """A name without what makes no other name of it: case, width, blanks and punctuation."""
    if not unicodedata.is_normalized("NFKC", name):
        name = unicodedata.normalize("NFKC", name)
    name = name.casefold()
    return name if name.isalnum() else "".join(filter(str.isalnum, name))


_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


@lru_cache(maxsize=65_536)
def _day(text: str) -> int:
    """An ISO date as a number that sorts as it does."""
    return int(text.replace("-", "")[:8])


class Contradictions:
    """Finds them among the rows of one source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._records = _Compared(RECORDS, versions=False, spans=False)
        self._names = _Compared(OTHERS, versions=True, spans=False)
        self._relations = _Compared(OTHERS, versions=True, spans=True)
        self._places: list[tuple[str, int, str | None]] = []
        self._ids: list[int] = []

    def add(
        self,
        place: tuple[str, int, str | None],
        record: int,
        version: tuple[int, int] | None,
        names: Sequence[int],
        relations: Sequence[int],
    ) -> None:
        """Take up a row.

        Args:
            place: file, line and, of a workbook, sheet.
            record: hash of its record id.
            version: hashes of its record id with its time, and of its content; None where these are compared elsewhere.
            names, relations: what it claims, of the functions of these names.
        """
        self._places.append(place)
        self._ids.append(record)
        if version is not None:
            self._records.take(version, len(self._places) - 1)
        if names:
            self._names.take(names, len(self._places) - 1)
        if relations:
            self._relations.take(relations, len(self._places) - 1)

    def settle(self, notices: Notices) -> None:
        """After a batch: note what its rows contradict."""
        ids = np.array(self._ids, np.int64)
        for code, compared in (
            ("NOTICE_RECORD_TWICE", self._records),
            ("NOTICE_RELATION_DIFFERS", self._relations),
            ("NOTICE_NAMES_OF_KEY", self._names),
        ):
            for row in compared.settle(ids):
                notices.add(code, Place(*self._places[row]), source=self.source)
            if compared.passed_over:
                notices.add("NOTICE_COMPARED_IN_PART", source=self.source, count=compared.passed_over)
                compared.passed_over = 0
        self._places.clear()
        self._ids.clear()


_ABOUT, _SAID, _SINCE, _UNTIL, _ROW, _RECORD = range(6)


class _Compared:
    """The first claim about each thing, and which later ones differ from it.

    With ``versions`` a later version of a record does not contradict the earlier one. With ``spans`` a claim differs
    only from one that holds at a time when it holds too; the first claim of each span of a thing is kept.
    """

    def __init__(self, most: int, *, versions: bool, spans: bool) -> None:
        self.passed_over = 0
        self._most = most
        self._versions = versions
        self._spans = spans
        self._width = 4 if spans else 2
        kept = (_ABOUT, _SAID, _SINCE, _UNTIL, _RECORD) if spans else (_ABOUT, _SAID, _RECORD)
        self._kept = kept if versions else (_ABOUT, _SAID)
        self._runs: list[tuple[Column, ...]] = []
        # Claims since the last batch, flat: about and said; with spans since and until. And of each row that makes any
        # its number and how many figures they are.
        self._claims: list[int] = []
        self._rows: list[int] = []
        self._lengths: list[int] = []

    def take(self, claims: Sequence[int], row: int) -> None:
        """Take up what a row claims."""
        self._claims += claims
        self._rows.append(row)
        self._lengths.append(len(claims))

    def settle(self, ids: Column) -> list[int]:
        """Rows of the batch, each once, with a claim that differs from an earlier one about the same thing.

        Args:
            ids: of each row of the batch the hash of its record id.
        """
        if not self._claims:
            return []
        claims = np.array(self._claims, np.int64).reshape(-1, self._width)
        table = np.zeros((len(claims), _RECORD + 1), np.int64)
        table[:, : self._width] = claims
        table[:, _ROW] = np.repeat(self._rows, np.array(self._lengths) // self._width)
        table[:, _RECORD] = ids[table[:, _ROW]]
        for spent in (self._claims, self._rows, self._lengths):
            spent.clear()
        differing, apart = self._against_first(table)
        found = set(differing.tolist())
        if apart.any():  # other times of the same thing: compared by their times
            table = table[apart]
            table[:, _ABOUT] ^= (table[:, _SINCE] * 1_000_003 + table[:, _UNTIL]) * 2_654_435_761
            found |= set(self._against_first(table)[0].tolist())
        return sorted(found)

    def _against_first(self, table: Column) -> tuple[Column, npt.NDArray[np.bool_]]:
        """The rows that differ from the first claim, and which claims hold at other times than it does."""
        first = self._first(table)
        differs = table[:, _SAID] != first[:, _SAID]
        apart = np.zeros(len(table), bool)
        if self._versions:
            differs &= (table[:, _RECORD] != first[:, _RECORD]) | (table[:, _ROW] == first[:, _ROW])
        if self._spans:
            apart = table[:, _SINCE] >= first[:, _UNTIL]
            apart |= first[:, _SINCE] >= table[:, _UNTIL]
            apart &= differs
            differs &= ~apart
        return table[differs, _ROW], apart

    def _first(self, table: Column) -> Column:
        """For each claim the first one about the same thing; one of an earlier batch has no row (-1)."""
        unique, positions, inverse = np.unique(table[:, _ABOUT], return_index=True, return_inverse=True)
        first = table[positions]
        known = np.zeros(len(unique), bool)
        for run in self._runs:
            place = run[0].searchsorted(unique)
            place[place == len(run[0])] = 0
            met = run[0][place] == unique
            if met.any():
                for number, column in zip(self._kept, run, strict=True):
                    first[met, number] = column[place[met]]
                first[met, _ROW] = -1
                known |= met
        self._keep(first[~known])
        return first[inverse]

    def _keep(self, new: Column) -> None:
        """Remember claims about new things, which are sorted."""
        room = max(0, self._most - sum(len(run[0]) for run in self._runs))
        self.passed_over += max(0, len(new) - room)
        run = tuple(np.ascontiguousarray(new[:room, number]) for number in self._kept)
        while self._runs and len(self._runs[-1][0]) <= len(run[0]):
            run = _merged(self._runs.pop(), run)
        if len(run[0]):
            self._runs.append(run)


def _merged(one: Sequence[Column], other: Sequence[Column]) -> tuple[Column, ...]:
    joined = [np.concatenate(columns) for columns in zip(one, other, strict=True)]
    order = np.argsort(joined[0], kind="stable")
    return tuple(column[order] for column in joined)
