"""What an answer had to assume or leave out: as a code, and as a sentence in either language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from terms.cautions import sentence
from terms.errors import Lang
from terms.money import Money

SHARERS_MAX = 200
"""Parties that may share an attribute by the start values of the risk model; a test compares. Not read from there: who
only tells an assumption need not load the model."""
NOT_SHOWN = "****"
"""Stands for an amount that the asker does not see."""
ABOUT_RECORDS = frozenset({"SHARE_FROM_AMOUNT", "SHARE_UNKNOWN"})
"""Codes that stand before a record in short texts; the others stand before whom they are about."""
SHARED: dict[Lang, dict[str, str]] = {
    "en": {"person": "persons", "premises": "premises", "contact": "contacts"},
    "zh": {"person": "人员", "premises": "场所", "contact": "联系方式"},
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that an answer had to assume or leave out."""

    code: str
    """Its code, a stable word."""
    subject: str
    """Whom or what it is about; empty where the record says it all."""
    record: str = ""
    """Where it was read, as source/recordId; empty where nobody says it."""
    amount: Money | None = None
    """What stands in for something unknown."""

    def message(self, lang: Lang, most: int = SHARERS_MAX) -> str:
        """The assumption in words. ``most``: parties that may share an attribute."""
        shared = SHARED[lang].get(self.subject, self.subject)
        amount = NOT_SHOWN if self.amount is None else self.amount
        words = sentence(self.code, lang, subject=shared, record=self.record, amount=amount, most=most)
        return words if self.record in words else f"{words} [{self.record}]"


def of_text(text: str) -> Assumption:
    """An assumption from its short text, ``CODE`` and what it is about.

    >>> of_text("NO_LINKS enterprise:1")
    Assumption(code='NO_LINKS', subject='enterprise:1', record='', amount=None)
    """
    code, _, about = text.partition(" ")
    return Assumption(code, "", about) if code in ABOUT_RECORDS else Assumption(code, about)


def before_data(day: date) -> Assumption:
    """The answer is empty because the day lies before all that data tell of."""
    return Assumption("BEFORE_ALL_DATA", day.isoformat())
