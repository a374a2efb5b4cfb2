"""Everything behind the window, put together in one place, and taken down in one place."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from musicapp import part_files, paths
from musicapp import settings as saved_settings
from musicapp.audio import levels
from musicapp.engine.events import Event
from musicapp.errors import LibraryError
from musicapp.library.draft import Draft
from musicapp.request import MAX_PROMPT_CHARACTERS, Lora, prompt_length
from musicapp.shape import Loop
from musicapp.ui.bridge import EngineBridge, Host
from musicapp.ui.garbage import GarbageKeeper
from musicapp.ui.state.ableton_link import AbletonLink
from musicapp.ui.state.adapters import Adapters
from musicapp.ui.state.autosave import Autosave
from musicapp.ui.state.background import Lane
from musicapp.ui.state.comparison import Comparison
from musicapp.ui.state.comping import Comping
from musicapp.ui.state.engine_state import EngineState
from musicapp.ui.state.export_history import ExportHistory
from musicapp.ui.state.exporter import Exporter
from musicapp.ui.state.form_history import FormHistory, Step
from musicapp.ui.state.forming import Forming
from musicapp.ui.state.generation import Generation
from musicapp.ui.state.grid import Grid
from musicapp.ui.state.leftovers import Leftovers, keep_now
from musicapp.ui.state.live import Live
from musicapp.ui.state.looks import Looks
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.missing_folder import MissingFolder
from musicapp.ui.state.model_choice import ModelChoice
from musicapp.ui.state.model_promise import ModelPromise
from musicapp.ui.state.model_shelf import ModelShelf
from musicapp.ui.state.open_takes import OpenTakes
from musicapp.ui.state.player import Player
from musicapp.ui.state.playing_levels import PlayingLevels
from musicapp.ui.state.precision_facts import PrecisionFacts
from musicapp.ui.state.presets import Presets
from musicapp.ui.state.prompt_note import PromptNote
from musicapp.ui.state.reshaping import Reshaping
from musicapp.ui.state.sound import Sound
from musicapp.ui.state.sounds import Sounds
from musicapp.ui.state.spectrum_view import SpectrumView
from musicapp.ui.state.take_edits import TakeEdits
from musicapp.ui.state.take_gain import TakeGain
from musicapp.ui.state.take_library import TakeLibrary
from musicapp.ui.state.take_queue import TakeQueue
from musicapp.ui.state.take_search import TakeSearch
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.state.take_trash import TakeTrash
from musicapp.ui.state.takes_move import TakesMove
from musicapp.ui.state.undo import Undo
from musicapp.ui.state.watch_folder import WatchFolder
from musicapp.ui.words import LANGUAGES

log = logging.getLogger(__name__)

MOST_REGIONS = 200


class Studio(QObject):
    """The states of the window and the services below them.

    Eight lanes: `reading` for takes being made, `files` for the library, `hearing` for sounds from elsewhere, `looking`
    for what takes look like, `drawing` for spectrograms, `searching`, `exporting`, and `devices`.
    """

    _crashed = Signal(str)

    def __init__(self, make_host: Callable[[Callable[[Event], None]], Host], settings: saved_settings.Settings) -> None:
        super().__init__()
        self.garbage = GarbageKeeper(self)  # before there are threads
        self.settings = settings
        self.check_model: Callable[[Path], None] | None = None  # raises for a model folder that would not load
        self.messages = Messages(self)
        self._reading, self.files = Lane("reading", self), Lane("files", self)
        self._exporting, self._devices = Lane("exporting", self), Lane("devices", self)
        self._looking, self._drawing = Lane("looking", self), Lane("drawing", self)
        self._hearing = Lane("hearing", self)
        self.bridge = EngineBridge(make_host, self)
        self.take_settings = TakeSettings(self)
        self.prompt_note = PromptNote(self.take_settings, self.files, self)
        self.precision_facts = PrecisionFacts(self.take_settings, self.files, self)
        self.form_history = FormHistory(self.take_settings, settings, self.messages, self)
        self.adapters = Adapters(self.take_settings, self.form_history, self.messages, self.files, self)
        self.models = ModelChoice(self.messages, self.files, self)
        self.model_promise = ModelPromise(self.take_settings, self.files, self)
        self.engine = EngineState(self.bridge, self.take_settings, self.messages, self)
        self.open_takes = OpenTakes(self.messages, self._reading, self.files, self._hearing, self)
        self.leftovers = Leftovers(self.messages, self.files, self)
        self.generation = Generation(self.bridge, self.messages, self.open_takes, self.engine, self.leftovers, self)
        self.undo = Undo(self)
        self.queue = TakeQueue(
            self.generation, self.take_settings, self.messages, self.engine, self.files, self.undo, self
        )
        self.live = Live(self.take_settings, self.queue, self.generation, self)
        self.presets = Presets(self.take_settings, self.form_history, self.messages, self)
        self.queue.added.connect(self.form_history.made)
        self.player = Player(self.open_takes, self.messages, self._devices, self)
        self.playing_levels = PlayingLevels(self.player, self)
        self.reshaping = Reshaping(
            self.take_settings,
            self.form_history,
            self.queue,
            self.open_takes,
            self.player,
            self.messages,
            self.files,
            self._hearing,
            self,
        )
        self.looks = Looks(self._looking, self.files, self)
        self.spectrum = SpectrumView(self.open_takes, self._drawing, self)
        self.grid = Grid(self.player, self.looks, self.messages, self)
        self.ableton_link = AbletonLink(self.player, self.looks, self.messages, self)
        self.take_gain = TakeGain(self.open_takes, self.looks, self.player, self)
        self.form_history.used.connect(self._remember_use)
        self.undo.pushed.connect(self.form_history.forget_undone)
        self.take_edits = TakeEdits(self.messages, self.undo, self.files, self)
        self.comparison = Comparison(self.open_takes, self.looks, self.player, self.messages, self.take_edits, self)
        self.comping = Comping(self.comparison, self.player, self.reshaping, self)
        self.take_trash = TakeTrash(self.take_edits, self.messages, self.files, self)
        self.takes_move = TakesMove(self.messages, self)
        self.library = TakeLibrary(
            self.open_takes,
            self.generation,
            self.player,
            self.leftovers,
            self.messages,
            self.files,
            self.take_edits,
            parent=self,
        )
        self.sounds = Sounds(self.library, self.open_takes, self.messages, self.files, self)
        self.missing_folder = MissingFolder(self.library, self.messages, self.files, self)
        self.library.model.follow(self.looks)
        self.looks.noted.connect(self.library.noted)
        self.forming = Forming(
            self.bridge, self.generation, self.open_takes, self.player, lambda: self.library.auto_play != "off", self
        )
        self._searching = Lane("searching", self)
        self.search = TakeSearch(self.library.model, self.messages, self._searching, settings, self)
        self.library.search = self.search
        self.library.takes_over = self.live.takes_over
        self.queue.relocated = self.library.relocated
        self.takes_move.moved.connect(self.library.load)
        folder = Path(settings.export_folder) if settings.export_folder else usual_export_folder()
        self.exporter = Exporter(folder, self.messages, self._exporting, self)
        self.take_edits.is_exported = self.exporter.is_exporting
        self.take_edits.is_playing = self._is_playing
        self.watch_folder = WatchFolder(self.exporter, self.open_takes, self.messages, self._exporting, self)
        self.player.loop_changed.connect(self._region_changed)
        self.library.current_changed.connect(self._current_changed)
        self.open_takes.renewed.connect(self._current_changed)  # exports are of it as it is now
        self.library.loaded.connect(self._restore_take)
        self.library.loaded.connect(self.garbage.settle)
        self.engine.name_of = lambda key: self.take_settings.model_name or self.models.names.get(key, key)
        self.take_settings.prompt_changed.connect(self._prompt_changed)
        self.take_settings.mended.connect(self.messages.dismiss)
        self._crashed.connect(self._show_crash, Qt.ConnectionType.QueuedConnection)
        self._shelf: ModelShelf | None = None
        self._closed = False
        self.keeps_part = True  # when it closes while a take is made: what can be heard becomes a shorter one
        self._restore()
        self.export_history = ExportHistory(self.exporter, self.undo, self)
        self.autosave = Autosave(settings, self.messages, self)
        self.autosave.collect_from(self._remember)

    def start(self) -> None:
        """Begin what takes time: the engine, the list of takes, the outputs. Called when the window is visible."""
        self.queue.start()  # before the library mends what is left of takes
        self.library.load()
        self.takes_move.offer_to_go_on()
        self.files.run(self._sweep)
        self.models.load()
        self.model_promise.look()
        self.player.refresh_devices()
        self.engine.start()
        self.autosave.start()

    def _sweep(self) -> None:
        """Remove what a killed window left half-written."""
        for folder in {paths.settings_file().parent, paths.data_folder(), self.exporter.folder}:
            part_files.sweep(folder)
        for folder in (paths.takes_folder(), paths.cache_folder()):
            part_files.sweep(folder, deep=True)

    @property
    def shelf(self) -> ModelShelf:
        """All models; made when it is first wanted, since it has threads of its own."""
        if self._shelf is None:
            self._shelf = ModelShelf(self.models, self.take_settings, self.generation, self)
            self._shelf.check_model = self.check_model
            self._shelf.messages.remarked.connect(self.messages.remark)  # seen with the dialog closed, too
        return self._shelf

    def close(self) -> None:
        """Stop playback, end the engine, finish writing, save the settings. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        being_made = [opened.source for opened in self.open_takes.being_made if isinstance(opened.source, Draft)]
        self.reshaping.close()  # which may put something into the queue
        self.queue.close()
        self.exporter.cancel()
        self.looks.close()
        self.open_takes.stop_reading()
        self.takes_move.close()
        self.ableton_link.close()
        self.player.close()
        if self._shelf is not None:
            self._shelf.close()
        self.bridge.close()
        self.library.close()  # so that a long look at the folder ends
        for lane in (
            self._devices,
            self._exporting,
            self._reading,
            self.files,
            self._looking,
            self._drawing,
            self._hearing,
            self._searching,
        ):
            lane.close()
        for error in keep_now([*self.leftovers.close(), *(being_made if self.keeps_part else ())]):
            log.warning("a part of a take: %s %s", error.message, error.detail)
        for draft in () if self.keeps_part else being_made:
            draft.let_go()
        self.autosave.close()
        self.garbage.close()

    def report_crash(self, text: str) -> None:
        """An exception nobody expected, from any thread: it is in the log; tell the user."""
        self._crashed.emit(text)

    def _show_crash(self, text: str) -> None:
        self.messages.post("error", "Something unexpected went wrong.", f"You can go on working. {text}".strip())

    def _prompt_changed(self, text: str) -> None:
        """What was said of the prompt is over as soon as it is mended."""
        if 0 < prompt_length(text) <= MAX_PROMPT_CHARACTERS:
            self.messages.dismiss("prompt")

    def _remember_use(self, step: Step) -> None:
        """Ctrl+Z takes back what was done to the form, in its turn, and Ctrl+Shift+Z does it again."""
        history = self.form_history
        self.undo.push(step.words, history.undo, history.redo, state=lambda: history.is_done(step))

    def choose_language(self, code: str) -> None:
        """The window's language, one of LANGUAGES or "" for that of the system."""
        if code != self.settings.language:
            self.settings.language = code
            self.messages.remark(
                f"The window speaks {LANGUAGES.get(code, 'the system’s language')} from the next start"
            )

    def _is_playing(self, take_id: str) -> bool:
        shown = self.player.shown
        return self.player.is_playing and shown is not None and shown.take_id == take_id

    def _current_changed(self) -> None:
        self.exporter.set_take(self.reshaping.whole)

    def _region_changed(self) -> None:
        self.exporter.set_region(self.player.region)

    def _restore_take(self) -> None:
        """Show the last take again, or the newest."""
        if self.player.shown is None and self.library.model.rows:
            last = self.library.model.find(self.settings.last_take_id)
            self.library.open((last or self.library.model.rows[0]).take_id)

    def _restore(self) -> None:
        saved, form = self.settings, self.take_settings
        self.player.set_volume(levels.to_db(saved.volume))
        self.player.set_looping(saved.loop)
        self.take_gain.set_matching(saved.match_loudness)
        self.player.device_name = saved.output_device
        self.library.auto_play = saved.auto_play
        self.forming.set_on(saved.hear_forming)
        self.spectrum.set_on(saved.spectrogram)
        self.grid.set_on(saved.snap)
        self.exporter.restore(saved)
        self.watch_folder.is_on = saved.export_new
        form.set_prompt(saved.prompt)
        form.set_negative_prompt(saved.negative_prompt)
        for model, strengths in saved.adapters.items():
            form.loras_of[model] = tuple(Lora(path, strength) for path, strength in strengths.items())
        form.set_target(model=saved.model, device=saved.device, precision=saved.precision)
        self.engine.load_times = saved.load_times
        self.player.regions = {take_id: (start, end) for take_id, (start, end) in saved.loop_regions.items()}
        form.set_sampling(steps=saved.steps, guidance_scale=saved.guidance_scale, sampler=saved.sampler or None)
        form.duration_s = saved.duration_s
        form.set_loop(Loop() if saved.make_loop else None)
        if saved.seed is not None:
            form.set_seed(saved.seed, is_used=saved.seed_is_used)
        form.set_seed_locked(saved.seed_locked)

    def _remember(self) -> None:
        saved, form = self.settings, self.take_settings
        saved.volume = self.player.gain
        saved.loop = self.player.is_looping
        saved.match_loudness = self.take_gain.is_matching
        saved.output_device = self.player.device_name
        saved.auto_play = self.library.auto_play
        saved.hear_forming = self.forming.is_on
        saved.spectrogram = self.spectrum.is_on
        saved.snap = self.grid.is_on
        self.exporter.remember(saved)
        saved.export_new = self.watch_folder.is_on
        folder = self.exporter.folder
        saved.export_folder = "" if folder == usual_export_folder() else str(folder)
        saved.prompt, saved.negative_prompt = form.prompt, form.negative_prompt
        saved.model, saved.device, saved.precision = form.model, form.device, form.precision
        saved.adapters = {
            model: {lora.path: lora.strength for lora in loras} for model, loras in form.loras_of.items() if loras
        }
        saved.steps, saved.guidance_scale, saved.sampler = form.steps, form.guidance_scale, form.sampler or ""
        saved.duration_s, saved.seed, saved.seed_locked = form.duration_s, form.seed, form.seed_is_locked
        saved.seed_is_used, saved.make_loop = form.seed_is_used, form.loop is not None
        newest = list(self.player.regions.items())[-MOST_REGIONS:]
        saved.loop_regions = {take_id: list(region) for take_id, region in newest}
        if (shown := self.player.shown) is not None and not isinstance(shown.source, Sound):
            saved.last_take_id = shown.take_id


def takes_folder() -> Path:
    """Where takes are kept, made if it is not there yet. Raises LibraryError."""
    folder = paths.takes_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(
            f"The folder of the takes cannot be made: “{folder}”.",
            hint="Check that the folder above it can be written.",
            detail=str(error),
        ) from error
    return folder


def usual_export_folder() -> Path:
    """The user's music folder, in which the takes have theirs."""
    return paths.usual_takes_folder().parent
