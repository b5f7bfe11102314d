"""What a load says of its sources: a table of counts, then a paragraph for each notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

import click

from cli.output import print_table
from services.graph_answers.loads import LeftOut, Noticed, Place
from terms.errors import Lang

TEXT = {
    "en": {
        "columns": "source read accepted quarantined duplicate",
        "of": "About {source}",
        "at": "At: {places}",
        "remedy": "Remedy: {remedy}",
        "left out": "Left out: {reason}",
        "sheet": "sheet {sheet}",
        "cell": "cell {cell}",
        "line": "line {line}",
        "more": "and {number:,} more",
        ", ": ", ",
    },
    "zh": {
        "columns": "来源 读取 接受 隔离 重复",
        "of": "关于 {source}",
        "at": "位置：{places}",
        "remedy": "处理办法：{remedy}",
        "left out": "略过：{reason}",
        "sheet": "工作表 {sheet}",
        "cell": "单元格 {cell}",
        "line": "第 {line} 行",
        "more": "另有 {number:,} 处",
        ", ": "，",
    },
}


class Source(Protocol):
    """What a load tells of a source: as it ends, or as the ledger keeps it."""

    @property
    def name(self) -> str: ...
    @property
    def read(self) -> int: ...
    @property
    def accepted(self) -> int: ...
    @property
    def quarantined(self) -> int: ...
    @property
    def duplicate(self) -> int: ...
    @property
    def error(self) -> str | None: ...
    @property
    def notices(self) -> Sequence[Noticed]: ...
    @property
    def left_out(self) -> Sequence[LeftOut]: ...


def print_sources(sources: Sequence[Source], lang: Lang) -> None:
    """Counts of all sources, then the error, the notices and what was left out of each."""
    counts = [(s.name, s.read, s.accepted, s.quarantined, s.duplicate) for s in sources]
    print_table(TEXT[lang]["columns"].split(), counts)
    for source in sources:
        if lines := list(told(source, lang)):
            click.echo("\n".join(["", TEXT[lang]["of"].format(source=source.name), *lines]))


def told(source: Source, lang: Lang) -> Iterator[str]:
    """What there is to say of a source beside its counts, line by line."""
    text = TEXT[lang]
    if source.error is not None:
        yield f"  ! {source.error}"
    for notice in source.notices:
        yield f"  {notice.code}: {notice.message}"
        if places := _places(notice.places, notice.count, lang):
            yield "    " + text["at"].format(places=places)
        yield "    " + text["remedy"].format(remedy=notice.remedy)
    for one in source.left_out:
        yield "  " + text["left out"].format(reason=one.reason)


def _places(places: Sequence[Place], count: int, lang: Lang) -> str:
    """The places by file; none where they say no more than the file, which the message names."""
    text = TEXT[lang]
    if all(place.line is None and place.cell is None for place in places):
        return ""
    named = [
        text[", "].join([head, *(part for place in group if (part := _part(place, lang)))])
        for head, group in groupby(places, lambda place: _head(place, lang))
    ]
    more = [text["more"].format(number=count - len(places))] if count > len(places) else []
    return "; ".join([*named, *more])


def _head(place: Place, lang: Lang) -> str:
    text = TEXT[lang]
    sheet = [text["sheet"].format(sheet=place.sheet)] if place.sheet else []
    return text[", "].join([place.file, *sheet])


def _part(place: Place, lang: Lang) -> str:
    text = TEXT[lang]
    if place.cell:
        return text["cell"].format(cell=place.cell)
    return text["line"].format(line=place.line) if place.line is not None else ""
