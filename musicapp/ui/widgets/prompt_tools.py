"""What helps to write a prompt: those of before, presets, and words for tempo, key, bars and instruments."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QMenu, QWidget

from musicapp.library.presets import BUILTIN, Preset
from musicapp.ui.state.form_history import FormHistory
from musicapp.ui.state.messages import Messages
from musicapp.ui.state.presets import Presets
from musicapp.ui.state.take_settings import TakeSettings
from musicapp.ui.theme import SPACE_TIGHT
from musicapp.ui.widgets.menu_button import MenuButton, entry
from musicapp.ui.words import duration, key_name, number, said, tr

MOST_RECENT = 20
BARS = (1, 2, 4, 8, 16, 32, 64)


class RecentTools(QWidget):
    """Prompts of before, and presets."""

    def __init__(self, history: FormHistory, presets: Presets) -> None:
        super().__init__()
        self._history, self._presets = history, presets
        self.dialog: QInputDialog | None = None
        self.recent = MenuButton(
            "recent_prompts",
            tr("Recent"),
            tr("Recent prompts"),
            tr("Prompts of before (Up at the start of the prompt)"),
            self._fill_recent,
        )
        self.presets = MenuButton(
            "presets",
            tr("Presets"),
            tr("Presets"),
            tr("Settings under a name: use one, or save these"),
            self._fill_presets,
        )
        _in_a_row(self, self.recent, self.presets)

    def _fill_recent(self, menu: QMenu) -> None:
        prompts = self._history.recent_prompts[:MOST_RECENT]
        for prompt in prompts:
            action = menu.addAction(entry(prompt), partial(self._history.use_prompt, prompt))
            action.setToolTip(prompt[:400])
        if not prompts:
            menu.addAction(tr("No prompts yet")).setEnabled(False)

    def _fill_presets(self, menu: QMenu) -> None:
        own = self._presets.own
        for preset in (*own, *BUILTIN):
            action = menu.addAction(entry(said(preset.name)), partial(self._presets.use, preset))
            action.setToolTip(f"{preset.request.prompt[:400]}\n{duration(preset.request.duration_s)}")
        menu.addSeparator()
        menu.addAction(tr("&Save these settings …"), self.ask_for_name)
        if own:
            removing = menu.addMenu(tr("&Remove"))
            for preset in own:
                removing.addAction(entry(preset.name), partial(self._remove, preset))

    def _remove(self, preset: Preset) -> None:
        self._presets.remove(preset)

    def ask_for_name(self) -> None:
        """Ask what the preset is called, then save it."""
        self.dialog = QInputDialog(self.window())
        self.dialog.setObjectName("preset_name")
        self.dialog.setWindowTitle(tr("Save these settings"))
        self.dialog.setLabelText(tr("Name of the preset; the one that has it already is replaced"))
        self.dialog.textValueSelected.connect(self._presets.save)
        self.dialog.open()


class Chips(QWidget):
    """Words that are written into the prompt, or taken out of it, by a press. Each press can be undone."""

    def __init__(self, form: TakeSettings, history: FormHistory, messages: Messages) -> None:
        super().__init__()
        self._form, self._history, self._messages = form, history, messages
        self.tempo = MenuButton(
            "chip_tempo", tr("Tempo"), tr("Tempo"), tr("Write a tempo into the prompt"), self._fill_tempo
        )
        self.key = MenuButton("chip_key", tr("Key"), tr("Key"), tr("Write a key into the prompt"), self._fill_key)
        self.bars = MenuButton(
            "chip_bars",
            tr("Bars"),
            tr("Bars"),
            tr("Write a metre into the prompt, or set the length in bars"),
            self._fill_bars,
        )
        self.sounds = MenuButton(
            "chip_instruments",
            tr("Sounds"),
            tr("Instruments"),
            tr("Write instruments into the prompt"),
            self._fill_instruments,
        )
        _in_a_row(self, self.tempo, self.key, self.bars, self.sounds)

    def _fill_tempo(self, menu: QMenu) -> None:
        from musicapp.prompts import chips  # late: the window starts without these

        prompt = self._form.prompt
        stated = chips.tempo_of(prompt)
        tempos = sorted({*chips.TEMPOS_BPM, *([stated] if stated else [])})
        for tempo in tempos:
            action = menu.addAction(
                tr("{tempo} bpm", tempo=number(tempo)),
                partial(self._write, f"{tempo:g} bpm", chips.with_tempo(prompt, tempo)),
            )
            _mark(action, tempo == stated)

    def _fill_key(self, menu: QMenu) -> None:
        from musicapp.prompts import chips

        prompt = self._form.prompt
        for key in chips.KEYS:
            action = menu.addAction(key_name(key), partial(self._write, key, chips.with_key(prompt, key)))
            _mark(action, chips.states_key(prompt, key))

    def _fill_bars(self, menu: QMenu) -> None:
        from musicapp.prompts import bars, chips

        prompt = self._form.prompt
        for metre in chips.METRES:
            action = menu.addAction(
                tr("in {metre}", metre=metre), partial(self._write, metre, chips.with_metre(prompt, metre))
            )
            _mark(action, chips.states_metre(prompt, metre))
        menu.addSection(tr("Length"))
        bar_s = bars.bar_s(prompt)
        for count in BARS if bar_s is not None else ():
            assert bar_s is not None
            words = "1 bar" if count == 1 else f"{count} bars"
            bars_shown = tr("1 bar") if count == 1 else tr("{count} bars", count=count)
            if count * bar_s <= self._form.cap_s:
                action = menu.addAction(
                    f"{bars_shown}, {duration(round(count * bar_s, 1))}",
                    partial(self._set_bars, words),
                )
                _mark(action, abs(self._form.duration_s - count * bar_s) < 1e-6)
        if bar_s is None:
            menu.addAction(tr("Choose a tempo first")).setEnabled(False)

    def _fill_instruments(self, menu: QMenu) -> None:
        from musicapp.prompts import chips

        prompt = self._form.prompt
        for name in chips.INSTRUMENTS:
            action = menu.addAction(
                said(name.capitalize()), partial(self._write, name, chips.with_instrument(prompt, name))
            )
            _mark(action, chips.asks_for(prompt, name))

    def _write(self, words: str, written: str | None) -> None:
        if written is None:
            self._messages.post(
                "notice",
                "The prompt says another one in words of its own.",
                "Change it there: whatever is written first holds.",
                about="chip",
            )
            return
        self._history.step(words, partial(self._form.set_prompt, written))

    def _set_bars(self, words: str) -> None:
        self._history.step(words, partial(self._form.set_duration_text, words))


def _mark(action: QAction, holds: bool) -> None:
    action.setCheckable(True)
    action.setChecked(holds)


def _in_a_row(place: QWidget, *buttons: QWidget) -> None:
    row = QHBoxLayout(place)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_TIGHT)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
