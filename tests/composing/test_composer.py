from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from musicapp.composing import form, grooves
from musicapp.composing.composer import compose
from musicapp.composing.instruments import INSTRUMENTS, KITS
from musicapp.composing.score import Piece
from musicapp.composing.styles import STYLES
from musicapp.composing.theory import METRES, chord, progressions
from musicapp.composing.truth import Truth
from musicapp.prompts.scales import KEYS, SCALES


@pytest.fixture(scope="module")
def pieces() -> list[Piece]:
    return [compose(seed, duration_s=20.0 if seed % 10 else None) for seed in range(160)]


def test_the_same_seed_is_the_same_piece():
    assert compose(11) == compose(11)
    assert compose(11, duration_s=30, style="house") == compose(11, duration_s=30, style="house")
    assert compose(11).tracks != compose(12).tracks


@pytest.mark.parametrize("duration_s", [3.0, 4.7, 31.4, 285.0])
@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_style_fills_every_length_exactly(style, duration_s):
    piece = compose(5, duration_s=duration_s, style=style)
    assert piece.truth.duration_s == duration_s
    assert piece.truth.style == style
    beat_s = 60 / (piece.truth.tempo_bpm or 60)
    assert min(note.start_s for note in piece.notes) < beat_s
    ends = [note.start_s + note.duration_s for note in piece.notes]
    assert max(ends) <= duration_s + 1e-4
    assert max(ends) > duration_s * 0.8
    for note in piece.notes:
        assert note.start_s >= 0
        assert note.duration_s > 0
        assert 0 < note.velocity < 128


def test_notes_lie_in_the_range_of_their_instruments(pieces):
    for piece in pieces:
        for track in piece.tracks:
            instrument = INSTRUMENTS[track.instrument]
            for note in track.notes:
                assert instrument.low - 5 <= note.pitch <= instrument.high + 12, (track.instrument, note.pitch)


def test_notes_belong_to_the_key(pieces):
    for piece in pieces:
        truth = piece.truth
        if not truth.mode or truth.mode == "blues":  # blues tunes bend against their chords
            continue
        scale = {(KEYS.index(truth.key) + interval) % 12 for interval in SCALES[truth.mode]}
        pitches = [note.pitch for track in piece.tracks if track.role != "drums" for note in track.notes]
        inside = sum(pitch % 12 in scale for pitch in pitches) / len(pitches)
        assert inside > 0.8, (truth.style, truth.mode, inside)


def test_the_truth_names_what_sounds_and_nothing_else(pieces):
    for piece in pieces:
        truth = piece.truth
        assert set(truth.instruments) == {track.instrument for track in piece.tracks if track.notes}
        assert truth.lead in truth.instruments
        assert truth.has_drums == any(track.role == "drums" for track in piece.tracks)
        assert truth.kind in ("song", "loop", "one-shot")


def test_sections_cover_the_piece_without_gaps(pieces):
    for piece in pieces:
        sections = piece.truth.sections
        assert sections[0].start_s == 0
        assert sections[-1].end_s == pytest.approx(piece.truth.duration_s, abs=1e-3)
        for before, after in itertools.pairwise(sections):
            assert before.end_s == after.start_s
        assert all(section.end_s > section.start_s for section in sections)


def test_long_pieces_have_a_form_with_a_returning_theme():
    for seed in range(20):
        names = [section.name for section in compose(seed, duration_s=285.0).truth.sections]
        assert len(set(names)) >= 4
        assert names.count("A") >= 2 or "climax" in names


def test_a_theme_returns_note_for_note():
    returned = 0
    for seed in range(30):
        piece = compose(seed, duration_s=120.0, style="chiptune")
        leads = [track for track in piece.tracks if track.role == "lead"]
        sections = [section for section in piece.truth.sections if section.name == "A"]
        if not leads or len(sections) < 2 or piece.truth.kind != "song":
            continue
        tunes = [
            [note.pitch for note in leads[0].notes if section.start_s - 0.001 <= note.start_s < section.end_s - 0.001]
            for section in sections[:2]
        ]
        shared = min(len(tunes[0]), len(tunes[1]))
        if shared:
            assert tunes[0][: shared - 1] == tunes[1][: shared - 1]
            returned += 1
    assert returned > 10


def test_songs_end_on_their_tonic(pieces):
    for piece in pieces:
        basses = [track for track in piece.tracks if track.role == "bass"]
        if piece.truth.kind == "song" and basses:
            assert basses[0].notes[-1].pitch % 12 == KEYS.index(piece.truth.key)


def test_drums_fall_on_the_grid_of_the_stated_tempo(pieces):
    for piece in pieces:
        truth = piece.truth
        kicks = [
            note.start_s for track in piece.tracks if track.role == "drums" for note in track.notes if note.pitch == 36
        ]
        if truth.kind == "one-shot" or not kicks or STYLES[truth.style].swing:
            continue
        step_s = 60 / truth.tempo_bpm / METRES[truth.metre].steps_per_beat
        off = [abs(kick / step_s - round(kick / step_s)) * step_s for kick in kicks]
        assert sum(error < 0.045 for error in off) > 0.8 * len(off)


def test_a_thousand_seeds_reach_all_that_is_promised():
    truths = [compose(seed, duration_s=6.0).truth for seed in range(1000)]
    assert {truth.style for truth in truths} == set(STYLES)
    assert {truth.key for truth in truths} - {""} == set(KEYS)
    assert {truth.metre for truth in truths} >= {"4/4", "3/4", "5/4", "7/8", "6/8", "12/8"}
    assert {truth.mode for truth in truths} - {""} >= {"major", "minor", "dorian", "hirajoshi", "phrygian dominant"}
    assert len({name for truth in truths for name in truth.instruments}) >= 60
    tempi = [truth.tempo_bpm for truth in truths if truth.tempo_bpm]
    assert 60 <= min(tempi) < 66
    assert 174 < max(tempi) <= 180
    kinds = Counter(truth.kind for truth in truths)
    assert kinds["loop"] > 10
    assert kinds["one-shot"] > 20
    assert 0.3 < sum(truth.has_drums for truth in truths) / len(truths) < 0.8


def test_drawn_lengths_go_from_three_seconds_to_four_minutes_and_three_quarters():
    lengths = [compose(seed).truth.duration_s for seed in range(60)]
    assert all(3.0 <= length <= 285.0 for length in lengths)
    assert min(lengths) < 6
    assert max(lengths) > 240


def test_loops_are_whole_bars():
    for seed in range(80):
        truth = compose(seed, style="techno").truth
        if truth.kind == "loop":
            bars = truth.duration_s / (60 / truth.tempo_bpm * METRES[truth.metre].beats)
            assert bars == pytest.approx(round(bars), abs=1e-6)


def test_styles_name_only_what_exists():
    for style in STYLES.values():
        assert all(name in INSTRUMENTS for layer in style.layers for name in layer.instruments)
        assert all(kit in KITS for kit in style.kits)
        assert all(groove in grooves.GROOVES for groove in style.grooves)
        assert all(mode in SCALES for mode in style.modes)
        assert all(metre in METRES for metre in style.metres)
        assert 60 <= style.tempi[0] < style.tempi[1] <= 180


def test_the_truth_survives_json():
    truth = compose(3).truth
    assert Truth.from_dict(truth.as_dict()) == truth


@pytest.mark.parametrize("mode", sorted(SCALES))
def test_chords_are_built_from_their_root(mode):
    for line in (*progressions(mode), *progressions(mode, contrast=True)):
        for name in line.split():
            harmony = chord(2, mode, name, 3)
            assert harmony.tones[0] == harmony.root
            assert len(harmony.tones) >= 2
            assert len(set(harmony.tones)) == len(harmony.tones)


def test_sections_use_up_all_bars():
    for bars in range(1, 140):
        sections = form.sections_for(random.Random(bars), bars)
        assert sum(section.bars for section in sections) == bars
        assert all(section.bars > 0 for section in sections)
