"""Whether a folder is one that the app can open, as far as that can be told without loading it. No torch here.

The description is read strictly and the headers of the weights are checked; whether every weight fits is found when
the model is first loaded, in the engine's process.
"""

from __future__ import annotations

from pathlib import Path

from musicapp.description import adapter_names, catalogue, header
from musicapp.description.config import CONFIG_NAME, read_json
from musicapp.errors import CheckpointError

PICKLES = (".ckpt", ".pt", ".pth", ".bin")
ENCODER_TYPES = ("t5", "t5gemma", "clap", "clap_text_model")
INDEX_NAME = "model_index.json"
PARTS = (
    "transformer",
    "vae",
    "text_encoder",
    "tokenizer",
    "projection_model",
    "duration_embedder",
    "scheduler",
)  # of diffusers
DIFFUSERS_WEIGHTS = ("transformer", "vae")
GET_AGAIN = "Get it again; the copy may not have finished."


def kind_of(folder: Path) -> str:
    """ "model", "text encoder", or "" for neither, by the descriptions that lie there."""
    if (folder / CONFIG_NAME).is_file() or (folder / INDEX_NAME).is_file():
        return "model"
    if not (folder / "config.json").is_file():
        return ""
    try:
        values = read_json(folder / "config.json")
    except CheckpointError:
        return ""
    return "text encoder" if str(values.get("model_type")) in ENCODER_TYPES else ""


def check_folder(folder: Path) -> None:
    """Raise CheckpointError unless this is a model or a text encoder that is whole and of a kind that is known."""
    kind = kind_of(folder)
    if not kind:
        raise CheckpointError(
            f"{folder.name} holds neither a model nor a text encoder that is known.",
            hint="Choose a folder with a model_config.json and model.safetensors.",
        )
    if kind == "model":
        catalogue.max_duration_s(folder)
    else:
        read_json(folder / "config.json")
    places = [folder / name for name in DIFFUSERS_WEIGHTS] if _is_diffusers(folder) else [folder]
    if not all(_weights_in(place) for place in places):
        raise _without_weights(folder)
    for place in (folder, *parts_of(folder)):
        for path in _weights_in(place):
            check_header(path)


def parts_of(folder: Path) -> list[Path]:
    """Sub-folders that belong to a model: text encoders, and the parts of a folder in the layout of diffusers."""
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    return [path for path in inside if path.name in PARTS or kind_of(path) == "text encoder"]


def _is_diffusers(folder: Path) -> bool:
    return not (folder / CONFIG_NAME).is_file() and (folder / INDEX_NAME).is_file()


def _weights_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.safetensors") if path.is_file())  # no pipes, no devices


def check_header(path: Path) -> None:
    """Raise CheckpointError unless this is a whole safetensors file, by its header and size."""
    if not header.check_file(path).entries:
        raise CheckpointError(f"{path.name} in {path.parent.name} holds no weights.", hint=GET_AGAIN)


def refuse_adapter(path: Path) -> None:
    """Raise when a file is an adapter, of whatever kind: beside a description nothing else would say so."""
    if adapter_names.is_marked(header.check_file(path).entries):
        raise CheckpointError(f"{path.name} is an adapter, not a model.", hint=adapter_names.ADAPTER_HINT)


def refuse_pickle(path: Path) -> None:
    """Raise when this is a checkpoint that can run programs when it is opened."""
    if path.suffix.lower() in PICKLES:
        raise CheckpointError(
            f"{path.name} is a kind of file that can run programs when it is opened, so it never is.",
            hint="Most models are published as model.safetensors too: get that file instead.",
        )


def _without_weights(folder: Path) -> CheckpointError:
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in PICKLES:
            try:
                refuse_pickle(path)
            except CheckpointError as error:
                return error
    return CheckpointError(f"There is no model.safetensors in {folder.name}.", hint=GET_AGAIN)
