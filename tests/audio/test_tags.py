"""Settings in tags survive any letters, and MP3 tags are ours byte by byte."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicapp.audio import id3, tags, wave_io
from musicapp.request import Lora, Recalled, TakeRequest

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
REQUESTS = st.builds(
    TakeRequest,
    take_id=st.just("abc"),
    prompt=TEXT,
    duration_s=st.floats(0.5, 285),
    seed=st.integers(0, 2**32 - 1),
    negative_prompt=TEXT,
    steps=st.none() | st.integers(1, 1000),
    guidance_scale=st.none() | st.floats(0, 30),
)


@given(REQUESTS)
def test_a_request_comes_back_from_its_tags(request: TakeRequest) -> None:
    written = tags.request_tags(request)
    assert written["comment"].isascii()
    assert tags.recalled(written, "abc") == Recalled(request, {})


def test_the_same_music_has_the_same_tags_whoever_asks() -> None:
    one = TakeRequest("one", "piano", 30, 7, device="cpu")
    other = TakeRequest("other", "piano", 30, 7, device="cuda")
    assert tags.request_tags(one) == tags.request_tags(other)
    assert "take_id" not in tags.request_tags(one)["comment"]


def test_tags_of_version_1_are_what_they_always_were() -> None:
    request = TakeRequest("one", "piano", 30.0, 7, steps=4, loras=(Lora("a.safetensors", 0.5),), denoising="whole")
    assert tags.request_tags(request)["comment"] == (
        '{"duration_s": 30.0, "guidance_scale": null, "loras": [{"path": "a.safetensors", "strength": 0.5}], '
        '"model": "builtin", "negative_prompt": "", "precision": "auto", "prompt": "piano", "sampler": null, '
        '"seed": 7, "steps": 4, "text_encoder": ""}'
    )


def test_what_is_not_understood_goes_on_with_the_request() -> None:
    comment = '{"duration_s": 30.0, "prompt": "piano", "seed": 7, "steps": "many", "tempo": 120, "version": 3}'
    found = tags.recalled({"comment": comment}, "abc")
    old = TakeRequest("abc", "piano", 30.0, 7, denoising="whole")
    assert found == Recalled(old, {"steps": "many", "tempo": 120, "version": 3})
    again = tags.request_tags(found.request, found.left_out)
    assert json.loads(again["comment"]).items() >= json.loads(comment).items()
    assert tags.recalled(again, "abc") == found


@pytest.mark.parametrize(
    "comment", ["", "nice song", "[1]", "{}", '{"prompt": "x"}', '{"a": 1}', "nan", "{" * 3000, "[" * 100_000]
)
def test_files_of_others_have_no_request(comment: str) -> None:
    assert tags.recalled({"comment": comment}, "abc") is None


@given(TEXT)
def test_any_comment_becomes_ascii_and_json_keeps_its_meaning(text: str) -> None:
    assert tags.ascii_comment(text).isascii()
    escaped = tags.ascii_comment(json.dumps({"prompt": text}, ensure_ascii=False))
    assert escaped.isascii() and json.loads(escaped) == {"prompt": text}


@given(st.dictionaries(st.sampled_from(["title", "artist", "album", "genre", "software", "comment"]), TEXT))
def test_id3_tags_come_back(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("id3") / "a.mp3"
    path.write_bytes(id3.tag_bytes(values) + b"\xff\xfb music")
    assert id3.read_tags(path) == {key: text for key, text in values.items() if text}


def test_a_file_without_id3_has_no_tags(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    for content in (b"", b"ID3", b"ID3\4\0\0\0\0\0\0", b"\xff\xfb" * 100, b"ID3\3\0\0\0\0\0\x7fTIT2\0\0"):
        path.write_bytes(content)
        assert id3.read_tags(path) == {}


FOLDERS = [
    "/home/someone/Music/",
    "C:\\Users\\Someone\\",
    "\\\\server\\share\\",
    "~/loras/",
    "models/private/",
    "./",
    "../x/",
]


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_shared_file_tells_names_and_no_folders(folder: str) -> None:
    request = TakeRequest(
        "a",
        "piano / strings",
        30,
        7,
        model=f"{folder}my model",
        text_encoder=f"{folder}t5",
        loras=(Lora(f"{folder}warm.safetensors", 0.5), Lora(f"{folder}cold.safetensors")),
    )
    absolute = folder if not folder.startswith((".", "models")) else f"/{folder}"
    later = {"init_audio": f"{absolute}me.wav", "more": [{"file": f"{absolute}x.wav", "note": "a/b"}], "version": 3}
    written = tags.shared_tags(request, later)
    values = json.loads(written["comment"])
    assert values["prompt"] == "piano / strings"
    assert (values["model"], values["text_encoder"], values["init_audio"]) == ("my model", "t5", "me.wav")
    assert values["more"] == [{"file": "x.wav", "note": "a/b"}]
    assert [lora["path"] for lora in values["loras"]] == ["warm.safetensors", "cold.safetensors"]
    assert "omeone" not in written["comment"] and "private" not in written["comment"]


def test_a_shared_file_knows_its_adapters_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "warm.safetensors").write_bytes(b"warm")
    request = TakeRequest("a", "piano", 30.0, 7, loras=(Lora(str(tmp_path / "warm.safetensors"), 0.5),))
    written = tags.shared_tags(request)
    found = tags.recalled(written, "a")
    assert found is not None and not found.left_out
    assert found.request.loras == (Lora("warm.safetensors", 0.5, hashlib.sha256(b"warm").hexdigest()),)
    assert tags.shared_tags(found.request) == written == tags.shared_tags(request), "the same tags every time"
    assert tags.request_tags(TakeRequest("a", "piano", 30, 7)) == tags.shared_tags(TakeRequest("a", "piano", 30, 7))


def mp3(path: Path) -> tuple[Path, dict[str, str]]:
    written = tags.request_tags(TakeRequest("a", "pluie d’été ピアノ", 30.0, 7))
    sound = np.random.default_rng(1).uniform(-0.1, 0.1, (44100, 2)).astype(np.float32)
    wave_io.export(sound, path, sample_rate=44100, format="mp3", tags=written)
    return path, written


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg, which writes the file, is not installed.")
@pytest.mark.parametrize("version", ["3", "4"])
def test_settings_survive_another_programs_tags(tmp_path: Path, version: str) -> None:
    path, written = mp3(tmp_path / "a.mp3")
    other = tmp_path / "b.mp3"
    command = ["ffmpeg", "-v", "error", "-i", path, "-c", "copy", "-id3v2_version", version]
    subprocess.run([*command, "-metadata", "artist=Söme One", other], check=True)
    found = wave_io.read_tags(other)
    assert found["artist"] == "Söme One" and found["title"] == written["title"]
    assert tags.recalled(found, "a") == tags.recalled(written, "a") is not None


def frame(name: bytes, body: bytes, flags: int = 0) -> bytes:
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return name + size + bytes([0, flags]) + body


def test_newer_tags_in_every_encoding_are_read(tmp_path: Path) -> None:
    settings = json.dumps({"prompt": "ピアノ", "duration_s": 1.0, "seed": 7}, ensure_ascii=False)
    texts = {
        b"TIT2": b"\3" + "ピアノ – π".encode(),
        b"TPE1": b"\1" + "Ā".encode("utf-16"),  # a letter whose bytes end in 0
        b"TALB": b"\2" + "Album".encode("utf-16-be"),
    }
    frames = b"".join(frame(name, body) for name, body in texts.items())
    frames += frame(b"COMM", b"\3eng\0bounced") + frame(
        b"COMM", b"\1eng" + "Ā\0".encode("utf-16") + settings.encode("utf-16")
    )
    head = b"ID3\4\0\0" + frame(b"XXXX", frames)[4:8]
    path = tmp_path / "a.mp3"
    path.write_bytes(head + frames + b"\xff\xfb music")
    found = id3.read_tags(path)
    assert (found["title"], found["artist"], found["album"]) == ("ピアノ – π", "Ā", "Album")
    recalled = tags.recalled(found, "a")
    assert recalled is not None and recalled.request.prompt == "ピアノ"
