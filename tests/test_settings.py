"""Preferences survive, whatever lies in their file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicapp import settings
from musicapp.audio.formats import EXPORT_FORMATS
from musicapp.errors import LibraryError
from musicapp.settings import Settings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
NAMES = [field.name for field in fields(Settings)]


def test_without_a_file_there_are_defaults(home: Path) -> None:
    assert settings.load() == Settings()
    assert Settings().volume == 0.5 and Settings().auto_play == "idle" and Settings().export_format in EXPORT_FORMATS


def test_what_was_saved_comes_back(home: Path) -> None:
    mine = Settings(
        volume=0.25,
        output_device="Kopfhörer",
        theme="dark",
        export_format="mp3",
        prompt="ピアノ 🎹\n",
        duration_s=90,
        seed=2**32 - 1,
        seed_locked=True,
        steps=50,
        guidance_scale=7,
        loop=True,
        auto_play="always",
        recent_prompts=["a", "b"],
        adapters={"builtin": {"/b.safetensors": 0.5, "/a.safetensors": -1.0}},
    )
    settings.save(mine)
    assert settings.load() == mine
    assert [path.name for path in home.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b"\xff\xfe\0", b"\0" * 100, b"[" * 200_000, b'{"volume": 1e']
)
def test_a_damaged_file_is_kept_aside(home: Path, content: bytes) -> None:
    path = home / "settings.json"
    path.write_bytes(content)
    assert settings.load() == Settings()
    assert (home / "settings.json.bad").read_bytes() == content and not path.exists()
    settings.save(Settings(volume=0.1))
    assert settings.load().volume == 0.1


def _folder(path: Path) -> None:
    (path / "in it").mkdir(parents=True)


ODD = {
    "folder": _folder,
    "pipe": lambda path: os.mkfifo(path),
    "link to itself": lambda path: path.symlink_to(path),
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "huge": lambda path: path.write_bytes(b" " * (9 << 20)),
    "deep": lambda path: path.write_text('{"volume": ' + "[" * 100_000),
    "long number": lambda path: path.write_text('{"seed": ' + "9" * 5000 + "}"),
    "other encoding": lambda path: path.write_bytes("{'prompt': 'd'été'}".encode("utf-16")),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders, and links only for some users.")
@pytest.mark.parametrize("kind", ODD)
def test_whatever_lies_in_the_place_of_the_file_work_goes_on(home: Path, kind: str) -> None:
    path = home / "settings.json"
    ODD[kind](path)
    found = settings.read()
    assert found.settings == Settings() and "could not be read" in found.note
    settings.save(Settings(volume=0.1))
    assert settings.read() == settings.Found(Settings(volume=0.1))


@hypothesis.settings(max_examples=40)
@given(st.dictionaries(st.sampled_from([*NAMES, "other"]), JSON))
def test_values_of_the_wrong_kind_cost_only_themselves(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any-settings.json"
    path.write_text(json.dumps({"theme": "dark", **values}))
    loaded = settings.load(path)
    for name in NAMES:
        default = getattr(Settings(), name)
        assert default is None or isinstance(getattr(loaded, name), type(default))
    if "theme" not in values:
        assert loaded.theme == "dark"
    assert 0 <= loaded.volume <= 1 and loaded.theme in ("system", "light", "dark")
    settings.save(loaded, path)
    assert settings.load(path) == loaded


@pytest.mark.parametrize(
    "values",
    [
        {"volume": 1.5},
        {"volume": True},
        {"volume": float("nan")},
        {"theme": "blue"},
        {"seed": -1},
        {"seed": 0.5},
        {"steps": "many"},
        {"recent_prompts": [1]},
        {"loop": 1},
        {"export_format": "aiff"},
        {"steps": 3_000_000_000},
        {"steps": 0},
        {"guidance_scale": 1e9},
        {"duration_s": float("inf")},
        {"duration_s": 0.0},
        {"seed": 10**20},
        {"device": "tpu"},
        {"window_geometry": "é"},
        {"window_columns": "a"},
        {"export_folder": "\0"},
        {"export_folder": "here"},
        {"model": "\ud800"},
        {"recent_prompts": ["x"] * 1000},
        {"load_times": {"engine": float("nan")}},
        {"adapters": {"builtin": {"\0": 1.0}}},
    ],
)
def test_one_impossible_value_becomes_its_default(home: Path, values: dict[str, Any]) -> None:
    (home / "settings.json").write_text(json.dumps({**values, "prompt": "kept"}))
    loaded, (name,) = settings.load(), values
    assert loaded.prompt == "kept" and getattr(loaded, name) == getattr(Settings(), name)
    note = settings.read().note
    assert name.replace("_", " ") in note and str(home / "settings.json.bad") in note


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="could not be saved") as caught:
        settings.save(Settings(), tmp_path / "file" / "settings.json")
    assert str(tmp_path) in caught.value.hint


def test_a_kill_while_saving_never_ruins_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    code = (
        "import sys; from pathlib import Path; from musicapp import settings\n"
        "for i in range(10**6): settings.save(settings.Settings(prompt='x' * 20000, seed=i), Path(sys.argv[1]))"
    )
    for _ in range(3):
        saver = subprocess.Popen([sys.executable, "-c", code, str(path)])
        deadline = time.monotonic() + 20
        path.unlink(missing_ok=True)
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        saver.kill()
        saver.wait(10)
        assert len(settings.load(path).prompt) == 20000
    assert not (tmp_path / "settings.json.bad").exists()


def test_recent_prompts_hold_each_once_newest_first() -> None:
    mine = Settings()
    for prompt in ["a", "b", "a", *map(str, range(100))]:
        mine.remember_prompt(prompt)
    assert mine.recent_prompts[0] == "99" and len(mine.recent_prompts) == settings.MAX_RECENT_PROMPTS
    mine.remember_prompt("98")
    assert mine.recent_prompts[:2] == ["98", "99"] and len(set(mine.recent_prompts)) == len(mine.recent_prompts)


def test_the_file_can_be_read_by_people(home: Path) -> None:
    settings.save(Settings(theme="light"))
    values = json.loads((home / "settings.json").read_text())
    assert values["version"] == settings.VERSION and values["theme"] == "light"
    assert os.linesep in (home / "settings.json").read_text()
