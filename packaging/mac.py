"""What macOS is told of the app: its name, and which files it opens. Run, it prints the Info.plist."""

from __future__ import annotations

import plistlib
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
IDENTIFIER = "io.musicapp.Musicapp"
OLDEST_SYSTEM = "12.0"  # that PySide6 6.11 and torch 2.13 have files for
# Sound files, whose tags hold a take's settings, as macOS names their kinds.
SOUND = {
    "com.microsoft.waveform-audio": ("Wave sound", "wav"),
    "org.xiph.flac": ("FLAC sound", "flac"),
    "org.xiph.ogg-audio": ("Ogg sound", "ogg"),
    "org.xiph.opus": ("Opus sound", "opus"),
    "public.mp3": ("MP3 sound", "mp3"),
}


def version() -> str:
    """The app's version."""
    text = (ROOT / "musicapp" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', text, re.MULTILINE)
    assert found
    return found[1]


def information() -> dict[str, Any]:
    """The app's part of Info.plist. It never is the first choice for a sound, only one of "Open With"."""
    kinds = [
        {
            "CFBundleTypeName": name,
            "CFBundleTypeExtensions": [ending],
            "CFBundleTypeRole": "Viewer",
            "LSHandlerRank": "Alternate",
            "LSItemContentTypes": [kind],
        }
        for kind, (name, ending) in SOUND.items()
    ]
    return {
        "CFBundleDisplayName": "Musicapp",
        "CFBundleDocumentTypes": kinds,
        "CFBundleShortVersionString": version(),
        "LSApplicationCategoryType": "public.app-category.music",
        "LSMinimumSystemVersion": OLDEST_SYSTEM,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": "MIT licence",
        "NSRequiresAquaSystemAppearance": False,  # dark mode
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(plistlib.dumps({"CFBundleIdentifier": IDENTIFIER, **information()}))
