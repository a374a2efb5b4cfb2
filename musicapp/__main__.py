"""Where the program starts: the window without arguments, the command line with some."""

from __future__ import annotations

import sys
from multiprocessing import freeze_support


def main() -> int:
    """Run the window or a command; the exit code."""
    freeze_support()  # first: in the frozen app the engine's process starts here too
    if len(sys.argv) > 1:
        from musicapp.cli.main import main as run_command

        return run_command(sys.argv[1:])
    try:
        from musicapp.ui.app import run as open_window
    except ImportError as error:  # Qt's own libraries are there, but the system lacks one that they need
        print(f"The window cannot open: {error}.", file=sys.stderr)
        print("Try the command line: musicapp generate --help", file=sys.stderr)
        return 1
    return open_window()


if __name__ == "__main__":
    sys.exit(main())
