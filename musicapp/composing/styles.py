"""All the styles by name."""

from __future__ import annotations

from musicapp.composing import styles_acoustic, styles_band, styles_electronic, styles_world
from musicapp.composing.style import Style

STYLES: dict[str, Style] = {
    style.name: style
    for style in (
        *styles_electronic.STYLES,
        *styles_band.STYLES,
        *styles_acoustic.STYLES,
        *styles_world.STYLES,
    )
}
