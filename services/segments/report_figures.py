"""Figures of the report of classes, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

import numpy as np

from services.segments.cuts import ShownCut

WIDTH: Final = 640
COLOURS: Final = ("#1b6ca8", "#c8553d", "#4f772d", "#8e5ea2", "#b8860b", "#2a9d8f", "#6d6875", "#bc4b51")


def svg(height: int, body: str, label: str) -> str:
    """A figure with its label for readers of screens."""
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def density(cut: ShownCut, label: str) -> str:
    """The density along the direction of a cut, with its valley and the cut."""
    high, step = 140, WIDTH / (len(cut.density) - 1)
    points = " ".join(
        f"{at * step:.1f},{high - 4 - (high - 20) * value:.1f}"
        for at, value in enumerate(cut.density.tolist())
    )
    left, right, at = (WIDTH * place for place in (cut.begin, cut.end, cut.at))
    return svg(
        high,
        f'<rect x="{left:.1f}" y="0" width="{max(right - left, 1):.1f}" height="{high}" fill="#f2e3c9"/>'
        f'<polyline points="{points}" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>'
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="0" y2="{high}" stroke="#c8553d" stroke-width="2"/>'
        f'<line x1="0" x2="{WIDTH}" y1="{high - 3}" y2="{high - 3}" stroke="#999"/>',
        label,
    )


def bars(rows: Sequence[tuple[str, Sequence[float]]], names: Sequence[str], label: str) -> str:
    """For each row a bar a class from the middle, -1 to 1."""
    thick, gap, left, across = 9, 8, 260, 5
    tall = len(names) * thick + gap
    half = (WIDTH - left) / 2
    body = "".join(
        f'<rect x="{at % across * 125}" y="{2 + at // across * 14}" width="10" height="10" '
        f'fill="{COLOURS[at % len(COLOURS)]}"/>'
        f'<text x="{14 + at % across * 125}" y="{11 + at // across * 14}" font-size="11">{escape(name)}</text>'
        for at, name in enumerate(names)
    )
    head = 8 + 14 * (1 + (len(names) - 1) // across)
    for row, (text, values) in enumerate(rows):
        top = head + row * tall
        body += f'<text x="{left - 8}" y="{top + tall / 2}" font-size="12" text-anchor="end">{escape(text)}</text>'
        for at, value in enumerate(values):
            begin = left + half + min(value, 0.0) * half
            body += (
                f'<rect x="{begin:.1f}" y="{top + at * thick}" width="{max(abs(value) * half, 1):.1f}" '
                f'height="{thick - 2}" fill="{COLOURS[at % len(COLOURS)]}"><title>{escape(names[at])}: {value:.2f}'
                "</title></rect>"
            )
    height = head + 2 + len(rows) * tall
    line = left + half
    body += f'<line x1="{line}" x2="{line}" y1="{head - 6}" y2="{height}" stroke="#999"/>'
    return svg(height, body, label)


def levels(values: Sequence[tuple[str, float]], firm: float, label: str) -> str:
    """A bar from 0 to 1 for each name, and a line where it is firm."""
    left, tall = 200, 22
    width = WIDTH - left - 50
    body = ""
    for row, (name, value) in enumerate(values):
        top = 4 + row * tall
        body += (
            f'<text x="{left - 8}" y="{top + 12}" font-size="12" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{left}" y="{top}" width="{width * value:.1f}" height="14" '
            f'fill="{COLOURS[row % len(COLOURS)]}"/>'
            f'<text x="{left + width * value + 4:.1f}" y="{top + 12}" font-size="11">{value:.2f}</text>'
        )
    height, line = 8 + len(values) * tall, left + width * firm
    return svg(height, body + f'<line x1="{line}" x2="{line}" y1="0" y2="{height}" stroke="#c8553d"/>', label)


def front(points: Sequence[Sequence[float]], chosen: float, label: str) -> str:
    """Stability across, B up. A point: whether it is the tree, -B, 1 - stability, leaves. ``chosen``: B that stands."""
    across = np.array([1 - point[2] for point in points])
    up = np.array([-point[1] for point in points])
    high, low, top = 220, float(min(up.min(), chosen)), float(max(up.max(), chosen))
    span, left = max(top - low, 1e-9), max(float(across.min()) - 0.05, 0.0)

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            40 + (WIDTH - 60) * (x - left) / max(1 - left, 1e-9),
            high - 24 - (high - 44) * (y - low) / span,
        )

    body = f'<line x1="40" x2="{WIDTH}" y1="{high - 16}" y2="{high - 16}" stroke="#999"/>'
    for x, y, point in zip(across.tolist(), up.tolist(), points, strict=True):
        cx, cy = place(x, y)
        filled = "#c8553d" if point[0] else "none"
        body += f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="4" fill="{filled}" stroke="#c8553d"/>'
        if abs(y - chosen) <= 1e-6 * max(1.0, abs(chosen)):
            body += f'<circle cx="{cx:.1f}" cy="{cy:.1f}" r="8" fill="none" stroke="{COLOURS[0]}" stroke-width="2"/>'
    for x in (left, 1.0):
        cx, _ = place(x, low)
        body += f'<text x="{cx:.0f}" y="{high - 2}" font-size="11" text-anchor="middle">{x:.2f}</text>'
    for y in (low, top):
        _, cy = place(left, y)
        body += f'<text x="36" y="{cy:.0f}" font-size="11" text-anchor="end">{y:.2f}</text>'
    return svg(high, body, label)
