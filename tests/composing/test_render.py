from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from musicapp.analysis.listening import level_db
from musicapp.composing import effects, synth, synth_drums
from musicapp.composing.bank import find_soundfont
from musicapp.composing.composer import compose
from musicapp.composing.grooves import DRUMS
from musicapp.composing.render import SAMPLE_RATE, Renderer
from musicapp.composing.score import Mix, Note, Piece, Track
from musicapp.composing.theory import is_minor
from musicapp.composing.truth import Section, Truth
from musicapp.errors import MusicAppError
from musicapp.prompts.scales import KEYS, SCALES
from musicapp.request import frames_for
from tests.analysis import listening


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    if importlib.util.find_spec("tinysoundfont") is None:
        pytest.skip("tinysoundfont, of the extra “train”, is not installed.")
    try:
        return Renderer()
    except MusicAppError as error:
        pytest.skip(f"The optional training bank is not installed: {error.message}")


def _click(time_s: float, *, kit: str = "909", duration_s: float = 3.0, loop: bool = False) -> Piece:
    truth = Truth(
        "techno", 120.0, "", "", "4/4", (Section("A", 0.0, duration_s),), ("drums",), "drums", True, 0.9, (),
        duration_s, "loop" if loop else "song",
    )  # fmt: skip
    track = Track("drums", "drums", (Note(time_s, 0.1, DRUMS["rim"], 120),), kit=kit)
    return Piece(0, truth, (track,), Mix(reverb_wet=0.0, loop=loop))


@pytest.mark.parametrize("kit", ["909", "standard"])
@pytest.mark.parametrize("time_s", [0.5, 0.77777, 1.23456])
def test_notes_sound_at_their_frame(renderer, kit, time_s):
    sound = renderer.render(_click(time_s, kit=kit))
    first = int(np.flatnonzero(np.abs(sound).max(axis=1) > 1e-4)[0])
    assert 0 <= first - frames_for(time_s, SAMPLE_RATE) <= 200


def test_the_same_piece_is_the_same_sound_whatever_was_rendered_before(renderer):
    piece = compose(21, duration_s=8.0, style="jazz trio")
    first = renderer.render(piece)
    renderer.render(compose(4, duration_s=6.0, style="metal"))
    assert np.array_equal(first, renderer.render(piece))


@pytest.mark.parametrize("duration_s", [3.0, 8.531])
@pytest.mark.parametrize("style", ["house", "solo piano", "ambient", "rock"])
def test_songs_have_their_length_level_and_end(renderer, style, duration_s):
    piece = next(
        p for p in (compose(s, duration_s=duration_s, style=style) for s in range(20)) if p.truth.kind == "song"
    )
    sound = renderer.render(piece)
    assert sound.shape == (frames_for(duration_s, SAMPLE_RATE), 2)
    assert sound.dtype == np.float32
    assert np.isfinite(sound).all()
    assert 0.5 < np.abs(sound).max() <= 0.9
    assert -26 < level_db(sound) < -12
    assert duration_s - listening.end_of_sound_s(sound) < 0.5
    assert np.abs(sound[-1]).max() < 1e-6
    assert level_db(sound[-2205:]) < -40


def test_the_stated_tempo_is_heard(renderer):
    for seed, style in enumerate(("house", "rock", "funk")):
        piece = compose(seed, duration_s=16.0, style=style)
        if not piece.truth.has_drums:
            continue
        tempo = piece.truth.tempo_bpm
        assert listening.best_tempo(renderer.render(piece), tempo) == pytest.approx(tempo, rel=0.02)


def test_the_stated_key_is_heard(renderer):
    exact = related = 0
    styles = ("solo piano", "pop", "string quartet", "choral", "waltz")
    for seed, style in enumerate(styles):
        piece = compose(seed + 30, duration_s=10.0, style=style)
        truth, sound = piece.truth, renderer.render(piece)
        scale = [(KEYS.index(truth.key) + interval) % 12 for interval in SCALES[truth.mode]]
        heard = listening.chroma(sound)
        related += heard[scale].mean() > 1.4 * np.delete(heard, scale).mean()
        third = "minor" if is_minor(truth.mode) else "major"
        exact += listening.key_of(sound) == (KEYS.index(truth.key), third)
    assert related == len(styles)
    assert exact >= 3


def test_pieces_are_stereo_without_fighting_sides(renderer):
    sound = renderer.render(compose(2, duration_s=10.0, style="orchestral cue"))
    correlation = np.corrcoef(sound[:, 0], sound[:, 1])[0, 1]
    assert 0.1 < correlation < 0.999


def test_quiet_keys_and_layers_of_the_bank_are_levelled(renderer):
    levels = []
    for pitch in (40, 52, 64, 76, 88):
        for velocity in (60, 90, 110):
            track = Track("piano", "lead", (Note(0.0, 0.5, pitch, velocity),))
            loudest = level_db(renderer._play([track], SAMPLE_RATE // 2, 0)[: SAMPLE_RATE // 5])
            levels.append(loudest - 30 * np.log10(velocity / 90))
    assert max(levels) - min(levels) < 8


def test_loops_carry_their_tail_over_the_seam(renderer):
    sound = renderer.render(_click(2.96, loop=True))
    assert np.abs(sound[:400]).max() > 1e-3
    assert abs(float(sound[0, 0] - sound[-1, 0])) < 0.2


def test_a_missing_bank_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(MusicAppError) as caught:
        find_soundfont(tmp_path / "none.sf2")
    assert "musescore-general-soundfont-small" in caught.value.hint
    monkeypatch.setenv("MUSICAPP_SOUNDFONT", str(tmp_path / "gone.sf3"))
    with pytest.raises(MusicAppError, match=r"gone\.sf3"):
        find_soundfont()


@pytest.mark.parametrize("name", sorted(synth.PATCHES))
@pytest.mark.parametrize("pitch", [33, 45, 57])
def test_our_patches_are_in_tune(name, pitch):
    sound = synth.tone(name, Note(0.0, 1.5, pitch, 100), 0).mean(axis=1)[8000:48000]
    levels = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 8 * len(sound)))
    hertz = np.fft.rfftfreq(8 * len(sound), 1 / SAMPLE_RATE)
    base = 440 * 2 ** ((pitch - 69) / 12)
    near = (hertz > base * 0.9) & (hertz < base * 1.1)
    heard = float((hertz[near] * levels[near] ** 2).sum() / (levels[near] ** 2).sum())
    assert abs(1200 * np.log2(heard / base)) < (30 if synth.PATCHES[name].width else 8)


@pytest.mark.parametrize("name", sorted(synth.PATCHES))
def test_our_notes_start_and_end_at_silence(name):
    sound = synth.tone(name, Note(0.0, 0.4, 48, 110), 7)
    assert np.abs(sound[0]).max() < 0.02
    assert np.abs(sound[-1]).max() < 1e-4
    assert 0.05 < np.abs(sound).max() < 1.5


@pytest.mark.parametrize("kit", sorted(synth_drums.MACHINES))
def test_our_drums_are_short_and_not_clipped(kit):
    for name, number in DRUMS.items():
        stroke = synth_drums.hit(kit, number)
        assert 0.02 < np.abs(stroke).max() < 2.0, name
        assert abs(stroke[-1]) < 1e-6
        assert len(stroke) < 2.5 * SAMPLE_RATE


def test_the_room_is_a_convolution():
    rng = np.random.default_rng(1)
    sound, response = rng.standard_normal((70000, 2)), rng.standard_normal((900, 2))
    out = effects.convolve(sound, response)
    for channel in range(2):
        wanted = np.convolve(sound[:, channel], response[:, channel])
        np.testing.assert_allclose(out[:, channel], wanted, atol=2e-3)


def test_the_limiter_keeps_peaks_below_the_ceiling_and_quiet_sound_as_it_was():
    rng = np.random.default_rng(2)
    loud = (rng.standard_normal((30000, 2)) * 0.6).astype(np.float32)
    assert np.abs(effects.limit(loud)).max() <= effects.CEILING + 1e-6
    quiet = (loud * 0.01).astype(np.float32)
    assert np.array_equal(effects.limit(quiet), quiet)


def test_silence_stays_silence():
    assert not effects.normalise(np.zeros((5000, 2), np.float32)).any()
