"""The part of `tests.screenshots` with sounds that are no takes: as a start, dropped, and taken apart on the stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import soundfile

from musicapp.shape import Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.album import Album


def source_shots(album: Album, folder: Path) -> None:
    """A take that starts from a sound; what is asked when one is dropped; that sound apart, a part of it marked."""
    from tests.ui.fake_host import music

    studio, window = album.studio, album.window
    form = studio.take_settings
    form.set_source(Source("/home/me/Music/melody hummed in the kitchen.wav", variation=0.35), 23.4)
    album.picture("source")
    form.set_source(None)
    before = studio.library.current
    assert before is not None
    hummed = folder / "hummed in the kitchen.flac"
    soundfile.write(hummed, music(5, 44100 * 40, 44100), 44100)
    window.intake.take([hummed])
    album.wait(lambda: studio.messages.current)
    album.picture("dropped")
    studio.messages.accept_also(0)
    album.wait(lambda: studio.player.shown is not None and studio.player.shown.title == hummed.name)
    studio.player.set_region((8 * 44100, 16 * 44100))
    album.picture("apart")
    window.actions_.start_from_part.trigger()
    album.picture("part")
    form.set_source(None)
    studio.player.clear_loop()
    studio.library.open(before.take_id)
    studio.messages.dismiss()
