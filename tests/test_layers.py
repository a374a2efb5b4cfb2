"""Imports go one way: the table in ARCHITECTURE.md, checked by reading every file's syntax tree."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TORCH = {"torch", "transformers", "tokenizers", "torchaudio", "torchvision"}
QT = {"PySide6", "pyqtgraph", "shiboken6"}


@dataclass(frozen=True)
class Layer:
    """What a part may import: names below `musicapp`, and whether torch or Qt are allowed to it.

    apart  packages within `below`, or within the part itself, that it may not import all the same
    """

    below: tuple[str, ...]
    apart: tuple[str, ...] = ()
    torch: bool = False
    qt: bool = False


BASE = ("errors", "part_files", "shape", "request", "paths", "settings", "logs")
FIRST_TWO = (*BASE, "audio")
MODEL = ("prompts", "description", "nn", "diffusion", "checkpoints")
MUSIC = ("analysis", "composing", "captions")
TRAINING = (*FIRST_TWO, *MODEL, *MUSIC)
RECIPES = ("training.builtin", "training.published")
SERVICES = (
    *FIRST_TWO,
    "prompts",
    "description",
    "store",
    "library",
    "playback",
    "queueing",
    "analysis",
    "handover",
    "engine.events",
    "engine.host",
    "engine.checking",
    "engine.pace",
)

# The longest matching name counts. A part may always import itself; BASE may import only what stands before it.
LAYERS = {
    "errors": Layer(()),
    "import_path": Layer(()),
    "shape": Layer(("errors",)),
    "request": Layer(("errors", "shape")),
    "part_files": Layer(("errors",)),
    "paths": Layer(("errors", "part_files")),
    "settings": Layer(("errors", "shape", "request", "paths")),
    "logs": Layer(("errors", "request", "paths", "settings")),
    "audio": Layer(BASE),
    "description": Layer(("errors", "paths")),
    "prompts": Layer(("errors", "description")),
    "store": Layer((*BASE, "description")),
    "nn": Layer(("errors", "description"), torch=True),
    "diffusion": Layer(("errors", "description"), torch=True),
    "checkpoints": Layer(("errors", "paths", "description", "nn"), torch=True),
    "engine": Layer((*FIRST_TWO, *MODEL, "analysis"), torch=True),
    "engine.events": Layer(("errors", "request")),
    "engine.commands": Layer(("errors", "request")),
    "engine.host": Layer((*BASE, "engine.events", "engine.commands", "engine.worker")),
    "engine.checking": Layer(("errors",)),
    "engine.pace": Layer(BASE),
    "engine.worker": Layer((*BASE, "engine.events", "engine.commands")),
    "analysis": Layer(FIRST_TWO),
    "composing": Layer(("errors", "request", "prompts")),
    "captions": Layer(("prompts", "composing")),
    "training": Layer(TRAINING, ("training.stages", *RECIPES), torch=True),
    "training.builtin": Layer((*TRAINING, "training"), ("training.stages", "training.published"), torch=True),
    "training.published": Layer((*TRAINING, "training"), ("training.stages", "training.builtin"), torch=True),
    "training.stages": Layer((*TRAINING, "training"), torch=True),
    "evaluation": Layer((*TRAINING, "engine", "training"), ("training.stages", *RECIPES), torch=True),
    "library": Layer((*FIRST_TWO, "prompts", "engine.events")),
    "handover": Layer((*FIRST_TWO, "prompts", "description", "store", "library")),
    "playback": Layer(FIRST_TWO),
    "queueing": Layer((*FIRST_TWO, "prompts", "description", "library", "engine.events", "engine.host", "engine.pace")),
    "cli": Layer(SERVICES),
    "ui": Layer(SERVICES, qt=True),
    "__main__": Layer(("import_path", "settings", "cli", "ui")),
    "__init__": Layer(()),
}

# Only inside functions: the commands that train and evaluate, so that `--help` stays instant; and the engine's process,
# whose module the window imports in order to start it.
WITHIN_FUNCTIONS = {
    "cli": ("training", "evaluation"),
    "engine.worker": ("engine",),
    "engine.checking": ("checkpoints",),
    "engine.pace": ("diffusion",),  # for the type checker only
}
LATE_TORCH = ("engine.worker",)

FILES = sorted((ROOT / "musicapp").rglob("*.py"))


@dataclass(frozen=True)
class Import:
    """One imported module, absolute; `name` is what `from module import name` asked for.

    late  not at the start: inside a function, or for the type checker only
    """

    module: str
    name: str
    line: int
    late: bool


def imports_of(path: Path) -> list[Import]:
    """Every import of a file, at any depth."""
    package = list(path.relative_to(ROOT).parts[:-1])
    found: list[Import] = []

    def visit(node: ast.AST, late: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, "", node.lineno, late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found.extend(Import(module, alias.name, node.lineno, late) for alias in node.names)
        for_types = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, late or function or for_types)

    visit(ast.parse(path.read_text(encoding="utf-8"), str(path)), False)
    return found


def part_of(path: Path) -> str:
    """The name of a file below `musicapp`, as the table writes it: `engine.host`, `nn.dit`, `ui`."""
    parts = path.relative_to(ROOT / "musicapp").with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def row_of(part: str) -> str:
    """The row of the table that speaks for a part: itself, or the nearest package above it."""
    while part not in LAYERS and "." in part:
        part = part.rpartition(".")[0]
    return part


def is_within(part: str, names: tuple[str, ...]) -> bool:
    return any(part == name or part.startswith(f"{name}.") for name in names)


def faults_of(path: Path) -> list[str]:
    """One sentence for each import that the table does not allow."""
    row = row_of(part_of(path))
    layer = LAYERS[row]
    allowed = (*layer.below, row)
    allowed_late = WITHIN_FUNCTIONS.get(row, ())
    faults = []
    for found in imports_of(path):
        where = f"{path.relative_to(ROOT)}:{found.line}"
        top = found.module.partition(".")[0]
        loads_torch = top in TORCH or f"{found.module}.{found.name}".startswith("safetensors.torch")
        if loads_torch and not layer.torch and not (found.late and row in LATE_TORCH):
            faults.append(f"{where} imports {found.module}: no torch in {row}")
        if top in QT and not layer.qt:
            faults.append(f"{where} imports {found.module}: no Qt in {row}")
        if top != "musicapp":
            continue
        target = ".".join(part for part in (found.module.partition(".")[2], found.name) if part)
        if target in ("", "__version__") or (is_within(target, allowed) and not is_within(target, layer.apart)):
            continue
        if not (found.late and is_within(target, allowed_late)):
            faults.append(f"{where} imports musicapp.{target}: not below {row}")
    return faults


def test_every_part_has_a_row() -> None:
    rows = {row_of(part_of(path)) for path in FILES}
    assert rows <= set(LAYERS), f"no layer for {sorted(rows - set(LAYERS))}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_go_downwards(path: Path) -> None:
    assert not faults_of(path), "\n".join(faults_of(path))


def test_a_wrong_import_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check itself: it must see plain, relative and hidden imports."""
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    file = tmp_path / "musicapp" / "ui" / "widgets" / "meter.py"
    file.parent.mkdir(parents=True)
    file.write_text(
        "import torch.nn\nfrom ...nn import dit\nfrom ..theme import COLOURS\n"
        "def f():\n    from musicapp.engine import engine\n    from safetensors import torch\n"
    )
    faults = faults_of(file)
    assert [fault.partition(": ")[2] for fault in faults] == [
        "no torch in ui",
        "not below ui",
        "not below ui",
        "no torch in ui",
    ]


def test_a_recipe_that_reaches_into_the_other_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    text = (
        "from musicapp.training import dataset\nfrom musicapp.training.published import oobleck\n"
        "from musicapp.training.builtin import text\nfrom musicapp.training import stages\n"
    )
    wrong = {"builtin/a.py": [2, 4], "published/a.py": [3, 4], "loop.py": [2, 3, 4], "stages.py": []}
    for name, lines in wrong.items():
        file = tmp_path / "musicapp" / "training" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        assert [int(fault.split(":")[1].split(" ")[0]) for fault in faults_of(file)] == lines, name


def test_window_and_command_line_start_without_torch() -> None:
    """Measured, not read: whatever these modules pull in, torch and scipy are not among it."""
    code = (
        "import sys, musicapp.__main__, musicapp.cli.main, musicapp.engine.host, musicapp.ui.app\n"
        "import musicapp.engine.checking\n"
        "print(sorted({'torch', 'transformers', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def test_the_command_line_starts_without_qt() -> None:
    code = "import sys, musicapp.__main__, musicapp.cli.main\nprint(any(n.startswith('PySide6') for n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


def test_the_window_opens_without_what_it_needs_only_later() -> None:
    late = {"musicapp.description.config", "musicapp.prompts.facts", "musicapp.prompts.arc", "scipy", "torch"}
    late |= {f"musicapp.ui.dialogs.{name}" for name in ("about", "models", "settings")}
    late |= {"musicapp.handover.dawproject", "psutil"}
    code = f"import sys, musicapp.ui.app\nprint(sorted({late!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr
