"""The answer to "why are these the same, or not" in words, English or Chinese."""

from __future__ import annotations

from collections.abc import Iterator

from graph.schema.load import schema
from graph.schema.words import type_text
from ingest.judgements.why_answer import Known, Why, WhyLink
from ledger.judgements import Judgement
from terms.errors import Lang


def why_text(answer: Why, lang: Lang = "en") -> str:
    """A line for each step of the chain, or for each thing that speaks for or against it."""
    return "\n".join(_lines(answer, lang))


def _lines(answer: Why, lang: Lang) -> Iterator[str]:
    words = _WORDS[lang]
    left, right = answer.left, answer.right
    if answer.same:
        yield words["same"].format(
            a=left.asked, b=right.asked, id=left.id, type=_type(left, lang), name=left.name
        )
        for link in answer.links:
            yield "  " + _line(link, lang)
        yield words["records"].format(records=", ".join(left.records) or "-") + _ended(left, lang)
    else:
        yield words["two"].format(a=left.asked, b=right.asked)
        for known in (left, right):
            yield (
                "  "
                + words["known"].format(
                    id=known.id,
                    type=_type(known, lang),
                    name=known.name,
                    records=", ".join(known.records) or "-",
                )
                + _ended(known, lang)
            )
        for link in answer.refused:
            yield "  " + words["refused"] + _line(link, lang)
        for shared in answer.shared:
            yield (
                "  "
                + words["shared"].format(
                    property=shared.property,
                    value=shared.value,
                    left=", ".join(shared.left),
                    right=", ".join(shared.right),
                )
                + "".join(words["until"].format(record=record, day=day) for record, day in shared.ends)
                + (words["common"].format(stated=shared.stated) if shared.common else "")
            )
        if not answer.shared:
            yield "  " + words["nothing"]
    told = [link.judgement for link in (answer.links if answer.same else answer.refused)]
    for judgement in answer.judgements:
        if judgement not in told:  # a link of the chain has said it
            yield "  " + _judged(judgement, lang)


def _type(known: Known, lang: Lang) -> str:
    return type_text(schema().nodes[known.type], lang)


def _ended(known: Known, lang: Lang) -> str:
    return "" if known.last_day is None else _WORDS[lang]["last day"].format(day=known.last_day)


def _line(link: WhyLink, lang: Lang) -> str:
    words = _WORDS[lang]
    if link.judgement is not None:
        return _judged(link.judgement, lang)
    return words["states"].format(left=link.left, right=link.right, record=link.record, channel=link.channel)


def _judged(judgement: Judgement, lang: Lang) -> str:
    words = _WORDS[lang]
    score = "" if judgement.score is None else words["score"].format(score=judgement.score)
    return words["judged"].format(
        left=judgement.left,
        right=judgement.right,
        verdict=words[f"verdict {judgement.verdict}"],
        by=words[f"by {judgement.by}"],
        author=judgement.author,
        at=judgement.recorded_at.strftime("%Y-%m-%d %H:%M"),
        score=score,
    )


_WORDS: dict[Lang, dict[str, str]] = {
    "en": {
        "same": "{a} and {b} are the same {type}: {id} {name}",
        "records": "  described by: {records}",
        "two": "{a} and {b} are two entities.",
        "known": "{id}, {type} {name}; described by: {records}",
        "refused": "held apart, although: ",
        "shared": "both have {property} {value} ({left}; {right})",
        "until": "; ended on {day} by {record}",
        "last day": "; its last day is {day}",
        "common": "; {stated:,} records state it: it identifies nobody",
        "nothing": "no evidence in common",
        "states": "record {record} ({channel}) states {left} and {right}",
        "judged": "judged {verdict}: {left} and {right}, by {by}{author} at {at} UTC{score}",
        "score": ", score {score:.3g}",
        "verdict same": "the same",
        "verdict different": "different",
        "verdict unsure": "unsure",
        "by person": "",
        "by rule": "rule ",
        "by model": "model ",
    },
    "zh": {
        "same": "{a} 与 {b} 是同一{type}：{id} {name}",
        "records": "  依据记录：{records}",
        "two": "{a} 与 {b} 是两个主体。",
        "known": "{id}，{type} {name}；依据记录：{records}",
        "refused": "虽有以下关联，但已判定为不同：",
        "shared": "{property} 相同：{value}（{left}；{right}）",
        "until": "；据 {record} 已于 {day} 终止",
        "last day": "；终止日为 {day}",
        "common": "；共有 {stated:,} 条记录写明该值，不能用于识别",
        "nothing": "没有共同的证据",
        "states": "记录 {record}（{channel}）同时写明 {left} 与 {right}",
        "judged": "判定为{verdict}：{left} 与 {right}，{by}{author}，{at} UTC{score}",
        "score": "，评分 {score:.3g}",
        "verdict same": "相同",
        "verdict different": "不同",
        "verdict unsure": "不确定",
        "by person": "人员 ",
        "by rule": "规则 ",
        "by model": "模型 ",
    },
}
