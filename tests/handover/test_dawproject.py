"""The archive is what the published schema says, holds every sound whole, and is the same for the same takes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
import xmlschema

from musicapp.audio import tags
from musicapp.audio.wave_io import WaveWriter, read_tags
from musicapp.cli.main import main
from musicapp.errors import ExportError
from musicapp.handover import dawproject, material
from musicapp.handover.exporting import ExportSettings
from musicapp.handover.material import Material
from musicapp.request import TakeRequest

RATE = 44100
SCHEMAS = Path(__file__).parent / "dawproject"


def take(folder: Path, prompt: str, seconds: float = 8.0) -> Material:
    path = folder / f"{abs(hash(prompt))}.wav"
    frames = round(seconds * RATE)
    audio = 0.1 * np.sin(np.arange(frames) / 20)[:, None].repeat(2, 1)
    request = TakeRequest("x", prompt, seconds, 7)
    with WaveWriter(path, RATE, 2, frames, tags=tags.request_tags(request)) as writer:
        writer.write(audio.astype(np.float32))
    return material.of_file(path)


def opened(path: Path) -> tuple[ElementTree.Element, zipfile.ZipFile]:
    """The project, after both files were held against the schemas, and the archive."""
    archive = zipfile.ZipFile(path)
    for schema, name in (("Project", "project"), ("MetaData", "metadata")):
        xmlschema.XMLSchema(SCHEMAS / f"{schema}.xsd").validate(io.BytesIO(archive.read(f"{name}.xml")))
    return ElementTree.fromstring(archive.read("project.xml")), archive


PROMPTS = [
    ["techno, 125 bpm, A minor"],
    ["techno, 125 bpm, A minor", "piano, 90 bpm", "pads without a pulse", "bass, 125 bpm"],
    ["pads without a pulse"],
    ["waltz in 3/4, 96 bpm", "odd, in 7/8, 140 bpm", "<&\"'> \x0b ピアノ 🎹 100 bpm"],
]


@pytest.mark.parametrize("prompts", PROMPTS)
def test_projects_are_valid_and_hold_every_take(tmp_path: Path, prompts: list[str]) -> None:
    takes = [take(tmp_path, prompt) for prompt in prompts]
    assert dawproject.write(takes, tmp_path / "x.dawproject")
    project, archive = opened(tmp_path / "x.dawproject")
    files = [file.get("path", "") for file in project.iter("File")]
    assert len(files) == len(takes) and set(files) <= set(archive.namelist())
    for name, made in zip(files, takes, strict=True):
        sound = io.BytesIO(archive.read(name))
        assert soundfile.info(sound).frames == made.frames
    tracks = project.findall("Structure/Track")
    assert [track.get("name") for track in tracks][-1] == "Master" and len(tracks) == len(takes) + 1


def test_tempo_metre_key_and_markers_are_those_of_the_music(tmp_path: Path) -> None:
    takes = [take(tmp_path, prompt) for prompt in ("pads", "waltz in 3/4, 90 bpm, A minor", "bass, 120 bpm")]
    dawproject.write(takes, tmp_path / "x.dawproject")
    project, _ = opened(tmp_path / "x.dawproject")
    assert float(project.find("Transport/Tempo").get("value")) == 90  # type: ignore[union-attr, arg-type]
    metre = project.find("Transport/TimeSignature")
    assert metre is not None and (metre.get("numerator"), metre.get("denominator")) == ("3", "4")
    assert project.findall("Structure/Track")[1].get("name") == "waltz in 3/4, 90 bpm, A minor (Amin)"
    clips = list(project.iter("Clip"))
    assert [clip.find("Warps") is not None for clip in clips] == [False, True, False]
    assert [float(clip.get("duration", "")) for clip in clips] == [pytest.approx(12.0)] * 3
    assert [float(marker.get("time", "")) for marker in project.iter("Marker")] == [pytest.approx(0.0)]


def test_the_same_takes_give_the_same_bytes_and_settings_stay_in_the_audio(tmp_path: Path) -> None:
    takes = [take(tmp_path, "piano, 90 bpm")]
    settings = ExportSettings("wav16", sample_rate=48000, loudness_lufs=-20.0)
    for name in ("a", "b"):
        dawproject.write(takes, tmp_path / f"{name}.dawproject", settings)
    first, second = ((tmp_path / f"{name}.dawproject").read_bytes() for name in ("a", "b"))
    assert first == second
    project, archive = opened(tmp_path / "a.dawproject")
    inside = archive.extract(next(name for name in archive.namelist() if name.endswith(".wav")), tmp_path)
    assert tags.settings_of(read_tags(Path(inside)))["seed"] == 7  # type: ignore[index]
    assert soundfile.info(inside).samplerate == 48000 == int(next(project.iter("Audio")).get("sampleRate", ""))


def test_nothing_is_left_or_lost_when_it_cannot_be_written(tmp_path: Path) -> None:
    good, target = take(tmp_path, "piano"), tmp_path / "x.dawproject"
    target.write_bytes(b"precious")
    with pytest.raises(ExportError, match="exists already"):
        dawproject.write([good], target)
    gone = take(tmp_path, "gone")
    gone.path.unlink()
    with pytest.raises(ExportError, match="is gone"):
        dawproject.write([good, gone], target, overwrite=True)
    assert not dawproject.write([good], target, should_stop=lambda: True, overwrite=True)
    with pytest.raises(ExportError, match="make no project"):
        dawproject.write([], tmp_path / "y.dawproject")
    with pytest.raises(ExportError, match="does not exist"):
        dawproject.write([good], tmp_path / "none" / "y.dawproject")
    assert target.read_bytes() == b"precious" and not [p for p in tmp_path.iterdir() if ".part" in p.name]


def test_the_command_line_writes_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = [str(take(tmp_path, prompt).path) for prompt in ("a, 100 bpm", "b, 100 bpm")]
    assert main(["export", *made, "--dawproject", str(tmp_path / "song")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "song.dawproject")
    opened(tmp_path / "song.dawproject")
    assert main(["export", *made, "--dawproject", str(tmp_path / "x"), "--part", "0-1"]) == 2
    assert "do not go together" in capsys.readouterr().err
