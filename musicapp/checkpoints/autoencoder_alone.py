"""A folder with an autoencoder and nothing else (SAME-S, SAME-L, Oobleck) into a ready network, as strictly as models.

Its file names the weights as the published models do, without the prefix that they have there.
"""

from __future__ import annotations

from pathlib import Path

import torch

from musicapp.checkpoints import keymap, weight_files, weights
from musicapp.checkpoints.load import fill_computed_buffers
from musicapp.description import promises
from musicapp.description.config import read_autoencoder_alone
from musicapp.nn import attention
from musicapp.nn.autoencoder import Autoencoder, build_autoencoder

PREFIX = "pretransform.model."


def load_autoencoder(folder: Path, *, device: str = "cpu") -> Autoencoder:
    """The autoencoder of a folder, in float32. Raises CheckpointError: missing, damaged, foreign, or a whole model."""
    config = read_autoencoder_alone(folder).autoencoder
    path = weight_files.weights_path(folder)
    with weight_files.open_weights(path) as file:
        named = weight_files.Joined({_published(name): ((file, name),) for name in file.keys()})  # noqa: SIM118
        stored = weights.inventory(named, path)
        weights.refuse_oversized(stored, promises.of_autoencoder(config))
        with torch.device("meta"):
            autoencoder = build_autoencoder(config)
        wanted = {f"autoencoder.{name}": tuple(tensor.shape) for name, tensor in autoencoder.state_dict().items()}
        weights.check(stored, wanted)
        weights.check_rotation(named, attention.rotary_frequencies)
        state = {name: torch.zeros(shape) for name, shape in wanted.items() if keymap.optional(name)}
        for name, entry in stored.items():
            state[name] = weights.read(named, entry)[0].float()
    autoencoder.load_state_dict({name.removeprefix("autoencoder."): t for name, t in state.items()}, assign=True)
    fill_computed_buffers(autoencoder, config)
    return autoencoder.to(device).eval().requires_grad_(False)


def _published(name: str) -> str:
    return name if name.startswith(PREFIX) else PREFIX + name
