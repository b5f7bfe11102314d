"""What a relation of the risk model is called in words, in either language."""

from __future__ import annotations

from terms.errors import Lang

RELATIONS: dict[Lang, dict[str, str]] = {
    "en": {
        "GUARANTEES": "guarantee",
        "LENDS_TO": "loan",
        "SELLS_ON_CREDIT_TO": "trade credit",
        "INVESTS_IN": "holding",
        "SHARES person": "shared person",
        "SHARES premises": "shared premises",
        "SHARES contact": "shared contact",
    },
    "zh": {
        "GUARANTEES": "担保",
        "LENDS_TO": "借款",
        "SELLS_ON_CREDIT_TO": "赊销",
        "INVESTS_IN": "持股",
        "SHARES person": "共有人员",
        "SHARES premises": "共有场所",
        "SHARES contact": "共有联系方式",
    },
}


def relation_text(name: str, lang: Lang) -> str:
    """The relation that answers call ``name``, in words; the name itself where there are none."""
    return RELATIONS[lang].get(name, name)
