"""Where the program starts: the window, alone or with files to take in, the command line, or a test of everything."""

from musicapp import import_path

import_path.leave_out_current_folder()  # before anything is looked for there

import gc  # noqa: E402
import sys  # noqa: E402
from multiprocessing import freeze_support  # noqa: E402
from pathlib import Path  # noqa: E402

from musicapp.cli import COMMANDS  # noqa: E402
from musicapp.settings import LANGUAGES  # noqa: E402

INTERRUPTED = 130


def main() -> int:
    """Run the window or a command; the exit code."""
    freeze_support()  # first: in the frozen app the engine's process starts here too
    try:
        return _run()
    except KeyboardInterrupt:  # before a command has begun that would tell of it
        return INTERRUPTED


def _run() -> int:
    if sys.argv[1:] == ["--self-test"]:
        return _test_installation()
    language, words = _language(sys.argv[1:])
    files = _files(words)
    if words and not files:
        if _is_missing_file(words[0]):
            print(f"musicapp: There is no file “{words[0]}”.", file=sys.stderr)
            print("Check its path; musicapp --help shows the commands.", file=sys.stderr)
            return 2
        from musicapp.cli.main import main as run_command

        return run_command(sys.argv[1:])
    gc.disable()  # what is imported stays, so looking through it is for nothing; from then on `ui.garbage` looks
    try:
        from musicapp.ui.app import run as open_window
    except ImportError as error:  # Qt's own libraries are there, but the system lacks one that they need
        print(f"The window cannot open: {error}.", file=sys.stderr)
        print("Try the command line: musicapp generate --help", file=sys.stderr)
        return 1
    gc.freeze()
    return open_window(sys.argv[:1], files, language=language)


def _language(words: list[str]) -> tuple[str, list[str]]:
    """The language that the window is asked to speak, "" for its own choice, and the other words."""
    if words[:1] == ["--language"] and len(words) > 1:
        given, rest = words[1], words[2:]
    elif words and words[0].startswith("--language="):
        given, rest = words[0].partition("=")[2], words[1:]
    else:
        return "", words
    if given not in LANGUAGES:
        print(f"There is no language “{given}”.", file=sys.stderr)
        print(f"Use one of: {', '.join(LANGUAGES)}.", file=sys.stderr)
        sys.exit(2)
    return given, rest


def _test_installation() -> int:
    from musicapp.cli import self_test

    def check_window() -> str:
        from musicapp.ui import opening

        return opening.check()

    return self_test.run(check_window)


def _is_there(word: str) -> bool:
    try:
        return Path(word).exists()
    except OSError:  # too long, or in a folder that is closed to this user
        return False


def _is_missing_file(word: str) -> bool:
    """Whether a word that is no command can only be the path of a file, by its ending or its folder."""
    return word not in COMMANDS and not word.startswith("-") and (len(Path(word).parts) > 1 or Path(word).suffix != "")


def _files(words: list[str]) -> list[Path]:
    """What the window is to take in, as when a file is opened with the program; none when the words are a command."""
    is_command = not words or words[0] in COMMANDS or words[0].startswith("-") or not _is_there(words[0])
    return [] if is_command else [Path(word) for word in words]


if __name__ == "__main__":
    sys.exit(main())
