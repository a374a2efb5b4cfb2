"""Takes that start from a sound: what is heard of it, in every family, and what is told of it."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from musicapp.audio import source_file, tags, wave_io
from musicapp.checkpoints.load import load_model
from musicapp.engine import memory
from musicapp.engine.encode import SIZE, encode
from musicapp.engine.engine import Engine
from musicapp.engine.events import Started
from musicapp.errors import LibraryError, MusicAppError, OutOfMemory, RequestError
from musicapp.request import TakeRequest
from musicapp.shape import Source
from tests import making
from tests.checkpoints.test_stable_audio_3 import folder as stable_audio_3
from tests.test_request import refusal
from tests.tiny_model import write_tiny_model

__all__ = ["stable_audio_3"]

RATE = 44100


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a melody."""
    path = tmp_path_factory.mktemp("sounds") / "hum.wav"
    time = np.arange(2 * RATE) / RATE
    pitch = np.array([220.0, 277.2, 329.6, 440.0])[(time * 2).astype(int)]
    wave = 0.2 * np.sin(2 * np.pi * np.cumsum(pitch) / RATE)
    soundfile.write(path, np.stack([wave, 0.5 * wave], axis=1), RATE, subtype="FLOAT")
    return path


def families(folder: Path) -> dict[str, Path]:
    return {
        "v": write_tiny_model(folder / "v", text_encoder="none", autoencoder="oobleck", variable_length=False),
        "flow": write_tiny_model(folder / "flow", text_encoder="none", objective="rectified_flow"),
        "few": write_tiny_model(folder / "few", text_encoder="none", objective="rf_denoiser", timeline=True),
    }


def varied(model: Path, sound: Path, variation: float, **more: object) -> TakeRequest:
    values = {"take_id": "one", "prompt": "piano", "duration_s": 2.0, "seed": 7, "precision": "fp32", **more}
    return TakeRequest(model=str(model), source=Source(str(sound), variation=variation), **values)  # type: ignore[arg-type]


def made(engine: Engine, request: TakeRequest, path: Path) -> np.ndarray:
    list(making.make(engine, request, path))
    return wave_io.read(path)[0]


@pytest.mark.parametrize("autoencoder", ["spectral", "oobleck"])
def test_a_sound_encoded_in_chunks_is_the_sound_encoded_whole(tmp_path: Path, autoencoder: str) -> None:
    model = load_model(write_tiny_model(tmp_path / "model", text_encoder="none", autoencoder=autoencoder))
    frames = 2048 * (3 * SIZE + 5) + 700
    audio = np.random.default_rng(3).standard_normal((frames, 2)).astype(np.float32) * 0.2
    with torch.inference_mode():
        whole = model.autoencoder.encode(torch.from_numpy(audio.T.copy())[None])
    torch.testing.assert_close(encode(model.autoencoder, audio), whole, atol=2e-5, rtol=1e-5)
    part = encode(model.autoencoder, audio, first=20, count=SIZE + 3)
    torch.testing.assert_close(part, whole[..., 20 : 23 + SIZE], atol=2e-5, rtol=1e-5)


def test_stable_audio_3_encodes_in_chunks_too(stable_audio_3: Path) -> None:
    model = load_model(stable_audio_3)
    ratio = model.autoencoder.downsampling_ratio
    audio = np.random.default_rng(3).standard_normal((ratio * (2 * SIZE + 7), 2)).astype(np.float32) * 0.2
    with torch.inference_mode():
        whole = model.autoencoder.encode(torch.from_numpy(audio.T.copy())[None])
    chunks = encode(model.autoencoder, audio)
    torch.testing.assert_close(chunks, whole[..., : chunks.shape[-1]], atol=2e-5, rtol=1e-4)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    count = min(len(a), len(b))
    return float(np.linalg.norm(a[:count] - b[:count]) / np.linalg.norm(b[:count]))


@pytest.mark.parametrize("family", ["v", "flow", "few"])
def test_a_variation_goes_further_from_its_source_the_more_is_asked(sound: Path, tmp_path: Path, family: str) -> None:
    model, engine = families(tmp_path)[family], Engine()
    through = made(engine, varied(model, sound, 0.0), tmp_path / "zero.wav")
    autoencoder = engine.models.held.model.autoencoder  # type: ignore[union-attr]
    with torch.inference_mode():
        audio = torch.from_numpy(wave_io.read(sound)[0].T.copy())[None]
        expected = autoencoder.decode(autoencoder.encode(audio))[0].T.numpy()
    if family == "v":  # a spectral decoder's phases see the silence behind the end too
        assert distance(through[:RATE], expected) < 1e-4
    near, far = (made(engine, varied(model, sound, v), tmp_path / f"{v}.wav") for v in (0.1, 0.9))
    assert 0 < distance(near, through) < distance(far, through)


def test_at_1_a_source_is_ignored_and_the_same_bytes_come_twice(sound: Path, tmp_path: Path) -> None:
    model, engine = families(tmp_path)["few"], Engine()
    other = tmp_path / "other.wav"
    soundfile.write(other, np.random.default_rng(1).standard_normal((3 * RATE, 1)) * 0.1, RATE)
    first = made(engine, varied(model, sound, 1.0), tmp_path / "a.wav")
    np.testing.assert_array_equal(first, made(engine, varied(model, other, 1.0), tmp_path / "b.wav"))
    made(engine, varied(model, sound, 0.5), tmp_path / "c.wav")
    made(engine, varied(model, sound, 0.5), tmp_path / "d.wav")
    assert (tmp_path / "c.wav").read_bytes() == (tmp_path / "d.wav").read_bytes()


def test_stable_audio_3_varies_along_its_own_schedule(stable_audio_3: Path, sound: Path, tmp_path: Path) -> None:
    engine = Engine()
    near, far = (
        made(engine, varied(stable_audio_3, sound, v, duration_s=1.0), tmp_path / f"{v}.wav") for v in (0.1, 0.9)
    )
    through = made(engine, varied(stable_audio_3, sound, 0.0, duration_s=1.0), tmp_path / "zero.wav")
    assert 0 < distance(near, through) < distance(far, through)


def test_a_take_tells_what_it_was_made_from_and_files_for_others_tell_no_folder(sound: Path, tmp_path: Path) -> None:
    engine, model = Engine(), families(tmp_path)["few"]
    events = list(making.make(engine, varied(model, sound, 0.5), tmp_path / "take.wav"))
    started = next(event for event in events if isinstance(event, Started))
    assert started.request.source is not None and len(started.request.source.sha256) == 64
    read_again = tags.recalled(wave_io.read_tags(tmp_path / "take.wav"), "x")
    assert read_again is not None and read_again.request.source == started.request.source and not read_again.left_out
    shared = tags.shared_tags(started.request)["comment"]
    source = json.loads(shared)["source"]
    assert source == {"path": "hum.wav", "sha256": started.request.source.sha256, "variation": 0.5}


def test_a_source_that_changed_vanished_or_is_too_short_is_told_in_a_sentence(sound: Path, tmp_path: Path) -> None:
    engine, model = Engine(), families(tmp_path)["few"]
    mine = tmp_path / "mine.wav"
    mine.write_bytes(sound.read_bytes())
    asked = varied(model, mine, 0.5)
    prepared = making.prepare(engine, asked)
    mine.unlink()  # while the take waits: it has been read
    assert list(engine.make(prepared, tmp_path / "take.wav"))
    with pytest.raises(MusicAppError, match="is gone") as gone:
        making.prepare(engine, prepared.request)
    soundfile.write(mine, np.ones((2 * RATE, 2)) * 0.1, RATE)
    with pytest.raises(RequestError, match="not the sound any more") as changed:
        making.prepare(engine, prepared.request)
    with pytest.raises(RequestError, match="cannot last longer") as longer:
        making.prepare(engine, varied(model, sound, 0.5, duration_s=3.0))
    assert all(refusal(caught.value) for caught in (gone, changed, longer))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="This system has no named pipes.")
def test_a_pipe_is_no_source_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "hum.wav")
    for read in (source_file.duration_s, lambda path: source_file.read(path, sample_rate=RATE, channels=2)):
        with pytest.raises(LibraryError, match="cannot be read as a source"):
            read(tmp_path / "hum.wav")


def test_a_source_counts_in_the_estimate_of_memory(sound: Path, tmp_path: Path) -> None:
    model = load_model(families(tmp_path)["few"])
    plain = TakeRequest("a", "x", 60.0, 1, guidance_scale=1.0, steps=2)
    with_source = TakeRequest("a", "x", 60.0, 1, guidance_scale=1.0, steps=2, source=Source("x", variation=0.5))
    way = memory.MemoryPlan()
    more = memory.needs(model, with_source, way)["cpu"] - memory.needs(model, plain, way)["cpu"]
    assert more >= 2 * 60 * RATE * 2 * 4
    longer = TakeRequest("a", "x", 1800.0, 1, guidance_scale=1.0, steps=2, source=Source("x", after_s=1740.0))
    with pytest.raises(OutOfMemory) as refused:
        memory.choose(model, longer, {"cpu": 10**8})
    assert refused.value.fits_s == 0.0 and refusal(refused.value), "its source says how long it is"
    window = dataclasses.replace(longer, duration_s=180.0, source=Source("x", after_s=120.0))
    by_window, whole = (memory.needs(model, request, way)["cpu"] for request in (longer, window))
    sound = 2 * 1620 * RATE * 2 * 4
    assert by_window - whole < 1.3 * sound, "the transformer sees a window at once, however long the piece is"


def test_a_part_of_a_sound_is_varied_as_if_it_were_a_file_of_its_own(sound: Path, tmp_path: Path) -> None:
    model = families(tmp_path)["flow"]
    audio, _ = wave_io.read(sound)
    soundfile.write(tmp_path / "cut.wav", audio[RATE // 2 : RATE * 3 // 2], RATE, subtype="FLOAT")
    engine = Engine()
    whole = varied(model, tmp_path / "cut.wav", 0.5, duration_s=1.0)
    part = dataclasses.replace(whole, source=Source(str(sound), variation=0.5, from_s=0.5, to_s=1.5))
    shorter = dataclasses.replace(part, duration_s=0.75)
    made_of_part = made(engine, part, tmp_path / "part.wav")
    np.testing.assert_array_equal(made_of_part, made(engine, whole, tmp_path / "whole.wav"))
    assert len(made(engine, shorter, tmp_path / "shorter.wav")) == RATE * 3 // 4
    with pytest.raises(MusicAppError, match=r"^The part of “.*” lasts 0:01;"):
        made(engine, dataclasses.replace(part, duration_s=1.5), tmp_path / "none.wav")
    for from_s, to_s, words in (
        (1.5, 2.5, "does not lie inside"),
        (0.5, 0.9, "too short"),
        (1.0, 0.5, "cannot be used"),
    ):
        source = Source(str(sound), variation=0.5, from_s=from_s, to_s=to_s)
        with pytest.raises(MusicAppError, match=words):
            made(engine, dataclasses.replace(part, source=source), tmp_path / "none.wav")
        assert not (tmp_path / "none.wav").exists()
