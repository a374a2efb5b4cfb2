"""Colours for levels: as lightness is seen, equal steps of a level are equal steps of it, in both themes.

Made in OKLab (Björn Ottosson, 2020), whose lightness is that of the eye.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtGui import qRgb

COUNT = 256
# Lightness, chroma and hue in degrees at the ends and in the middle: from the ground of the stage on.
_DARK = ((0.185, 0.005, 265.0), (0.58, 0.14, 205.0), (0.97, 0.10, 105.0))
_LIGHT = ((1.0, 0.0, 185.0), (0.62, 0.11, 195.0), (0.24, 0.11, 290.0))
_TO_ROOTS = np.array(
    ((1.0, 0.3963377774, 0.2158037573), (1.0, -0.1055613458, -0.0638541728), (1.0, -0.0894841775, -1.2914855480))
)
_TO_RGB = np.array(
    (
        (4.0767416621, -3.3077115913, 0.2309699292),
        (-1.2684380046, 2.6097574011, -0.3413193965),
        (-0.0041960863, -0.7034186147, 1.7076147010),
    )
)


@lru_cache(maxsize=2)
def level_colours(is_dark: bool) -> list[int]:
    """256 colours as Qt's colour tables hold them, from silent to loud."""
    places = np.linspace(0, 1, COUNT)
    points = np.array(_DARK if is_dark else _LIGHT)
    lightness, chroma, hue = (np.interp(places, (0, 0.5, 1), points[:, column]) for column in range(3))
    angle = np.radians(hue)
    lab = np.stack([lightness, chroma * np.cos(angle), chroma * np.sin(angle)], axis=1)
    linear = np.clip(np.power(lab @ _TO_ROOTS.T, 3) @ _TO_RGB.T, 0, 1)
    shown = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.power(linear, 1 / 2.4) - 0.055)
    return [qRgb(*(int(part) for part in colour)) for colour in np.round(shown * 255)]
