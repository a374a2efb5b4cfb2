"""Gather the licences of everything that the built app contains into one text file."""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|copyright)", re.IGNORECASE)
# Parts of the closure that musicapp.spec leaves out of the app.
LEFT_OUT = {"hf-xet"}
PREFACE = """This app contains the software listed below, each under its own licence.

Qt and PySide6 are used under the GNU Lesser General Public License, version 3: their libraries lie as separate
files in the folder PySide6 and may be replaced by other builds of the same version. PortAudio is used under the
MIT licence, libsndfile under the GNU Lesser General Public License, version 2.1; both are separate files as well.
"""


def closure(name: str) -> dict[str, metadata.Distribution]:
    """The installed distribution `name` and everything that it needs here, by normalised name."""
    found: dict[str, metadata.Distribution] = {}
    open_names = [name]
    while open_names:
        current = re.sub(r"[-_.]+", "-", open_names.pop()).lower()
        if current in found or current in LEFT_OUT:
            continue
        try:
            found[current] = metadata.distribution(current)
        except metadata.PackageNotFoundError:
            continue  # a requirement of another platform
        requirements = [Requirement(text) for text in found[current].requires or []]
        open_names += [r.name for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


def licence_texts(distribution: metadata.Distribution) -> list[str]:
    """The licence files that the distribution brought along, without repetitions."""
    files = [file for file in distribution.files or [] if LICENCE_FILE.search(file.name)]
    kept = [Path(str(file.locate())) for file in files if ".dist-info" in str(file)]
    texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in kept if path.is_file()]
    return list(dict.fromkeys(texts))


def write_notices(target: Path) -> list[str]:
    """Write the file and return the names of the distributions in it."""
    font = (Path(__file__).resolve().parent.parent / "resources" / "fonts" / "OFL.txt").read_text(encoding="utf-8")
    parts = [PREFACE, _entry("Python", sys.version.split()[0], "PSF-2.0", [_python_licence()])]
    parts.append(_entry("Inter, a font", "3.19", "OFL-1.1", [font]))
    distributions = closure("musicapp")
    distributions.pop("musicapp", None)
    for name in sorted(distributions):
        found = distributions[name]
        about = found.metadata
        classified = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or [] if "License ::" in text]
        kind = about.get("License-Expression") or ", ".join(classified) or (about.get("License") or "").split("\n")[0]
        parts.append(_entry(about["Name"], found.version, kind, licence_texts(found)))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(parts), encoding="utf-8")
    return sorted(distributions)


def _entry(name: str, version: str, kind: str, texts: list[str]) -> str:
    line = "=" * 100
    return "\n".join([line, f"{name} {version}: {kind or 'see its home page'}", line, "", *texts, ""])


def _python_licence() -> str:
    for folder in (Path(sys.base_prefix), Path(sys.base_prefix) / "lib" / f"python3.{sys.version_info.minor}"):
        if (file := folder / "LICENSE.txt").is_file():
            return file.read_text(encoding="utf-8")
    return "Python Software Foundation License, version 2: docs.python.org/3/license.html"
