"""Steps back and forth through what was chosen for exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from PySide6.QtCore import QObject

from musicapp.handover.exporting import ExportSettings
from musicapp.ui.state.exporter import Exporter
from musicapp.ui.state.undo import Undo

WORDS = {
    "format": "Export format",
    "sample_rate": "Export rate",
    "loudness_lufs": "Export loudness",
    "ceiling_dbtp": "Highest true peak",
    "fade_in_s": "Fade in",
    "fade_out_s": "Fade out",
    "at_zero_crossings": "Zero crossings",
    "is_loop": "Loop of the export",
    "is_broadcast": "Levels for broadcast",
    "folder": "Export folder",
    "template": "Names of exports",
    "only_region": "Part that is exported",
}


@dataclass(frozen=True)
class _Choice:
    settings: ExportSettings
    folder: Path
    template: str
    only_region: bool


class ExportHistory(QObject):
    """Looks at the exporter whenever its form changed, and pushes a step for what is another choice."""

    def __init__(self, exporter: Exporter, undo: Undo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._exporter, self._undo = exporter, undo
        self._is_paused = False
        self._last = self._now()
        exporter.form_changed.connect(self._look)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Changes that belong to a step of somebody else."""
        self._is_paused = True
        try:
            yield
        finally:
            self._is_paused = False
            self._last = self._now()

    def _now(self) -> _Choice:
        exporter = self._exporter
        return _Choice(exporter.settings, exporter.folder, exporter.template, exporter.only_region)

    def _look(self) -> None:
        before, now = self._last, self._now()
        if self._is_paused or now == before:
            return
        self._last = now
        words = _what_differs(before, now)
        self._undo.push(words, lambda: self._have(before), lambda: self._have(now), joins=words)

    def _have(self, choice: _Choice) -> None:
        with self.paused():
            self._exporter.set_all(choice.settings, choice.folder, choice.template, only_region=choice.only_region)


def _what_differs(before: _Choice, now: _Choice) -> str:
    names = [field.name for field in fields(_Choice) if field.name != "settings"]
    differing = [name for name in names if getattr(before, name) != getattr(now, name)]
    differing += [
        f.name for f in fields(ExportSettings) if getattr(before.settings, f.name) != getattr(now.settings, f.name)
    ]
    return WORDS[differing[0]] if len(differing) == 1 else "Export options"
