#!/bin/sh
# torch.ops.onednn.qlinear_pointwise, the packed int8 product that quantised models are compiled to on x86, takes signed
# inputs (int8, zero point 0) a few thousand times as long as unsigned ones (uint8, zero point 128) on a processor with
# AVX-512 VNNI: oneDNN has no kernel for them and this packing of the weight, and uses its reference code (ref_int8 in
# ONEDNN_VERBOSE=1). Both answers are exact, and nothing is said. On processors without VNNI signed ones are not slow.
#
# Seen with torch 2.13.0 (CPU) on an AMD EPYC with AVX-512 VNNI and without AMX, one thread, 64 x 512 x 512, processor time:
#   uint8 0.07 ms
#   int8 273.92 ms: 3747 times as long; both right: True
#
# Who meets it: whoever quantises the inputs of a model's layers to int8 around 0, as is usual for weights, and runs them
# by this operator. Musicapp does not use it (docs/benchmarks.md says what was tried).
#
# Exits 0 when the behaviour is as described, 1 when it has changed; without VNNI, or with AMX, it says so and exits with 0.
# Where pip offers no CPU build of torch it loads some gigabytes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import sys
import time

import torch

ROWS, INNER, OUTER = 64, 512, 512
print("torch", torch.__version__)
if not torch.cpu._is_vnni_supported() or torch.cpu._is_amx_tile_supported():
    sys.exit(print("This is about processors with AVX-512 VNNI and without AMX."))
torch.set_num_threads(1)
generator = torch.Generator().manual_seed(0)
signed = torch.randint(-127, 128, (ROWS, INNER), generator=generator, dtype=torch.int8)
weight = torch.randint(-127, 128, (OUTER, INNER), generator=generator, dtype=torch.int8)
packed = torch.ops.onednn.qlinear_prepack(weight, [ROWS, INNER])
scales, zeros = torch.ones(OUTER), torch.zeros(OUTER, dtype=torch.int32)
wanted = signed.double() @ weight.double().t()


def measured(inputs, zero_point):
    times = []
    for _ in range(4):
        start = time.process_time()
        product = torch.ops.onednn.qlinear_pointwise(
            inputs, 1.0, zero_point, packed, scales, zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        times.append(time.process_time() - start)
    return 1000 * min(times[1:]), torch.equal(product.double(), wanted)


quick, is_right = measured((signed.int() + 128).to(torch.uint8), 128)
print(f"uint8 {quick:.2f} ms")
slow, is_right_too = measured(signed, 0)
print(f"int8 {slow:.2f} ms: {slow / quick:.0f} times as long; both right: {is_right and is_right_too}")
sys.exit(0 if is_right and is_right_too and slow > 100 * quick else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py
