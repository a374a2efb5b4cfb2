"""Times as the window writes them."""

from __future__ import annotations

from musicapp.ui.words import figures


def clock(seconds: float, *, decimals: int = 3) -> str:
    """m:ss.mmm with as many decimals as asked."""
    scale = 10**decimals
    units = round(abs(seconds) * scale)
    minutes, rest = divmod(units, 60 * scale)
    whole, part = divmod(rest, scale)
    text = f"{minutes}:{whole:02d}"
    return figures(f"{text}.{part:0{decimals}d}") if decimals else text
