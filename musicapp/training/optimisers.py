"""What moves the weights of a transformer that learns from nothing."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.optim import AdamW, Muon, Optimizer


def muon_and_adamw(
    model: nn.Module, blocks: nn.Module, learning_rate: float, *, but: Sequence[Tensor] = ()
) -> list[Optimizer]:
    """Muon for the matrices of the blocks, where it needs about half the steps of AdamW; AdamW for all else.

    blocks  a part of the model
    but     weights of the model that neither moves
    """
    matrices = [weights for weights in blocks.parameters() if weights.ndim == 2]
    chosen = {id(weights) for weights in (*matrices, *but)}
    rest = [weights for weights in model.parameters() if id(weights) not in chosen]
    return [
        Muon(matrices, lr=learning_rate, momentum=0.95, weight_decay=0.02, adjust_lr_fn="match_rms_adamw"),
        AdamW(rest, lr=learning_rate, betas=(0.9, 0.95), weight_decay=0.01),
    ]
