"""The app's icon in the form of each system, drawn from resources/icon.svg: PNG, Windows' .ico, macOS' .icns."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {b"icp4": 16, b"icp5": 32, b"icp6": 64, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}
HEAD, ENTRY = struct.Struct("<HHH"), struct.Struct("<BBBBHHII")


def png(size: int) -> bytes:
    """The icon as a PNG file of `size` by `size` pixels."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(ROOT / "resources" / "icon.svg")).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return buffer.data().data()


def ico() -> bytes:
    """A Windows icon whose pictures are PNGs, as Windows has read them since Vista."""
    pictures = [png(size) for size in ICO_SIZES]
    place = HEAD.size + ENTRY.size * len(pictures)
    entries = b""
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        entries += ENTRY.pack(size % 256, size % 256, 0, 0, 1, 32, len(picture), place)  # 0 stands for 256
        place += len(picture)
    return HEAD.pack(0, 1, len(pictures)) + entries + b"".join(pictures)


def icns() -> bytes:
    """A macOS icon whose pictures are PNGs."""
    parts = b"".join(kind + struct.pack(">I", 8 + len(data := png(size))) + data for kind, size in ICNS_KINDS.items())
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def write_icon(folder: Path, system: str) -> str | None:
    """Write the icon that a program file of a system carries and return its path; None where they carry none."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    makers = {"win32": ("musicapp.ico", ico), "darwin": ("musicapp.icns", icns)}
    if system not in makers:
        return None
    name, make = makers[system]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(make())
    return str(folder / name)


if __name__ == "__main__":
    for system in ("win32", "darwin"):
        print(write_icon(Path(sys.argv[1]), system))
