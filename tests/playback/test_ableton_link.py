"""The session that is shared over the network: with a real peer where a binding is installed, and without any."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from musicapp.errors import AudioDeviceError
from musicapp.playback import ableton_link
from musicapp.playback.ableton_link import LinkSession, meant_tempo
from tests import fake_link


def why_no_peer() -> str:
    """Why no second process can be a peer here, "" if it can."""
    if importlib.util.find_spec("link") is None:
        return "No binding for Ableton Link is installed (pip install LinkPython-extern)."
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return "Only unshare, of Linux, gives a test a network of its own."
    tried = subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "This system gives nobody a network of their own."


NO_PEER = why_no_peer()


@pytest.mark.skipif(bool(NO_PEER), reason=NO_PEER)
def test_a_real_peer_and_we_agree_on_tempo_and_bars() -> None:
    command = ["unshare", "-rn", sys.executable, "-m", "tests.playback.link_peers"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("off_ms") < 3.0
    assert found.pop("before") == 0
    assert found and all(found.values()), found


@pytest.mark.parametrize("meant", [20, 60, 87.5, 99.99, 120, 126.25, 132.5, 133, 174, 174.33, 240, 333.3, 999])
def test_a_tempo_is_read_as_it_was_meant(meant: float) -> None:
    sent = 60e6 / round(60e6 / meant)
    assert meant_tempo(sent) == pytest.approx(meant, abs=0.005 if meant < 300 else 0.01)
    assert len(str(meant_tempo(sent))) <= len(str(float(meant)))
    if meant == 133:
        assert sent != 133 and meant_tempo(sent) == 133


@pytest.mark.parametrize("odd", [0.0, -1.0, float("nan"), 0.004])
def test_what_is_no_tempo_does_no_harm(odd: float) -> None:
    assert meant_tempo(odd) == odd or odd != odd


@pytest.mark.parametrize("is_built", [False, True])
def test_without_a_binding_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, is_built: bool) -> None:
    monkeypatch.setitem(sys.modules, "link", None)
    monkeypatch.setattr(sys, "frozen", is_built, raising=False)
    with pytest.raises(AudioDeviceError) as caught:
        LinkSession(120.0)
    assert "pip install LinkPython-extern" in caught.value.hint
    assert ("built app" in caught.value.message) == is_built


def test_another_module_of_that_name_is_not_taken_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_link.install(monkeypatch)
    monkeypatch.delattr(sys.modules["link"], "Link")
    with pytest.raises(AudioDeviceError, match="does not work here"):
        LinkSession(120.0)


def test_to_look_for_it_imports_nothing() -> None:
    assert isinstance(ableton_link.is_installed(), bool)
    assert "link" not in sys.modules


def test_alone_a_bar_is_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    session = fake_link.install(monkeypatch)
    ours = LinkSession(133.0)
    assert ours.tempo_bpm == 133.0 and session.tempo != 133.0
    earliest_s = time.perf_counter() + 0.3
    cue = ours.cue(earliest_s, 1.5, 4.0)
    assert cue.start_s == pytest.approx(earliest_s, abs=0.001)
    assert cue.every_s == pytest.approx(4 * 60 / 133, abs=1e-5)
    session.peers = 1
    again = ours.cue(earliest_s + 0.01, 1.5, 4.0)
    assert again.start_s == pytest.approx(cue.start_s + cue.every_s, abs=0.001)
    ours.set_tempo(5.0)
    assert session.told == [20.0]
    ours.leave()
    assert session.enabled == [True, False]
