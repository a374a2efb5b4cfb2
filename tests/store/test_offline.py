"""Nothing is contacted unless a download was asked for: watched from inside, for every process that is started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tiny_model import write_tiny_model

ROOT = Path(__file__).resolve().parents[2]
# Python runs this module in every process that it starts. Sockets within the machine (between processes) are no
# contact; names that are looked up and addresses with a port are.
WATCH = """
import os, sys
def watch(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or (
        event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple)
    ):
        with open(os.environ["CONTACTS"], "a") as file:
            print(event, args[1:] if event == "socket.connect" else args[:2], file=file)
        raise OSError("the test allows no contact")
sys.addaudithook(watch)
"""
# The real window with its engine: closed as soon as the built-in model is loaded.
WINDOW = """
from musicapp.ui import app
app._heed_signals = lambda window: window._studio.bridge.model_loaded.connect(lambda _event: window.close())
raise SystemExit(app.run([]))
"""


def run(tmp_path: Path, home: Path, *words: str) -> str:
    """Run Python with the watch; what it tried to contact."""
    (tmp_path / "sitecustomize.py").write_text(WATCH)
    contacts = tmp_path / "contacts"
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
        "MUSICAPP_HOME": str(home),
        "CONTACTS": str(contacts),
        "HF_ENDPOINT": "http://hub.invalid",
    }
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return contacts.read_text() if contacts.exists() else ""


def test_the_watch_sees_contacts(tmp_path: Path, home: Path) -> None:
    code = "import socket\ntry: socket.create_connection(('hub.invalid', 80))\nexcept OSError: pass"
    assert "hub.invalid" in run(tmp_path, home, "-c", code)


@pytest.mark.parametrize("words", [["list"], ["info", "stable-audio-open-1.0"], ["folder"]])
def test_looking_at_models_contacts_nobody(tmp_path: Path, home: Path, words: list[str]) -> None:
    assert run(tmp_path, home, "-m", "musicapp", "models", *words) == ""


def test_making_music_contacts_nobody(tmp_path: Path, home: Path) -> None:
    model = write_tiny_model(tmp_path / "tiny", text_encoder="t5", steps=2)
    words = ["generate", "calm piano", "--seconds", "1", "--model", str(model), "-o", str(tmp_path / "x.wav")]
    assert run(tmp_path, home, "-m", "musicapp", *words) == ""
    assert (tmp_path / "x.wav").stat().st_size > 1000


def test_the_window_contacts_nobody(tmp_path: Path, home: Path) -> None:
    assert run(tmp_path, home, "-c", WINDOW) == ""
