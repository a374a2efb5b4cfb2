"""What a listener gets while the engine works: `python -m tests.measure_playback [--model M] [--seconds 285]`.

Plays on a private PulseAudio output that keeps real time, and prints three measurements as JSON (`--only NAME`: one).
response  milliseconds from play, seek and a change of volume to their samples in the window's meter, medians of 30:
         with the sound in a process of its own ("apart"), with it in this one ("inside"), and the ratio; once at rest,
         once while a thread of this process computes in Python without a pause
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

from musicapp.audio.wave_io import GrowingReader, WaveWriter
from musicapp.engine.events import AudioChunk, Event, Failed, Finished, ModelFailed, ModelLoaded, Progress, Started
from musicapp.engine.host import EngineHost
from musicapp.playback.host import PlaybackHost
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
        self.output = PlaybackHost(lambda error: sys.exit(error.message))
        self.transport = self.output.transport
        self.output.open(None, sample_rate)
        self.host = EngineHost(self._note)
        self._reader: GrowingReader | None = None
        self._buffer: TakeBuffer | None = None

    def stream_into_transport(self) -> None:
        """From now on chunks of the take are played as they come."""
        self._buffer = TakeBuffer(0, 0, 0)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while max(self.transport.levels()) < 1e-5:
            time.sleep(0.001)
        self.times["first sample"] = time.perf_counter() + self.output.latency_s

    def end(self) -> None:
        """Sound and engine are not wanted any more."""
        self.output.close()
        self.output.shut()
        self.host.close()

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
                self._buffer = TakeBuffer(event.total_frames, event.channels, event.sample_rate, event.path)
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
    parser.add_argument("--only", choices=["response", "loop", "streaming"])
    parser.add_argument("--inside", choices=["response", "loop", "streaming"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        report = {"response": respond, "loop": loop_while_generating, "streaming": stream}[options.inside]
        print(json.dumps(report(options.model, options.seconds, options.steps)), flush=True)
        return 0
    for inside in [options.only] if options.only else ["response", "loop", "streaming"]:
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


class Way:
    """One of the two ways to the sound card: transport, how a device is opened, and how it is given back."""

    def __init__(self, name: str) -> None:
        self.name = name
        if name == "apart":
            host = PlaybackHost(lambda error: sys.exit(error.message))
            host.list_devices()
            self.transport, self.open, self.close, self.end = host.transport, host.open, host.close, host.shut
        else:
            renderer = Renderer()
            output = Output(renderer, sys.exit)
            self.transport, self.open, self.close, self.end = (
                Transport(renderer),
                output.open,
                output.close,
                output.close,
            )

    def wait_for(self, low: float, high: float) -> float:
        """The time at which the meter first shows a peak between these."""
        end = time.perf_counter() + 10
        while not low < max(self.transport.levels()) < high:
            if time.perf_counter() > end:
                sys.exit(f"{self.name}: no sound")
            time.sleep(0.0005)
        return time.perf_counter()


def respond(model: str, seconds: float, steps: int | None) -> dict[str, object]:
    """How soon commands are seen in the meter, by turns in one process and in two."""
    del model, steps
    audio = np.full((int(seconds * RATE), 2), 0.1, np.float32)
    audio[len(audio) // 2 :] = 0.5
    results: dict[str, object] = {}
    done = threading.Event()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "take.wav")
        with WaveWriter(path, RATE, 2, len(audio)) as writer:
            writer.write(audio)
        for busy in (False, True):
            if busy:
                threading.Thread(target=_compute, args=(done,), daemon=True).start()
            ways = [Way("apart"), Way("inside")]
            taken: dict[str, dict[str, list[float]]] = {}
            for _ in range(30):
                for way in ways:
                    for what, took in _one_round(way, TakeBuffer.of(audio, RATE, path)).items():
                        taken.setdefault(what, {}).setdefault(way.name, []).append(took)
            for way in ways:
                way.end()
            for what, by_way in taken.items():
                apart, inside = (float(np.median(by_way[name])) for name in ("apart", "inside"))
                figures = {
                    "apart ms": round(apart, 1),
                    "inside ms": round(inside, 1),
                    "ratio": round(apart / inside, 2),
                }
                results[f"{what}{', Python busy' if busy else ''}"] = figures
    done.set()
    return results


def _compute(done: threading.Event) -> None:
    while not done.is_set():
        sum(range(300))


def _one_round(way: Way, take: TakeBuffer) -> dict[str, float]:
    """Milliseconds from command to meter; a closed device first, as after a start."""
    transport, times = way.transport, {}
    transport.set_source(take)
    asked = time.perf_counter()
    transport.play()  # in this order, and the device in a thread of its own, as the window does
    lane = threading.Thread(target=way.open, args=(None, RATE))
    lane.start()
    times["first sound"] = way.wait_for(0.05, 0.2) - asked
    lane.join()
    time.sleep(0.1)
    asked = time.perf_counter()
    transport.seek(take.total_frames // 2 + RATE)
    times["seek"] = way.wait_for(0.4, 0.6) - asked
    time.sleep(0.1)
    asked = time.perf_counter()
    transport.volume = 0.5
    times["volume"] = way.wait_for(0.2, 0.3) - asked
    transport.volume = 1.0
    transport.pause()
    time.sleep(0.05)
    way.close()
    return {what: 1000 * took for what, took in times.items()}


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
        sitting.end()
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
            sitting.end()
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
