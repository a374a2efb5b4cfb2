"""`musicapp models`: which models there are, and what one of them can do."""

from __future__ import annotations

import argparse

from musicapp.request import BUILTIN_MODEL, format_duration


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `models` command."""
    parser = subparsers.add_parser("models", help="list the models, or show one", description="The models to choose.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all models by name", description="All models: name, longest take, title.")
    info = actions.add_parser("info", help="show one model", description="Name, folder and longest take of a model.")
    info.add_argument("model", nargs="?", default=BUILTIN_MODEL, help="a name from the list, or a folder")


def run(args: argparse.Namespace) -> int:
    """List or show models."""
    from musicapp.checkpoints import catalogue

    if args.action == "list":
        entries = catalogue.list_models()
        width = max((len(entry.key) for entry in entries), default=0)
        for entry in entries:
            longest = format_duration(round(catalogue.max_duration_s(entry.folder)))
            print(f"{entry.key:<{width}}  {longest:>6}  {entry.name}")
        return 0
    folder = catalogue.find_model(args.model)
    name = next((entry.name for entry in catalogue.list_models() if entry.folder == folder), folder.name)
    print(f"name          {name}")
    print(f"folder        {folder}")
    print(f"longest take  {format_duration(catalogue.max_duration_s(folder))}")
    return 0
