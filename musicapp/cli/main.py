"""The command line: reads the words, runs one command, says what went wrong. Loads nothing heavy before it must."""

from __future__ import annotations

import argparse
import os
import sys

from musicapp import __version__
from musicapp.cli import analyse, batch, comp, evaluate, export, generate, models, recall, takes, train
from musicapp.errors import MusicAppError, RequestError, refused_by_system

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def main(argv: list[str]) -> int:
    """Run the command in `argv`. 0 done, 1 it failed (message and hint on stderr), 2 wrong usage, 130 Ctrl-C."""
    _speak_utf8()
    parser = build_parser()
    try:
        args = parser.parse_args(argv)
    except SystemExit as leaving:  # --help and --version (0) or a usage error (2), already printed
        return leaving.code if isinstance(leaving.code, int) else WRONG_USAGE
    try:
        code: int = args.run(args)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where a reader that has gone can still be noticed
    except MusicAppError as error:
        return _told(error)
    except BrokenPipeError:  # as in `musicapp models list | head -3`
        _leave_stdout()
        return FAILED
    except OSError as error:  # of paths and disks, whoever asked for them
        told = _told(refused_by_system(error) or _refusal(error))
        try:
            sys.stdout.flush()
        except OSError:
            _leave_stdout()  # else Python tells once more, when it ends
        return told
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _told(error: MusicAppError) -> int:
    """Say it on stderr; the exit code."""
    print(f"musicapp: {error.message}", file=sys.stderr)
    if error.hint:
        print(error.hint, file=sys.stderr)
    return WRONG_USAGE if isinstance(error, RequestError) else FAILED


def _refusal(error: OSError) -> MusicAppError:
    what = "" if error.filename is None else f" with “{os.fsdecode(error.filename)}”"
    return MusicAppError(
        f"The system reports a failure{what}: {error.strerror or error}.", hint="Check the path and the disk."
    )


def _leave_stdout() -> None:
    """What is written to it goes nowhere from now on."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser = argparse.ArgumentParser(
        prog="musicapp",
        description="Type a prompt, hear music. Without a command the window opens.",
        epilog='Example: musicapp generate "calm piano, 90 bpm, in C minor" --seconds 30 -o piano.wav. '
        "musicapp --self-test tries everything that the app needs. musicapp --language de opens the window in German.",
    )
    parser.add_argument("--version", action="version", version=f"musicapp {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (generate, batch, comp, export, recall, analyse, models, takes, train, evaluate):
        command.add_parser(commands)
        # The name of the command is the module's; what it does is the module's `run`.
        commands.choices[command.__name__.rpartition(".")[2]].set_defaults(run=command.run)
    return parser


def _speak_utf8() -> None:
    """Prompts and paths may have any letter; a Windows console file or the C locale may not know it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
