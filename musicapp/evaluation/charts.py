"""Charts as inline SVG and PNG, without a script: bars, points over two axes, and pictures of matrices."""

from __future__ import annotations

import base64
import struct
import zlib
from html import escape

import numpy as np

from musicapp.evaluation.report import Bars, Matrix, Points

COLOURS = ("#2f6fde", "#3a9a5b", "#b9bec6", "#d98324")
_LABEL_PX, _BAR_PX, _WIDTH_PX = 210, 9, 720
_SIDE_PX, _MARGIN_PX = 300, 44


def bars(chart: Bars) -> str:
    """Horizontal bars in groups; a label without any is left out."""
    names = list(chart.series)
    groups = [
        (label, [chart.series[name][index] for name in names])
        for index, label in enumerate(chart.labels)
        if any(chart.series[name][index] is not None for name in names)
    ]
    group_px = _BAR_PX * len(names) + 10
    room = _WIDTH_PX - _LABEL_PX - 50
    parts = []
    for row, (label, values) in enumerate(groups):
        top = row * group_px
        middle = top + _BAR_PX * len(names) / 2 + 4
        parts.append(f'<text x="{_LABEL_PX - 8}" y="{middle:.0f}" text-anchor="end">{escape(label)}</text>')
        for place, value in enumerate(values):
            if value is None:
                continue
            y = top + place * _BAR_PX
            colour = COLOURS[place % len(COLOURS)]
            parts.append(
                f'<rect x="{_LABEL_PX}" y="{y}" width="{max(room * value, 1):.1f}" height="{_BAR_PX - 2}" '
                f'fill="{colour}"/><text class="small" x="{_LABEL_PX + room * value + 5:.0f}" y="{y + 7}">'
                f"{100 * value:.0f} %</text>"
            )
    return _svg(_WIDTH_PX, len(groups) * group_px, "".join(parts)) + _legend(names)


def points(chart: Points) -> str:
    """Dots on equal scales from zero, with the line on which both axes agree."""
    dots = [dot for series in chart.series.values() for dot in series]
    most = max((max(dot) for dot in dots), default=1.0) * 1.05
    scale = _SIDE_PX / most
    side, margin = _SIDE_PX, _MARGIN_PX
    parts = [
        f'<path class="axis" d="M{margin} 6 V{side + 6} H{margin + side}"/>',
        f'<path class="guide" d="M{margin} {side + 6} L{margin + side} 6"/>',
        f'<text x="{margin + side / 2}" y="{side + 38}" text-anchor="middle">{escape(chart.x)}</text>',
        f'<text transform="translate(12 {side / 2}) rotate(-90)" text-anchor="middle">{escape(chart.y)}</text>',
    ]
    for tick in _ticks(most):
        at = tick * scale
        parts.append(
            f'<text class="small" x="{margin + at:.1f}" y="{side + 20}" text-anchor="middle">{tick:g}</text>'
            f'<text class="small" x="{margin - 5}" y="{side + 9 - at:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for place, series in enumerate(chart.series.values()):
        colour = COLOURS[(0, 3)[place % 2]]
        parts += [
            f'<circle cx="{margin + x * scale:.1f}" cy="{side + 6 - y * scale:.1f}" r="3.5" fill="{colour}" '
            f'fill-opacity="0.7"/>'
            for x, y in series
        ]
    return _svg(side + margin + 20, side + 46, "".join(parts)) + _legend(list(chart.series), (0, 3))


def picture(matrix: Matrix) -> str:
    """A matrix of numbers from 0 to 1 as an image in one colour, dark where they are low."""
    values = np.clip(np.array(matrix.rows, dtype=float), 0, 1)
    data = base64.b64encode(png(np.round(255 * values).astype(np.uint8))).decode()
    caption = escape(matrix.caption)
    return (
        f'<figure><img alt="{caption}" width="240" height="240" src="data:image/png;base64,{data}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def png(grey: np.ndarray) -> bytes:
    """`(rows, columns)` of bytes as a PNG file in grey (RFC 2083)."""
    height, width = grey.shape
    lines = b"".join(b"\0" + row.tobytes() for row in grey)  # every line begins with its filter: none
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _svg(width: float, height: float, inner: str) -> str:
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">{inner}</svg>'


def _legend(names: list[str], places: tuple[int, ...] = (0, 1, 2, 3)) -> str:
    items = (
        f'<span><i style="background:{COLOURS[places[place % len(places)]]}"></i>{escape(name)}</span>'
        for place, name in enumerate(names)
    )
    return f'<p class="legend">{"".join(items)}</p>'


def _ticks(most: float) -> list[float]:
    step = next(step for step in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 86400) if most / step <= 6)
    return [step * n for n in range(int(most / step) + 1)]
