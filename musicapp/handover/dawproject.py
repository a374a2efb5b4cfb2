"""An archive that Bitwig Studio, Studio One and Cubase open: takes as clips on tracks, with tempo and markers.

DAWproject 1.0 (github.com/bitwig/dawproject): a ZIP file of `project.xml`, `metadata.xml` and the audio. It has no
place for a key; that stands in the names of the tracks. Entries have no dates: same takes, same bytes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from musicapp import __version__, part_files
from musicapp.audio.export import explain_write_error
from musicapp.errors import ExportError
from musicapp.handover.exporting import ExportSettings, export_material
from musicapp.handover.facts import form_for, markers_of, music_of
from musicapp.handover.form import Form
from musicapp.handover.material import Material
from musicapp.library import names

SUFFIX = ".dawproject"
MOST_TRACKS = 100
MOST_MARKERS = 500
USUAL_BPM = 120.0
LIMITS_BPM = (20.0, 666.0)
TITLE_CHARACTERS = 60
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that ZIP knows
_Element = ElementTree.Element


@dataclass(frozen=True)
class _Track:
    """A take on its way into the archive.

    tempo_bpm  None where it is not known: then the clip keeps its seconds at any tempo
    """

    material: Material
    title: str
    path: str
    tempo_bpm: float | None
    form: Form


def write(
    materials: Sequence[Material],
    target: Path,
    settings: ExportSettings | None = None,
    *,
    on_progress: Callable[[float], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    overwrite: bool = False,
) -> bool:
    """Write the archive, all or nothing; False when told to stop. Raises ExportError.

    settings  of the audio in it, which is WAV whatever format they name
    """
    report, stopped = on_progress or (lambda share: None), should_stop or (lambda: False)
    if not 0 < len(materials) <= MOST_TRACKS:
        raise ExportError(f"{len(materials)} takes make no project.", hint=f"Choose 1 to {MOST_TRACKS} takes.")
    wanted = settings if settings and settings.suffix == ".wav" else ExportSettings()
    tracks, temporary = _tracks_of(materials), part_files.beside(target)
    try:
        if not overwrite and target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        with (
            tempfile.TemporaryDirectory(prefix="musicapp-") as folder,
            zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            for number, track in enumerate(tracks):
                if stopped():
                    return False
                audio = Path(folder, "audio.wav")
                export_material(track.material, audio, wanted, overwrite=True)
                _put(archive, track.path, audio.read_bytes())
                report((number + 1) / (len(tracks) + 1))
            rate = wanted.sample_rate
            _put(archive, "project.xml", _text_of(project_of(tracks, rate)))
            _put(archive, "metadata.xml", _text_of(_metadata_of(tracks)))
        temporary.replace(target)
    except (OSError, ValueError, zipfile.LargeZipFile) as error:
        raise explain_write_error(error, target) from error
    finally:
        with contextlib.suppress(OSError):  # a folder that is not there, or is closed, has no part of it
            temporary.unlink(missing_ok=True)
    report(1.0)
    return True


def project_of(tracks: Sequence[_Track], sample_rate: int | None) -> _Element:
    """`project.xml`. The tempo is that of the first take that has one; takes of that tempo follow it."""
    ids = _Ids()
    lead = next((track for track in tracks if track.tempo_bpm), tracks[0])
    tempo = lead.tempo_bpm or USUAL_BPM
    project = _Element("Project", version="1.0")
    _add(project, "Application", name="Musicapp", version=__version__)
    transport = _add(project, "Transport")
    low, high = (f"{limit:f}" for limit in LIMITS_BPM)
    _add(transport, "Tempo", max=high, min=low, unit="bpm", value=f"{tempo:f}", id=ids.new(), name="Tempo")
    upper, lower = _metre_of(lead.form.beats_in_bar)
    _add(transport, "TimeSignature", denominator=str(lower), numerator=str(upper), id=ids.new())
    structure, master = _add(project, "Structure"), ids.new()
    track_ids = [_add_track(structure, ids, track.title, "regular", master) for track in tracks]
    _add_track(structure, ids, "Master", "master", master)
    arrangement = _add(project, "Arrangement", id=ids.new())
    lanes = _add(arrangement, "Lanes", timeUnit="beats", id=ids.new())
    for track, track_id in zip(tracks, track_ids, strict=True):
        lane = _add(lanes, "Lanes", track=track_id, id=ids.new())
        _add_clip(_add(lane, "Clips", id=ids.new()), ids, track, tempo, sample_rate)
    markers = markers_of(lead.form)
    sections = [marker for marker in markers if not marker[1].startswith("bar")] or markers[::4]
    if sections:
        listed = _add(arrangement, "Markers", timeUnit="beats", id=ids.new())
        for at_s, name in sections[:MOST_MARKERS]:
            _add(listed, "Marker", time=_number(at_s * tempo / 60), name=name)
    _add(project, "Scenes")
    return project


def _tracks_of(materials: Sequence[Material]) -> list[_Track]:
    tracks: list[_Track] = []
    for number, material in enumerate(materials, 1):
        music = music_of(material)
        prompt = material.title or (material.request.prompt if material.request else material.path.stem)
        start = names.start_of(prompt, 60) or "take"
        title = prompt[:TITLE_CHARACTERS] + (f" ({music.short_key})" if music.short_key else "")
        low, high = LIMITS_BPM
        tempo = music.tempo_bpm if music.tempo_bpm and low <= music.tempo_bpm <= high else None
        tracks.append(_Track(material, title, f"audio/{number:02d}-{start}.wav", tempo, form_for(material)))
    return tracks


def _add_track(structure: _Element, ids: _Ids, name: str, role: str, master: str) -> str:
    track_id = ids.new()
    content = "audio notes" if role == "master" else "audio"
    track = _add(structure, "Track", contentType=content, loaded="true", id=track_id, name=name)
    values = {"audioChannels": "2", "role": role, "solo": "false"}
    if role == "master":
        channel = _add(track, "Channel", **values, id=master)
    else:
        channel = _add(track, "Channel", **values, id=ids.new(), destination=master)
    _add(channel, "Mute", value="false", id=ids.new(), name="Mute")
    pan = {"max": "1.000000", "min": "0.000000", "unit": "normalized", "value": "0.500000"}
    _add(channel, "Pan", **pan, id=ids.new(), name="Pan")
    volume = {"max": "2.000000", "min": "0.000000", "unit": "linear", "value": "1.000000"}
    _add(channel, "Volume", **volume, id=ids.new(), name="Volume")
    return track_id


def _add_clip(clips: _Element, ids: _Ids, track: _Track, tempo: float, sample_rate: int | None) -> None:
    """The take from the first bar on; with warps where it follows the project's tempo, else in its own seconds."""
    material, seconds = track.material, track.material.duration_s
    beats = seconds * tempo / 60
    clip = _add(clips, "Clip", time="0.0", duration=_number(beats), playStart="0.0", name=track.title)
    around = clip
    if track.tempo_bpm == tempo:
        clip.set("contentTimeUnit", "beats")
        around = _add(clip, "Warps", contentTimeUnit="seconds", timeUnit="beats", id=ids.new())
    else:
        clip.set("contentTimeUnit", "seconds")
    audio = _add(
        around,
        "Audio",
        algorithm="stretch" if around is not clip else "raw",
        channels=str(material.channels),
        duration=_number(seconds),
        sampleRate=str(sample_rate or material.sample_rate),
        id=ids.new(),
    )
    _add(audio, "File", path=track.path)
    if around is not clip:
        _add(around, "Warp", time="0.0", contentTime="0.0")
        _add(around, "Warp", time=_number(beats), contentTime=_number(seconds))


def _metadata_of(tracks: Sequence[_Track]) -> _Element:
    metadata = _Element("MetaData")
    _add(metadata, "Title").text = _clean(tracks[0].title)
    told = [track.material.request.prompt for track in tracks if track.material.request]
    _add(metadata, "Comment").text = _clean("\n".join(told))
    return metadata


def _metre_of(beats_in_bar: float) -> tuple[int, int]:
    """3.5 felt beats are 7/8."""
    whole = round(beats_in_bar)
    return (whole, 4) if abs(beats_in_bar - whole) < 0.01 else (round(2 * beats_in_bar), 8)


class _Ids:
    def __init__(self) -> None:
        self._count = 0

    def new(self) -> str:
        self._count += 1
        return f"id{self._count - 1}"


def _add(parent: _Element, tag: str, /, **values: str) -> _Element:
    return ElementTree.SubElement(parent, tag, {key: _clean(value) for key, value in values.items()})


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return "".join(
        c for c in text if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def _number(value: float) -> str:
    return repr(round(value, 9))


def _text_of(root: _Element) -> bytes:
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + ElementTree.tostring(root, "utf-8") + b"\n"


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(".wav") else zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
