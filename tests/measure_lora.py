"""What a change of a LoRA's strength takes on a loaded model: `python -m tests.measure_lora MODEL [--precision P]`.

A random adapter over all linear layers of the transformer's blocks is written, the model is loaded without it, then
it is added, given another strength and taken away again, as the engine does it for one take after the other. Prints
seconds and resident memory of each. Linux only: peaks come from /proc.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from musicapp.checkpoints import keymap, lora, quantize
from musicapp.engine.engine import Engine
from musicapp.request import Lora
from tests.measure_memory import status


def write_adapter(networks: nn.ModuleDict, path: Path, rank: int) -> int:
    """A random adapter of all linear layers of the transformer's blocks, packed ones too; how many there are."""
    tensors: dict[str, torch.Tensor] = {}
    torch.manual_seed(0)
    for name, module in networks.named_modules():
        if name.startswith("dit.blocks.") and (isinstance(module, nn.Linear) or hasattr(module, quantize.SCALE)):
            rows, columns = lora._shape(module)
            published = keymap.to_published(name + ".weight").removesuffix(".weight")
            tensors[published + ".lora_down.weight"] = torch.randn(rank, columns) / columns**0.5
            tensors[published + ".lora_up.weight"] = 0.02 * torch.randn(rows, rank)
    save_file(tensors, path)
    return len(tensors) // 2


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.measure_lora", description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--rank", type=int, default=16)
    options = parser.parse_args()
    engine = Engine()

    def load(what: str, *loras: Lora) -> None:
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # begins VmHWM anew
        before, began_s, busy_s = status("VmRSS"), time.perf_counter(), time.process_time()
        list(engine.models.load(options.model, device="cpu", precision=options.precision, loras=loras))
        seconds = f"{time.perf_counter() - began_s:.1f} s, of it processor {time.process_time() - busy_s:.1f} s"
        sizes = ", ".join(f"{size / 1e9:.2f}" for size in (before, status("VmHWM"), status("VmRSS")))
        print(f"{what}: {seconds}; GB before, peak, after: {sizes}", flush=True)

    load("loaded without")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "adapter.safetensors"
        assert engine.models.held is not None
        count = write_adapter(engine.models.held.model.networks, path, options.rank)
        print(f"rank {options.rank}, {count} layers, {path.stat().st_size / 1e6:.0f} MB", flush=True)
        load("added", Lora(str(path), 1.0))
        load("another strength", Lora(str(path), 0.5))
        load("taken away")


if __name__ == "__main__":
    main()
