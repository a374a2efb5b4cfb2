#!/bin/sh
# Takes that diffusers' sampler for Stable Audio (CosineDPMSolverMultistepScheduler) makes one after another from one
# torch.Generator are the same take. The starting noise does go on in the generator, but the noise of the steps is drawn
# anew each time from its initial_seed(), and between sigma 500 and 0.3 nothing is left of the starting noise. So
# `generator=` in a loop gives one piece of music over and over, though the generator's state moves on, and other
# schedulers give new ones. A batch, a list of generators and no generator at all give different takes.
#
# Seen with diffusers 0.42.1, torchsde 0.2.6 and torch 2.13.0 (CPU), a perfect denoiser of normal numbers in place of the
# network, 50 steps, as StableAudioPipeline calls the scheduler:
#   how the second take was made, correlation with the first
#   the generator goes on: 1.00
#   another seed: 0.00
#   the second of a batch: -0.01
#   the generator goes on, DPMSolverMultistepScheduler (SDE): 0.00
#
# Who meets it: whoever asks a Stable Audio pipeline for some variations in a loop and seeds it once before, as with torch's
# own numbers, hears one take. Musicapp draws all noise of a take from the take's own seed, and says it with the take
# (musicapp/diffusion/noise.py, musicapp/diffusion/samplers.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed. Where pip offers no CPU build of torch it loads some
# gigabytes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "diffusers==0.42.1" "torchsde==0.2.6" "torch==2.13.0" "numpy==2.4.6" "scipy==1.17.1"
cat > "$folder/try.py" <<'PYTHON'
import sys
import warnings

import diffusers
import torch
from diffusers import CosineDPMSolverMultistepScheduler, DPMSolverMultistepScheduler

warnings.filterwarnings("ignore", module="torchsde")  # of sigmas that are rounded at the ends
print("diffusers", diffusers.__version__, "- torch", torch.__version__)
STEPS = 50


def stable_audio(generator: torch.Generator, count: int = 1) -> torch.Tensor:
    """Takes of normal numbers of deviation 1, in the place of latents of 24 s."""
    scheduler = CosineDPMSolverMultistepScheduler()
    scheduler.set_timesteps(STEPS)
    latents = torch.randn(count, 64, 512, generator=generator) * scheduler.init_noise_sigma
    for number, timestep in enumerate(scheduler.timesteps):
        sigma = scheduler.sigmas[number]
        denoised = latents / (1 + sigma**2)
        data = scheduler.config.sigma_data
        skip, out = data**2 / (sigma**2 + data**2), -sigma * data / (sigma**2 + data**2) ** 0.5
        latents = scheduler.step((denoised - skip * latents) / out, timestep, latents, generator=generator)[0]
    return latents


def other_sampler(generator: torch.Generator) -> torch.Tensor:
    """As above, by a sampler that draws each step's noise from the generator as it stands."""
    scheduler = DPMSolverMultistepScheduler(algorithm_type="sde-dpmsolver++", prediction_type="sample")
    scheduler.set_timesteps(STEPS)
    latents = torch.randn(1, 64, 512, generator=generator)
    for number, timestep in enumerate(scheduler.timesteps):
        signal = 1 / (1 + scheduler.sigmas[number] ** 2) ** 0.5
        latents = scheduler.step(signal * latents, timestep, latents, generator=generator)[0]
    return latents


def alike(first: torch.Tensor, second: torch.Tensor) -> float:
    return torch.corrcoef(torch.stack([first.flatten(), second.flatten()]))[0, 1].item()


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


one = seeded(3)
first, second = stable_audio(one), stable_audio(one)
batch = stable_audio(seeded(3), 2)
other = seeded(3)
found = {
    "the generator goes on": alike(first, second),
    "another seed": alike(first, stable_audio(seeded(4))),
    "the second of a batch": alike(batch[0], batch[1]),
    "the generator goes on, DPMSolverMultistepScheduler (SDE)": alike(other_sampler(other), other_sampler(other)),
}
for how, correlation in found.items():
    print(f"{how}: {round(correlation, 2) + 0.0:.2f}")
continued, *rest = found.values()
sys.exit(0 if continued > 0.999 and max(map(abs, rest)) < 0.1 else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py
