"""Try a built app with a model of every family: `.venv/bin/python packaging/check_models.py dist/Musicapp`.

Each take must have the same bytes as from the source tree. The models are tiny and made here, as in the tests. Also the
rest of the command line that needs parts of its own: every file format, training, and the app's own self-test.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import diffusers_folder  # noqa: E402
from tests.checkpoints import test_diffusers, test_diffusers_sa3, test_stable_audio_3  # noqa: E402
from tests.tiny_model import write_tiny_model  # noqa: E402

LAYER = "model.model.transformer.layers.0.self_attn.to_qkv"
SEED = 7


def _stable_audio_3(folder: Path) -> None:
    folder.mkdir()
    test_stable_audio_3.write_model(folder)


def _stable_audio_3_diffusers(folder: Path) -> None:
    whole = folder.with_name("whole-3")
    whole.mkdir()
    encoder = test_stable_audio_3.write_model(whole) / "t5gemma-b-b-ul2"
    values = test_diffusers_sa3.description()
    test_diffusers_sa3.write(folder, values, test_diffusers_sa3.random_weights(values), encoder)


def _diffusers(folder: Path) -> None:
    published = folder.with_name("published")
    published.mkdir()
    diffusers_folder.write(test_diffusers.write_published(published), folder)


FAMILIES: dict[str, Callable[[Path], object]] = {
    "spectral, CLAP, v": lambda folder: write_tiny_model(folder, text_encoder="clap"),
    "spectral, T5, rectified flow": lambda folder: write_tiny_model(
        folder, text_encoder="t5", objective="rectified_flow"
    ),
    "Oobleck, T5, v": lambda folder: write_tiny_model(folder, text_encoder="t5", autoencoder="oobleck"),
    "timeline, denoiser": lambda folder: write_tiny_model(folder, timeline=True, objective="rf_denoiser"),
    "stored in int8": lambda folder: write_tiny_model(folder, int8=True, text_encoder="none"),
    "Stable Audio 3, SAME, T5Gemma": _stable_audio_3,
    "diffusers folder": _diffusers,
    "diffusers folder of Stable Audio 3": _stable_audio_3_diffusers,
}
PRECISIONS = ("fp32", "bf16", "fp16", "int8", "int4")


def adapter(folder: Path) -> Path:
    """A LoRA adapter for the first family."""
    random = torch.Generator().manual_seed(0)
    parts = {"lora_A": torch.randn(2, 64, generator=random), "lora_B": torch.randn(192, 2, generator=random)}
    names = {f"{LAYER}.parametrizations.weight.0.{part}": tensor for part, tensor in parts.items()}
    save_file(names, folder / "x.safetensors", {"lora_config": '{"adapter_type": "lora", "rank": 2, "alpha": 2}'})
    return folder / "x.safetensors"


def cases(folder: Path) -> dict[str, list[str]]:
    """What to give to `generate` by name, the output left out."""
    made: dict[str, list[str]] = {"built-in": ["--seconds", "2"]}
    for number, (name, write) in enumerate(FAMILIES.items()):
        place = folder / f"model-{number}"
        write(place)
        made[name] = ["--model", str(place), "--seconds", "0.5", "--steps", "2"]
    first = made[next(iter(FAMILIES))]
    made |= {f"precision {name}": [*first, "--precision", name] for name in PRECISIONS}
    made["LoRA"] = [*first, "--lora", str(adapter(folder))]
    made |= {f"format {name}": [*first, "--format", name] for name in ("flac", "ogg", "opus", "mp3")}
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the built app, dist/Musicapp")
    program = str(parser.parse_args().folder.resolve() / "musicapp")
    failed = []
    with tempfile.TemporaryDirectory(prefix="musicapp-models-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        environment = {**os.environ, "MUSICAPP_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}

        def run(*words: str) -> str:
            done = subprocess.run(words, env=environment, capture_output=True, text=True, cwd=folder, check=False)
            return "" if done.returncode == 0 else f"exit code {done.returncode}: {(done.stderr or done.stdout)[-800:]}"

        def verdict(what: str, wrong: str, took_s: float) -> None:
            print(f"{'FAILED' if wrong else 'ok':<6}  {what}, {took_s:.1f} s {wrong}", flush=True)
            failed.extend([what] if wrong else [])

        for what, words in cases(folder).items():
            asked, began, digests = ["generate", "calm piano", "--seed", str(SEED), "--force", *words], time.time(), []
            form = words[words.index("--format") + 1] if "--format" in words else "wav"
            wrong = ""
            for start in ([program], [sys.executable, "-m", "musicapp"]):
                target = folder / f"take.{form}"
                target.unlink(missing_ok=True)
                wrong = wrong or run(*start, *asked, "-o", str(target))
                digests.append(hashlib.sha256(target.read_bytes()).hexdigest() if target.exists() else "")
            verdict(
                what, wrong or ("" if digests[0] == digests[1] else "other bytes than from source"), time.time() - began
            )
        for what, words in {"models list": ["models", "list"], "self-test": ["--self-test"]}.items():
            began = time.time()
            verdict(what, run(program, *words), time.time() - began)
    print(f"FAILED: {', '.join(failed)}" if failed else "Every family works.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
