"""Take in a model that the user has already: a folder, or a .safetensors file with its description beside it.

Only files that a model is made of are copied, into a folder that takes its place when it is whole and checked.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from musicapp import paths
from musicapp.description.config import CONFIG_NAME, parse_config, read_json
from musicapp.errors import CheckpointError, ModelStoreError
from musicapp.store import check, folders, locks
from musicapp.store.download import SPARE_BYTES, Progress
from musicapp.store.sizes import format_bytes
from musicapp.store.sources import UNFINISHED

COPY_BYTES = 8 << 20
MAX_FILES = 400
MAX_NAME = 60
INCOMING = ".incoming"
SUFFIXES = (".safetensors", ".json", ".txt", ".md", ".model")
NAMES = ("LICENSE", "LICENCE", "NOTICE")
WEIGHTS = "model.safetensors"
Verify = Callable[[Path], None]
_UNUSABLE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True)
class Import:
    """What is going to be copied.

    files        name in the new folder -> where it lies now
    is_verified  whether it is sure by now that the model loads
    """

    key: str
    files: dict[str, Path]
    size_bytes: int
    is_verified: bool = False


def plan(source: Path, models: Path, *, key: str = "", verify: Verify | None = None) -> Import:
    """Look at a path and decide what to take. Raises CheckpointError or ModelStoreError; nothing is written.

    key     the folder's name below `models`; "" for one after the source
    verify  raises CheckpointError for a model folder that would not load
    """
    try:
        source, folder, files = _look_at(source, verify)
        size = sum(path.stat().st_size for path in files.values())
    except OSError as error:
        raise ModelStoreError(
            f"“{str(source)[:200]}” cannot be read.", hint="Check its permissions.", detail=str(error)
        ) from error
    if folder.parent.resolve() == models.resolve():
        raise ModelStoreError(f"{folder.name} lies in the models folder already.", hint="It is in the list of models.")
    key = _usable_name(key or _usual_key(source, folder))
    if (models / key).exists() or (paths.bundled_models_folder() / key).exists():
        raise ModelStoreError(
            f"There is a model called “{key}” already.", hint="Remove it first, or give this one another name."
        )
    return Import(key, files, size, verify is not None and source == folder)


def run(job: Import, models: Path, *, verify: Verify | None = None) -> Iterator[Progress]:
    """Copy, check and put into place. Stop iterating to give up: nothing is left behind.

    verify  as for `plan`, for what that could not ask of a single file

    Raises CheckpointError when it is no model that the app can open, ModelStoreError when the disk does not allow it.
    """
    incoming = models / UNFINISHED / INCOMING
    place = incoming / job.key
    try:
        models.mkdir(parents=True, exist_ok=True)
        _check_room(job, models)
        with locks.alone(incoming, "Another model is being imported."):
            shutil.rmtree(incoming, ignore_errors=True)  # what a killed import left
            try:
                yield from _copy(job, place)
                yield Progress("checking", job.size_bytes, job.size_bytes)
                check.check_folder(place)
                if verify is not None and not job.is_verified:
                    verify(place)
                place.rename(models / job.key)
            finally:
                shutil.rmtree(incoming, ignore_errors=True)
    except OSError as error:
        raise _not_writable(models, error) from error


def _check_room(job: Import, models: Path) -> None:
    free = paths.free_bytes(models)
    if job.size_bytes + SPARE_BYTES > free:
        raise ModelStoreError(
            f"{job.key} needs {format_bytes(job.size_bytes)}, but only {format_bytes(free)} are free in {models}.",
            hint="Make room, or move the models folder to a larger disk.",
        )


def _look_at(source: Path, verify: Verify | None) -> tuple[Path, Path, dict[str, Path]]:
    """The source from the root, the folder that its name comes from, and what to take. Raises OSError too."""
    resolved = folders.absolute(source)
    if resolved.is_dir():
        if single := _single_in(resolved):
            return single, resolved, _files_of_single(single)
        if verify is not None and check.kind_of(resolved) == "model":
            verify(resolved)
        return resolved, resolved, _files_of_folder(resolved)
    if resolved.is_file():
        source = source.expanduser().absolute()  # a link in the hub's cache: its own name says what it is
        return source, source.parent, _files_of_single(source)
    raise ModelStoreError(f"There is nothing at “{str(source)[:200]}”.", hint="Choose a model's folder or file.")


def _copy(job: Import, place: Path) -> Iterator[Progress]:
    done = 0
    for name, path in job.files.items():
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        size = path.stat().st_size
        with target.open("xb") as new:
            for block in _blocks_of(path):
                new.write(block)
                done += len(block)
                yield Progress("copying", min(done, job.size_bytes), job.size_bytes)
            new.flush()
            os.fsync(new.fileno())
        if target.stat().st_size != size:
            raise CheckpointError(f"{name} changed while it was copied.", hint="Wait until it is complete, then retry.")


def _blocks_of(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while block := file.read(COPY_BYTES):
                yield block
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read.", hint=check.GET_AGAIN, detail=str(error)) from error


def _files_of_single(path: Path) -> dict[str, Path]:
    check.refuse_pickle(path)
    if path.suffix.lower() != ".safetensors":
        raise CheckpointError(
            f"{path.name} is no file with a model's weights.", hint="Choose a .safetensors file or a model's folder."
        )
    check.refuse_adapter(path)
    description = _description_of(path)
    if description is None:
        raise CheckpointError(
            f"{path.name} is the weights alone; how the model is built stands in its {CONFIG_NAME}.",
            hint=f"Put the {CONFIG_NAME} of the same model beside it, then import it again.",
        )
    parse_config(read_json(description))
    check.check_header(path)
    return {CONFIG_NAME: description, WEIGHTS: path}


def _description_of(weights: Path) -> Path | None:
    """How a single file of weights is built: the file of its own name, or the usual one."""
    own, usual = weights.with_suffix(".json"), weights.with_name(CONFIG_NAME)
    if own.is_file() and "model_type" in read_json(own):
        return own
    return usual if usual.is_file() else None


def _single_in(folder: Path) -> Path | None:
    """The weights in a folder that has one file of them and its description under the same name, not the usual one."""
    if check.kind_of(folder):
        return None
    found = [path for path in sorted(folder.glob("*.safetensors")) if path.with_suffix(".json").is_file()]
    return found[0] if len(found) == 1 and _description_of(found[0]) else None


def _files_of_folder(folder: Path) -> dict[str, Path]:
    """Everything in it and in folders that belong to it. Links are followed: what they lead to is only copied."""
    check.check_folder(folder)  # before gigabytes are copied; the copy is checked again
    found: dict[str, Path] = {}
    for path in [*sorted(folder.iterdir()), *(p for sub in check.parts_of(folder) for p in sorted(sub.iterdir()))]:
        if path.suffix.lower() not in SUFFIXES and path.stem.upper() not in NAMES:
            continue
        try:
            ordinary = stat.S_ISREG(path.stat().st_mode)
        except OSError as error:
            raise CheckpointError(f"{path.name} cannot be read.", hint=check.GET_AGAIN, detail=str(error)) from error
        if ordinary:
            found[path.relative_to(folder).as_posix()] = path
    if len(found) > MAX_FILES:
        raise CheckpointError(f"{folder.name} has too many files for a model.", hint="Choose the model's own folder.")
    return found


def _usual_key(source: Path, folder: Path) -> str:
    if check.kind_of(folder) == "text encoder" and (known := _known_encoder(folder)):
        return known
    if source != folder and source.stem != Path(WEIGHTS).stem:
        return source.stem
    if folder.parent.name == "snapshots" and folder.parent.parent.name.startswith("models--"):
        return folder.parent.parent.name.rpartition("--")[2]  # the hub's own cache
    return folder.name


def _known_encoder(folder: Path) -> str:
    """The name under which models look for this text encoder, if it is one of those."""
    values = read_json(folder / "config.json")
    if values.get("model_type") == "t5" and (values.get("d_model"), values.get("num_layers")) == (768, 12):
        return "t5-base"
    encoder = values.get("encoder")
    if values.get("model_type") == "t5gemma" and isinstance(encoder, dict) and encoder.get("hidden_size") == 768:
        return "t5gemma-b-b-ul2"
    return ""


def _usable_name(key: str) -> str:
    name = _UNUSABLE.sub("-", key).strip("-.")[:MAX_NAME]
    if not name:
        raise ModelStoreError(f"“{key[:60]}” cannot be the name of a model.", hint="Use letters and digits.")
    return name


def _not_writable(models: Path, error: OSError) -> ModelStoreError:
    if paths.is_full(error):
        return ModelStoreError(
            f"The disk of {models} got full, so the model is not there.",
            hint="Make room, or move the models folder to a larger disk; then import the model again.",
            detail=str(error),
        )
    return ModelStoreError(
        f"The model could not be copied to {models}.",
        hint="Check the free space and the permissions there, or choose another models folder.",
        detail=str(error),
    )
