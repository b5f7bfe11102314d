"""Attributes that enter no score: sex, age, family, origin, education, religion, health. Declared once, by name.

Education is among them because it stands in for origin; what a party does is enough to forecast by.
"""

from __future__ import annotations

import re
import unicodedata

WORDS: dict[str, frozenset[str]] = {
    "sex": frozenset({"sex", "gender", "male", "female"}),
    "age": frozenset({"birthdate", "birthday", "birthyear", "birth", "dob"}),
    "family": frozenset({"marriage", "marital", "married", "spouse", "divorced", "pregnancy", "pregnant"}),
    "origin": frozenset(
        {
            "ethnicity",
            "ethnic",
            "race",
            "racial",
            "nationality",
            "citizenship",
            "immigrant",
            "migrant",
            "caste",
        }
    ),
    "education": frozenset({"education", "educated", "schooling", "degree"}),
    "religion": frozenset({"religion", "religious", "faith"}),
    "health": frozenset({"health", "disability", "disabled", "illness", "diagnosis", "disease"}),
}
"""A column is protected when one of the words of its name is among these."""

PHRASES: dict[str, frozenset[str]] = {
    "age": frozenset(
        {
            "age", "ages", "age years", "age in years", "age group", "age band", "age class", "customer age",
            "client age", "applicant age", "borrower age", "person age", "age of applicant", "years of age",
        }
    ),
    "family": frozenset({"personal status", "family status", "civil status"}),
    "origin": frozenset({"foreign worker", "is foreign worker", "native country", "country of birth"}),
}  # fmt: skip
"""... or when its name as a whole is. ``age`` alone is in no word list: the age of an account is no person's."""

CHINESE: dict[str, tuple[str, ...]] = {
    "sex": ("性别",),
    "age": ("年龄", "出生", "生日"),
    "family": ("婚姻", "婚育", "怀孕"),
    "origin": ("民族", "种族", "国籍", "籍贯"),
    "education": ("学历", "学位", "教育程度", "受教育", "文化程度"),
    "religion": ("宗教", "信仰"),
    "health": ("健康", "残疾", "疾病", "病史"),
}
"""... or when its name contains one of these."""


def protected(name: str) -> str | None:
    """Which protected attribute a column is by its name; None when it is none.

    >>> protected("SEX"), protected("is_foreign_worker"), protected("客户年龄"), protected("account_age")
    ('sex', 'origin', 'age', None)
    """
    text = unicodedata.normalize("NFKC", name)
    for kind, parts in CHINESE.items():
        if any(part in text for part in parts):
            return kind
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[A-Z]+", text)
    lowered = [word.lower() for word in words]
    whole = " ".join(lowered)
    for kind, known in WORDS.items():
        if known.intersection(lowered):
            return kind
    return next((kind for kind, known in PHRASES.items() if whole in known), None)
