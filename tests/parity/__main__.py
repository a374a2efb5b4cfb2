"""The command: `python -m tests.parity FOLDER [FOLDER ...]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.parity.check import check_folder
from tests.parity.report import print_report


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description="Compare with recorded numbers.")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a folder with a golden.json")
    arguments = parser.parse_args(argv)
    verdicts = [print_report(folder, check_folder(folder)) for folder in arguments.folders]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
