"""Several processes as one training through Hugging Face Accelerate, started by torchrun or `accelerate launch`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable

import torch
from torch import nn

from musicapp.errors import MusicAppError
from musicapp.training import device, sharding

ENGINES = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")  # what `accelerate launch` sets


def count() -> int:
    """How many processes the launcher started together; 1 without one."""
    return int(os.environ.get("WORLD_SIZE", "1"))


class Team:
    """The processes of one training, each with its own batches and a device; gradients are averaged over all.

    place    this process's device
    rank     its number; 0 is the main one, which alone writes
    is_spread  whether each process holds only a part of the weights; then all must do all things together

    Alone it adds nothing: no process group, no package. Raises MusicAppError when Accelerate is missing or set to
    shard the weights, RequestError for a device that is not here.
    """

    def __init__(self, device_name: str) -> None:
        self.place = device.choose(device_name)
        self.rank = 0
        self.is_spread = False
        self._accelerator = None
        if count() == 1:
            return
        try:
            from accelerate import Accelerator, DistributedDataParallelKwargs
        except ImportError as error:
            raise MusicAppError(
                "Training in several processes needs the package accelerate.", hint="Run: pip install musicapp[train]"
            ) from error
        if any(os.environ.get(name) == "true" for name in ENGINES):  # on CPUs Accelerate itself fails with them
            raise _spreads_itself()
        unused = DistributedDataParallelKwargs(find_unused_parameters=True)  # the text tower's last layer
        self._accelerator = Accelerator(cpu=self.place.type == "cpu", kwargs_handlers=[unused])
        if not str(self._accelerator.distributed_type.value).startswith("MULTI_"):
            raise _spreads_itself()
        self.place, self.rank = self._accelerator.device, self._accelerator.process_index
        if self.rank:
            logging.getLogger("musicapp").setLevel(logging.WARNING)

    @property
    def is_main(self) -> bool:
        return self.rank == 0

    def share(self, model: nn.Module) -> nn.Module:
        """The model, whose backward pass now averages gradients over all processes; weights are the main one's."""
        if self._accelerator is None:
            return model
        shared: nn.Module = self._accelerator.prepare_model(model)
        return shared

    def spread(self, model: nn.Module, blocks: Iterable[nn.Module]) -> None:
        """Leave each process only a part of the weights, where there are several."""
        if self._accelerator is not None:
            sharding.spread(model, blocks, kind=self.place.type, count=count())
            self.is_spread = True

    def agree(self, value: float) -> float:
        """The main process's value, in all of them: clocks differ, and steps and learning rates must not."""
        if self._accelerator is None:
            return value
        from accelerate.utils import broadcast

        return float(broadcast(torch.tensor([value], device=self.place)))

    def close(self) -> None:
        """Wait for each other and part."""
        if self._accelerator is not None:
            self._accelerator.wait_for_everyone()
            self._accelerator.end_training()


def _spreads_itself() -> MusicAppError:
    return MusicAppError(
        "Accelerate is set to spread the weights by itself.",
        hint="Configure it without FSDP or DeepSpeed; “train diffusion --config ... --sharded” spreads them.",
    )
