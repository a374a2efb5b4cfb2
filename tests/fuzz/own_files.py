"""The user's own files as targets: settings, paces, the queue, lists of takes, tags of exports, whatever is dropped."""

from __future__ import annotations

import base64
import gc
import json
import math
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from musicapp import paths, settings
from musicapp.audio import tags, wave_io
from musicapp.engine.pace import FILE_NAME, Pace
from musicapp.errors import LibraryError
from musicapp.library import moving
from musicapp.queueing import batch_file, queue_file
from musicapp.queueing.entries import Entries
from musicapp.request import Lora, Recalled, TakeRequest, checked, note_about
from musicapp.settings import Settings
from musicapp.ui.intake import look_at
from musicapp.ui.state import measures
from tests.audio import wave_files
from tests.fuzz.target import Target

KEY = "builtin cpu bf16"
STAMP = [1000, 10**18]  # size and time of a take's file
WISH = replace(
    wave_files.REQUEST, negative_prompt="drums", steps=8, guidance_scale=2.5, sampler="euler", loras=(Lora("a", 0.5),)
)
FORMATS = ("wav16", "wav24", "wav32f", "flac", "ogg", "opus", "mp3")
USED = Settings(
    volume=0.25,
    output_device="USB",
    export_folder="/music",
    prompt="harp, 90 bpm",
    negative_prompt="drums",
    duration_s=285.0,
    seed=4711,
    seed_locked=True,
    steps=12,
    guidance_scale=3.0,
    sampler="euler",
    window_geometry="AdnQywADAAAAAAAA",
    window_columns="AAAA/wAAAAA=",
    last_take_id="take",
    recent_prompts=["harp", "piano"],
    adapters={"builtin": {"/a.safetensors": 0.5}},
    load_times={"engine": 2.5},
    loop_regions={"take": [10, 20]},
)


def _settings(folder: Path) -> None:
    (folder / "settings.json").write_text(settings.text_of(USED), encoding="utf-8")


def _read_settings(folder: Path) -> None:
    """What is read can be used, is saved, and is the same when it is read again."""
    path = folder / "settings.json"
    found = settings.read(path)
    assert (not found.note) or "\n" not in found.note
    _check_form(found.settings)
    if path.is_dir():
        return
    settings.save(found.settings, path)
    again = settings.read(path)
    assert again.settings == found.settings and not again.note


def _check_form(saved: Settings) -> None:
    """The form that they make is one that a take can be made of, or says what is wrong with it."""
    request = TakeRequest(
        "take",
        saved.prompt,
        saved.duration_s,
        saved.seed or 0,
        saved.negative_prompt,
        saved.steps,
        saved.guidance_scale,
        saved.sampler or None,
        loras=tuple(Lora(path, strength) for each in saved.adapters.values() for path, strength in each.items()),
    )
    assert math.isfinite(saved.duration_s) and 0 <= saved.volume <= 1
    assert all(math.isfinite(seconds) for seconds in saved.load_times.values())
    assert all(0 <= start < end for start, end in saved.loop_regions.values())
    saved.remember_prompt("harp")
    try:
        checked(request)
    except Exception as error:
        assert hasattr(error, "hint"), error
        raise


def _read_restored(folder: Path) -> None:
    """As a start of the window does: every state gets what the settings say of it, and gives it back."""
    from musicapp.ui.studio import Studio
    from tests.ui.fake_host import FakeHost

    _application()
    os.environ["MUSICAPP_HOME"] = str(folder)
    studio = Studio(FakeHost, settings.load(folder / "settings.json"))
    studio._remember()
    text = settings.text_of(studio.settings)
    studio.close()
    gc.enable()  # which it kept from looking: thousands of them come after it
    gc.unfreeze()
    json.loads(text)


@cache
def _application() -> object:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    return QApplication.instance() or QApplication([])


def _pace(folder: Path) -> None:
    entry = {"step_s": 0.001, "decode_s": 0.002, "latent_s": 0.05, "least": 64, "steps": 8, "share": 1.0}
    (folder / FILE_NAME).write_text(json.dumps({KEY: entry, "other": entry}), encoding="utf-8")


def _read_pace(folder: Path) -> None:
    """A take's clock tells times that are numbers, and keeps its own afterwards."""
    window = SimpleNamespace(size=100, end=100)
    pace = Pace(KEY, windows=[window], decoded=100, steps=2, latent_s=0.05, folder=folder)  # type: ignore[list-item]
    told = [pace.begin(), pace.step_done(), pace.step_done(), pace.chunk_done(50, 50), pace.chunk_done(50, 0)]
    assert all(time_s is None or (math.isfinite(time_s) and time_s >= 0) for time_s in told), told
    pace.remember()
    again = Pace(KEY, windows=[window], decoded=100, steps=2, latent_s=0.05, folder=folder)  # type: ignore[list-item]
    assert (folder / FILE_NAME).is_dir() or again.begin() is not None


def _queue(folder: Path) -> None:
    entries = Entries(is_paused=True)
    entries.add([replace(WISH, take_id=f"take-{number}") for number in range(4)])
    entries.begin(next(iter(entries)).request, "/somewhere/take-0.wav")
    entries.fail("take-1", "No memory.", "Ask for less.")
    queue_file.write(entries, folder / "queue.json")


def _read_queue(folder: Path) -> None:
    """What is read can be made, moved and written, and is the same when it is read again."""
    path = folder / "queue.json"
    found = queue_file.read(path)
    for entry in list(found.entries):
        checked(entry.request)
        queue_file.is_made(replace(entry, path=str(folder / "nothing.wav")))
        note_about(entry.left_out)
    if path.is_dir():
        return
    queue_file.write(found.entries, path)
    again = queue_file.read(path)
    assert list(again.entries) == list(found.entries) and not again.note
    for entry in list(found.entries):
        found.entries.move(entry.take_id, 0)
        found.entries.again(entry.take_id)


def _lists(folder: Path) -> None:
    words = {"prompt": "calm piano", "seconds": 12, "seed": 7, "negative": "drums", "steps": 8, "lora": "a:0.5"}
    (folder / "a.jsonl").write_text("".join(json.dumps({**words, "seed": seed}) + "\n" for seed in range(3)))
    (folder / "b.csv").write_text("prompt,seconds,seed,name\ncalm piano,12,7,one\n“harp, slow”,1:30,8,two\n")


def _read_lists(folder: Path) -> None:
    """Rows that can be made, and one sentence for each that cannot."""
    for path in sorted(folder.iterdir()):
        if not path.is_file():
            continue
        rows = batch_file.read(path)
        for row in rows.rows:
            checked(row.request)
            assert row.name and "/" not in row.name and "\0" not in row.name
        assert all("\n" not in str(fault) for fault in rows.faults)


def _moves(folder: Path) -> None:
    for name, text in (("takes-folder.txt", "/music/takes\n"), ("models-folder.txt", "/models\n")):
        (folder / "data").mkdir(exist_ok=True)
        (folder / "data" / name).write_text(text)
    os.environ["MUSICAPP_HOME"] = str(folder)
    paths.replace_file(moving._journal(), json.dumps({"version": 1, "from": "/a", "to": "/b"}).encode())


def _read_moves(folder: Path) -> None:
    """Folders that were chosen, and a move that was stopped: an absolute path or none."""
    os.environ["MUSICAPP_HOME"] = str(folder)
    assert paths.takes_folder().is_absolute() and paths.user_models_folder().is_absolute()
    job = moving.unfinished()
    assert job is None or (job.source.is_absolute() and job.target.is_absolute())


def _measured(folder: Path) -> None:
    os.environ["MUSICAPP_HOME"] = str(folder)
    values = dict.fromkeys(measures._LEVELS, -20.0) | {"over_frames": 3, "range_lu": 5.0, "heard": None}
    outline = base64.b64encode(bytes(measures.OUTLINE_COLUMNS)).decode()
    text = json.dumps({"version": measures.VERSION, "stamp": STAMP, "outline": outline, **values})
    paths.replace_file(measures._file("x"), text.encode("ascii"))
    assert measures._remembered("x", STAMP) is not None


def _read_measured(folder: Path) -> None:
    """What is remembered of a take's loudness is a number, or is measured again."""
    os.environ["MUSICAPP_HOME"] = str(folder)
    found = measures._remembered("x", STAMP)
    if found is not None:
        assert not math.isnan(found.loudness_lufs) and len(found.outline) == measures.OUTLINE_COLUMNS
        assert math.isfinite(found.matching_gain_db(-16.0, -1.0))


def _comment(folder: Path) -> None:
    values = {**WISH.as_dict(), "later": [1, {"x": "y"}]}
    (folder / "comment.json").write_text(json.dumps(values), encoding="utf-8")


def _read_comment(folder: Path) -> None:
    """Damaged settings in the tags of every format, as a program of others may leave them there."""
    source = folder / "comment.json"
    if not source.is_file():
        return
    comment = source.read_bytes().decode("utf-8", "replace").replace("\0", " ")
    form = FORMATS[len(comment) % len(FORMATS)]
    path = folder / f"x{wave_io.EXPORT_FORMATS[form].suffix}"
    wave_io.export(
        wave_files.SOUND[:400], path, sample_rate=44100, format=form, tags={"comment": tags.ascii_comment(comment)}
    )
    _use(look_at(path))


def _sounds(folder: Path) -> None:
    for form in FORMATS:
        path = folder / f"{form}{wave_io.EXPORT_FORMATS[form].suffix}"
        wave_io.export(wave_files.SOUND[:400], path, sample_rate=44100, format=form, tags=wave_files.TAGS)


def _read_dropped(folder: Path) -> None:
    """Every file as it is dropped on the window, also under the names of other kinds."""
    for path in sorted(folder.rglob("*")):
        for name in (path, path.with_suffix(".aiff"), path.with_suffix("")):
            if name != path and path.is_file() and not name.exists():
                name.write_bytes(path.read_bytes())
            try:
                _use(look_at(name))
            except LibraryError as error:
                assert error.hint and "\n" not in error.message


def _use(found: Recalled | str) -> None:
    """Take settings in, as the form does, and write them as another take's."""
    if isinstance(found, str):
        return
    keeps_its_meaning(found)
    checked(found.request)


def keeps_its_meaning(found: Recalled) -> None:
    """Written and read again, settings are the same but for the device, which is each machine's own."""
    note_about(found.left_out)
    tags.shared_tags(found.request, found.left_out)
    take_id = found.request.take_id
    again = tags.recalled(tags.request_tags(found.request, found.left_out), take_id)
    assert again is not None and again.request == replace(found.request, device=again.request.device)
    assert tags.recalled(tags.request_tags(again.request, again.left_out), take_id) == again


OWN = {
    "settings": Target((_settings,), _read_settings, 20),
    "restored": Target((_settings,), _read_restored, 1),
    "pace": Target((_pace,), _read_pace, 20),
    "queue": Target((_queue,), _read_queue, 10),
    "lists": Target((_lists,), _read_lists, 10),
    "moves": Target((_moves,), _read_moves, 10),
    "measured": Target((_measured,), _read_measured, 5),
    "comment": Target((_comment,), _read_comment, 10),
    "dropped": Target((_sounds,), _read_dropped, 5),
}
