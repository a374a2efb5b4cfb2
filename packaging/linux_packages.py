"""Make of the one-folder app what people install: `python packaging/linux_packages.py dist/Musicapp dist`.

musicapp_VERSION_amd64.deb         for Debian 12, Ubuntu 22.04 and later: /opt/musicapp, `musicapp`, the menu
Musicapp-VERSION-x86_64.run        one file for any desktop: unpacks itself for one user and starts
Musicapp-VERSION-x86_64.AppImage   only with --appimage-runtime FILE, the AppImage project's runtime (type 2)
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from icons import png
from mac import version

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
# What the app's own libraries ask of the system; names of Debian 12, and those of later releases.
DEPENDS = (
    "libc6 (>= 2.34), libgl1, libegl1, libdbus-1-3, libfontconfig1, libxkbcommon0, libglib2.0-0 | libglib2.0-0t64, "
    "libportaudio2"
)
RECOMMENDS = "libxcb-cursor0, libxkbcommon-x11-0, libxcb-icccm4, libxcb-keysyms1, libxcb-shape0, libwayland-cursor0"
CONTROL = """Package: musicapp
Version: {version}
Architecture: {architecture}
Maintainer: The Musicapp project <musicapp@localhost>
Installed-Size: {kilobytes}
Depends: {depends}
Recommends: {recommends}
Section: sound
Priority: optional
Description: Type a prompt, hear music, on your own computer
 A desktop app and a command line that make stereo music of up to 4:45 from
 words, by a latent diffusion model that comes along. Nothing leaves the
 computer.
"""
# Menus and icons are cached; a system without these programs reads the files themselves.
AFTERWARDS = """#!/bin/sh
set -e
if command -v update-desktop-database >/dev/null; then update-desktop-database -q || true; fi
if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -t -f /usr/share/icons/hicolor || true; fi
"""
APP_RUN = """#!/bin/sh
exec "${APPDIR:-$(dirname "$(readlink -f "$0")")}/usr/lib/musicapp/musicapp" "$@"
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("app", type=Path, help="the built app, dist/Musicapp")
    parser.add_argument("output", type=Path, help="the folder for the results")
    parser.add_argument(
        "--appimage-runtime", type=Path, metavar="FILE", help="also make an AppImage, which begins with this"
    )
    parser.add_argument("--level", type=int, default=6, help="of xz, 0 to 9 (default 6)")
    arguments = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    made = [debian(arguments.app, arguments.output, arguments.level)]
    made.append(single_file(arguments.app, arguments.output, arguments.level))
    if arguments.appimage_runtime:
        made.append(appimage(arguments.app, arguments.output, arguments.appimage_runtime))
    for path in made:
        print(f"{path}: {path.stat().st_size / 1e6:.0f} MB")
    return 0


def debian(app: Path, output: Path, level: int = 6) -> Path:
    """A .deb of the app."""
    architecture = ARCHITECTURES[platform.machine()]
    target = output / f"musicapp_{version()}_{architecture}.deb"
    with tempfile.TemporaryDirectory(dir=output) as name:
        tree = Path(name) / "tree"
        lay_out(app, tree, "opt/musicapp", "usr/share")
        (tree / "usr/bin").mkdir(parents=True)
        (tree / "usr/bin/musicapp").symlink_to("/opt/musicapp/musicapp")
        papers = tree / "usr/share/doc/musicapp"
        papers.mkdir(parents=True)
        shutil.copy(ROOT / "LICENSE", papers / "copyright")
        changes = (ROOT / "CHANGELOG.md").read_bytes()
        (papers / "changelog.gz").write_bytes(gzip.compress(changes, 9, mtime=0))
        kilobytes = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
        control = tree / "DEBIAN"
        control.mkdir()
        fields = {"version": version(), "architecture": architecture, "kilobytes": kilobytes}
        text = CONTROL.format(**fields, depends=DEPENDS, recommends=RECOMMENDS)
        (control / "control").write_text(text, encoding="utf-8")
        for script in ("postinst", "postrm"):
            (control / script).write_text(AFTERWARDS)
            (control / script).chmod(0o755)
        subprocess.run(["chmod", "-R", "u=rwX,go=rX", str(tree)], check=True)
        command = ["dpkg-deb", "--root-owner-group", f"-z{level}", "-Zxz", "--build", str(tree), str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return target


def single_file(app: Path, output: Path, level: int = 6) -> Path:
    """A shell script with the packed app behind it."""
    target = output / f"Musicapp-{version()}-{platform.machine()}.run"
    with tempfile.TemporaryDirectory(dir=output) as name:
        packed = Path(name) / "app.tar.xz"
        desktop = [
            "-C",
            str(HERE / "linux"),
            "musicapp.desktop",
            "--transform",
            "s,^musicapp.desktop,Musicapp/musicapp.desktop,",
        ]
        order = ["--sort=name", "--owner=0", "--group=0", "--mtime=@0"]
        tar = ["tar", "-c", *order, "-C", str(app.resolve().parent), app.name, *desktop]
        with packed.open("wb") as file, subprocess.Popen(tar, stdout=subprocess.PIPE) as process:
            subprocess.run(["xz", f"-{level}", "-T0"], stdin=process.stdout, stdout=file, check=True)
        if process.returncode:
            raise SystemExit("tar could not pack the app")
        with packed.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
        size = sum(path.lstat().st_size for path in app.rglob("*") if not path.is_dir())
        script = (HERE / "linux" / "single_file.sh").read_text(encoding="utf-8")
        for word, value in {"@DIGEST@": digest, "@BYTES@": str(size), "@VERSION@": version()}.items():
            script = script.replace(word, value)
        start = len(script.replace("@START@", "").encode()) + 1
        start += len(str(start + len(str(start))))
        script = script.replace("@START@", str(start))
        if len(script.encode()) != start - 1:
            raise SystemExit("the script's own length is miscounted")
        with target.open("wb") as file, packed.open("rb") as content:
            file.write(script.encode())
            shutil.copyfileobj(content, file)
        target.chmod(0o755)
    return target


def appimage(app: Path, output: Path, runtime: Path) -> Path:
    """An AppImage: the runtime, and behind it a squashfs of the app's folder."""
    target = output / f"Musicapp-{version()}-{platform.machine()}.AppImage"
    with tempfile.TemporaryDirectory(dir=output) as name:
        tree, image = Path(name) / "AppDir", Path(name) / "image"
        lay_out(app, tree, "usr/lib/musicapp", "usr/share")
        (tree / "AppRun").write_text(APP_RUN)
        (tree / "AppRun").chmod(0o755)
        shutil.copy(HERE / "linux" / "musicapp.desktop", tree)
        (tree / "musicapp.png").write_bytes(png(256))
        (tree / ".DirIcon").symlink_to("musicapp.png")
        command = [
            "mksquashfs",
            str(tree),
            str(image),
            "-root-owned",
            "-noappend",
            "-comp",
            "zstd",
            "-quiet",
            "-no-progress",
        ]
        subprocess.run(command, check=True)
        with target.open("wb") as file:
            for part in (runtime, image):
                with part.open("rb") as content:
                    shutil.copyfileobj(content, file)
        target.chmod(0o755)
    return target


def lay_out(app: Path, tree: Path, place: str, share: str) -> None:
    """The app, its entry in menus and its icons, as below the root of a system."""
    tree.mkdir(parents=True, exist_ok=True)
    (tree / place).parent.mkdir(parents=True)
    shutil.copytree(app, tree / place, symlinks=True)
    applications = tree / share / "applications"
    applications.mkdir(parents=True)
    shutil.copy(HERE / "linux" / "musicapp.desktop", applications)
    icons = tree / share / "icons" / "hicolor"
    for size in ICON_SIZES:
        folder = icons / f"{size}x{size}" / "apps"
        folder.mkdir(parents=True)
        (folder / "musicapp.png").write_bytes(png(size))
    (icons / "scalable" / "apps").mkdir(parents=True)
    shutil.copy(ROOT / "resources" / "icon.svg", icons / "scalable" / "apps" / "musicapp.svg")


if __name__ == "__main__":
    sys.exit(main())
