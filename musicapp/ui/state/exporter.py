"""Exporting takes: how, under which names, the work in the background, and where the files went."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from musicapp.audio import wave_io
from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.errors import MusicAppError
from musicapp.handover import exporting, naming
from musicapp.handover.exporting import PRESETS, ExportSettings
from musicapp.library import names
from musicapp.library.takes import Take
from musicapp.settings import Settings
from musicapp.ui.state import export_name, many_exports
from musicapp.ui.state.background import Lane
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.sound import Sound, as_shown, material_of

HANDED_OVER = "Handed over"  # a folder in that of the exports, for files that are dragged or copied
Region = tuple[int, int]


@dataclass(frozen=True)
class Exported:
    """A finished export.

    told   what people should know of the file, "" for nothing
    """

    take_id: str
    path: Path
    gain_db: float
    told: str = ""


class Exporter(QObject):
    """One export at a time.

    form_changed      folder, settings, template, suggested name, or the part that would be exported
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
        self.settings = ExportSettings()
        self.template = naming.DEFAULT
        self.only_region = False
        self.region: Region | None = None
        self.name = ""
        self._is_typed = False  # whether somebody chose the name
        self.note = ""  # about the name: what is left out of it, or that it is taken
        self.take: Take | Sound | None = None
        self.is_running = False
        self.last: Exported | None = None
        self._should_stop = False
        self._writing: set[str] = set()
        self._wish = 0  # how many names were wanted so far: what is found out for an older one is not used
        self._handed_over: dict[tuple[object, ...], Path] = {}

    @property
    def format(self) -> str:
        """A key of EXPORT_FORMATS."""
        return self.settings.format

    @property
    def suffix(self) -> str:
        """The file name's ending for the chosen format, with its dot."""
        return self.settings.suffix

    @property
    def preset(self) -> str:
        """The key of the preset that the settings are, "" for none."""
        return next((key for key, preset in PRESETS.items() if preset.settings == self.settings), "")

    @property
    def part_s(self) -> tuple[float, float] | None:
        """The marked part of the take in seconds, where only that is exported."""
        if not self.only_region or self.region is None or self.take is None:
            return None
        start, end = self.region
        return start / self.take.sample_rate, end / self.take.sample_rate

    def restore(self, saved: Settings) -> None:
        """How it was when the window was closed."""
        with contextlib.suppress(MusicAppError):
            self.template = naming.check_template(saved.export_template or naming.DEFAULT)
        settings = ExportSettings(
            saved.export_format,
            saved.export_rate,
            saved.export_loudness,
            saved.export_ceiling,
            saved.export_fade_in,
            saved.export_fade_out,
            saved.export_at_zero,
            saved.export_loop,
            saved.export_broadcast,
        )
        self.only_region = saved.export_region
        with contextlib.suppress(MusicAppError):
            self._set_settings(exporting.checked(settings))

    def remember(self, saved: Settings) -> None:
        """For the next time."""
        settings = self.settings
        saved.export_format, saved.export_rate = settings.format, settings.sample_rate
        saved.export_loudness, saved.export_ceiling = settings.loudness_lufs, settings.ceiling_dbtp
        saved.export_fade_in, saved.export_fade_out = settings.fade_in_s, settings.fade_out_s
        saved.export_at_zero, saved.export_loop = settings.at_zero_crossings, settings.is_loop
        saved.export_broadcast, saved.export_region = settings.is_broadcast, self.only_region
        saved.export_template = "" if self.template == naming.DEFAULT else self.template

    def set_take(self, take: Take | Sound | None) -> None:
        """Export this take next. Its name is suggested anew, unless it is the same take with nothing new for a name."""
        if take is self.take:
            return
        before, self.take = self.take, take
        if take is None or before is None or take.take_id != before.take_id:
            self.suggest()
        elif self._is_typed or self._named(take) == self._named(before):
            self.form_changed.emit()
        else:
            self.suggest()

    def set_region(self, region: Region | None) -> None:
        """The part of the take on the stage that is marked."""
        if region != self.region:
            self.region = region
            self.form_changed.emit()

    def set_only_region(self, only: bool) -> None:
        """Export the marked part alone, where there is one."""
        if only != self.only_region:
            self.only_region = only
            self.form_changed.emit()

    def set_format(self, name: str) -> None:
        if name in EXPORT_FORMATS:
            self.change(format=name)

    def use_preset(self, key: str) -> None:
        """Take all settings of a preset."""
        self._set_settings(PRESETS[key].settings)

    def change(self, **values: Any) -> None:
        """Other settings, by the names in ExportSettings. What does not go together gives way to what was chosen."""
        self._set_settings(exporting.changed(self.settings, **values))

    def set_all(
        self, settings: ExportSettings, folder: Path, template: str, *, only_region: bool | None = None
    ) -> None:
        """Have everything as it was at another time, or as it was chosen together."""
        before = self.suffix, self.folder, self.template
        self.settings, self.folder, self.template = settings, folder, template
        self.only_region = self.only_region if only_region is None else only_region
        if (self.suffix, folder, template) == before:
            self.form_changed.emit()
        else:
            self.suggest()

    def _set_settings(self, settings: ExportSettings) -> None:
        if settings == self.settings:
            return
        is_same_file, self.settings = settings.suffix == self.suffix, settings
        if is_same_file:
            self.form_changed.emit()
        else:
            self.suggest()

    def set_template(self, template: str) -> None:
        """Name files by this from now on; one that means nothing is told in `note` and not used."""
        try:
            naming.check_template(template)
        except MusicAppError as error:
            self.note = f"{error.message} {error.hint}"
            self.form_changed.emit()
            return
        self.template = template
        self.suggest()

    def set_folder(self, folder: Path) -> None:
        if folder != self.folder:
            self.folder = folder
            self.suggest()

    def set_name(self, name: str) -> None:
        """Take a name as typed, without its suffix; whether it will do is looked up at once."""
        self.name, self._is_typed, self._wish = name, True, self._wish + 1
        self.note = export_name.note(name)
        self.form_changed.emit()
        if not self.note and name.strip():
            self._look_up(name.strip(), self._looked_up)

    def suggest(self) -> None:
        """Suggest a name that is not in use."""
        self._wish += 1
        if self.take is None:
            self.name = self.note = ""
            self.form_changed.emit()
            return
        named = self._named(self.take)
        self.name, self.note, self._is_typed = named.name, named.note, False
        self.form_changed.emit()
        self._look_up(named.name, self._suggested)

    def _named(self, take: Take | Sound) -> naming.Named:
        return naming.name_of(material_of(take), self.template)

    def export(self) -> None:
        """Write the file. An existing file is never replaced: another name is offered instead."""
        if self.take is None or self.is_running:
            return
        take, folder, suffix, settings, part_s = self.take, self.folder, self.suffix, self.settings, self.part_s
        name, wish = self.name.strip().removesuffix(suffix), self._wish
        what, hint = export_name.problem(name)
        if what:
            self._messages.post("error", what, hint)
            return

        def work() -> tuple[Take | Sound, wave_io.ExportResult] | str:
            target = folder / f"{name}{suffix}"
            if (free := names.free_path(folder, name, suffix)) != target:
                return free.stem
            many_exports.make_folder(folder)
            return take, self._written(take, target, settings, part_s, self.progress_changed.emit)

        self._start([take], work, lambda outcome: self._done(name, wish, outcome, settings))

    def export_all(self, takes: list[Take]) -> None:
        """Write several takes by the template, whole, each under a free name."""
        settings, folder = self.settings, self.folder
        self._write_many(takes, many_exports.write_files, lambda written: self._all_done(written, settings, folder))

    def export_project(self, takes: list[Take]) -> None:
        """Write several takes as tracks of one project that DAWs open."""
        self._write_many(takes, many_exports.write_project, self._project_done)

    def _write_many(self, takes: list[Take], write: Callable[..., Any], done: Callable[[Any], None]) -> None:
        if not takes or self.is_running:
            return
        folder, settings, template = self.folder, self.settings, self.template

        def work() -> Any:
            many_exports.make_folder(folder)
            return write(takes, folder, settings, template, self.progress_changed.emit, lambda: self._should_stop)

        self._start(takes, work, done)

    def hand_over(self, ready: Callable[[Path], None]) -> None:
        """Have the file that Export would write, whole, in a folder of its own; `ready` is told where.

        It stays there, since some programs use a file where it lies. The same wish again gives the same file.
        """
        take, settings, part_s = self.take, self.settings, self.part_s
        if take is None:
            return
        name, material = self.name.strip().removesuffix(self.suffix), material_of(take)
        if not names.is_safe_name(name):
            name = naming.name_of(material).name
        folder, wish = self.folder / HANDED_OVER, (take.take_id, material.title, settings, part_s, self.template)
        known = self._handed_over.get(wish)
        if known is not None and known.is_file():
            ready(known)
            return

        def work() -> Path:
            many_exports.make_folder(folder)
            target = names.free_path(folder, name, settings.suffix)
            exporting.export_material(as_shown(take), target, settings, part_s=part_s)
            return target

        def done(path: Path) -> None:
            self._handed_over[wish] = path
            ready(path)

        self._lane.run(work, done, self._messages.post_error)

    def remark_copied(self, path: Path) -> None:
        """Say that the file can be pasted."""
        self._messages.remark(f"{path.name} can be pasted as a file")

    def is_exporting(self, take_id: str) -> bool:
        """Whether this take is being written right now."""
        return take_id in self._writing

    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        self._should_stop = True

    def _start(self, takes: Sequence[Take | Sound], work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._should_stop = False
        self._writing = {take.take_id for take in takes}
        self._set_running(True)
        self._lane.run(work, done, self._failed)

    def _written(
        self,
        take: Take | Sound,
        target: Path,
        settings: ExportSettings,
        part_s: tuple[float, float] | None,
        report: Callable[[float], None],
    ) -> wave_io.ExportResult:
        return exporting.export_material(
            as_shown(take),
            target,
            settings,
            part_s=part_s,
            on_progress=report,
            should_stop=lambda: self._should_stop,
        )

    def _look_up(self, name: str, done: Callable[[str], None]) -> None:
        """Find out which name is free in the folder."""
        folder, suffix, wish = self.folder, self.suffix, self._wish

        def found(free: str) -> None:
            if wish == self._wish and free != name:
                done(free)
                self.form_changed.emit()

        self._lane.run(lambda: names.free_path(folder, name, suffix).stem, found)

    def _suggested(self, free: str) -> None:
        self.name = free

    def _looked_up(self, free: str) -> None:
        self.note = f"“{self.name.strip()}{self.suffix}” is there already; “{free}” is free."

    def _done(
        self, name: str, wish: int, outcome: tuple[Take | Sound, wave_io.ExportResult] | str, settings: ExportSettings
    ) -> None:
        self._set_running(False)
        if isinstance(outcome, str):
            hint = ""
            if wish == self._wish:  # else another name is wanted by now
                self.name, self.note, self._wish = outcome, "", self._wish + 1
                self.form_changed.emit()
                hint = f"Press Export again to save as “{outcome}{settings.suffix}”, or type another name."
            self._messages.post("warning", f"“{name}{settings.suffix}” is there already and was left as it is.", hint)
            return
        take, result = outcome
        if result.cancelled:
            self._messages.remark("Export cancelled")
            return
        self._tell(take, result, settings)
        self._messages.remark(f"Exported {result.path.name}")

    def _all_done(self, written: many_exports.Written, settings: ExportSettings, folder: Path) -> None:
        self._set_running(False)
        for take, result in written.files:
            self._tell(take, result, settings)
        if written.failed:
            self._messages.post(
                "error", f"{len(written.failed)} of the takes could not be exported.", written.failed[0]
            )
        count = len(written.files)
        self._messages.remark(f"Exported {count} files to {folder}" if count else "Nothing was exported")

    def _project_done(self, path: Path | None) -> None:
        self._set_running(False)
        self._messages.remark(f"Exported {path.name} to {path.parent}" if path else "Export cancelled")

    def _tell(self, take: Take | Sound, result: wave_io.ExportResult, settings: ExportSettings) -> None:
        self.last = Exported(take.take_id, result.path, result.gain_db, exporting.told(result, settings))
        self.exported.emit(self.last)

    def _failed(self, error: MusicAppError) -> None:
        self._set_running(False)
        self._messages.post_error(error)

    def _set_running(self, running: bool) -> None:
        self.is_running = running
        if not running:
            self._writing = set()
        self.running_changed.emit(running)
