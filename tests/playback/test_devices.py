"""Outputs of one name, outputs that are away, and drivers that refuse what they said they could."""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np
import pytest

from musicapp.errors import AudioDeviceError
from musicapp.playback import devices
from musicapp.playback.devices import OutputDevice, keys_of, match
from musicapp.playback.guard import PeakGuard
from musicapp.playback.output import Output
from musicapp.playback.renderer import Renderer
from musicapp.playback.transport import TakeBuffer, Transport
from tests.playback import fake_portaudio
from tests.playback.fake_portaudio import device

BUILT_IN = OutputDevice(0, "Built-in", "MME", True)
DISPLAYS = [
    OutputDevice(3, "Studio Display", "Core Audio", False),
    OutputDevice(4, "Studio Display", "Core Audio", False),
]
OTHER_WAY = OutputDevice(7, "Studio Display", "JACK", False)


def test_namesakes_are_told_apart_and_a_name_alone_stays_a_name() -> None:
    assert keys_of([BUILT_IN, DISPLAYS[0]]) == ["Built-in", "Studio Display"]
    found = [BUILT_IN, *DISPLAYS, OTHER_WAY]
    keys = ["Built-in", "Studio Display (Core Audio)", "Studio Display (Core Audio) 2", "Studio Display (JACK)"]
    assert keys_of(found) == keys
    assert [match(key, found) for key in keys] == found


def test_a_choice_survives_namesakes_that_come_and_go() -> None:
    assert match("Studio Display", [BUILT_IN, *DISPLAYS]) == DISPLAYS[0]
    assert match("Studio Display (Core Audio)", [BUILT_IN, DISPLAYS[1]]) == DISPLAYS[1]
    assert match("Studio Display (JACK)", [BUILT_IN, OTHER_WAY]) == OTHER_WAY
    assert match("Studio Display (Core Audio) 2", [BUILT_IN, DISPLAYS[0]]) is None
    assert match("Studio Display", [BUILT_IN]) is None and match("Studio Display", []) is None


CASES: dict[str, tuple[Any, Any, dict[str, Any], tuple[int, int]]] = {
    "the check refuses 44.1": (lambda c, r: r == 48000, lambda c, r: r == 48000, device(2, 48000), (2, 48000)),
    "the check says yes, opening refuses": (lambda c, r: True, lambda c, r: r == 48000, device(2, 48000), (2, 48000)),
    "opens with all of its channels alone": (
        lambda c, r: c == 8 and r == 48000,
        lambda c, r: c == 8 and r == 48000,
        device(8, 48000),
        (8, 48000),
    ),
    "says yes to two channels, opens with six": (lambda c, r: True, lambda c, r: c == 6, device(6, 44100), (6, 44100)),
    "mono": (lambda c, r: c == 1, lambda c, r: c == 1, device(1, 44100), (1, 44100)),
    "an own rate of 0": (lambda c, r: r == 48000, lambda c, r: r == 48000, device(2, 0), (2, 48000)),
    "says 44.1, is shared at 48": (lambda c, r: r == 48000, lambda c, r: r == 48000, device(2, 44100), (2, 48000)),
    "knows its own 96 alone": (lambda c, r: True, lambda c, r: r == 96000, device(2, 96000), (2, 96000)),
    "as asked": (lambda c, r: True, lambda c, r: True, device(2, 48000), (2, 44100)),
}


def opened(monkeypatch: pytest.MonkeyPatch, name: str, audio: np.ndarray) -> tuple[Output, Transport, Any]:
    check, opens, found, _ = CASES[name]
    module = fake_portaudio.module(check, opens, [found])
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    renderer = Renderer()
    transport = Transport(renderer)
    transport.set_source(TakeBuffer.of(audio, 44100))
    output = Output(renderer, lambda detail: None)
    output.open(None, 44100)
    return output, transport, module


@pytest.mark.parametrize("name", CASES)
def test_a_device_is_opened_in_a_way_that_it_takes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    time_s = np.arange(44100 * 2) / 44100
    audio = np.stack([0.5 * np.sin(2 * np.pi * f * time_s) for f in (220, 330)], 1).astype(np.float32)
    output, transport, module = opened(monkeypatch, name, audio)
    try:
        (stream,) = module.streams
        assert (stream.channels, stream.samplerate) == CASES[name][3] == (stream.channels, output.sample_rate)
        transport.volume = 1.0
        transport.play()
        end = time.monotonic() + 10
        heard = [stream.pull(1024)]
        while np.abs(np.concatenate(heard)).max() < 0.4 and time.monotonic() < end:
            time.sleep(0.01)
            heard.append(stream.pull(1024))
        whole = np.concatenate(heard)
        assert np.isfinite(whole).all() and 0.4 < np.abs(whole).max() <= 1.0
        assert not whole[:, 2:].any(), "channels beyond the take's are silent"
    finally:
        output.close()


def test_a_device_that_takes_nothing_says_so_after_all_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    module = fake_portaudio.module(lambda c, r: True, lambda c, r: False, [device(8, 96000)])
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    with pytest.raises(AudioDeviceError, match="cannot be opened") as caught:
        Output(Renderer(), lambda detail: None).open(None, 44100)
    assert "Invalid device" in caught.value.detail and caught.value.hint
    assert module.tried == [(c, r) for c in (2, 8) for r in (44100, 96000, 48000)]


def test_the_second_of_two_namesakes_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [device(2, 44100), *(device(2, 44100, index=index, name="Twin", api=1) for index in (1, 2))]
    module = fake_portaudio.module(lambda c, r: True, lambda c, r: True, found)
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    keys = keys_of(devices.list_devices())
    assert keys == ["Speakers", "Twin (MME)", "Twin (MME) 2"]
    for number, key in enumerate(keys):
        output = Output(Renderer(), lambda detail: None)
        output.open(key, 44100)
        output.close()
        assert module.streams[-1].device == number
    with pytest.raises(AudioDeviceError, match="not connected"):
        devices.find_device("Twin (MME) 3")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 5.0, -1e30])
def test_no_block_is_beyond_full_scale_or_no_number(value: float) -> None:
    guard = PeakGuard()
    for _ in range(3):
        block = np.full((512, 2), 0.25, np.float32)
        block[100] = value
        guard.apply(block)
        assert np.isfinite(block).all() and np.abs(block).max() <= 1.0


def test_conversion_never_goes_beyond_full_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    loud = np.where(np.arange(44100)[:, None] // 40 % 2, 1.0, -1.0).astype(np.float32).repeat(2, 1)
    output, transport, module = opened(monkeypatch, "the check refuses 44.1", loud)
    try:
        transport.volume = 1.0
        transport.play()
        end, peak = time.monotonic() + 10, 0.0
        while peak < 0.9 and time.monotonic() < end:
            time.sleep(0.02)
            peak = max(peak, float(np.abs(module.streams[0].pull(1024)).max()))
        assert 0.9 <= peak <= 1.0
    finally:
        output.close()
