"""Where the frozen app starts. PyInstaller wants a script, and the engine's process starts here again."""

from musicapp.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
