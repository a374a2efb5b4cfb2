"""Recordings with captions become training data; what is damaged, silent or without a caption is left out."""

from __future__ import annotations

import io
import json
import random
import tarfile

import numpy as np
import pytest
import soundfile
import torch

from musicapp.captions.captions import write_caption
from musicapp.errors import MusicAppError
from musicapp.training import latents, recordings
from musicapp.training.builtin import text
from musicapp.training.dataset import Shards
from tests.training.data import truth


def tone(rate=44100, seconds=1.0, channels=2):
    wave = 0.3 * np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    """Four good recordings in four formats, and five that cannot be used."""
    folder = tmp_path / "music"
    (folder / "inner").mkdir(parents=True)
    soundfile.write(folder / "a.wav", tone(), 44100)
    (folder / "a.txt").write_text("calm piano,\n slow\n")
    soundfile.write(folder / "b.flac", tone(22050, channels=1), 22050)
    (folder / "b.json").write_text(json.dumps({"prompt": "one voice"}))
    soundfile.write(folder / "inner" / "c.ogg", tone(48000), 48000)
    soundfile.write(folder / "d.mp3", tone(), 44100)
    lines = [{"file_name": "inner/c.ogg", "caption": "from the list"}, {"file_name": "d.mp3", "text": "mp3"}]
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\nnot json\n")
    (folder / "bad.wav").write_bytes(b"RIFF no sound")
    soundfile.write(folder / "mute.wav", np.zeros((44100, 2)), 44100)
    soundfile.write(folder / "short.wav", tone(seconds=0.1), 44100)
    for name in ("bad", "mute", "short"):
        (folder / f"{name}.txt").write_text("a caption")
    soundfile.write(folder / "untold.wav", tone(), 44100)
    return folder


def captions_in(work):
    shards = [Shards([work / name]) for name in ("audio", "audio-held-out")]
    return sorted(entry.truth.caption for part in shards for entry in part.entries)


def test_a_folder_becomes_shards_once(folder, tmp_path, caplog):
    for _ in range(2):
        assert recordings.write_recordings(folder, tmp_path / "work", 0) == 4
    assert captions_in(tmp_path / "work") == ["calm piano, slow", "from the list", "mp3", "one voice"]
    for name in ("bad.wav", "mute.wav", "short.wav", "untold.wav"):
        assert f"{name} is left out" in caplog.text
    shards = Shards([tmp_path / "work" / "audio"])
    assert all(abs(entry.length - 44100) < 50 for entry in shards.entries)
    assert write_caption(shards.entries[0].truth, random.Random(0)) == shards.entries[0].truth.caption
    rows = shards.read(0).astype(np.float32) / 32767
    assert np.abs(np.fft.rfft(rows[:44000, 0])).argmax() == pytest.approx(440, abs=2)


def test_a_webdataset_shard_is_read_without_unpacking(tmp_path, caplog):
    with tarfile.open(tmp_path / "x.tar", "w") as tar:
        for number, with_caption in enumerate((True, True, False)):
            sound = io.BytesIO()
            soundfile.write(sound, tone(), 44100, format="FLAC")
            files = {"flac": sound.getvalue(), "pickle": b"never opened"}
            if with_caption:
                files["json"] = json.dumps({"caption": f"number {number}"}).encode()
            for suffix, data in files.items():
                member = tarfile.TarInfo(f"../{number:03d}.{suffix}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
    assert recordings.write_recordings(tmp_path / "x.tar", tmp_path / "work", 0) == 2
    assert captions_in(tmp_path / "work") == ["number 0", "number 1"]
    assert "002 in x.tar is left out" in caplog.text
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "y.tar").write_bytes((tmp_path / "x.tar").read_bytes()[:30000])
    with pytest.raises(MusicAppError, match="two recordings"):
        recordings.write_recordings(tmp_path / "broken", tmp_path / "other", 0)


def test_webdataset_shards_are_one_stream_in_order_that_goes_on_after_a_stop(tmp_path, monkeypatch):
    sound = io.BytesIO()
    soundfile.write(sound, tone(seconds=0.6), 44100, format="FLAC")
    names = [f"shard-{shard:03d}/{number:03d}" for shard in range(3) for number in range(6)]
    for shard in (2, 0, 1):  # written in another order than that of their names
        with tarfile.open(tmp_path / f"shard-{shard:03d}.tar", "w") as tar:
            for name in names[6 * shard : 6 * shard + 6]:
                for suffix, data in (("flac", sound.getvalue()), ("txt", name.encode())):
                    member = tarfile.TarInfo(f"{name.partition('/')[2]}.{suffix}")
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))
    read, count = recordings.read, 0

    def stopped_at_the_tenth(source):
        nonlocal count
        count += 1
        if count == 10:
            raise KeyboardInterrupt
        return read(source)

    monkeypatch.setattr(recordings, "read", stopped_at_the_tenth)
    with pytest.raises(KeyboardInterrupt):
        recordings.write_recordings(tmp_path, tmp_path / "work", 0)
    assert len(captions_in(tmp_path / "work")) == 9
    assert recordings.write_recordings(tmp_path, tmp_path / "work", 0) == 18
    assert count == 10 + 9  # what was written is not decoded again
    parts = [Shards([tmp_path / "work" / name]).entries for name in ("audio", "audio-held-out")]
    for part in parts:
        told = [entry.truth.caption for entry in part]
        assert told == sorted(told)
    assert captions_in(tmp_path / "work") == names


def test_facts_are_asked_of_composed_pieces_only():
    heads = text.facts.FactHeads(8)
    assert text._facts_loss(heads(torch.zeros(0, 8)), []).item() == 0
    assert text._facts_loss(heads(torch.zeros(2, 8)), [truth(0, 1.0), truth(1, 1.0)]).item() > 0


def test_latents_keep_the_caption(folder, tmp_path):
    recordings.write_recordings(folder, tmp_path / "work", 0)
    (_, told), *_ = latents.audio_pieces(Shards([tmp_path / "work" / "audio"]))
    assert told.caption and type(told).from_dict(told.as_dict()) == told


CAPTION = "warm pad, 90 bpm, d’été 🎹"
ENCODED = {
    "utf8": CAPTION.encode(),
    "bom": b"\xef\xbb\xbf" + CAPTION.encode(),
    "utf16": CAPTION.encode("utf-16"),
    "utf16be": b"\xfe\xff" + CAPTION.encode("utf-16-be"),
    "utf16_unmarked": CAPTION.encode("utf-16-le"),
    "utf16be_unmarked": CAPTION.encode("utf-16-be"),
    "utf32": CAPTION.encode("utf-32"),
}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("place", ["txt", "json", "jsonl", "tar"])
def test_a_caption_is_the_same_in_every_encoding(tmp_path, encoding, place):
    folder, data = tmp_path / "music", ENCODED[encoding]
    folder.mkdir()
    soundfile.write(folder / "a.wav", tone(), 44100)
    codec = {"utf8": "utf-8", "bom": "utf-8-sig", "utf16_unmarked": "utf-16-le"}.get(encoding, "utf-16")
    if place == "txt":
        (folder / "a.txt").write_bytes(data)
    elif place == "json":
        (folder / "a.json").write_bytes(json.dumps({"prompt": CAPTION}, ensure_ascii=False).encode(codec))
    elif place == "jsonl":
        line = json.dumps({"file_name": "a.wav", "caption": CAPTION}, ensure_ascii=False)
        (folder / "metadata.jsonl").write_bytes(f"{line}\n{line}".encode(codec))
    else:
        with tarfile.open(tmp_path / "music" / "s.tar", "w") as tar:
            for name, content in (("a.WAV", (folder / "a.wav").read_bytes()), ("a.TXT", data)):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        (folder / "a.wav").unlink()
    assert [caption for *_, caption in recordings.found_in(folder)] == [CAPTION]


@pytest.mark.parametrize("name", ["a.txt", "a.json", "metadata.jsonl"])
def test_a_caption_in_another_encoding_leaves_the_recording_out_with_a_sentence(tmp_path, caplog, name):
    for stem in ("a", "b"):
        soundfile.write(tmp_path / f"{stem}.wav", tone(), 44100)
    (tmp_path / "b.txt").write_text("good")
    (tmp_path / name).write_bytes('{"prompt": "orchestre d’été"}'.encode("cp1252"))
    assert [found for found, *_ in recordings.found_in(tmp_path)] == ["b.wav"]
    assert f"{'metadata.jsonl' if 'jsonl' in name else 'a.wav'} is left out" in caplog.text and "UTF-8" in caplog.text


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *(("c.aif", {"format": "AIFF"}), ("c.aiff", {"format": "AIFF"}), ("c.aifc", {"format": "AIFF"})),
        *(("c.opus", {"format": "OGG", "subtype": "OPUS"}), ("c.oga", {"format": "OGG"}), ("c.caf", {"format": "CAF"})),
        *(("c.w64", {"format": "W64"}), ("c.au", {"format": "AU"}), ("C.WAV", {}), ("c.Aif", {"format": "AIFF"})),
        *(("c.wav", {"format": "RF64"}), ("c.wav", {"subtype": "DOUBLE"}), ("c.v2.flac", {})),
    ],
)
@pytest.mark.parametrize("capitals", [False, True])
def test_every_kind_of_sound_that_can_be_read_is_used(tmp_path, name, options, capitals):
    rate = 48000 if "opus" in name else 44100
    soundfile.write(tmp_path / name, tone(rate), rate, **options)
    caption = tmp_path / f"{name.rpartition('.')[0]}{'.TXT' if capitals else '.txt'}"
    caption.write_text("a caption")
    ((found, path, told),) = recordings.found_in(tmp_path)
    assert (found, told) == (name, "a caption") and recordings.read(path).std() > 0.1


def test_sound_that_cannot_be_read_gets_its_sentence(tmp_path, caplog):
    (tmp_path / "a.M4A").write_bytes(b"\0\0\0 ftypM4A ")
    (tmp_path / "a.txt").write_text("a caption")
    (tmp_path / "cover.jpg").write_bytes(b"picture")
    assert list(recordings.found_in(tmp_path)) == []
    assert "a.M4A is left out: files of the kind .m4a are not read" in caplog.text and "cover" not in caplog.text
