"""Pictures that stand alone beside a page of Markdown: lines and bars with intervals as SVG, readable on any ground."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from html import escape

from musicapp.evaluation.charts import COLOURS

WIDTH, HEIGHT = 640, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 34, 44
_LABEL, _BAR, _THICK = 210, 11.2, 9  # room for labels, from bar to bar, and a bar's height

Series = Mapping[str, Sequence[Sequence[float]]]  # points by name
Interval = Sequence[float | None]  # mean, from, to


def lines(series: Series, *, x: str, y: str, joined: bool = True) -> str:
    """Points (x, y, and from where to where y may lie) over two named axes from zero; `joined` by lines."""
    points = [point for each in series.values() for point in each if all(map(math.isfinite, point))]
    most_x = max((point[0] for point in points), default=1.0) * 1.04 or 1.0
    most_y = max((max(point[1], point[3]) for point in points), default=1.0) * 1.08 or 1.0
    across, up = (WIDTH - _LEFT - _RIGHT) / most_x, (HEIGHT - _TOP - _BOTTOM) / most_y

    def place(at: float, value: float) -> tuple[float, float]:
        return _LEFT + at * across, HEIGHT - _BOTTOM - value * up

    parts = [_axes(most_x, most_y, x, y, place)]
    for number, (name, each) in enumerate(series.items()):
        colour = COLOURS[(0, 3, 1)[number % 3]]
        known = [point for point in each if all(map(math.isfinite, point))]
        if joined and len(known) > 1:
            path = " ".join(f"{a:.1f},{b:.1f}" for a, b in (place(point[0], point[1]) for point in known))
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        for at, value, low, high in known:
            (a, b), (_, top), (_, bottom) = place(at, value), place(at, high), place(at, low)
            parts.append(f'<path d="M{a:.1f} {top:.1f} V{bottom:.1f}" stroke="{colour}" opacity="0.6"/>')
            parts.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}" fill-opacity="0.8"/>')
        parts.append(_key(_LEFT + 190 * number, name, colour))
    return _svg(WIDTH, HEIGHT, "".join(parts))


def bars(rows: Sequence[tuple[str, Mapping[str, Interval]]], names: Sequence[str], *, unit: str = "") -> str:
    """For each label a bar of every named series with its interval, from zero on."""
    known = [value for _, each in rows for found in each.values() for value in found if value is not None]
    most = max([value for value in known if math.isfinite(value)], default=1.0) * 1.05 or 1.0
    room, row = (WIDTH - _LABEL - 60) / most, _BAR * len(names) + 8
    parts = [_key(_LABEL + 150 * number, name, COLOURS[(0, 3, 1)[number % 3]]) for number, name in enumerate(names)]
    for index, (label, each) in enumerate(rows):
        top = _TOP + index * row
        middle = top + ((len(names) - 1) * _BAR + _THICK) / 2
        parts.append(f'<text x="{_LABEL - 8}" y="{middle + 4:.0f}" text-anchor="end">{escape(label)}</text>')
        for number, name in enumerate(names):
            mean, low, high = (*each.get(name, (None, None, None)), None, None)[:3]
            if mean is None:
                continue
            colour, y = COLOURS[(0, 3, 1)[number % 3]], top + number * _BAR
            wide = max(room * max(mean, 0), 1)
            parts.append(f'<rect x="{_LABEL}" y="{y:.1f}" width="{wide:.1f}" height="{_THICK}" fill="{colour}"/>')
            if low is not None and high is not None:
                a, b = _LABEL + room * max(low, 0), _LABEL + room * max(high, 0)
                parts.append(f'<path d="M{a:.1f} {y + 4.5:.1f} H{b:.1f}" stroke="#333" stroke-width="1.2"/>')
            end = _LABEL + room * max(mean, high or 0, 0) + 6
            parts.append(f'<text class="small" x="{end:.0f}" y="{y + 8:.0f}">{mean:.3g}{unit}</text>')
    return _svg(WIDTH, _TOP + len(rows) * row + 8, "".join(parts))


def _axes(most_x: float, most_y: float, x: str, y: str, place: Callable[[float, float], tuple[float, float]]) -> str:
    (left, bottom), (right, _), (_, top) = place(0, 0), place(most_x, 0), place(0, most_y)
    parts = [
        f'<path d="M{left} {top:.0f} V{bottom:.0f} H{right:.0f}" fill="none" stroke="#888"/>',
        f'<text x="{(left + right) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(x)}</text>',
        f'<text transform="translate(14 {(top + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle">{escape(y)}</text>',
    ]
    for tick in ticks(most_x):
        at = place(tick, 0)[0]
        parts.append(f'<text class="small" x="{at:.0f}" y="{bottom + 14:.0f}" text-anchor="middle">{tick:g}</text>')
    for tick in ticks(most_y):
        at = place(0, tick)[1]
        parts.append(f'<path d="M{left} {at:.1f} H{right:.0f}" stroke="#ddd"/>')
        parts.append(f'<text class="small" x="{left - 6}" y="{at + 4:.0f}" text-anchor="end">{tick:g}</text>')
    return "".join(parts)


def ticks(most: float) -> list[float]:
    """From zero on in steps of 1, 2 or 5 times a power of ten, at most six."""
    power = 10.0 ** math.floor(math.log10(max(most, 1e-9)))
    step = next(step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10) if most / (step * power) <= 6) * power
    return [round(step * number, 10) for number in range(int(most / step) + 1)]


def _key(at: float, name: str, colour: str) -> str:
    return (
        f'<rect x="{at:.0f}" y="10" width="10" height="10" fill="{colour}"/>'
        f'<text x="{at + 15:.0f}" y="19">{escape(name)}</text>'
    )


def _svg(width: float, height: float, inner: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}"><style>text{{font:12px sans-serif;fill:#222}}.small{{font-size:10px;fill:#555}}</style>'
        f'<rect width="100%" height="100%" fill="#fff"/>{inner}</svg>\n'
    )
