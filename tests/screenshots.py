"""Pictures of the window in its main states: `python -m tests.screenshots OUTDIR`.

Light and dark, at 100 % and 200 %, drawn by the real widgets without a screen. The music is synthetic without `--real`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from musicapp.request import Lora
from tests.album import Album, builtin_info
from tests.earlier_takes import PROMPTS, fill_library
from tests.sound_screenshots import source_shots

PROMPT = "calm piano, 90 bpm, in C minor"
REAL_PROMPT = "funky electric bass and drums, 118 bpm, E minor"
REAL_TAKES = (
    ("slow ambient pads, warm, no drums", 30.0, 11),
    ("driving techno, 130 bpm, A minor", 20.0, 12),
    ("calm piano, 90 bpm, in C minor", 20.0, 13),
    ("string quartet, waltz, 96 bpm, in 3/4, G major", 20.0, 14),
)


def main() -> int:
    """Make all pictures; each combination of theme and scale in its own process, since Qt reads the scale once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--scale", type=int, default=100, help="in percent")
    parser.add_argument("--size", default="1180x760", help="of the window, in points")
    parser.add_argument("--language", default="en", help="of the window: en or de")
    parser.add_argument("--real", action="store_true", help="one picture, of a take that the built-in model makes")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.theme:
        with tempfile.TemporaryDirectory() as home:
            os.environ["MUSICAPP_HOME"] = home
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
            shoot = real_shot if options.real else studio_shots
            ending = f"{options.theme}-{options.scale}" + ("" if options.language == "en" else f"-{options.language}")
            shoot(options.folder, options.theme, ending, options.size, Path(home))
        return 0
    for theme in ("light", "dark"):
        for scale in (100, 200):
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale / 100)}
            command = [sys.executable, "-m", "tests.screenshots", str(options.folder), "--theme", theme]
            command += ["--scale", str(scale), "--size", options.size, "--language", options.language]
            subprocess.run(command, check=True, env=environment)
    return 0


def studio_shots(folder: Path, theme_name: str, ending: str, size: str, home: Path) -> None:
    """Every state of one theme at one scale."""
    from tests.ui.fake_host import FakeHost

    album = Album(folder, theme_name, ending, size, lambda on_event: FakeHost(on_event, info=builtin_info()))
    album.studio.exporter.set_folder(home / "exports")
    empty_shots(album)
    fill_library(home / "takes")
    album.studio.library.load()
    making_shots(album)
    take_shots(album)
    source_shots(album, home)
    queue_shots(album)
    trouble_shots(album)
    many_shots(album, home / "takes")
    settings_shots(album)
    dialog_shots(album)
    album.close()


def empty_shots(album: Album) -> None:
    """Before there is any take, and while the engine starts."""
    engine = album.studio.engine
    album.picture("empty")
    engine._began_s, engine.load_times = time.monotonic() - 4, {"engine": 12.0}
    engine._set_phase("preparing")
    engine._tick.stop()  # or the picture would never stand still
    album.picture("loading")
    engine._set_phase("ready")


def making_shots(album: Album) -> None:
    """A long take with a form: denoising, then partly there."""
    studio, host = album.studio, album.host
    form = studio.take_settings
    form.set_prompt("house, 124 bpm, A minor, deep bass, warm pads")
    form.set_duration(190.0)
    host.script, host.steps = "denoising", 8
    studio.generation.start()
    album.picture("denoising")
    request = host.requests[-1]
    host.chunks = 5
    host.write(request, 3)
    album.picture("streaming")
    host.write(request, 5)
    host.finish(request)
    album.wait(lambda: studio.library.current is not None and studio.library.current.take_id == request.take_id)


def take_shots(album: Album) -> None:
    """A finished take: whole, looped while it plays, zoomed in, exported, beyond full scale."""
    from PySide6.QtTest import QTest

    from tests.ui.fake_output import FakeOutput

    studio, window, host = album.studio, album.window, album.host
    album.picture("whole")
    form = studio.take_settings
    form.set_prompt(PROMPT)
    form.set_duration(30.0)
    form.set_seed(894659138)
    host.script = "finish"
    studio.generation.start()
    album.wait(lambda: studio.library.current is not None and studio.library.current.request.prompt == PROMPT)
    studio.player.set_region((round(8 * 2 / 3 * 44100), 16 * 44100))
    studio.player.set_looping(True)
    studio.player.play()
    QTest.qWait(200)
    studio.player.seek(round(12.2 * 44100))
    FakeOutput.latest.pump(6 * 2048)
    album.picture("playing")
    studio.spectrum.set_on(True)
    album.wait(lambda: studio.spectrum.whole and studio.spectrum.whole.is_complete)
    album.picture("spectrogram")
    studio.spectrum.set_on(False)
    studio.player.pause()
    link_shot(album)
    assert window.stage.page is not None
    window.stage.page.waveform.show_part(12.0, 13.4)
    album.picture("zoomed")
    window.stage.zoom_to_all()
    studio.exporter.use_preset("broadcast")
    studio.exporter.change(fade_out_s=0.5)
    studio.exporter.set_only_region(True)
    window.export.show_options()
    album.picture("export-part")
    window.export.options_dialog.grab().save(str(album.folder / f"export-options-{album.ending}.png"))
    window.export.options_dialog.reject()
    studio.exporter.use_preset("daw")
    studio.exporter.set_only_region(False)
    studio.player.clear_loop()
    studio.exporter.export()
    window.advanced.set_unfolded(True)
    album.picture("exported")
    studio.take_settings.set_loras((Lora("/adapters/warm-tape-v2.safetensors", 0.8), Lora("/a/brass.safetensors")))
    album.picture("adapters")
    studio.take_settings.set_loras(())
    window.advanced.set_unfolded(False)
    studio.library.open("earlier1")
    album.picture("clipped")


def link_shot(album: Album) -> None:
    """A play that waits for the bar of two other programs."""
    import pytest

    from tests import fake_link

    link, player, button = album.studio.ableton_link, album.studio.player, album.window.transport.link
    with pytest.MonkeyPatch.context() as patch:
        session = fake_link.install(patch)
        session.peers, session.tempo = 2, 60e6 / 451128
        button.show()
        link.set_on(True)
        player.stop()
        player.play()
        album.picture("linked")
        player.pause()
        link.set_on(False)
    button.setVisible(link.is_offered)


def queue_shots(album: Album) -> None:
    """One take that failed, one being made, three that wait; then the queue paused."""
    studio, host, queue = album.studio, album.host, album.studio.queue
    host.script = "denoising"
    for prompt, duration_s, seed, _ in PROMPTS:
        studio.take_settings.set_prompt(prompt)
        studio.take_settings.set_duration(duration_s)
        studio.take_settings.set_seed(seed)
        queue.generate()
    host.fail(host.requests[-1], "The model's numbers got out of hand.", "Try less guidance.")
    album.wait(lambda: queue.failed and studio.generation.is_running)
    album.window.queue.view.setCurrentIndex(album.window.queue.view.model().index(1, 0))
    studio.messages.dismiss()
    album.picture("queue")
    queue.pause()
    if album.window.columns.is_narrow:
        album.window.parts.go_to_queue()
    album.picture("queue-paused")
    queue.clear()
    queue.cancel_all()
    album.wait(lambda: not studio.generation.is_running)
    studio.messages.dismiss()


def trouble_shots(album: Album) -> None:
    """An engine that is lost, and a take that does not fit."""
    from musicapp.engine.host import KILLED_HINT

    studio, host = album.studio, album.host
    host.script = "denoising"
    studio.generation.start()
    host.lose("The engine was ended by the system or by another program.", KILLED_HINT)
    album.picture("error")
    studio.messages.dismiss()
    host.script = "chunk"
    studio.generation.start()
    album.wait(lambda: studio.generation.heard)
    album.window.close()
    album.wait(lambda: album.window.question)
    album.window.question.grab().save(str(album.folder / f"question-{album.ending}.png"))
    album.window.question.reject()
    studio.generation.cancel()
    album.picture("cancelled")
    studio.messages.put_aside()
    host.script = "queued"
    studio.take_settings.set_duration(285.0)
    studio.generation.start()
    host.fail(host.requests[-1], "4:45 needs about 9.1 GB of memory, 4.0 GB are free.", "1:10 would fit.", 70.0)
    album.picture("memory")
    studio.messages.dismiss()


def many_shots(album: Album, folder: Path) -> None:
    """A list of two hundred takes."""
    fill_library(folder, 200)
    album.studio.library.load()
    album.wait(lambda: album.studio.library.model.rowCount() >= 200)
    album.picture("many")
    library_shots(album)


def library_shots(album: Album) -> None:
    """The list searched, with nothing found, grouped, several rows marked, a menu, tags, and the trash."""
    from PySide6.QtCore import QItemSelectionModel
    from PySide6.QtWidgets import QDialog, QMenu

    from musicapp.ui.dialogs.tags import TagsDialog
    from musicapp.ui.dialogs.trash import TrashDialog

    studio, window = album.studio, album.window
    model, view = studio.library.model, window.takes.view

    def saved(shown: QDialog | QMenu, name: str) -> None:
        shown.grab().save(str(album.folder / f"{name}-{album.ending}.png"))
        shown.close()

    takes = [row.take for row in model.rows if row.take is not None]
    studio.take_edits.star(takes[1:3])
    studio.take_edits.tag(takes[2:4], add=("dark", "take home"), remove=())
    studio.take_edits.rename(takes[0], "Night drive")
    window.parts.go_to_takes()
    view.mark(model.index(2))
    view.selectionModel().select(model.index(3), QItemSelectionModel.SelectionFlag.Select)
    album.picture("marked")
    window.takes.menu_wanted.emit(window.mapToGlobal(window.rect().center()))
    saved(window.takes.findChildren(QMenu, "take_menu")[-1], "take_menu")
    window.actions_.takes.tags.trigger()
    saved(window.findChildren(TagsDialog)[-1], "tags")
    for text, name in (("techno", "found"), ("no such words", "nothing_found")):
        window.takes.search.field.setText(text)
        album.wait(lambda: not window.takes.search.is_typing)
        album.picture(name)
    window.takes.show_all.click()
    studio.search.set_by_prompt(True)
    album.picture("grouped")
    studio.search.set_by_prompt(False)
    studio.take_edits.throw_away(takes[5:8])
    album.wait(lambda: studio.undo.words == "Throw away")
    album.picture("thrown_away")
    dialog = TrashDialog(studio.take_trash, album.window._theme, window)
    dialog.open()
    album.wait(lambda: dialog.list.count() == 3)
    dialog.delete_all.click()
    saved(dialog, "trash")


def settings_shots(album: Album) -> None:
    """The pages of the settings, one with keys of one's own, and one with a folder that is none."""
    from PySide6.QtTest import QTest

    window = album.window
    dialog = window.settings_dialog()
    dialog.open()
    for number, name in enumerate(("general", "sound", "export", "keys")):
        dialog.tabs.setCurrentIndex(number)
        QTest.qWait(50)
        if name == "export":
            dialog.export.folder.setText("music")
            dialog.export.folder.textEdited.emit("music")
        if name == "keys":
            dialog.export.folder.setText("/home/mia/Music")
            dialog.export.folder.textEdited.emit("/home/mia/Music")
            dialog.keys.choose("loop")
            dialog.keys.field.show_key("M")
            dialog.keys.field.pressed.emit("M")
        dialog.grab().save(str(album.folder / f"settings_{name}-{album.ending}.png"))
    dialog.reject()


def dialog_shots(album: Album) -> None:
    """Three takes compared with bars of each kept, a report, About and the licences."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QDialog, QPlainTextEdit

    studio, window = album.studio, album.window
    form, host = studio.take_settings, album.host
    host.script = "finish"
    form.set_prompt(PROMPT)
    form.set_duration(16.0)
    made = []
    for seed in (11, 12, 13):
        form.set_seed(seed)
        studio.generation.start()
        album.wait(lambda: studio.library.current is not None and studio.library.current.request.seed == seed)  # noqa: B023
        made.append(studio.library.current)
    for take in made:
        studio.comparison.add(take)
    window.show_comparison()
    album.wait(lambda: studio.comparison.is_matched and studio.looks.is_idle)
    studio.comping.keep_from(2, 1)
    studio.comping.keep_from(4, 2)

    def saved(name: str, shown: QDialog) -> None:
        QTest.qWait(200)
        shown.grab().save(str(album.folder / f"{name}-{album.ending}.png"))
        shown.reject()

    assert window.compare is not None
    saved("compare", window.compare)
    window.show_report()
    report = window.findChildren(QDialog, "report_dialog")[-1]
    album.wait(lambda: report.findChildren(QPlainTextEdit)[-1].toPlainText())
    saved("report", report)
    window.show_about()
    about = window.findChildren(QDialog, "about")[-1]
    about._show_licences()
    saved("licences", about.findChildren(QDialog)[-1])
    saved("about", about)


def real_shot(folder: Path, theme_name: str, _ending: str, size: str, home: Path) -> None:
    """The window with a take of the built-in model: the picture in the README. Needs torch, takes some minutes."""
    from musicapp.engine.host import EngineHost
    from tests.ui.fake_output import FakeOutput

    album = Album(folder, theme_name, theme_name, size, EngineHost)
    studio = album.studio
    studio.exporter.set_folder(Path("/home/mia/Music"))
    for prompt, duration_s, seed in (*REAL_TAKES, (REAL_PROMPT, 60.0, 4812)):
        album.wait(lambda: studio.engine.phase == "ready" and not studio.generation.is_running)
        studio.take_settings.set_prompt(prompt)
        studio.take_settings.set_duration(duration_s)
        studio.take_settings.set_seed(seed)
        studio.generation.start()
        album.wait(lambda: studio.library.current and studio.library.current.request.prompt == prompt)  # noqa: B023
    four_bars = 16 * 60 / 118 * 44100
    studio.player.set_region((round(2 * four_bars), round(4 * four_bars)))
    studio.player.set_looping(True)
    studio.player.play()
    album.wait(lambda: studio.player.is_playing and FakeOutput.latest.is_open)
    studio.player.seek(round(2.6 * four_bars))
    album.picture("window")
    FakeOutput.latest.pump(8 * 2048)  # at last, so that the meter has not fallen yet
    album.wait(lambda: max(album.window.transport.meter._level_db) > -40)
    album.window.grab().save(str(folder / f"window-{theme_name}.png"))
    album.close()


if __name__ == "__main__":
    sys.exit(main())
