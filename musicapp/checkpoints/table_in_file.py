"""The table of a text encoder's words, left in its file: a prompt needs a hundred of a quarter of a million rows.

Not mapped: rows are read when they are asked for, and a file that is another by then is refused.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from musicapp.checkpoints.weights import is_finite, open_weights
from musicapp.errors import CheckpointError


class TableInFile(nn.Module):
    """An embedding without weights in memory.

    name  of the table in the safetensors file at `path`, `(words, width)`
    seen  how the file looks now, of `TensorFile.seen`
    in    ids `(batch, tokens)` int64
    out   `(batch, tokens, width)` in `dtype`, on the device of the ids. Raises CheckpointError
    """

    def __init__(self, path: Path, name: str, seen: tuple[int, ...], dtype: torch.dtype) -> None:
        super().__init__()
        self.path, self.name, self.seen, self.dtype = path, name, seen, dtype

    def forward(self, ids: Tensor) -> Tensor:
        words, places = torch.unique(ids.cpu(), return_inverse=True)
        with open_weights(self.path) as file:
            if file.seen != self.seen:
                raise CheckpointError(
                    f"{self.path.name} in {self.path.parent} changed since its model was loaded.",
                    hint="Choose another model and then this one again, or restart Musicapp.",
                )
            rows = file.get_rows(self.name, words.tolist())
        if not is_finite(rows):
            raise CheckpointError(
                f"The weight “{self.name[:100]}” in {self.path} has values that are not numbers.",
                hint="Get the text encoder again.",
            )
        return rows.to(self.dtype)[places].to(ids.device)
