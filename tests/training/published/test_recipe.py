"""The recipe for a lent GPU: a config that the stages take, and a script whose every command is one of ours."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from musicapp.description.config import parse_config
from musicapp.nn.autoencoder import build_autoencoder
from musicapp.training.published.transformer import read_description

ROOT = Path(__file__).parents[3]
SCRIPT, CONFIG = (ROOT / "docs" / "recipes" / f"keeps-phases.{ending}" for ending in ("sh", "json"))
READS_ONLY = f"""#!/bin/sh
# The command line's parser without the work: `python -m musicapp WORDS`.
shift 2
exec "{sys.executable}" -c '
import sys
from musicapp.cli.main import build_parser
print(build_parser().parse_args(sys.argv[1:]))' "$@"
"""

needs_sh = pytest.mark.skipif(os.name == "nt", reason="Windows has no sh for the script.")


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    python = folder / "python"
    python.write_text(READS_ONLY)
    python.chmod(0o755)
    env = os.environ | {"PYTHON": str(python), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["sh", str(SCRIPT), str(folder), *words], env=env, capture_output=True, text=True, check=False
    )


def test_its_latents_are_as_many_as_the_built_in_models_and_its_weights_fit_beside_a_transformer():
    config = parse_config(read_description(CONFIG))
    autoencoder = build_autoencoder(config.autoencoder)
    assert (autoencoder.downsampling_ratio, config.diffusion.dit.io_channels) == (2048, 64)
    assert 2 * sum(weights.numel() for weights in autoencoder.parameters()) < 17e6  # bytes in float16


@needs_sh
@pytest.mark.parametrize(
    ("words", "stages"),
    [
        (("data", "2000"), ["data"]),
        (("autoencoder", "10"), ["autoencoder", "pack"]),
        (("latents",), ["encode", "text"]),
        (("diffusion", "10"), ["diffusion", "pack"]),
    ],
)
def test_every_command_of_the_script_is_understood(tmp_path, words, stages):
    done = call(tmp_path, *words)
    assert (done.returncode, done.stderr) == (0, "")
    for stage in stages:
        assert f"stage='{stage}'" in done.stdout


@needs_sh
def test_the_model_gets_its_text_tower(tmp_path):
    (tmp_path / "text" / "clap_text").mkdir(parents=True)
    (tmp_path / "model").mkdir()
    done = call(tmp_path, "model", str(tmp_path / "model"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "stage='export'" in done.stdout and "only=" in done.stdout
    assert (tmp_path / "model" / "clap_text").is_dir()


@needs_sh
@pytest.mark.parametrize("stage", ["", "distil"])
def test_what_is_no_stage_is_said(tmp_path, stage):
    done = call(tmp_path, stage)
    assert done.returncode == 2
    assert "data, autoencoder, latents, diffusion, model" in done.stderr
