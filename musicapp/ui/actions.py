"""Menus and keys. Single letters work everywhere but in text fields, where they type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from musicapp.ui import loop_marks
from musicapp.ui.choice_menu import ChoiceMenu, add_choices_of
from musicapp.ui.shortcuts import Shortcuts
from musicapp.ui.state.player import QUIETEST_DB
from musicapp.ui.state.take_queue import MOST_VARIATIONS
from musicapp.ui.studio import Studio
from musicapp.ui.take_actions import TakeActions
from musicapp.ui.theme import Theme
from musicapp.ui.widgets.link_button import LINK_WORDS
from musicapp.ui.widgets.message_bar import open_log_folder
from musicapp.ui.words import LANGUAGES, marked, said, tr, tr_all

if TYPE_CHECKING:
    from musicapp.ui.main_window import MainWindow

THEME_LABELS = {"system": marked("&As the system"), "light": marked("&Light"), "dark": marked("&Dark")}
AUTO_PLAY_LABELS = {"off": marked("&Never"), "idle": marked("When nothing &plays"), "always": marked("&Always")}
VOLUME_STEP_DB = 3.0


class Actions(QObject):
    """Fills the menu bar and keeps its actions in step with the state."""

    def __init__(self, window: MainWindow, studio: Studio, theme: Theme) -> None:
        super().__init__(window)
        self._window, self._studio, self._theme = window, studio, theme
        self.shortcuts = Shortcuts(studio.settings, self)
        self._all: list[QAction] = []
        bar = window.menuBar()
        file_menu, take_menu = bar.addMenu(tr("&File")), bar.addMenu(tr("&Take"))
        library_menu, play_menu = bar.addMenu(tr("&Library")), bar.addMenu(tr("&Playback"))
        view_menu, help_menu = bar.addMenu(tr("&View")), bar.addMenu(tr("&Help"))
        for menu in (file_menu, take_menu, library_menu, play_menu, view_menu, help_menu):
            menu.setToolTipsVisible(True)
        self._fill_file(file_menu)
        self._fill_take(take_menu)
        self.takes = TakeActions(window, studio, theme, library_menu, self._add)
        self._fill_playback(play_menu)
        self._fill_view(view_menu)
        self._fill_help(help_menu)
        self._add_hidden("escape", tr("Leave the field, then cancel the take"), "Esc", window.escape)
        studio.generation.run_changed.connect(self._show_state)
        studio.queue.changed.connect(self._show_state)
        studio.live.changed.connect(self._show_state)
        studio.watch_folder.changed.connect(self._show_state)
        studio.player.shown_changed.connect(self._show_state)
        studio.player.devices_changed.connect(self._show_state)
        studio.player.loop_changed.connect(self._show_state)
        studio.player.volume_changed.connect(self._show_state)
        studio.take_gain.changed.connect(self._show_state)
        studio.forming.changed.connect(self._show_state)
        studio.spectrum.changed.connect(self._show_state)
        studio.grid.changed.connect(self._show_state)
        studio.ableton_link.changed.connect(self._show_state)
        studio.library.current_changed.connect(self._show_state)
        studio.form_history.changed.connect(self._show_state)
        studio.undo.changed.connect(self._show_state)
        studio.take_settings.seed_lock_changed.connect(self._show_state)
        window.advanced.unfolded.connect(self._show_state)
        self.shortcuts.changed.connect(self._show_keys)
        window.stage.prepared.connect(self._show_keys)
        if note := self.shortcuts.restore():
            studio.messages.post("warning", note, "Choose others in Settings, Keyboard.")
        self._show_state()

    def shortcut_rows(self) -> list[tuple[str, str]]:
        """What each key does, for the help."""
        rows = [
            (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text().replace("&", ""))
            for action in self._all
            if not action.shortcut().isEmpty()
        ]
        return [
            *rows,
            (tr("Space, Enter"), tr("Press the button that has the focus")),
            (tr("Left, Right"), tr("Move the play position (in the waveform)")),
            (tr("Ctrl+Left, Ctrl+Right"), tr("Move it by one sample")),
            (tr("Ctrl+Drag"), tr("Mark a loop off the grid (in the waveform)")),
            (tr("Shift+Left, Shift+Right"), tr("Mark a loop from it on (in the waveform)")),
            (tr("Wheel, Shift+Wheel"), tr("Zoom and scroll the waveform")),
            (tr("Enter"), tr("Show and play a take, fold a prompt (in the list)")),
            (tr("Ctrl+Click, Shift+Click"), tr("Mark several takes (in the list)")),
            (tr("Up, Down"), tr("Prompts of before (at the ends of the prompt)")),
            (tr("Alt+Up, Alt+Down"), tr("Make a take earlier or later (in the queue)")),
            (tr("Alt+Home, Alt+End"), tr("Make it next or last (in the queue)")),
            (tr("Del"), tr("Give a take up (in the queue)")),
        ]

    def _add(
        self, menu: QMenu, name: str, text: str, keys: str | tuple[str, ...], slot: Callable[[], object], tip: str = ""
    ) -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(f"action_{name}")
        self.shortcuts.add(name, action, (keys,) if isinstance(keys, str) else keys)
        if tip:
            action.setToolTip(tip)
        action.triggered.connect(lambda _checked=False: slot())
        menu.addAction(action)
        self._all.append(action)
        return action

    def _add_hidden(self, name: str, text: str, keys: str, slot: Callable[[], object]) -> None:
        action = self._add(QMenu(self._window), name, text, keys, slot)
        self._window.addAction(action)

    def _fill_file(self, menu: QMenu) -> None:
        window, studio = self._window, self._studio
        self.export = self._add(menu, "export", tr("&Export"), "Ctrl+Shift+E", studio.exporter.export)
        add_choices_of(window.export.format, menu, tr("Export for&mat"), "export_format")
        self._add(menu, "export_options", tr("Export o&ptions …"), "Ctrl+Alt+E", window.export.show_options)
        self.export_new = self._add(menu, "export_new", tr("Export every &new take"), "", self._toggle_export_new)
        self.export_new.setCheckable(True)
        self._add(menu, "export_copy", tr("&Copy as a file"), "Ctrl+Shift+D", window.export.handle.copy)
        self._add(menu, "export_folder", tr("Choose the export &folder …"), "", window.export.choose_folder)
        self._add(menu, "takes_folder", tr("&Open the folder of the takes"), "", window.open_takes_folder)
        self._add(menu, "choose_takes_folder", tr("Choose the folder of the &takes …"), "", window.choose_takes_folder)
        menu.addSeparator()
        self._add(menu, "settings", tr("&Settings …"), "Ctrl+Alt+S", window.show_settings)
        self._add(menu, "models", tr("&Models …"), "Ctrl+M", window.show_models, tr("Get, import and remove models"))
        menu.addSeparator()
        self._add(menu, "quit", tr("&Quit"), "Ctrl+Q", window.close)

    def _fill_take(self, menu: QMenu) -> None:
        window, studio = self._window, self._studio
        queue = studio.queue
        self.generate = self._add(menu, "generate", tr("&Generate"), ("Ctrl+Return", "Ctrl+Enter"), queue.generate)
        first = ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")
        tip = tr("Before all that wait")
        self._add(menu, "generate_next", tr("Generate &next"), first, queue.generate_next, tip)
        self.cancel = self._add(menu, "cancel", tr("&Cancel"), "", studio.generation.cancel)
        self._fill_queue(menu.addMenu(tr("&Queue")))
        menu.addSeparator()
        self._add(menu, "dice", tr("Another see&d"), "D", studio.form_history.roll_seed)
        self._add(menu, "next_seed", tr("Seed pl&us one"), "Shift+D", studio.form_history.next_seed)
        self.lock = self._add(menu, "lock", tr("&Keep the seed"), "K", self._toggle_lock)
        self.lock.setCheckable(True)
        menu.addSeparator()
        self.recall = self._add(menu, "recall", tr("&Use settings of the take"), "R", window.stage.recall_settings)
        but_seed, seed = window.stage.recall_but_seed, window.stage.recall_seed
        self.recall_but_seed = self._add(menu, "recall_but_seed", tr("Use all &but its seed"), "Shift+R", but_seed)
        self.recall_seed = self._add(menu, "recall_seed", tr("Use its seed a&lone"), "S", seed)
        self.undo = self._add(menu, "undo", tr("&Undo"), "Ctrl+Z", studio.undo.undo)
        self.redo = self._add(menu, "redo", tr("&Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), studio.undo.redo)
        self._add(menu, "compare_add", tr("Put into the co&mparison"), "C", window.add_to_comparison)
        self._add(menu, "compare", tr("Co&mpare takes …"), "Shift+C", window.show_comparison)
        self._add(menu, "compare_clear", tr("Compare n&o takes"), "", studio.comparison.clear)
        self._fill_reshape(menu.addMenu(tr("S&hape")))
        self.copy_seed = self._add(menu, "copy_seed", tr("Copy &seed"), "Ctrl+Shift+C", window.stage.copy_the_seed)
        menu.addSeparator()
        advanced = window.advanced
        add_choices_of(advanced.model, menu, tr("&Model"), "model")
        add_choices_of(advanced.sampler, menu, tr("Sam&pler"), "sampler")
        add_choices_of(advanced.device, menu, tr("De&vice"), "device")
        add_choices_of(advanced.precision, menu, tr("Precisi&on"), "precision")
        self.advanced = self._add(menu, "advanced", tr("&Advanced settings"), "Ctrl+,", window.toggle_advanced)
        self.advanced.setCheckable(True)

    def _fill_reshape(self, menu: QMenu) -> None:
        window, reshaping = self._window, self._studio.reshaping
        tip = tr("Make the marked passage anew, all else stays as it is")
        self.redo_passage = self._add(
            menu, "redo_selection", tr("&Redo the selection"), "Shift+I", reshaping.redo_selection, tip
        )
        self.go_on = self._add(menu, "go_on", tr("&Go on for half a minute"), "", reshaping.go_on)
        words = tr("&Half a minute in front of it")
        self.come_before = self._add(menu, "come_before", words, "", reshaping.come_before)
        tip = tr("Make its end, or that of the marked passage, run into its beginning")
        self.close_loop = self._add(menu, "close_loop", tr("Close to a &loop"), "", reshaping.close_loop, tip)
        self.start_from = self._add(menu, "start_from_take", tr("Start from this &take"), "", reshaping.start_from_take)
        words, tip = tr("Start from the &selection"), tr("The next takes start from the marked passage alone")
        self.start_from_part = self._add(menu, "start_from_part", words, "", reshaping.start_from_selection, tip)
        self._add(menu, "start_from_file", tr("Start from a &file …"), "", window.choose_source)
        tip = tr("Show a file on the stage: mark, redo, extend, loop, measure and export; it stays as it is")
        self._add(menu, "take_apart", tr("Take a so&und apart …"), "", window.choose_sound, tip)

    def _fill_queue(self, menu: QMenu) -> None:
        queue = self._studio.queue
        self.pause_queue = self._add(menu, "pause_queue", tr("&Pause"), "Ctrl+Shift+P", self._toggle_queue)
        self.pause_queue.setCheckable(True)
        self.retry_failed = self._add(menu, "retry_failed", tr("Make all that failed &again"), "", queue.retry_failed)
        self.cancel_all = self._add(menu, "cancel_all", tr("&Cancel all"), "Ctrl+Shift+Backspace", queue.cancel_all)
        menu.addSeparator()
        self.live = self._add(menu, "live", tr("&Live"), "", self._studio.live.toggle, tr("A take after every change"))
        self.live.setCheckable(True)
        counts = {str(count): f"&{count}" for count in range(1, MOST_VARIATIONS + 1)}
        ChoiceMenu(
            menu,
            tr("&Variations"),
            "variations",
            lambda: counts,
            lambda: str(queue.variations),
            self._choose_variations,
        )

    def _toggle_queue(self) -> None:
        queue = self._studio.queue
        if queue.is_paused:
            queue.go_on()
        else:
            queue.pause()

    def _choose_variations(self, count: str) -> None:
        self._studio.queue.set_variations(int(count))

    def _fill_playback(self, menu: QMenu) -> None:
        player, transport = self._studio.player, self._window.transport
        self.play = self._add(menu, "play", tr("&Play or pause"), "Space", player.toggle)
        self.stop = self._add(menu, "stop", tr("&Stop"), "Shift+Space", player.stop)
        self.to_start = self._add(menu, "to_start", tr("To the st&art"), "Home", self._go_to_start)
        self.to_end = self._add(menu, "to_end", tr("To the &end"), "End", self._go_to_end)
        menu.addSeparator()
        self.loop = self._add(menu, "loop", tr("&Loop"), "L", self._toggle_loop)
        self.loop.setCheckable(True)
        self.loop_start = self._add(menu, "loop_start", tr("Loop &from here"), ("[", "I"), self._mark_loop_start)
        self.loop_end = self._add(menu, "loop_end", tr("Loop up &to here"), ("]", "O"), self._mark_loop_end)
        self.clear_loop = self._add(menu, "clear_loop", tr("&Remove the loop marks"), "Shift+L", player.clear_loop)
        menu.addSeparator()
        self.mute = self._add(menu, "mute", tr("&Mute"), "M", transport.toggle_mute)
        self.mute.setCheckable(True)
        self.match = self._add(
            menu, "match_loudness", tr("Play all takes at one lou&dness"), "E", self._toggle_matching
        )
        self.match.setCheckable(True)
        self._add(menu, "louder", tr("Lo&uder"), "Ctrl+Up", self._louder)
        self._add(menu, "quieter", tr("&Quieter"), "Ctrl+Down", self._quieter)
        menu.addSeparator()
        auto_play = ("auto_play", lambda: tr_all(AUTO_PLAY_LABELS), lambda: self._studio.library.auto_play)
        ChoiceMenu(menu, tr("Play &new takes"), *auto_play, self._choose_auto_play)
        tip = tr("Some seconds, quietly and while nothing else plays; takes up to a tenth more time")
        self.forming = self._add(menu, "hear_forming", tr("&Hear new takes form"), "H", self._toggle_forming, tip)
        self.forming.setCheckable(True)
        add_choices_of(transport.device, menu, tr("&Output"), "output")
        link = self._studio.ableton_link
        self.link = self._add(menu, "ableton_link", tr("Ableton Lin&k"), "", link.toggle, tr(LINK_WORDS))
        self.link.setCheckable(True)
        self._add(menu, "devices", tr("Look for outputs a&gain"), "", player.refresh_devices)

    def _fill_view(self, menu: QMenu) -> None:
        window, stage = self._window, self._window.stage
        self._add(menu, "zoom_in", tr("Zoom &in"), ("Ctrl++", "Ctrl+=", "Ctrl+1"), stage.zoom_in)
        self._add(menu, "zoom_out", tr("Zoom &out"), ("Ctrl+-", "Ctrl+3"), stage.zoom_out)
        self._add(menu, "zoom_region", tr("Zoom to the &loop"), "Z", stage.zoom_to_region)
        self._add(menu, "zoom_fit", tr("Show the &whole take"), ("X", "Ctrl+0"), stage.zoom_to_all)
        tip = tr("Show pitches over time in the place of the waveform")
        self.spectrogram = self._add(menu, "spectrogram", tr("Spectro&gram"), "W", self._studio.spectrum.toggle, tip)
        self.spectrogram.setCheckable(True)
        tip = tr("Loop marks go to bars and beats")
        self.snap = self._add(menu, "snap", tr("Snap to &bars"), "B", self._studio.grid.toggle, tip)
        self.snap.setCheckable(True)
        menu.addSeparator()
        self._add(menu, "prompt", tr("Go to the &prompt"), "Ctrl+P", window.parts.go_to_prompt)
        self._add(menu, "takes", tr("Go to the ta&kes"), "Ctrl+T", window.parts.go_to_takes)
        self.queue = self._add(menu, "queue", tr("Go to the &queue"), "Ctrl+Shift+T", window.parts.go_to_queue)
        self._add(menu, "next_part", tr("&Next part of the window"), "F6", window.parts.next)
        self._add(menu, "previous_part", tr("Pre&vious part of the window"), "Shift+F6", window.parts.previous)
        menu.addSeparator()
        theme = self._theme
        ChoiceMenu(menu, tr("&Theme"), "theme", lambda: tr_all(THEME_LABELS), lambda: theme.choice, theme.choose)
        languages = {"": tr("&As the system"), **LANGUAGES}
        studio = self._studio
        language = ("language", lambda: languages, lambda: studio.settings.language, studio.choose_language)
        ChoiceMenu(menu, tr("L&anguage"), *language)

    def _fill_help(self, menu: QMenu) -> None:
        self._add(menu, "shortcuts", tr("&Keyboard shortcuts"), "Ctrl+/", self._window.show_shortcuts)
        self._add(menu, "log", tr("Open the &log folder"), "", open_log_folder)
        self._add(menu, "report", tr("&Copy a report …"), "", self._window.show_report)
        menu.addSeparator()
        self._add(menu, "about", tr("&About Musicapp"), "F1", self._window.show_about)

    def _show_keys(self) -> None:
        self.shortcuts.show_on(self._window)

    def _toggle_export_new(self) -> None:
        self._studio.watch_folder.set_on(not self._studio.watch_folder.is_on)

    def _toggle_lock(self) -> None:
        self._studio.form_history.lock_seed(not self._studio.take_settings.seed_is_locked)

    def _toggle_loop(self) -> None:
        self._studio.player.set_looping(not self._studio.player.is_looping)

    def _mark_loop_start(self) -> None:
        loop_marks.mark_start(self._studio.player, self._studio.grid)

    def _mark_loop_end(self) -> None:
        loop_marks.mark_end(self._studio.player, self._studio.grid)

    def _toggle_matching(self) -> None:
        self._studio.take_gain.set_matching(not self._studio.take_gain.is_matching)

    def _toggle_forming(self) -> None:
        self._studio.forming.set_on(not self._studio.forming.is_on)

    def _louder(self) -> None:
        self._studio.player.set_volume(self._studio.player.volume_db + VOLUME_STEP_DB)

    def _quieter(self) -> None:
        self._studio.player.set_volume(self._studio.player.volume_db - VOLUME_STEP_DB)

    def _choose_auto_play(self, choice: str) -> None:
        self._studio.library.auto_play = choice

    def _go_to_start(self) -> None:
        self._studio.player.seek(0)

    def _go_to_end(self) -> None:
        shown = self._studio.player.shown
        self._studio.player.seek(shown.audio.total_frames if shown else 0)

    def _show_state(self) -> None:
        studio = self._studio
        shown, running = studio.player.shown, studio.generation.is_running
        self.generate.setText(tr("Queue a take") if running else tr("&Generate"))
        self.cancel.setEnabled(running)
        queue = studio.queue
        self.queue.setEnabled(bool(queue.waiting or queue.failed))
        self.pause_queue.setChecked(queue.is_paused)
        self.retry_failed.setEnabled(bool(queue.failed))
        self.cancel_all.setEnabled(running or bool(queue.waiting))
        self.live.setChecked(studio.live.is_on)
        self.export.setEnabled(studio.exporter.take is not None)
        self.export_new.setChecked(studio.watch_folder.is_on)
        for action in (self.play, self.stop):
            action.setEnabled(studio.player.can_play)
        for action in (self.to_start, self.to_end, self.loop, self.loop_start, self.loop_end):
            action.setEnabled(shown is not None)
        for action in (self.recall, self.recall_but_seed, self.recall_seed, self.copy_seed):
            action.setEnabled(shown is not None and shown.has_settings)
        for action in (
            self.redo_passage,
            self.go_on,
            self.come_before,
            self.close_loop,
            self.start_from,
            self.start_from_part,
        ):
            action.setEnabled(studio.reshaping.whole is not None)
        words = studio.undo.words
        self.undo.setText(tr("&Undo “{words}”", words=said(words)) if words else tr("&Undo"))
        self.undo.setEnabled(bool(words))
        words = studio.undo.redo_words
        self.redo.setText(tr("&Redo “{words}”", words=said(words)) if words else tr("&Redo"))
        self.redo.setEnabled(bool(words))
        self.clear_loop.setEnabled(studio.player.region is not None)
        self.loop.setChecked(studio.player.is_looping)
        self.forming.setChecked(studio.forming.is_on)
        self.spectrogram.setChecked(studio.spectrum.is_on)
        self.snap.setChecked(studio.grid.is_on)
        self.link.setChecked(studio.ableton_link.is_on)
        self.match.setChecked(studio.take_gain.is_matching)
        self.mute.setChecked(studio.player.volume_db <= QUIETEST_DB)
        self.lock.setChecked(studio.take_settings.seed_is_locked)
        self.advanced.setChecked(self._window.advanced.heading.isChecked())
