"""What answers about risk say in words, in both languages: chances, ways, and parties that fail together."""

from __future__ import annotations

from services.arrears.answer.groups import EverythingJoint, Release, RiskGroup, Sampling
from services.arrears.answer.model import RiskPath, RiskTrace, Step, Tail
from services.arrears.answer.relation_words import relation_text
from terms.errors import Lang
from terms.money import Money

SMALLEST = 0.001
"""A chance below this is not told as a number."""
HALF = 0.5
NAMED = 8
"""Members that are named."""

TEXTS: dict[Lang, dict[str, str]] = {
    "en": {
        "percent": "{value:.{digits}f} %",
        "below": "below 0.1 %",
        "above": "above 99.9 %",
        "chance": "Chance of failing within 12 months: {chance} (own record alone {own})",
        "hidden": "what comes from parties that you do not see",
        "own record": "own payment record",
        "fails": "{name} fails",
        "money": "the {relation} breaks {name}",
        "owed": "the {relation} of {amount} yuan breaks {name}",
        "shared": "{name} falls with it ({relation})",
        "comma": ", ",
        "and": " and ",
        "more": " and {count} more",
        "depends": "Depends closely on: {names}",
        "group": "Group of {size} ({names}): at least one fails {any}, {all} {all_fail}; if one fails, {mean} of "
        "{size} fail on average",
        "group none": "Group of {size} ({names}): none of them fails by the records",
        "both": "both",
        "all": "all",
        "mover": "{name} starts it most often: in {share} of the cases",
        "mover outside": "It mostly begins outside the group; of the members {name} starts it most often, in {share} "
        "of the cases",
        "falls": "falls by {amount} yuan",
        "rises": "rises by {amount} yuan",
        "stays": "stays as it is",
        "release": "If {guarantor} no longer guarantees for {borrower}: {all} fail {all_fail}, if one fails {mean} on "
        "average; {effect}",
        "release falls": "the expected loss falls by {amount} yuan",
        "release rises": "the expected loss rises by {amount} yuan",
        "release nothing": "the expected loss stays",
        "sampling": "Found by {draws:,} draws: between {low} and {high}",
        "joint": "Circles further away may count a failure more than once. With each counted once, {draws:,} draws "
        "give {chance} (between {low} and {high})",
    },
    "zh": {
        "percent": "{value:.{digits}f}%",
        "below": "低于 0.1%",
        "above": "高于 99.9%",
        "chance": "未来 12 个月违约概率：{chance}（仅凭自身记录 {own}）",
        "hidden": "来自您看不到的主体",
        "own record": "自身缴费记录",
        "fails": "{name}违约",
        "money": "因{relation}拖垮{name}",
        "owed": "因{relation} {amount} 元拖垮{name}",
        "shared": "{name}受牵连（{relation}）",
        "comma": "，",
        "and": "，",
        "more": "等另外 {count} 个",
        "depends": "紧密依赖：{names}",
        "group": "{size} 个互相牵连的主体（{names}）：至少一个违约 {any}，{all}违约 {all_fail}；"
        "若有一个违约，平均 {size} 个中有 {mean} 个违约",
        "group none": "{size} 个互相牵连的主体（{names}）：按记录均不会违约",
        "both": "两个都",
        "all": "全部",
        "mover": "最常由{name}开始：占 {share}",
        "mover outside": "多由圈外主体引发；成员中最常由{name}开始，占 {share}",
        "falls": "减少 {amount} 元",
        "rises": "增加 {amount} 元",
        "stays": "不变",
        "release": "若{guarantor}不再为{borrower}担保：{all}违约 {all_fail}，若有一个违约则平均 {mean} 个；{effect}",
        "release falls": "预期损失减少 {amount} 元",
        "release rises": "预期损失增加 {amount} 元",
        "release nothing": "预期损失不变",
        "sampling": "由 {draws:,} 次抽样得出：介于 {low} 与 {high} 之间",
        "joint": "较远处的循环可能使同一违约被重复计入。若每次违约只计一次，{draws:,} 次抽样得 {chance}"
        "（介于 {low} 与 {high} 之间）",
    },
}


def chance_text(value: float, lang: Lang, digits: int = 1) -> str:
    """A chance in percent, one that is nearly 0 or 1 as such.

    >>> chance_text(0.067, "en"), chance_text(1e-9, "en"), chance_text(0.0, "zh")
    ('6.7 %', 'below 0.1 %', '0.0%')
    """
    text = TEXTS[lang]
    if 0.0 < value < SMALLEST:
        return text["below"]
    if 1.0 - SMALLEST < value < 1.0:
        return text["above"]
    return text["percent"].format(value=100.0 * value, digits=digits)


def headline_text(answer: RiskTrace, lang: Lang) -> str:
    """The chance of a party, and what its own record alone says."""
    return TEXTS[lang]["chance"].format(
        chance=chance_text(answer.probability, lang), own=chance_text(answer.own_record, lang)
    )


def way_text(path: RiskPath, lang: Lang, *, amounts: bool = False) -> str:
    """What happens on a path: who fails, and what breaks whom; where wanted with what is owed.

    "B fails and the guarantee breaks A".
    """
    text = TEXTS[lang]
    if path.hidden:
        return text["hidden"]
    if not path.steps:
        return text["own record"]
    events = [
        text["fails"].format(name=path.seed.name),
        *(_event(step, lang, amounts=amounts) for step in path.steps),
    ]
    return text["comma"].join(events[:-1]) + text["and"] + events[-1]


def lines_of(answer: RiskTrace) -> tuple[tuple[RiskPath, ...], Tail]:
    """The paths that are worth a line, and all the others as one: a line of 0.00 yuan says nothing."""
    kept = tuple(path for path in answer.paths if path.amount.fen or not answer.expected_loss.fen)
    left = [path for path in answer.paths if path not in kept]
    share = answer.tail.share + sum(path.share for path in left)
    return kept, Tail(share, answer.tail.amount)


def depends_text(answer: RiskTrace, lang: Lang) -> str | None:
    """What else a party depends on closely; None where there is nothing."""
    if not answer.depends_on:
        return None
    return TEXTS[lang]["depends"].format(names=_names([one.name for one in answer.depends_on], lang))


def group_text(group: RiskGroup, lang: Lang) -> str:
    """What parties that hang on each other do together."""
    text = TEXTS[lang]
    names = _names([one.name for one in group.members], lang)
    if group.any_fails == 0:
        return text["group none"].format(size=group.size, names=names)
    return text["group"].format(
        size=group.size,
        names=names,
        any=chance_text(group.any_fails, lang),
        all=_all(group.size, lang),
        all_fail=_drawn_text(group.all_fail, group, lang),
        mean=f"{group.failures_if_any:.1f}",
    )


def mover_text(group: RiskGroup, lang: Lang) -> str:
    """Which member starts it most often, and whether it mostly begins with others that the group hangs on."""
    first = group.first_movers[0]
    outside = sum(mover.share for mover in group.first_movers) < HALF
    return TEXTS[lang]["mover outside" if outside else "mover"].format(
        name=first.party.name, share=chance_text(first.share, lang)
    )


def moved_text(amount: Money, lang: Lang) -> str:
    """A rise or a fall by words, never by a sign."""
    word = "stays" if not amount.fen else "rises" if amount.fen > 0 else "falls"
    return TEXTS[lang][word].format(amount=Money(abs(amount.fen)))


def release_text(release: Release, group: RiskGroup, lang: Lang) -> str:
    """What releasing a guarantee would change; a gain and a loss are told by words, never by a sign."""
    text, fen = TEXTS[lang], release.effect.fen
    effect = "release nothing" if not fen else "release falls" if fen > 0 else "release rises"
    return text["release"].format(
        guarantor=release.guarantor.name,
        borrower=release.borrower.name,
        all=_all(group.size, lang),
        all_fail=_drawn_text(release.all_fail, group, lang),
        mean=f"{release.failures_if_any:.1f}",
        effect=text[effect].format(amount=Money(abs(fen))),
    )


def sampling_text(found: Sampling | None, lang: Lang) -> str | None:
    """Between which limits a chance lies that was drawn; None where they read the same."""
    if found is None:
        return None
    low, high = chance_text(found.low, lang), chance_text(found.high, lang)
    return None if low == high else TEXTS[lang]["sampling"].format(draws=found.draws, low=low, high=high)


def joint_text(found: EverythingJoint, lang: Lang) -> str:
    """What a chance is with everything drawn together."""
    return TEXTS[lang]["joint"].format(
        draws=found.sampling.draws,
        chance=chance_text(found.chance, lang),
        low=chance_text(found.sampling.low, lang),
        high=chance_text(found.sampling.high, lang),
    )


def _event(step: Step, lang: Lang, *, amounts: bool) -> str:
    """What a step does, by the relation with the largest part."""
    largest = max(step.relations, key=lambda part: part.part)
    kind = "shared" if largest.relation.startswith("SHARES ") else "owed" if amounts else "money"
    return TEXTS[lang][kind].format(
        relation=relation_text(largest.relation, lang), amount=largest.amount, name=step.to.name
    )


def _drawn_text(value: float, group: RiskGroup, lang: Lang) -> str:
    """A chance of a group's outcomes; what no draw has met may still happen."""
    return chance_text(value or (SMALLEST / 2 if group.sampling else 0.0), lang)


def _all(size: int, lang: Lang) -> str:
    return TEXTS[lang]["both" if size == 2 else "all"]


def _names(names: list[str], lang: Lang) -> str:
    told = (", " if lang == "en" else "、").join(names[:NAMED])
    return told + (TEXTS[lang]["more"].format(count=len(names) - NAMED) if len(names) > NAMED else "")
