#!/bin/sh
# torch.Generator on the CPU takes the lower 32 bits of its seed and drops the others without a word, though the
# documented range is 64 bits and initial_seed() gives back all of them. Seeds 2**32 apart are one seed; seeds that carry
# what tells them apart in the upper half (take << 32 | seed) all draw the same noise, and so make the same music. A seed
# of -1 is not, as documented, 2**64 - 2 but 2**64 - 1, and so 2**32 - 1.
#
# Seen with torch 2.13.0 (CPU) and numpy 2.4.6, first two of eight normal numbers:
#   seed 7: -0.1468 0.7861
#   seeds 2**32 + 7, 2 * 2**32 + 7 and 2**63 + 7: -0.1468 0.7861
#   seeds 2**32 - 1 and -1: 1.2198 -0.3930
#   (numpy's default_rng, seeds 7 and 2**32 + 7, first number: 0.0012, 0.3474)
#
# Who meets it: an app that gives each take, block or worker a seed of its own by counting in the upper half gets one
# noise for all of them, and a seed above 2**32 comes back as another one where it is kept in 32 bits, with the same music.
# Musicapp's seeds have 32 bits, and what tells blocks apart is mixed into the lower ones (musicapp/diffusion/noise.py).
#
# Exits 0 when the behaviour is as described, 1 when it has changed. Where pip offers no CPU build of torch it loads some
# gigabytes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys

import numpy as np
import torch

print("torch", torch.__version__)


def drawn(seed):
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(8, generator=generator)
    print(f"seed {seed}, initial_seed() {generator.initial_seed()}:", *(f"{value:.4f}" for value in noise[:2]))
    return noise


small = drawn(7)
far = [torch.equal(small, drawn(take << 32 | 7)) for take in (1, 2, 2**31)]
last, minus_one = drawn(2**32 - 1), drawn(-1)
print("numpy, seeds 7 and 2**32 + 7:", *(f"{np.random.default_rng(seed).normal():.4f}" for seed in (7, 2**32 + 7)))
as_described = all(far) and torch.equal(last, minus_one) and not torch.equal(small, drawn(8))
sys.exit(0 if as_described else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py
