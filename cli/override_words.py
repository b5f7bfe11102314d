"""What stands beside an answer that a person's judgement has changed."""

from __future__ import annotations

from services.arrears.answer.model import RiskOverride
from terms.errors import Lang

TEXT = {
    "en": "{author} has set the own distress of {name} to {own:.1%} (its record says {recorded:.1%}) until {until}: "
    "{reason}",
    "zh": "{author} 已将 {name} 的自身违约概率设为 {own:.1%}（缴费记录为 {recorded:.1%}），有效期至 {until}：{reason}",
}


def judgement_text(found: RiskOverride, lang: Lang) -> str:
    """A judgement in words."""
    return TEXT[lang].format(
        author=found.author,
        name=found.party.name,
        own=found.own,
        recorded=found.recorded,
        until=found.until,
        reason=found.reason,
    )
