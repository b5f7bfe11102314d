"""What to do about a group of parties first, in words."""

from __future__ import annotations

from services.arrears.answer.model import Action, ActionKind
from terms.errors import Lang

TEXT: dict[Lang, dict[ActionKind, str]] = {
    "en": {
        ActionKind.AGREE_ON_PAYMENT: "Agree on payment with {name} first",
        ActionKind.RING_FENCE: "Ring-fence {name} first: ask its partners for other security or to run down what it"
        " owes them",
    },
    "zh": {
        ActionKind.AGREE_ON_PAYMENT: "首先与{name}商定付款",
        ActionKind.RING_FENCE: "首先隔离{name}：请其合作方另寻担保，或压缩对其敞口",
    },
}
SPARED: dict[Lang, str] = {
    "en": "; that would spare {spared} yuan, {share:.0%} of the cluster's expected loss.",
    "zh": "；可减少 {spared} 元，占该群体预期损失的 {share:.0%}。",
}


def action_words(action: Action | None, lang: Lang) -> str:
    """The action as a sentence; empty where there is none."""
    if action is None:
        return ""
    spared = SPARED[lang].format(spared=action.spared, share=action.share)
    return TEXT[lang][action.kind].format(name=action.party.name) + spared
