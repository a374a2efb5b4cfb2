"""What people install: made of a stand-in for the built app, unpacked, started, and taken away again."""

from __future__ import annotations

import configparser
import importlib
import os
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from musicapp import __version__
from musicapp.ui.intake import OUR_SUFFIXES

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging"
on_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not all(map(shutil.which, ("xz", "tar", "dpkg-deb"))),
    reason="xz, tar and dpkg-deb of Linux are not installed.",
)


@pytest.fixture
def packages(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PACKAGING))
    return importlib.import_module("linux_packages")


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A built app whose program says what it was given."""
    folder = tmp_path / "dist" / "Musicapp"
    (folder / "_internal" / "resources").mkdir(parents=True)
    shutil.copy(ROOT / "resources" / "icon.svg", folder / "_internal" / "resources")
    (folder / "musicapp").write_text('#!/bin/sh\necho "started with $*"\n')
    (folder / "musicapp").chmod(0o755)
    return folder


def start(program: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    return subprocess.run([str(program), *words], env=environment, capture_output=True, text=True, check=False)


@on_linux
def test_the_single_file_unpacks_once_and_starts(packages: ModuleType, app: Path, tmp_path: Path) -> None:
    file = packages.single_file(app, app.parent, 0)
    first, second = (start(file, tmp_path, "generate", "calm piano") for _ in range(2))
    assert first.stdout == second.stdout == "started with generate calm piano\n"
    assert "unpacks itself" in first.stderr and second.stderr == ""
    place = tmp_path / ".local" / "share" / "musicapp-program"
    assert [path.name for path in place.iterdir()] == [path.name for path in place.glob("[0-9a-f]*")]


@on_linux
def test_an_update_takes_the_place_of_the_version_before(packages: ModuleType, app: Path, tmp_path: Path) -> None:
    start(packages.single_file(app, app.parent, 0), tmp_path)
    (app / "new").write_text("another version")
    assert start(packages.single_file(app, app.parent, 0), tmp_path).returncode == 0
    (only,) = (tmp_path / ".local" / "share" / "musicapp-program").iterdir()
    assert (only / "new").is_file()


@on_linux
def test_a_damaged_single_file_says_so_and_leaves_nothing(packages: ModuleType, app: Path, tmp_path: Path) -> None:
    file = packages.single_file(app, app.parent, 0)
    file.write_bytes(file.read_bytes()[:-200])
    done = start(file, tmp_path)
    assert done.returncode == 1 and "damaged" in done.stderr
    assert not list((tmp_path / ".local" / "share" / "musicapp-program").iterdir())


@on_linux
def test_the_single_file_comes_into_the_menu_and_goes(packages: ModuleType, app: Path, tmp_path: Path) -> None:
    file = packages.single_file(app, app.parent, 0)
    assert start(file, tmp_path, "--install").returncode == 0
    command, share = tmp_path / ".local" / "bin" / "musicapp", tmp_path / ".local" / "share"
    assert start(command, tmp_path, "--version").stdout == "started with --version\n"
    entry = (share / "applications" / "musicapp.desktop").read_text(encoding="utf-8")
    assert f'Exec="{command}" %F' in entry
    assert (share / "icons/hicolor/scalable/apps/musicapp.svg").is_file()
    assert start(file, tmp_path, "--uninstall").returncode == 0
    assert list(tmp_path.joinpath(".local").rglob("*musicapp*")) == []


@on_linux
def test_the_debian_package_holds_app_command_menu_and_icons(packages: ModuleType, app: Path, tmp_path: Path) -> None:
    package = packages.debian(app, app.parent, 0)
    subprocess.run(["dpkg-deb", "--extract", str(package), str(tmp_path / "root")], check=True)
    root = tmp_path / "root"
    assert (root / "usr/bin/musicapp").readlink() == Path("/opt/musicapp/musicapp")
    assert (root / "opt/musicapp/musicapp").stat().st_mode & 0o777 == 0o755
    assert (root / "usr/share/applications/musicapp.desktop").is_file()
    assert (root / "usr/share/icons/hicolor/256x256/apps/musicapp.png").read_bytes().startswith(b"\x89PNG")
    fields = subprocess.run(["dpkg-deb", "--field", str(package)], capture_output=True, text=True, check=True).stdout
    assert f"Version: {__version__}\n" in fields and "Depends: libc6" in fields


@on_linux
def test_an_appimage_is_the_runtime_and_a_squashfs(packages: ModuleType, app: Path, tmp_path: Path) -> None:
    if not all(map(shutil.which, ("mksquashfs", "unsquashfs"))):
        pytest.skip("The programs of squashfs-tools are not installed.")
    runtime = tmp_path / "runtime"
    runtime.write_bytes(b"\x7fELF and so on" * 40)
    image = packages.appimage(app, app.parent, runtime)
    assert image.read_bytes().startswith(runtime.read_bytes())
    command = ["unsquashfs", "-q", "-o", str(runtime.stat().st_size), "-d", str(tmp_path / "tree"), str(image)]
    subprocess.run(command, check=True, capture_output=True)
    assert start(tmp_path / "tree" / "AppRun", tmp_path, "x").stdout == "started with x\n"
    assert (tmp_path / "tree" / "musicapp.png").is_file() and (tmp_path / "tree" / "musicapp.desktop").is_file()


def test_every_system_is_told_of_all_sounds_that_can_be_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    mac = importlib.import_module("mac")
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(PACKAGING / "linux" / "musicapp.desktop", encoding="utf-8")
    kinds = entry["Desktop Entry"]["MimeType"]
    for kind in ("audio/x-wav", "audio/flac", "audio/ogg", "audio/x-opus+ogg", "audio/mpeg"):
        assert f"{kind};" in kinds
    assert entry["Desktop Entry"]["Exec"] == "musicapp %F"
    information = plistlib.loads(plistlib.dumps(mac.information()))
    endings = {ending for kind in information["CFBundleDocumentTypes"] for ending in kind["CFBundleTypeExtensions"]}
    assert {f".{ending}" for ending in endings} == set(OUR_SUFFIXES)
    assert information["CFBundleShortVersionString"] == __version__
    setup = (PACKAGING / "windows.iss").read_text(encoding="utf-8")
    assert set(re.findall(r'SupportedTypes"; ValueType: string; ValueName: "(\.\w+)"', setup)) == set(OUR_SUFFIXES)


def test_icons_are_what_windows_and_macos_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGING))
    icons = importlib.import_module("icons")
    ico = icons.ico()
    count = int.from_bytes(ico[4:6], "little")
    assert ico[:4] == b"\0\0\1\0" and count == len(icons.ICO_SIZES)
    for number in range(count):
        entry = icons.ENTRY.unpack_from(ico, icons.HEAD.size + number * icons.ENTRY.size)
        assert ico[entry[7] : entry[7] + 8] == b"\x89PNG\r\n\x1a\n" and entry[7] + entry[6] <= len(ico)
    icns = icons.icns()
    assert icns[:4] == b"icns" and int.from_bytes(icns[4:8], "big") == len(icns)


@pytest.mark.parametrize("path", sorted((ROOT / ".github" / "workflows").glob("*.yml")), ids=lambda path: path.stem)
def test_workflows_call_what_is_there(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", step["uses"]) for step in steps if "uses" in step)
    commands = "\n".join(step.get("run", "") for step in steps).replace("\\", "/")
    for name in re.findall(r"\bpackaging/[\w./]+", commands):
        assert (ROOT / name).exists()
    assert set(re.findall(r"python dev (\w+)", commands)) <= {"test", "bundle", "package"}
