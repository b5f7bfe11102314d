"""What is raised where a cell, or what a mapping says of a column, cannot be used."""

from __future__ import annotations

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
