"""What a package or a built app needs to be complete: declared dependencies, licences, the parts named in the spec."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from tests.test_layers import FILES, imports_of

ROOT = Path(__file__).resolve().parent.parent
DISTRIBUTIONS = {"PySide6": "PySide6-Essentials"}
# `transformers` cannot work without it and chooses its version.
COMES_WITH_TRANSFORMERS = {"tokenizers"}


@pytest.fixture(scope="module")
def notices() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notices", ROOT / "packaging" / "notices.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def declared(*extras: str) -> set[str]:
    """Names of the distributions that pyproject asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return {re.split(r"[<>=!;\[ ]", line)[0] for line in lines}


def test_every_import_is_a_declared_dependency() -> None:
    known = declared("train", "ray") | COMES_WITH_TRANSFORMERS
    missing = {
        f"{path.relative_to(ROOT)}: {top}"
        for path in FILES
        for top in {found.module.partition(".")[0] for found in imports_of(path)}
        if top not in sys.stdlib_module_names and top != "musicapp" and DISTRIBUTIONS.get(top, top) not in known
    }
    assert not missing


def test_pinned_versions_are_of_declared_packages() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in lines if "==" in line}
    assert pinned <= declared("dev", "train", "bundle", "ray") | COMES_WITH_TRANSFORMERS
    assert {"torch", "PySide6-Essentials"} <= pinned


def test_the_licences_of_what_ships_are_gathered(notices: ModuleType, tmp_path: Path) -> None:
    names = notices.write_notices(tmp_path / "notices.txt")
    text = (tmp_path / "notices.txt").read_text(encoding="utf-8")
    assert {"torch", "pyside6-essentials", "transformers", "soundfile", "numpy"} <= set(names)
    assert "hf-xet" not in names
    assert "GNU Lesser General Public License" in text
    assert "The Inter Project Authors" in text and "SIL OPEN FONT LICENSE" in text
    assert len(text) > 100_000  # the texts themselves, not only names


def test_the_spec_names_what_is_there() -> None:
    spec = (ROOT / "packaging" / "musicapp.spec").read_text(encoding="utf-8")
    hidden = re.findall(r'^    "(musicapp\.[\w.]+|transformers\.[\w.]+)",$', spec, re.MULTILINE)
    assert len(hidden) >= 4
    folder = Path(str(importlib.util.find_spec("transformers").submodule_search_locations[0])).parent
    for name in hidden:
        home = ROOT if name.startswith("musicapp") else folder
        assert (home / (name.replace(".", "/") + ".py")).is_file(), name


def test_the_spec_keeps_every_text_encoder() -> None:
    spec = (ROOT / "packaging" / "musicapp.spec").read_text(encoding="utf-8")
    kept = set(re.findall(r'"(\w+)"', re.search(r"^TEXT_ENCODERS = {(.*)}$", spec, re.MULTILINE)[1]))
    models = Path(str(importlib.util.find_spec("transformers").submodule_search_locations[0])) / "models"
    wanted = {
        found.name
        for path in FILES
        if "checkpoints" in path.parts
        for found in imports_of(path)
        if found.module == "transformers"
    }
    text = {
        path.name: "".join(f.read_text(encoding="utf-8") for f in path.glob("*.py"))
        for path in models.iterdir()
        if path.name in kept
    }
    assert {name for name in wanted if not any(f"class {name}(" in code for code in text.values())} == set()


def test_the_lock_has_a_checksum_for_every_package_that_ships(notices: ModuleType) -> None:
    blocks = re.split(r"\n(?=\S)", (ROOT / "packaging" / "lock.txt").read_text(encoding="utf-8"))
    pinned = {}
    for block in blocks:
        if found := re.match(r"([a-z0-9-]+)==([^\s;]+)", block):
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), found[1]
            pinned.setdefault(found[1], set()).add(found[2].partition("+")[0])
    shipped = {name: found.version.partition("+")[0] for name, found in notices.closure("musicapp").items()}
    shipped.pop("musicapp")
    assert {name: version for name, version in shipped.items() if version not in pinned.get(name, ())} == {}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    constraints = dict(line.lower().replace("_", "-").split("==") for line in lines if "==" in line)
    assert {name: pinned[name] for name in pinned.keys() & constraints if constraints[name] not in pinned[name]} == {}


def test_what_the_app_leaves_out_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    trim = importlib.import_module("trim")
    plain, asks = tmp_path / "plain.py", tmp_path / "asks.py"
    plain.write_text("x = 1\n")
    asks.write_text("install_config_module(sys.modules[__name__])\n")
    for name, path, wanted in (
        ("torch/nn/plain.py", plain, False),
        ("torch/_dynamo/config.py", asks, True),
        ("torch\\bin\\torch_shm_manager", plain, True),
        ("torch/bin/protoc", plain, False),
        ("torch/lib/libtorch_cpu.so", plain, True),
        ("torch/lib/libjitbackend_test.so", plain, False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", plain, True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", plain, False),
        *((f"PySide6/Qt/translations/qtbase_{code}.qm", plain, code == "de") for code in ("de", "fr")),
        ("PySide6\\translations\\qtbase_de.qm", plain, True),
        ("PySide6/Qt/translations/qt_de.qm", plain, False),
        ("torch-2.13.0.dist-info/RECORD", plain, False),
        ("torch-2.13.0.dist-info/METADATA", plain, True),
    ):
        assert trim.is_wanted((name, str(path), "DATA")) is wanted, name
    needs = {"qt": {"libqt"}, "gtk": {"libgtk", "libqt"}, "libgtk": {"libqt"}, "libqt": set(), "libportaudio": set()}
    kept = [(name, name, "BINARY") for name in ("qt", "libgtk", "libqt", "libportaudio")]
    left = trim.without_orphans(kept, [("gtk", "gtk", "BINARY")], lambda name: needs[name])
    assert [name for name, _, _ in left] == ["qt", "libqt", "libportaudio"]
