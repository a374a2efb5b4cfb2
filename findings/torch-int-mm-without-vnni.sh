#!/bin/sh
# torch._int_mm, the product of bytes behind int8 layers, is a plain loop on processors without AVX-512 VNNI (AMD's before
# Zen 4, Intel's Core since the 12th generation): tens of times slower than the product of floats that quantising was to
# beat. With VNNI it is several times quicker than that. The result is the same, and nothing is said. (The loop came in
# place of wrong sums, by pytorch's pull request 136942.)
#
# Seen with torch 2.13.0 on an AMD EPYC with AVX-512 VNNI, one thread, 512 x 1536 x 1536, processor time of the best of
# three; the loop by switching torch.backends.mkldnn off, for which torch asks beside VNNI:
#   floats 22.5 ms
#   bytes with VNNI 4.0 ms
#   bytes without it 550.9 ms: 24 times as long as floats; right: True
#
# Who meets it: a model loaded "in 8 bits, to be quicker" takes minutes for what took seconds on another machine. Musicapp
# multiplies bytes only with VNNI; without it weights become floats again, tile by tile, for each product
# (musicapp/nn/int8.py): a layer in 52 ms instead of 1137 ms.
#
# Exits 0 when the behaviour is as described, 1 when it has changed; on processors that are not x86 it says so, and exits
# with 0. Where pip offers no CPU build of torch it loads some gigabytes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "torch==2.13.0" "numpy==2.4.6"
cat > "$folder/try.py" <<'PYTHON'
import platform
import sys
import time
import warnings

import torch
from torch.nn import functional as F


def least_ms(product):
    times = []
    for _ in range(4):
        start = time.process_time()
        product()
        times.append(time.process_time() - start)
    return 1000 * min(times[1:])


if platform.machine() not in ("x86_64", "AMD64"):
    sys.exit(print("This is about x86 processors; this is", platform.machine()))
torch.set_num_threads(1)
has_vnni = torch.cpu._is_vnni_supported()
print("torch", torch.__version__, "- AVX-512 VNNI:", has_vnni)
left = torch.randint(-127, 128, (512, 1536), dtype=torch.int8)
right = torch.randint(-127, 128, (1536, 1536), dtype=torch.int8)
floats = left.float(), right.float()
as_floats = least_ms(lambda: F.linear(*floats))
print(f"floats {as_floats:.1f} ms")
if has_vnni:
    as_bytes = least_ms(lambda: torch._int_mm(left, right.t()))
    print(f"bytes with VNNI {as_bytes:.1f} ms")
    if as_bytes > as_floats:
        sys.exit("This has changed.")
warnings.simplefilter("ignore")  # flags() speaks of Intel's graphics cards
with torch.backends.mkldnn.flags(enabled=False):
    in_a_loop = least_ms(lambda: torch._int_mm(left, right.t()))
    is_right = torch.equal(torch._int_mm(left, right.t()).double(), floats[0].double() @ floats[1].double().t())
print(f"bytes without it {in_a_loop:.1f} ms: {in_a_loop / as_floats:.0f} times as long as floats; right: {is_right}")
sys.exit(0 if is_right and in_a_loop > 5 * as_floats else "This has changed.")
PYTHON
cd "$folder"
"$folder/venv/bin/python" try.py
