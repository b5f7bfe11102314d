"""The paths behind a score as a diagram: seeds on the left, the party on the right; pure, in points."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from services.arrears.answer.model import RiskPath
from services.names import Named

WIDTH = 515.0
ROW = 36.0
BOX_HEIGHT = 26.0
LETTER = 3.8
"""Width of a Latin letter in a box, points; a Chinese character takes the room of two."""
MOST_NODES = 10
MOST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A party; ``x`` and ``y`` are its upper left corner. ``text``: its name; ``lines``: what the box has room for.
    ``kind``: seed, between or target."""

    x: float
    y: float
    width: float
    height: float
    text: str
    lines: tuple[str, ...]
    kind: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """Distress from one party to the next, along ``points``; the probability as text at (``text_x``, ``text_y``)."""

    points: tuple[tuple[float, float], ...]
    text: str
    text_x: float
    text_y: float
    thick: float


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes and arrows within ``width`` x ``height``."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def diagram(target: Named, paths: Sequence[RiskPath]) -> Diagram | None:
    """The largest paths that fit, None where the party's own record is the only reason.

    A party stands in the column of its longest way to the target, so that no arrow of a path runs backwards unless two
    paths pass the same parties in opposite order.
    """
    chosen: list[RiskPath] = []
    column: dict[str, int] = {target.id: 0}
    for path in paths:
        if not path.steps:
            continue
        tried = dict(column)
        for steps_left, step in enumerate(reversed(path.steps), 1):
            tried[step.from_.id] = max(tried.get(step.from_.id, 0), steps_left)
        # The target may be passed by no path on its way to itself, so it keeps the last column.
        tried[target.id] = 0
        rows = Counter(place for place, _ in _places(tried, _links([*chosen, path])))
        if len(tried) > MOST_NODES or max(rows.values()) > MOST_ROWS:
            continue
        column = tried
        chosen.append(path)
    return _drawn(target, chosen, column) if chosen else None


Link: TypeAlias = tuple[str, str]


def _links(paths: Sequence[RiskPath]) -> dict[Link, float]:
    """The steps of the paths with the sum of shares that run over each."""
    share: dict[Link, float] = {}
    for path in paths:
        for step in path.steps:
            link = step.from_.id, step.to.id
            share[link] = share.get(link, 0.0) + path.share
    return share


def _places(column: dict[str, int], links: Iterable[Link]) -> list[tuple[int, str | Link]]:
    """What needs room in each column: parties, and links that pass through it on their way."""
    found: list[tuple[int, str | Link]] = [(place, party) for party, place in column.items()]
    for link in links:
        found += [(between, link) for between in range(column[link[1]] + 1, column[link[0]])]
    return found


def _drawn(target: Named, chosen: Sequence[RiskPath], column: dict[str, int]) -> Diagram:
    names = {target.id: target.name}
    weight: dict[Link, float] = {}
    for path in chosen:
        for step in path.steps:
            names[step.from_.id] = step.from_.name
            weight[step.from_.id, step.to.id] = step.weight
    seeds = {path.seed.id for path in chosen}
    share = _links(chosen)
    pitch = WIDTH / (max(column.values()) + 1)
    width = round(min(150.0, pitch * 0.68), 1)
    by_column: dict[int, list[str | Link]] = defaultdict(list)
    for place, item in _places(column, share):
        by_column[place].append(item)
    height = max(len(items) for items in by_column.values()) * ROW + 6.0
    middle: dict[tuple[int, str | Link], float] = {}
    for place in sorted(by_column):
        # From the target outwards: what leads to the upper one stands above, the larger share first.
        items = sorted(by_column[place], key=lambda item: _rank(item, place, share, column, middle))
        for row, item in enumerate(items):
            middle[place, item] = round(height * (row + 0.5) / len(items), 1)
    boxes = {
        party: Box(
            x=round(WIDTH - place * pitch - width, 1),
            y=round(middle[place, party] - BOX_HEIGHT / 2, 1),
            width=width,
            height=BOX_HEIGHT,
            text=names[party],
            lines=fitted(names[party], width),
            kind="target" if party == target.id else "seed" if party in seeds else "between",
        )
        for party, place in column.items()
    }
    arrows = []
    for link in sorted(share):
        source, end = boxes[link[0]], boxes[link[1]]
        way = []
        for place in range(column[link[0]] - 1, column[link[1]], -1):
            x = WIDTH - place * pitch - width
            y = middle[place, link]
            way += [(round(x, 1), y), (round(x + width, 1), y)]
        arrows.append(_arrow(source, end, way, weight[link], share[link]))
    return Diagram(WIDTH, height, tuple(boxes[party] for party in sorted(boxes)), tuple(arrows))


def _rank(
    item: str | Link,
    place: int,
    share: dict[Link, float],
    column: dict[str, int],
    middle: dict[tuple[int, str | Link], float],
) -> tuple[float, float, str]:
    """Where an item of a column stands: by the height of what it leads to, then by what it carries."""
    if isinstance(item, tuple):
        before: tuple[int, str | Link] = (
            (place - 1, item) if place - 1 > column[item[1]] else (column[item[1]], item[1])
        )
        return middle.get(before, 0.0), -share[item], ">".join(item)
    ends = [
        ((place - 1, link) if place - 1 > column[link[1]] else (column[link[1]], link[1]), part)
        for link, part in share.items()
        if link[0] == item and column[link[1]] < place
    ]
    carried = sum(part for _, part in ends)
    height = sum(middle.get(end, 0.0) * part for end, part in ends) / carried if carried else 0.0
    return height, -carried, item


def _arrow(source: Box, end: Box, way: list[tuple[float, float]], weight: float, share: float) -> Arrow:
    """From the side of one box to the facing side of the other; over top or bottom within one column."""
    if source.x == end.x:
        down = source.y < end.y
        first = source.x + source.width / 2, source.y + (source.height if down else 0.0)
        last = end.x + end.width / 2, end.y + (0.0 if down else end.height)
    else:
        forward = source.x < end.x
        first = source.x + (source.width if forward else 0.0), source.y + source.height / 2
        # Ends are spread, so that the tips of arrows from above and below do not cover each other.
        apart = max(-0.35, min(0.35, (first[1] - (end.y + end.height / 2)) / 80)) * end.height
        last = end.x + (0.0 if forward else end.width), end.y + end.height / 2 + apart
    points = (first, *way, last)
    (x1, y1), (x2, y2) = points[0], points[1]
    return Arrow(
        points=tuple((round(x, 1), round(y, 1)) for x, y in points),
        text=f"{weight:.0%}" if weight >= 0.095 else f"{weight:.1%}",
        text_x=round(x1 + 0.45 * (x2 - x1), 1),
        text_y=round(y1 + 0.45 * (y2 - y1) - 4.0, 1),
        thick=round(0.6 + 2.4 * min(1.0, share), 2),
    )


def fitted(text: str, width: float) -> tuple[str, ...]:
    """A name in one or two lines of a box, broken at a space where there is one, cut where it is longer.

    >>> fitted("Guarantor Mills of Somewhere", 64.0)
    ('Guarantor Mills', 'of Somewhere')
    """
    room = int((width - 6.0) / LETTER)
    first = _fits(text, room)
    if first == len(text):
        return (text,)
    space = text.rfind(" ", 0, first + 1)
    # Without a space both lines get the same room, so that no single character is left over.
    end = space if space > 0 else min(first, max(1, (len(text) + 1) // 2))
    rest = text[end:].strip()
    second = _fits(rest, room)
    return text[:end], rest if second == len(rest) else rest[: max(1, _fits(rest, room - 2))] + "…"


def _fits(text: str, room: int) -> int:
    """How many characters from the start fit."""
    taken = 0
    for place, character in enumerate(text):
        taken += 2 if ord(character) > 0x2E7F else 1
        if taken > room:
            return place
    return len(text)
