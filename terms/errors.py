"""What can go wrong and what to do about it: the one catalogue for command line, API, quarantine and docs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from ruamel.yaml import YAML

from terms.texts import Texts, filled

Lang = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One entry of ``errors.yaml``: a stable code, its exit status and its texts for
    :func:`terms.texts.filled`."""

    code: str
    exit: int
    message: dict[Lang, str]
    remedy: dict[Lang, str]


@cache
def catalogue() -> dict[str, ErrorKind]:
    """Every error that Kehutu can raise, by code."""
    text = resources.files("terms").joinpath("errors.yaml").read_text(encoding="utf-8")
    entries = YAML(typ="safe", pure=True).load(text)
    return {
        code: ErrorKind(
            code=code,
            exit=entry["exit"],
            message={"en": entry["en"], "zh": entry["zh"]},
            remedy={"en": entry["remedy"]["en"], "zh": entry["remedy"]["zh"]},
        )
        for code, entry in entries.items()
    }


class KehutuError(Exception):
    """An error that a user can act on.

    Args:
        code: an entry of the catalogue; an unknown one is a fault of ours and raises ``KeyError`` at once.
        details: values for the placeholders of its texts (file, line, field, found, ...). ``expected_zh`` stands in
            for ``expected`` in Chinese, and so on; ``expected=Texts(…)`` gives both. Never personal data beyond the
            offending value itself.
    """

    def __init__(self, code: str, **details: object) -> None:
        self.kind = catalogue()[code]
        self.code = code
        self.details = dict(_apart(details))
        super().__init__(self.message())

    def __reduce__(self) -> tuple[object, ...]:
        """Between processes of ours it travels as its code and details."""
        return _again, (self.code, self.details)

    def message(self, lang: Lang = "en") -> str:
        """What happened, where, what was found and what was expected."""
        return filled(self.kind.message[lang], self._spoken(lang))

    def remedy(self, lang: Lang = "en") -> str:
        """What the reader can do about it."""
        return filled(self.kind.remedy[lang], self._spoken(lang))

    def _spoken(self, lang: Lang) -> dict[str, object]:
        own = {name: self.details[name + "_zh"] for name in self.details if name + "_zh" in self.details}
        return self.details | own if lang == "zh" else self.details

    @property
    def exit(self) -> int:
        """Exit status of the command line: 1 negative answer, 2 wrong use, 3 the store or a process is unavailable."""
        return self.kind.exit


def _apart(details: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Details as plain values, which the ledger can keep."""
    for name, value in details.items():
        if isinstance(value, Texts):
            yield from ((name, value.en), (name + "_zh", value.zh))
        else:
            yield name, value


def _again(code: str, details: dict[str, object]) -> KehutuError:
    return KehutuError(code, **details)
