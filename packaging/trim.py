"""What the built app leaves out: parts that no path of it needs. `check_models.py` and the smoke test show that.

Names inside the app have forward slashes here, on every system.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

Entry = tuple[str, str, str]  # name inside the app, path on this machine, kind

MODULES = [
    # Other window toolkits and plotting that pyqtgraph and torch try when they are there.
    *("tkinter", "matplotlib", "IPython", "PyQt5", "PyQt6"),
    # Qt parts that the window does not use. QtTest, QtOpenGL and QtOpenGLWidgets must stay: pyqtgraph imports them.
    *("PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets", "PySide6.QtDesigner"),
    # A downloader of the hub, 11 MB: it cannot resume after a crash, so the app does not use it.
    "hf_xet",
    # Tools of development environments that torch and transformers import when they are there.
    *("pytest", "_pytest", "hypothesis", "mypy", "setuptools", "tensorboard", "accelerate"),
    # Command lines of libraries: their colours and their words.
    *("rich", "typer", "pygments", "markdown_it", "click", "pydoc_data"),
    # torch's compiler behind torch.compile, which needs a C++ compiler and Python's headers beside it.
    "networkx",
    *(
        f"torch._inductor.{name}"
        for name in (
            *(
                "codegen",
                "compile_fx",
                "decomposition",
                "fx_passes",
                "graph",
                "ir",
                "kernel",
                "lowering",
                "pattern_matcher",
            ),
            *("mkldnn_lowerings", "quantized_lowerings", "scheduler", "select_algorithm", "template_heuristics"),
            *("autoheuristic", "comms", "cudagraph_trees", "package", "jagged_lowerings", "fuzzer"),
        )
    ),
    # torch's own tests.
    *(f"torch.testing._internal.{name}" for name in ("opinfo", "generated", "codegen")),
    *(f"torch.testing._internal.common_{name}" for name in ("methods_invocations", "modules", "quantization", "nn")),
    # Checks of answers from servers that the hub's library makes when it finds this; the app asks for none of them.
    *("pydantic", "pydantic_core"),
]

DATA = (
    "torch/test/",
    "torch/include/",
    "torch/share/",
    "torch/bin/",
    "torch/testing/_internal/",
    "torch/_inductor/",
    "PySide6/Qt/translations/",
    "PySide6/translations/",
    "PySide6/Qt/qml/",
    "hf_xet/",
)
NEEDED_DATA = (
    "torch/bin/torch_shm_manager",  # `import torch` fails without it
    # Qt's own words in the languages of the window: buttons, dialogs, names of keys
    *("PySide6/Qt/translations/qtbase_de.qm", "PySide6/translations/qtbase_de.qm"),
)
RECORDS = re.compile(r"[^/]+\.dist-info/(RECORD|licenses/.*|LICEN[CS]E.*|direct_url\.json|INSTALLER|REQUESTED)")

LIBRARIES = re.compile(
    r"torch/lib/lib(torchbind_test|jitbackend_test|backend_with_compiler|aoti_custom_ops)\."
    # found by name on the machine that builds, if it happens to have a GPU
    r"|libcudart|libnvrtc|libcuda\."
    # Qt without a desktop: bare screens, their keyboards, remote control
    r"|PySide6/Qt/plugins/platforms/libq(linuxfb|eglfs|vkkhrdisplay|vnc|minimal|minimalegl)\."
    r"|PySide6/Qt/plugins/(egldeviceintegrations|generic|networkinformation|tls)/"
    r"|PySide6/Qt/lib/libQt6Egl"
    # GTK's own file dialogs and colours: 20 MB of another toolkit; the desktop's portal gives the same
    r"|PySide6/Qt/plugins/platformthemes/libqgtk3\."
    # pictures that the app has none of
    r"|PySide6/Qt/plugins/imageformats/libq(tiff|webp|pdf|wbmp|tga|icns)\."
)
# Python's text of torch's modules beside their compiled form: torch reads the text of these.
READS_ITSELF = re.compile(rb"install_config_module\(|jit\.(script|_overload|interface)|_jit_internal|_overload_method")
# Not those whose parts were moved when their wheels were made: they come out of it with addresses that nothing loads.
STRIPPED = re.compile(r"(?!numpy\.libs/|numpy/|PySide6/|shiboken6/).*\.so(\.\d+)*")
DYNAMIC = ("libportaudio", "libpython", "libsndfile", "libsoxr")  # opened by name, so nothing asks for them


def is_wanted(entry: Entry) -> bool:
    """Whether an entry of PyInstaller's lists belongs into the app, seen by itself."""
    name = entry[0].replace("\\", "/")
    if name.startswith(NEEDED_DATA):
        return True
    if name.startswith("torch/") and name.endswith(".py"):
        return READS_ITSELF.search(Path(entry[1]).read_bytes()) is not None
    return not (name.startswith(DATA) or RECORDS.fullmatch(name) or LIBRARIES.match(name))


def without_orphans(kept: list[Entry], left_out: list[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """The libraries less those that only libraries which were left out had asked for.

    needs  file names of everything that the library at a path is linked to, directly or not
    """
    candidates = {name for entry in left_out if entry[2] != "SYMLINK" for name in needs(entry[1])}
    loose = [entry for entry in kept if "/" not in entry[0] and entry[0] in candidates]
    staying = [entry for entry in kept if entry not in loose]
    asked_for = {name for entry in staying if entry[2] != "SYMLINK" for name in needs(entry[1])}
    return [entry for entry in kept if entry not in loose or entry[0] in asked_for or entry[0].startswith(DYNAMIC)]


def strip(folder: Path) -> int:
    """Take the names that only debuggers read out of the libraries of a built app; how many bytes less."""
    if not sys.platform.startswith("linux"):
        return 0
    folder, saved = folder / "_internal", 0
    for path in sorted(folder.rglob("*.so*")):
        if path.is_symlink() or not STRIPPED.fullmatch(path.relative_to(folder).as_posix()):
            continue
        before = path.stat().st_size
        subprocess.run(["strip", "--strip-unneeded", str(path)], check=True)
        saved += before - path.stat().st_size
    return saved
