"""Latents that run round: their last one is followed by their first, as the network sees it in every call."""

from __future__ import annotations

import torch
from torch import Tensor

from musicapp.diffusion.objectives import Network


def unrolled(latents: Tensor, lead: int, length: int) -> Tensor:
    """`length` latents of a circle `(..., count)`, from `lead` before its first one on, as often round as it takes."""
    places = torch.arange(-lead, length - lead, device=latents.device) % latents.shape[-1]
    return latents.index_select(-1, places)


def running_round(network: Network, lead: int, length: int) -> Network:
    """A network that is asked about a circle, for samplers that work on one turn of it.

    network  sees `length` latents, of which the turn begins with number `lead`; around it lies more of the circle
    """

    def answered(x: Tensor, timestep: Tensor) -> Tensor:
        return network(unrolled(x, lead, length), timestep)[..., lead : lead + x.shape[-1]]

    return answered
