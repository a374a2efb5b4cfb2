"""The sound that the next take starts from, and how far it goes from it or what is made of it; not there while there is
none."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSlider, QWidget

from musicapp.shape import Source
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import SPACE_TIGHT, Theme
from musicapp.ui.widgets.described import ElidedLabel, IconButton, described, label
from musicapp.ui.words import duration, marked, tr

STEPS = 20  # of the slider: 5 % each
WORDS = (marked("as it is"), marked("near"), marked("changed"), marked("far"), marked("ignored"))


class SourceField(QWidget):
    """Name, a slider for the distance, and a button that lets the source go."""

    def __init__(self, settings: TakeSettings, history: FormHistory, theme: Theme) -> None:
        super().__init__()
        self._settings, self._history = settings, history
        self.slider = described(
            QSlider(Qt.Orientation.Horizontal),
            "variation",
            tr("How far from the source"),
            tr("Left is the source itself, right ignores it; a rhythm stays while it is near"),
        )
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 4)
        self.clear = described(IconButton(theme, "close", role="framed"), "clear_source", tr("Start from nothing"))
        self.name = ElidedLabel(tone="muted")
        self.name.setObjectName("source_name")
        self.distance = QLabel()
        self.distance.setObjectName("source_distance")
        self.distance.setProperty("tone", "muted")
        heading = label(tr("Starts from"), tone="section")
        heading.setBuddy(self.slider)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_TIGHT)
        layout.addWidget(heading, 0, 0)
        layout.addWidget(self.name, 0, 1)
        layout.addWidget(self.clear, 0, 2)
        layout.addWidget(self.slider, 1, 0, 1, 2)
        layout.addWidget(self.distance, 1, 2)
        layout.setColumnStretch(1, 1)
        self.slider.valueChanged.connect(self._moved)
        self.clear.clicked.connect(self._clear)
        settings.source_changed.connect(self._show)
        self._show()

    def _moved(self, value: int) -> None:
        change = partial(self._settings.set_variation, value / STEPS)
        self._history.step("Distance from the sound", change, joins=True)

    def _clear(self) -> None:
        self._history.step("Start from nothing", partial(self._settings.set_source, None))

    def _show(self) -> None:
        source = self._settings.source
        self.setVisible(source is not None)
        if source is None:
            return
        for part in (self.slider, self.distance):
            part.setVisible(not source.stays)
        if source.variation is None:
            self.name.set_whole(told_of(source), f"{told_of(source)}\n{source.path}")
            return
        length = f", {duration(round(self._settings.source_s, 1))}" if self._settings.source_s else ""
        where = f", {duration(source.from_s)}-{duration(source.to_s)}" if source.to_s else length
        self.name.set_whole(f"{source.name}{where}", source.path)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(source.variation * STEPS))
        percent = round(100 * source.variation)
        self.distance.setText(f"{percent} %")
        self.slider.setAccessibleDescription(f"{percent} %, {tr(WORDS[min(4, (percent + 12) // 25)])}")


def told_of(source: Source) -> str:
    """What is made of a source that is not varied, for people."""
    if source.regions:
        passages = ", ".join(f"{duration(start)}-{duration(end)}" for start, end in source.regions)
        return tr("{name}, {passages} made anew", name=source.name, passages=passages)
    if source.picks:
        return tr("{name} and other takes, glued", name=source.name)
    if source.seam_s:
        return tr("{name}, closed to a loop", name=source.name)
    if source.before_s:
        return tr("{name}, {time} in front of it", name=source.name, time=duration(source.before_s))
    return tr("{name}, {time} behind it", name=source.name, time=duration(source.after_s))
