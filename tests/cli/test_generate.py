"""`musicapp generate` with a real engine and a tiny model."""

from __future__ import annotations

import io
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile

from musicapp.audio import tags, wave_io
from musicapp.cli import generate
from musicapp.cli.main import build_parser, main
from musicapp.cli.progress import Display
from musicapp.engine.events import Event, Finished, Progress, Started
from musicapp.engine.host import EngineHost
from musicapp.errors import RequestError
from musicapp.library.names import suggest_name
from musicapp.prompts.vocabulary import Vocabulary, write_vocabulary
from musicapp.request import VERSION, Lora, TakeRequest
from tests.checkpoints.test_stable_audio_3 import folder as stable_audio_3
from tests.tiny_model import write_tiny_model

__all__ = ["stable_audio_3"]  # the fixture: a small model with its text encoder


@pytest.fixture(scope="module")
def wordless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model without a text encoder, which loads at once."""
    return write_tiny_model(tmp_path_factory.mktemp("models") / "wordless", text_encoder="none", max_duration_s=300)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def test_file_is_the_float_take_that_the_window_gets(
    wordless: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "piano.wav"
    words = ["calm piano", "--seconds", "0:03.5", "--seed", "7", "--steps", "3", "--negative", "drums"]
    assert main(["generate", *words, "--model", str(wordless), "-o", str(target)]) == 0
    printed = capfd.readouterr()
    assert printed.out == f"{target}\n" and "Seed 7" in printed.err and "left" not in printed.err.splitlines()[-1]
    events: queue.Queue[Event] = queue.Queue()
    host = EngineHost(events.put)
    values = {
        "prompt": "calm piano",
        "duration_s": 3.5,
        "seed": 7,
        "steps": 3,
        "negative_prompt": "drums",
        "version": VERSION,
    }
    host.generate(TakeRequest("other", model=str(wordless), **values), tmp_path / "window.wav")  # type: ignore[arg-type]
    while not isinstance(events.get(timeout=60), Finished):
        pass
    host.close()
    np.testing.assert_array_equal(soundfile.read(tmp_path / "window.wav")[0], soundfile.read(target)[0])
    assert (
        str(tmp_path).encode() not in target.read_bytes() and str(wordless.parent).encode() not in target.read_bytes()
    )
    info = soundfile.info(target)
    assert (info.frames, info.samplerate, info.channels, info.subtype) == (154350, 44100, 2, "FLOAT")


def test_other_format_from_stdin_over_an_old_file(
    wordless: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "take.flac"
    target.write_bytes(b"old")
    monkeypatch.setattr(sys, "stdin", io.StringIO("slow strings 🎻\n"))
    words = ["--seconds", "2", "--seed", "7", "--model", str(wordless), "-o", str(target), "--force"]
    assert main(["generate", "-", *words]) == 0
    assert capfd.readouterr().out == f"{target}\n"
    audio, rate = wave_io.read(target)
    assert (len(audio), rate) == (88200, 44100)
    made = tags.recalled(wave_io.read_tags(target), "x")
    assert made is not None and (made.request.prompt, made.request.seed) == ("slow strings 🎻", 7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "take.flac"]


def test_words_that_the_model_never_learnt_are_named(
    wordless: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = shutil.copytree(wordless, tmp_path / "model")
    words = ["generate", "calm theremin", "--seconds", "1", "--steps", "1", "--force", "-o", str(tmp_path / "take.wav")]
    assert main([*words, "--model", str(model)]) == 0
    assert "does not know" not in capfd.readouterr().err
    write_vocabulary(model, Vocabulary(["calm"], {"theremin": ("saw lead",)}))
    assert main([*words, "--model", str(model)]) == 0
    assert "This model does not know: theremin. Near: saw lead.\n" in capfd.readouterr().err


def test_a_length_that_does_not_fit_is_refused_with_the_one_that_would(
    wordless: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSICAPP_MEMORY_GB", "0.2")
    words = ["generate", "piano", "--model", str(wordless), "--precision", "fp32", "-o", str(tmp_path / "x.wav")]
    assert main([*words, "--seconds", "4:45"]) == 1
    *_, sentence, hint = capfd.readouterr().err.splitlines()
    assert re.fullmatch(r"musicapp: 4:45 needs about \d+ MB of memory, 200 MB are free\.", sentence)
    match = re.fullmatch(r"(\d:\d\d) would fit\.", hint)
    assert match and not list(tmp_path.glob("*.wav"))
    assert main([*words, "--seconds", match[1]]) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals that reach a group of processes.")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_run_leaves_neither_file_nor_process(
    wordless: Path, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    """As a terminal does it: Ctrl-C reaches the whole group, the engine too."""
    words = ["generate", "x", "--seconds", "285", "--steps", "1000", "--model", str(wordless)]
    command = [sys.executable, "-m", "musicapp", *words, "-o", str(tmp_path / "take.wav")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        assert running.stderr is not None and running.stdout is not None
        for line in running.stderr:
            if line.startswith("Making music"):
                break
        children = psutil.Process(running.pid).children(recursive=True)
        assert children and list(tmp_path.glob(".*.part"))
        began = time.monotonic()
        os.killpg(running.pid, number) if number == signal.SIGINT else running.send_signal(number)
        error, out = running.stderr.read(), running.stdout.read()
    assert running.returncode == code and time.monotonic() - began < 5
    assert out == "" and "Cancelled." in error and "Traceback" not in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive


def test_failure_in_the_engine_is_told(wordless: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["--seconds", "2", "--sampler", "euler", "--model", str(wordless), "-o", str(tmp_path / "a.wav")]
    assert main(["generate", "piano", *words]) == 1
    error = capfd.readouterr().err.splitlines()
    assert "sampler euler does not fit" in error[-2] and "dpmpp" in error[-1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


@pytest.mark.parametrize("prompt", ["Calm piano, 90 bpm!", "../..//x", "🎹", "Ünïcode — ja", "हिन्दी गीत, धीमा"])
def test_file_is_named_as_the_window_would_name_it(prompt: str) -> None:
    args = build_parser().parse_args(["generate", prompt, "--seed", "5"])
    request = generate.read_request(args)
    target, _ = generate.choose_target(args, request)
    assert target.name == suggest_name(request) + ".wav"


@pytest.mark.parametrize(
    ("words", "name", "form"),
    [
        ([], "x_5.wav", "wav32f"),
        (["-o", "a.WAV", "--subtype", "24"], "a.WAV", "wav24"),
        (["-o", "a.mp3"], "a.mp3", "mp3"),
        (["-o", "a", "--format", "opus"], "a", "opus"),
        (["--format", "ogg"], "x_5.ogg", "ogg"),
    ],
)
def test_format_follows_the_name_unless_given(words: list[str], name: str, form: str) -> None:
    args = build_parser().parse_args(["generate", "x", "--seed", "5", *words])
    target, chosen = generate.choose_target(args, generate.read_request(args))
    assert (target.name, chosen) == (name, form) and target.is_absolute()


@pytest.mark.parametrize(
    ("text", "path", "strength"),
    [
        ("a.safetensors", "a.safetensors", 1.0),
        ("a.safetensors:0.5", "a.safetensors", 0.5),
        ("a.safetensors:0,5", "a.safetensors", 0.5),
        ("a.safetensors:-1", "a.safetensors", -1.0),
        ("a:b.safetensors", "a:b.safetensors", 1.0),
        ("a:b.safetensors:0", "a:b.safetensors", 0.0),
    ],
)
def test_an_adapter_is_a_file_with_or_without_its_strength(text: str, path: str, strength: float) -> None:
    args = build_parser().parse_args(["generate", "x", "--lora", text, "--lora", "other"])
    loras = generate.read_request(args).loras
    assert loras == (Lora(str(Path(path).absolute()), strength), Lora(str(Path("other").absolute())))


def test_stable_audio_3_with_its_text_encoder_elsewhere(
    stable_audio_3: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    model = Path(shutil.copytree(stable_audio_3, tmp_path / "model"))
    (model / "t5gemma-b-b-ul2").rename(tmp_path / "encoder")
    words = ["generate", "calm piano", "--model", str(model), "--seconds", "0.6", "--steps", "2"]
    words += ["-o", str(tmp_path / "take.wav"), "--seed", "3"]
    assert main(words) == 1
    assert "needs the text encoder t5gemma-b-b-ul2" in capfd.readouterr().err
    assert main([*words, "--text-encoder", str(tmp_path / "encoder")]) == 0
    samples, rate = wave_io.read(tmp_path / "take.wav")
    assert len(samples) == round(0.6 * rate) and samples.std() > 0
    made = tags.recalled(wave_io.read_tags(tmp_path / "take.wav"), "t")
    assert made is not None and made.request.text_encoder == "encoder"
    assert str(tmp_path).encode() not in (tmp_path / "take.wav").read_bytes()


def test_seed_is_drawn_when_none_is_given() -> None:
    args = build_parser().parse_args(["generate", "x"])
    assert generate.read_request(args).seed != generate.read_request(args).seed


def test_prompt_that_is_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\xfa"), encoding="utf-8"))
    with pytest.raises(RequestError, match="not text"):
        generate.read_request(build_parser().parse_args(["generate", "-"]))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def progress(step: int, left_s: float) -> Progress:
    return Progress("one", "denoising", step, 100, left_s)


def test_terminal_has_one_line_that_redraws() -> None:
    stream = Terminal()
    display = Display(stream)
    for step in range(1, 101):
        display.show(progress(step, 200.0 - 2 * step))
    display.end()
    text = stream.getvalue()
    assert text.count("\n") == 1 and text.count("\r") == 100
    assert "50/100  1:40 left" in text and "100/100" in text


def test_file_gets_a_few_plain_lines() -> None:
    stream = io.StringIO()
    display = Display(stream)
    for step in range(1, 101):
        display.show(progress(step, 200.0 - 2 * step))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "Making music: 1 of 100, 3:18 left" and lines[-1] == "Making music: 100 of 100"
    assert 5 < len(lines) < 15 and "\r" not in stream.getvalue()


def test_what_to_avoid_that_has_no_effect_is_said() -> None:
    for scale, negative, is_said in ((1.0, "drums", True), (2.0, "drums", False), (1.0, "", False)):
        stream = io.StringIO()
        request = TakeRequest("one", "piano", 1.0, 7, steps=4, guidance_scale=scale, negative_prompt=negative)
        Display(stream).show(Started("one", request, "one.wav", 44100, 2, 44100))
        assert ("has no effect" in stream.getvalue()) is is_said
