"""What an export writes into its chunks is what two other programs read out of them."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import soxr

from musicapp.audio.passage import Passage
from musicapp.audio.wave_chunks import MIDDLE_C, WaveFacts
from musicapp.audio.wave_io import export, read, read_tags
from tests.audio import foreign_readers

RATE = 44100
BITS = ("wav16", "wav24", "wav32f")


def periodic(frames: int = 2 * RATE) -> np.ndarray:
    """`(frames, 2)`: whole periods only, so that its end runs into its start."""
    time = np.arange(frames) / frames
    mono = sum(np.sin(2 * np.pi * cycles * time + cycles) for cycles in (111, 440, 661, 3001)) / 5
    return np.stack([mono, 0.8 * np.roll(mono, 77)], axis=1).astype(np.float32)


def exported(path: Path, facts: WaveFacts, *, form: str = "wav24", audio: np.ndarray | None = None) -> Path:
    sound = periodic() if audio is None else audio
    export(sound, path, sample_rate=RATE, format=form, tags={"title": "x", "comment": "y"}, facts=facts)
    return path


@pytest.mark.parametrize("form", BITS)
@pytest.mark.parametrize("frames", [1, 1001, 2 * RATE])
def test_a_loop_ends_with_its_last_frame(tmp_path: Path, form: str, frames: int) -> None:
    path = exported(tmp_path / "x.wav", WaveFacts(is_loop=True), form=form, audio=periodic(frames))
    raw = path.read_bytes()
    place = raw.index(b"smpl") + 8
    assert struct.unpack_from("<9I", raw, place)[2:4] == (round(1e9 / RATE), MIDDLE_C)
    assert struct.unpack_from("<6I", raw, place + 36)[1:4] == (0, 0, frames - 1)
    assert foreign_readers.instrument(path) == {"basenote": MIDDLE_C, "loops": [(0, frames)]}
    assert len(read(path)[0]) == frames and read_tags(path)["comment"] == "y"


@pytest.mark.parametrize(("tempo", "beats"), [(120.0, 4), (133.0, 4), (60.5, 2)])
def test_tempo_beats_and_root_are_read(tmp_path: Path, tempo: float, beats: int) -> None:
    path = exported(tmp_path / "x.wav", WaveFacts(tempo_bpm=tempo, beats_in_bar=3.0, tonic=9, is_loop=True))
    found = foreign_readers.loop_info(path)
    assert found["bpm"] == pytest.approx(tempo, abs=1e-4) and found["beats"] == beats
    assert found["metre"] == (3, 4) and found["root"] == MIDDLE_C + 9


@pytest.mark.skipif(not shutil.which("exiftool"), reason="ExifTool, to compare with, is not installed.")
def test_a_second_program_reads_tempo_beats_and_root(tmp_path: Path) -> None:
    facts = WaveFacts(tempo_bpm=60.5, beats_in_bar=3.5, tonic=9, is_loop=True)
    told = foreign_readers.exiftool_tags(exported(tmp_path / "x.wav", facts))
    assert (told["Tempo"], told["Beats"], told["Meter"]) == (60.5, 2, "7/8")
    assert told["RootNote"] == "High A" and told["AcidizerFlags"] == "Root note set, Stretch"
    assert told["NumSampleLoops"] == 1 and told["MIDIUnityNote"] == MIDDLE_C


def test_markers_are_read_with_their_labels(tmp_path: Path) -> None:
    markers = ((0.0, "A, bar 1"), (0.5, "bar 2"), (1.25, "Größe"), (2.0, "behind the end"))
    path = exported(tmp_path / "x.wav", WaveFacts(markers=markers))
    assert foreign_readers.cues(path) == [(0, "A, bar 1"), (RATE // 2, "bar 2"), (55125, "Gro?e")]


BROADCAST = WaveFacts(description="Klavier für zwei", is_broadcast=True)


def test_broadcast_levels_are_read(tmp_path: Path) -> None:
    path = exported(tmp_path / "x.wav", BROADCAST)
    assert foreign_readers.broadcast(path)["description"] == "Klavier fur zwei"
    raw = path.read_bytes()
    version, lufs, range_lu, true_peak, *_ = struct.unpack_from("<H64x5h", raw, raw.index(b"bext") + 8 + 346)
    assert version == 2 and -3000 < lufs < -100 and range_lu == 0 and -1000 < true_peak < 0


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="ffprobe, to compare with, is not installed.")
def test_a_second_program_reads_tags_beside_broadcast_levels(tmp_path: Path) -> None:
    told = foreign_readers.ffprobe_tags(exported(tmp_path / "x.wav", BROADCAST))
    assert told["title"] == "x" and told["comment"] == "y" and told["encoded_by"].startswith("Musicapp")


def test_nothing_known_leaves_no_chunk(tmp_path: Path) -> None:
    raw = exported(tmp_path / "x.wav", WaveFacts()).read_bytes()
    assert not [name for name in (b"smpl", b"acid", b"cue ", b"bext", b"adtl") if name in raw[:2000]]


def test_the_same_facts_give_the_same_bytes(tmp_path: Path) -> None:
    facts = WaveFacts(120.0, 4.0, 3, True, ((0.0, "bar 1"),), "x", True)
    first, second = (exported(tmp_path / name, facts).read_bytes() for name in ("a.wav", "b.wav"))
    assert first == second


@pytest.mark.parametrize("rate", [48000, 96000, 22050])
def test_a_loop_at_another_rate_still_runs_into_itself(tmp_path: Path, rate: int) -> None:
    """What a loop's seam sounds like is what the same music sounds like anywhere else."""
    audio, path = periodic(), tmp_path / "x.wav"
    options = {"sample_rate": RATE, "format": "wav32f", "tags": {}, "facts": WaveFacts(is_loop=True)}
    from musicapp.audio.formats import Finish

    export(audio, path, passage=Passage(is_loop=True), finish=Finish(rate), **options)  # type: ignore[arg-type]
    found, written = read(path)
    assert written == rate and len(found) == 2 * rate
    thrice = soxr.resample(np.concatenate([audio] * 3), RATE, rate, quality="VHQ")[2 * rate : 4 * rate]
    assert np.abs(found - thrice).max() < 1e-4
    apart = soxr.resample(audio, RATE, rate, quality="VHQ")
    assert np.abs(apart - thrice).max() > 0.01  # without the other end there would be a click
    assert foreign_readers.instrument(path)["loops"] == [(0, 2 * rate)]
