"""The paper's transformer in full size for a few steps in the sparing mode: does its loss fall, in what memory?

    python -m tests.measure_full_training --work build/training --steps 10

The work folder needs latents and a text tower. The published warm-up takes hundreds of steps to move anything, so the
rate is fixed here (of Adafactor, which goes by the size of each weight). Measured are the held-out loss at fixed noise
before and after, the processor time of a step and the highest memory of the process. Nothing is kept.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from musicapp.description.config import parse_config
from musicapp.training.published import transformer


def main() -> None:
    """Print one line for the start, one for each step and one for the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-2)
    parser.add_argument("--config", default=transformer.PAPER)
    parser.add_argument("--text-encoder", type=Path)
    asked = parser.parse_args()
    config = parse_config(transformer.read_description(asked.config))
    with TemporaryDirectory() as folder:
        options = transformer.TransformerOptions(
            run=Path(folder),
            minutes=600,
            latents=asked.work / "latents",
            held_out=asked.work / "latents-held-out",
            text_encoder=asked.text_encoder or asked.work / "text" / "clap_text",
            batch=1,
            window=asked.window,
            light=True,
            checkpointing=True,
        )
        stage = transformer._TransformerStage(options, config)
        count = sum(weight.numel() for weight in stage.model.parameters())
        print(f"{count / 1e9:.3f} thousand million weights, {_peak_gb():.2f} GB", flush=True)
        before = transformer.measure(stage.model, stage.held_out, options, config)
        print(f"held-out loss {before:.5f}", flush=True)
        for step in range(asked.steps):
            began = time.process_time()
            learner = stage.learners[0]
            learner.set_rates(lambda peak: asked.rate)
            turn = next(stage.turns(0.0))
            learner.learn(turn.loss)
            stage.run.note(loss=turn.loss.item())
            spent = time.process_time() - began
            print(f"step {step + 1}: {spent:.1f} s of processor time, {_peak_gb():.2f} GB", flush=True)
        after = transformer.measure(stage.model, stage.held_out, options, config)
        print(f"held-out loss {after:.5f}, {_peak_gb():.2f} GB at most", flush=True)


def _peak_gb() -> float:
    """The highest memory of this process so far (Linux counts it in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    main()
