"""What a community is called, in words: by what its members have in common and by the member that stands for it.

Nothing is told that the asker does not see in clear: neither the head's name nor a line, owner or place that members
share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from graph import seen_queries
from graph.schema.keys import type_of
from graph.schema.model import Property
from services.names import NAMING
from services.risk.model import CommunityTrait, RiskModel
from services.seen import Seen
from terms.errors import Lang
from terms.ids import Key

MOST_IN_NAME: Final = 2
"""So many traits are told in a name; a description tells all."""


class TraitKind(Enum):
    """What members of a community have in common."""

    INDUSTRY = "industry"
    """The line of business."""
    AREA = "area"
    """The smallest area that they lie in."""
    LINE = "line"
    """A line that feeds them."""
    TRANSFORMER = "transformer"
    """A transformer that feeds them."""
    OWNER = "owner"
    """Who has invested in them."""
    PARTY = "party"
    """The party behind customers."""
    OFFICER = "officer"
    """Their legal representative, or somebody on their boards."""
    ADDRESS = "address"
    """Where they live or have their seat."""
    SCALE = "scale"
    """The size class of enterprises."""
    TYPE = "type"
    """The type of parties, the kind of customers."""


@dataclass(frozen=True, slots=True)
class SharedTrait:
    """A value that at least half of the members of a community have, and twice as many as elsewhere."""

    kind: TraitKind
    """What it is a value of."""
    value: str
    """The value; of an entity its name."""
    share: float
    """Share that has it, of the members of whom something of the kind is known, 0 to 1."""
    lift: float
    """How many times as frequent it is as among all such members of all communities."""


@dataclass(frozen=True, slots=True)
class CommunityWords:
    """What one asker is told of a community. ``head``: None where the asker does not see its name in clear."""

    name: str
    description: str
    traits: tuple[SharedTrait, ...]
    head: str | None


TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "comma": ", ",
        "around": "around {head}",
        "unnamed": "community {id}",
        "nothing": "Its members have nothing in common that sets them apart.",
        "common": "In common: {traits}.",
        "trait": "{kind} {value} ({share:.0%}, {lift:.1f} times as often as elsewhere)",
        "semicolon": "; ",
    },
    "zh": {
        "comma": "、",
        "around": "以{head}为首",
        "unnamed": "社区 {id}",
        "nothing": "成员之间没有使其区别于其他社区的共同点。",
        "common": "共同点：{traits}。",
        "trait": "{kind} {value}（{share:.0%}，为平均水平的 {lift:.1f} 倍）",
        "semicolon": "；",
    },
}
KINDS: Final[dict[Lang, dict[TraitKind, str]]] = {
    "en": {
        TraitKind.INDUSTRY: "industry",
        TraitKind.AREA: "area",
        TraitKind.LINE: "line",
        TraitKind.TRANSFORMER: "transformer",
        TraitKind.OWNER: "owner",
        TraitKind.PARTY: "party",
        TraitKind.OFFICER: "officer",
        TraitKind.ADDRESS: "address",
        TraitKind.SCALE: "size",
        TraitKind.TYPE: "type",
    },
    "zh": {
        TraitKind.INDUSTRY: "行业",
        TraitKind.AREA: "区域",
        TraitKind.LINE: "线路",
        TraitKind.TRANSFORMER: "变压器",
        TraitKind.OWNER: "股东",
        TraitKind.PARTY: "主体",
        TraitKind.OFFICER: "法定代表人或董事",
        TraitKind.ADDRESS: "地址",
        TraitKind.SCALE: "规模",
        TraitKind.TYPE: "类型",
    },
}
PLAIN: Final = frozenset({TraitKind.INDUSTRY, TraitKind.AREA})
"""Whose values say by themselves what they are."""
WORDS: Final = {
    "Enterprise": ("enterprises", "企业"),
    "Person": ("persons", "自然人"),
    "Customer": ("customers", "客户"),
}
"""Types of parties."""
_STATED_BY: Final = {
    TraitKind.INDUSTRY: ("Enterprise", "industry"),
    TraitKind.AREA: ("Customer", "region"),
    TraitKind.SCALE: ("Enterprise", "scale"),
    TraitKind.TYPE: ("Customer", "kind"),
}
"""The property that a word is a value of; it says which class of personal data the word is of."""


def community_words(
    seen: Seen, model: RiskModel, heads: Mapping[str, str], lang: Lang = "en"
) -> dict[str, CommunityWords]:
    """Names and descriptions of some communities.

    Args:
        heads: by id of a community, the member that stands for it where the run does not say.
    """
    known = model.community_traits
    head = {name: (known.heads.get(name) if known else None) or first for name, first in heads.items()}
    traits = {name: known.of(name) if known else [] for name in heads}
    clear = _in_clear(seen, [*head.values(), *_entities(one for found in traits.values() for one in found)])
    return {name: _words(seen, name, clear.get(head[name]), traits[name], clear, lang=lang) for name in heads}


def _words(
    seen: Seen,
    community: str,
    head: str | None,
    found: Sequence[CommunityTrait],
    clear: Mapping[str, str],
    *,
    lang: Lang,
) -> CommunityWords:
    text = TEXT[lang]
    traits = []
    for one in found:
        value = _value(seen, one, clear, lang)
        if value is not None:
            traits.append(SharedTrait(TraitKind(one.kind), value, one.share, one.lift))
    parts = _in_name(traits, lang)
    if head is not None:
        parts.append(text["around"].format(head=head))
    told = [
        text["trait"].format(kind=KINDS[lang][one.kind], value=one.value, share=one.share, lift=one.lift)
        for one in traits
    ]
    return CommunityWords(
        name=text["comma"].join(parts) or text["unnamed"].format(id=community.rpartition("-")[2]),
        description=text["common"].format(traits=text["semicolon"].join(told)) if told else text["nothing"],
        traits=tuple(traits),
        head=head,
    )


def _in_name(traits: Sequence[SharedTrait], lang: Lang) -> list[str]:
    """The first traits, each value once: the owner of firms is often their representative too."""
    told: dict[str, str] = {}
    for one in traits:
        if one.kind is TraitKind.TYPE or one.value in told:
            continue
        kind = "" if one.kind in PLAIN else KINDS[lang][one.kind] + (" " if lang == "en" else "")
        told[one.value] = kind + one.value
    return [*told.values()][:MOST_IN_NAME]


def _value(seen: Seen, trait: CommunityTrait, clear: Mapping[str, str], lang: Lang) -> str | None:
    """What is said of a trait; None where the asker does not see it in clear."""
    kind = TraitKind(trait.kind)
    if _is_entity(trait):
        return clear.get(trait.value)
    type_name, name = _STATED_BY[kind]
    declared = seen.schema.nodes[type_name].properties[name]
    if not _shown(seen, declared):
        return None
    if trait.value in WORDS:
        return WORDS[trait.value][lang == "zh"]
    words = dict(zip(declared.values, declared.values_zh, strict=False)) if lang == "zh" else {}
    return words.get(trait.value, trait.value)


def _is_entity(trait: CommunityTrait) -> bool:
    kind = TraitKind(trait.kind)
    # A region that no area is known for stays a path.
    return kind not in _STATED_BY or (kind is TraitKind.AREA and not trait.value.endswith("/"))


def _entities(traits: Iterable[CommunityTrait]) -> list[str]:
    return sorted({one.value for one in traits if _is_entity(one)})


def _in_clear(seen: Seen, ids: Collection[str]) -> dict[str, str]:
    """Names of entities that the asker sees, and whose names are not masked; an entity without a name is absent."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for entity in sorted({*ids}):
        by_type[type_of(Key(entity), seen.schema).name].append(entity)
    found: dict[str, str] = {}
    for type_name, among in by_type.items():
        declared = seen.schema.nodes[type_name].properties
        if all(_shown(seen, declared[name]) for name in NAMING if name in declared):
            rows = seen_queries.names(seen, type=type_name, ids=among)
            found |= {row.id: row.name for row in rows if row.name}
    return found


def _shown(seen: Seen, declared: Property) -> bool:
    return seen.policy is None or declared.personal not in seen.policy.masked
