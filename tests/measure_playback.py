"""What a listener gets while the engine works: `python -m tests.measure_playback [--model M] [--seconds 285]`.

Plays on a private PulseAudio output that keeps real time, and prints two measurements as JSON.
loop     a region of a take repeats 100 times while a long take is made: shortages, and whether the samples that the
         output received equal the take's
streaming  a take plays from its first chunk on: seconds from the last denoising step to the first sample at the
         device, and to the end of decoding
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from musicapp.audio.wave_io import GrowingReader
from musicapp.engine.events import AudioChunk, Event, Failed, Finished, ModelFailed, ModelLoaded, Progress, Started
from musicapp.engine.host import EngineHost
from musicapp.playback.output import Output
from musicapp.playback.renderer import Renderer
from musicapp.playback.transport import TakeBuffer, Transport
from musicapp.request import TakeRequest, new_take_id
from tests import sound_devices

RATE = 48000  # the null output's own, so that nothing between the take and the recording changes a sample
LOOP = (4800, 28800)
REPEATS = 100


class Sitting:
    """One engine, one transport, one open output; the times at which things happened."""

    def __init__(self, sample_rate: int) -> None:
        self.loaded, self.finished = threading.Event(), threading.Event()
        self.times: dict[str, float] = {}
        self.failure = ""
        renderer = Renderer()
        self.transport = Transport(renderer)
        self.output = Output(renderer, lambda error: sys.exit(error.message))
        self.output.open(None, sample_rate)
        self.host = EngineHost(self._note)
        self._reader: GrowingReader | None = None
        self._buffer: TakeBuffer | None = None
        self._renderer, self._render = renderer, renderer.render

    def stream_into_transport(self) -> None:
        """From now on chunks of the take are played as they come."""
        self._renderer.render = self._listen  # type: ignore[method-assign]
        self._buffer = TakeBuffer(0, 0, 0)

    def _listen(self, out: np.ndarray) -> None:
        self._render(out)
        if "first sample" not in self.times and np.abs(out).max() > 1e-5:
            self.times["first sample"] = time.perf_counter() + self.output.latency_s

    def _note(self, event: Event) -> None:
        now = time.perf_counter()
        if isinstance(event, ModelLoaded):
            self.loaded.set()
        elif isinstance(event, Failed | ModelFailed):
            self.failure = event.message
            self.loaded.set()
            self.finished.set()
        elif isinstance(event, Started):
            self.times["started"] = now
            if self._buffer is not None:
                self._reader = GrowingReader(event.path, event.channels)
                self._buffer = TakeBuffer(event.total_frames, event.channels, event.sample_rate)
                self.transport.set_source(self._buffer)
        elif isinstance(event, Progress) and event.phase == "denoising":
            self.times["last step"] = now
        elif isinstance(event, AudioChunk) and self._reader is not None and self._buffer is not None:
            self._buffer.write(event.first_frame, self._reader.read(event.first_frame, event.frame_count))
            if event.first_frame == 0:
                self.transport.play()
        elif isinstance(event, Finished):
            self.times["decoded"] = now
            self.finished.set()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--seconds", type=float, default=285.0)
    parser.add_argument("--steps", type=int, help="sampling steps of the streamed takes (default: the model's)")
    parser.add_argument("--inside", choices=["loop", "streaming"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        report = loop_while_generating if options.inside == "loop" else stream
        print(json.dumps(report(options.model, options.seconds, options.steps)), flush=True)
        return 0
    for inside in ("loop", "streaming"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            arguments = ["--model", options.model, "--seconds", str(options.seconds), "--inside", inside]
            arguments += ["--steps", str(options.steps)] if options.steps else []
            code = "import runpy, sys; runpy.run_module('tests.measure_playback', run_name='__main__')"
            with sound_devices.null_sink(folder) as sink, sink.recording(folder / "heard.raw"):
                environment = {**sink.environment, "MUSICAPP_HOME": name}
                printed = sound_devices.run_python(code, *arguments, env=environment, timeout_s=900)
            result = json.loads(printed.splitlines()[-1])
            if inside == "loop":
                result |= compare(sound_devices.read_recording(folder / "heard.raw"))
            print(inside, json.dumps(result))
    return 0


def source_audio() -> np.ndarray:
    """A take of which every sample differs from its neighbours."""
    return np.random.default_rng(1).uniform(-0.5, 0.5, (2 * RATE, 2)).astype(np.float32)


def loop_while_generating(model: str, seconds: float, steps: int | None) -> dict[str, object]:
    """Repeat a half-second region 100 times (50 s) while takes of `seconds` are made one after the other."""
    sitting = Sitting(RATE)
    with tempfile.TemporaryDirectory() as folder:
        sitting.host.load(model)
        sitting.loaded.wait()
        transport = sitting.transport
        transport.set_source(TakeBuffer.of(source_audio(), RATE))
        transport.set_loop(LOOP)
        ends_at = time.monotonic() + REPEATS * (LOOP[1] - LOOP[0]) / RATE + 1.0
        transport.play()
        takes = 0
        while time.monotonic() < ends_at and not sitting.failure:
            sitting.finished.clear()
            take_id = new_take_id()
            sitting.host.generate(
                TakeRequest(take_id, "techno", seconds, takes, steps=steps, model=model), Path(folder, take_id)
            )
            while not sitting.finished.wait(0.1) and time.monotonic() < ends_at:
                pass
            takes += 1
        transport.set_loop(None)
        time.sleep(2.5)
        report = {"takes begun": takes, "underruns": transport.underruns, "underflows": sitting.output.underflows}
        sitting.output.close()
        sitting.host.close()
    return report | {"failure": sitting.failure}


def stream(model: str, seconds: float, steps: int | None) -> dict[str, object]:
    """Play a take while it is decoded."""
    rounds = {}
    for duration_s in (30.0, seconds):
        sitting = Sitting(44100)
        with tempfile.TemporaryDirectory() as folder:
            sitting.host.load(model)
            sitting.loaded.wait()
            sitting.stream_into_transport()
            take_id = new_take_id()
            request = TakeRequest(take_id, "techno, 128 bpm, drums", duration_s, 7, steps=steps, model=model)
            asked = time.perf_counter()
            sitting.host.generate(request, Path(folder, take_id))
            sitting.finished.wait()
            while "first sample" not in sitting.times and not sitting.failure:
                time.sleep(0.05)
            time.sleep(1.0)
            times = sitting.times
            rounds[f"{duration_s:g} s"] = sitting.failure or {
                "request to first sample": round(times["first sample"] - asked, 3),
                "last step to first sample": round(times["first sample"] - times["last step"], 3),
                "last step to end of decoding": round(times["decoded"] - times["last step"], 3),
                "underruns": sitting.transport.underruns,
                "underflows": sitting.output.underflows,
            }
            sitting.output.close()
            sitting.host.close()
    return rounds


def compare(heard: np.ndarray) -> dict[str, object]:
    """How many loop rounds arrived bit for bit, one after the other."""
    take = source_audio()
    region = take[LOOP[0] : LOOP[1]]
    first = sound_devices.start_of(region, heard)
    if first < 0:
        return {"rounds received exactly": 0}
    rounds = 0
    while np.array_equal(heard[first : first + len(region)], region):
        rounds, first = rounds + 1, first + len(region)
    return {"rounds received exactly": rounds}


if __name__ == "__main__":
    sys.exit(main())
