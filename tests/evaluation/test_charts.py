"""Charts are drawings that other programs read."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from PySide6.QtGui import QImage

from musicapp.evaluation import charts
from musicapp.evaluation.report import Bars, Matrix, Points


def test_a_png_has_the_pixels_that_went_in() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (5, 9)).astype(np.uint8)
    image = QImage.fromData(charts.png(grey))
    assert (image.width(), image.height()) == (9, 5)
    assert [[image.pixelColor(x, y).red() for x in range(9)] for y in range(5)] == grey.tolist()


def test_bars_are_as_long_as_their_shares() -> None:
    drawn = charts.bars(Bars(("drums & bass", "nothing"), {"ours": (0.5, None), "theirs": (1.0, None)}))
    svg = ElementTree.fromstring(drawn.partition("<p class")[0])
    widths = [float(bar.get("width", 0)) for bar in svg.iter("rect")]
    assert len(widths) == 2 and widths[1] == pytest.approx(2 * widths[0])
    assert "drums &amp; bass" in drawn and "nothing" not in drawn


def test_points_lie_on_their_axes() -> None:
    drawn = charts.points(Points("asked", "got", {"told": ((10.0, 10.0), (20.0, 5.0))}))
    dots = [dot.attrib for dot in ElementTree.fromstring(drawn.partition("<p class")[0]).iter("circle")]
    (x1, y1), (x2, y2) = ((float(dot["cx"]), float(dot["cy"])) for dot in dots)
    assert x2 > x1 and y2 > y1  # up is less


def test_a_picture_is_inside_the_page() -> None:
    drawn = charts.picture(Matrix("a <b>", ((0.0, 1.0), (2.0, -1.0))))
    assert 'src="data:image/png;base64,' in drawn and "a &lt;b&gt;" in drawn
