"""Features, rules and classes in plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from algorithms.segments.described import OTHER
from algorithms.segments.rules import Condition, Rule
from services.features.contract import Feature, contract
from services.features.naming import Naming, read
from services.risk.model import CustomerSegments
from terms.errors import Lang

TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "below": "{text} below {value}",
        "from": "{text} at least {value}",
        "not below": "{text} at least {value}, or unknown",
        "not from": "{text} below {value}, or unknown",
        "is": "{text} is {value}",
        "not is": "{text} is not {value}",
        "and": " and ",
        "everybody": "everybody",
        "rule": "It follows the rule: {rule}",
        "no rule": "No rule gives its class: by the rule it follows ({rule}) most are {other}",
        "against": "{text}: {value} (middle of all: {middle})",
        "word": "{text}: {value} ({share:.0%} of all)",
        "change": "With {text} {value} instead of {now} it would be {other}",
        "better": "For the better: with {text} {value} instead of {now} it would be {other}",
        "worse": "For the worse, to be kept from: with {text} {value} instead of {now} it would be {other}",
        "unknown": "Unknown now: should {text} turn out to be {value} it would be {other}",
        "unnamed": "unnamed {tail}",
        "missing": "unknown",
        "other": "another",
        "moved": "{text}: {before} before, {now} now",
        "shifted": "its features stayed; the classes shifted",
        "gone": "its class is no more",
        "defined": "mean over its customers; {window}; from {source}",
    },
    "zh": {
        "below": "{text}低于 {value}",
        "from": "{text}不低于 {value}",
        "not below": "{text}不低于 {value} 或未知",
        "not from": "{text}低于 {value} 或未知",
        "is": "{text}为 {value}",
        "not is": "{text}不为 {value}",
        "and": "，且",
        "everybody": "全部客户",
        "rule": "符合规则：{rule}",
        "no rule": "没有规则给出其类别：按其符合的规则（{rule}），多数属于{other}",
        "against": "{text}：{value}（全体中位：{middle}）",
        "word": "{text}：{value}（占全体 {share:.0%}）",
        "change": "若{text}为 {value} 而非 {now}，则归入{other}",
        "better": "好转：若{text}为 {value} 而非 {now}，则归入{other}",
        "worse": "恶化，应避免：若{text}为 {value} 而非 {now}，则归入{other}",
        "unknown": "目前未知：若查明{text}为 {value}，则归入{other}",
        "unnamed": "未命名 {tail}",
        "missing": "未知",
        "other": "其他",
        "moved": "{text}：此前 {before}，现为 {now}",
        "shifted": "其特征未变，类别的边界移动了",
        "gone": "原类别已不存在",
        "defined": "该类客户的均值；{window}；来源：{source}",
    },
}
UNITS: Final = {
    "month": "月", "year": "年", "day": "天", "count": "个", "share": "", "ratio": "", "yuan": "元",
    "1/year": "次/年", "kWh/month": "千瓦时/月", "yuan/kWh": "元/千瓦时", "yuan/year": "元/年", "steps": "层",
    "yes or no": "", "word": "", "kVA": "kVA", "kV": "kV",
}  # fmt: skip
WITHOUT_SIGN: Final = {"share": "占比", "ratio": "比值", "yes or no": "占比", "word": "类别"}
"""Units that stand after no value, in Chinese."""
_PLAIN: Final = ("share", "ratio", "count", "word", "yes or no", "steps")
"""Units that English texts leave out."""


def unit_of(feature: Feature, lang: Lang) -> str:
    """The unit as it stands after a value."""
    if lang == "zh":
        return UNITS.get(feature.unit, feature.unit)
    return "" if feature.unit in _PLAIN else feature.unit


def unit_name(feature: Feature, lang: Lang) -> str:
    """The unit in a table, where a share and a ratio are named too."""
    return (
        (WITHOUT_SIGN.get(feature.unit) if lang == "zh" else None) or unit_of(feature, lang) or feature.unit
    )


def amount(feature: Feature, value: float, lang: Lang) -> str:
    """A number with its unit; unknown where there is none."""
    if math.isnan(value):
        return TEXT[lang]["missing"]
    if feature.unit == "share":
        return f"{value:.0%}"
    if feature.unit == "yes or no":
        yes = value > 0
        return ("yes" if yes else "no") if lang == "en" else ("是" if yes else "否")
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit_of(feature, lang)}".strip()


def figure(value: float | None, *, signed: bool = False) -> str:
    """A number of a table: whole from 100 on, else three digits; empty where there is none."""
    if value is None:
        return ""
    sign = "+" if signed else ""
    if abs(value) >= 100:
        return f"{value:{sign},.0f}"
    text = f"{value:{sign}.3g}"
    # Numbers below a thousandth are nothing that a reader could use.
    return f"{0:{sign}.3g}" if "e" in text else text


def word(feature: Feature, value: str, lang: Lang) -> str:
    """A level of a category."""
    if value == OTHER:
        return TEXT[lang]["other"]
    told = feature.words.get(value, value) if lang == "zh" else value
    return told or TEXT[lang]["missing"]


def segment_name(found: CustomerSegments, label: int, lang: Lang) -> str:
    """The name of a class; an unnamed one is told apart by the end of its id."""
    from_file = naming_of(found).prototypes.get(found.names[label])
    if from_file is not None:
        return from_file.text[lang]
    return TEXT[lang]["unnamed"].format(tail=found.ids[label][-4:])


def condition_words(
    names: Sequence[str], levels: Sequence[Sequence[str]], asked: Condition, *, holds: bool, lang: Lang
) -> str:
    """A condition of a rule, or its opposite."""
    feature = contract().features[names[asked.feature]]
    key = asked.test if holds else f"not {asked.test}"
    if asked.test == "is":
        first = len(names) - len(levels)
        value = word(feature, levels[asked.feature - first][int(asked.value)], lang)
    else:
        value = amount(feature, asked.value, lang)
    return TEXT[lang][key].format(text=feature.told(lang), value=value)


def rule_words(found: CustomerSegments, rule: Rule, lang: Lang) -> str:
    """A rule in words."""
    described = found.judged.described
    told = [
        condition_words(described.names, described.levels, asked, holds=holds, lang=lang)
        for asked, holds in rule.conditions
    ]
    return TEXT[lang]["and"].join(told) or TEXT[lang]["everybody"]


def naming_of(found: CustomerSegments) -> Naming:
    """The file that the run took its names from."""
    return read(found.judged.naming) if found.judged.naming else Naming({}, (), {}, "")
