"""What is raised for a cell, or a setting of a mapping, that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable

from graph.schema.source import hint
from terms.texts import Texts


class NotAcceptedError(ValueError):
    """A cell that is not what the property needs; ``code`` is an entry of the catalogue of errors."""

    def __init__(self, expected: str, *, code: str = "ROW_FIELD_INVALID", zh: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.zh = zh
        self.code = code

    @classmethod
    def of(cls, expected: Texts) -> NotAcceptedError:
        """A cell that is not what these words ask for."""
        return cls(expected.en, zh=expected.zh)


class WrongUseError(ValueError):
    """A manifest asks for what cannot be done; the text says what can."""

    def __init__(self, reason: Texts) -> None:
        super().__init__(reason.en)
        self.reason = reason


class UndecidedError(Exception):
    """What a cell says hangs on the whole of its column, which nobody has looked at yet."""


def unknown_word(what: str, what_zh: str, found: str, known: Iterable[str]) -> Texts:
    """The fault of a name that nobody knows, with the nearest known one."""
    near = hint(found, known)
    return Texts(f"there is no {what.format(found)}{near.en}", f"没有{what_zh.format(found)}{near.zh}")


def not_accepted(found: str, fault: NotAcceptedError) -> Texts:
    """The fault of a word that the property does not take."""
    return Texts(
        f"'{found}' is not {fault.expected}", f"“{found}”不符合要求（应为{fault.zh or fault.expected}）"
    )
