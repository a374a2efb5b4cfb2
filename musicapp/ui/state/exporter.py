"""Exporting a take: a safe free name, the work in the background, and where the file went."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from musicapp.audio import tags, wave_io
from musicapp.errors import ExportError, MusicAppError
from musicapp.library import names
from musicapp.library.takes import Take
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages

DEFAULT_FORMAT = "wav24"


@dataclass(frozen=True)
class Exported:
    """A finished export."""

    take_id: str
    path: Path
    gain_db: float


class Exporter(QObject):
    """One export at a time.

    form_changed      folder, format or suggested name
    progress_changed  how much is written, 0 to 1
    running_changed   it began or ended
    exported          an Exported
    """

    form_changed = Signal()
    progress_changed = Signal(float)
    running_changed = Signal(bool)
    exported = Signal(object)

    def __init__(self, folder: Path, messages: Messages, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._messages, self._lane = messages, lane
        self.folder = folder
        self.format = DEFAULT_FORMAT
        self.name = ""
        self.take: Take | None = None
        self.is_running = False
        self.last: Exported | None = None
        self._should_stop = False
        self._exporting_take: Take | None = None

    def set_take(self, take: Take | None) -> None:
        """Export this take next; its name is suggested anew."""
        if take is self.take:
            return
        self.take = take
        self.suggest()

    def set_format(self, name: str) -> None:
        if name in wave_io.EXPORT_FORMATS and name != self.format:
            self.format = name
            self.suggest()

    def set_folder(self, folder: Path) -> None:
        if folder != self.folder:
            self.folder = folder
            self.suggest()

    def set_name(self, name: str) -> None:
        """Take a name as typed, without its suffix."""
        self.name = name

    def suggest(self) -> None:
        """Suggest a name that is not in use."""
        if self.take is None:
            self.name = ""
            self.form_changed.emit()
            return
        wanted = self.name = names.suggest_name(self.take.request)
        self.form_changed.emit()
        folder, suffix = self.folder, self.suffix
        self._lane.run(lambda: (wanted, names.free_path(folder, wanted, suffix).stem), self._suggested)

    @property
    def suffix(self) -> str:
        """The file name's ending for the chosen format, with its dot."""
        return wave_io.EXPORT_FORMATS[self.format].suffix

    def export(self) -> None:
        """Write the file. An existing file is never replaced: another name is offered instead."""
        if self.take is None or self.is_running:
            return
        take, folder, suffix, chosen = self.take, self.folder, self.suffix, self.format
        name = self.name.strip().removesuffix(suffix)
        if not names.is_safe_name(name):
            self._messages.post(
                "error",
                f"“{name[:60]}” cannot be the name of a file." if name else "The file needs a name.",
                'Use letters, digits, spaces and hyphens; none of \\ / : * ? " < > |.',
            )
            return
        self._should_stop = False
        self._exporting_take = take
        self._set_running(True)

        def work() -> wave_io.ExportResult | str:
            target = folder / f"{name}{suffix}"
            if (free := names.free_path(folder, name, suffix)) != target:
                return free.stem
            _make_folder(folder)
            return wave_io.export(
                take.path,
                target,
                sample_rate=take.sample_rate,
                format=chosen,
                tags=tags.shared_tags(take.request, take.left_out),
                on_progress=self.progress_changed.emit,
                should_stop=lambda: self._should_stop,
                overwrite=False,
            )

        self._lane.run(work, self._done, self._failed)

    def is_exporting(self, take_id: str) -> bool:
        """Whether this take is being written right now."""
        return self.is_running and self._exporting_take is not None and self._exporting_take.take_id == take_id

    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        self._should_stop = True

    def _suggested(self, names_found: tuple[str, str]) -> None:
        wanted, free = names_found
        if self.name == wanted:  # else it was typed over, or another take came
            self.name = free
            self.form_changed.emit()

    def _done(self, outcome: wave_io.ExportResult | str) -> None:
        self._set_running(False)
        if isinstance(outcome, str):
            taken, self.name = self.name, outcome
            self.form_changed.emit()
            self._messages.post(
                "warning",
                f"“{taken}{self.suffix}” is there already and was left as it is.",
                f"Press Export again to save as “{outcome}{self.suffix}”, or type another name.",
            )
            return
        if outcome.cancelled or self._exporting_take is None:
            self._messages.remark("Export cancelled")
            return
        self.last = Exported(self._exporting_take.take_id, outcome.path, outcome.gain_db)
        self.exported.emit(self.last)
        self._messages.remark(f"Exported {outcome.path.name}")

    def _failed(self, error: MusicAppError) -> None:
        self._set_running(False)
        self._messages.post_error(error)

    def _set_running(self, running: bool) -> None:
        self.is_running = running
        self.running_changed.emit(running)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"The folder “{folder}” cannot be made.", hint="Choose another folder to export to.", detail=str(error)
        ) from error
