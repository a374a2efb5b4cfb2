"""Write packaging/lock.txt anew: every package of the built app and of its building, with the SHA-256 of its files.

    python packaging/lock.py [further words for uv, for example --find-links FOLDER]

Versions are those of constraints.txt; those of packages that it does not name stay as they are in the lock unless
`--upgrade` is among the words. Needs uv (`pip install uv`). torch for Linux is its build for the CPU, so it must be
offered by an index or a folder; the packages that only its other builds need are left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "packaging" / "lock.txt"
PYTHON = "3.11"  # that the app is built with
LEFT_OUT = re.compile(r"nvidia-|cuda-|triton==|httpx2-jsfetch==|pyaudio==")
HEAD = "# Written by packaging/lock.py, for Python 3.11. `./dev bundle` installs this and nothing else.\n"


def main(words: list[str]) -> int:
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        sys.exit("uv is not installed: pip install uv")
    options = ["--extra", "bundle", "--constraints", "constraints.txt", "--universal", "--python-version", PYTHON]
    shape = ["--generate-hashes", "--no-header", "--no-annotate", "--output-file", str(LOCK)]
    done = subprocess.run([uv, "pip", "compile", "--quiet", "pyproject.toml", *options, *shape, *words], cwd=ROOT)
    if done.returncode:
        return done.returncode
    blocks = re.split(r"\n(?=\S)", LOCK.read_text(encoding="utf-8").strip())
    kept = [block for block in blocks if not LEFT_OUT.match(block)]
    LOCK.write_text(HEAD + "\n".join(kept) + "\n", encoding="utf-8")
    print(f"{LOCK}: {len(kept)} packages.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
