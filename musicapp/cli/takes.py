"""`musicapp takes`: find, show and tidy the takes that were made, beside an open window or without one."""

from __future__ import annotations

import argparse
import contextlib
import json
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from musicapp import paths
from musicapp.cli.arguments import a_path
from musicapp.errors import LibraryError, MusicAppError, RequestError
from musicapp.request import format_duration

if TYPE_CHECKING:
    from musicapp.library.index import Index
    from musicapp.library.takes import Take

_Result = TypeVar("_Result")
SORTS = ("newest", "name", "tempo", "key", "length")  # `order.ALL`, which costs `--help` a tenth of a second
LEAST_ID_CHARACTERS = 4  # of the beginning of an id
TITLE_CHARACTERS = 60


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `takes` command."""
    parser = subparsers.add_parser(
        "takes", help="find, show and tidy takes", description="The takes that were made: find, show and tidy them."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="all takes", description="All takes, or those with a star or a tag.")
    _add_choice(listed)
    search = actions.add_parser(
        "search",
        help="takes with certain words",
        description="Takes whose prompt, name, tags, model, key, tempo or seed have all of the words; #WORD is a tag.",
    )
    search.add_argument("words", nargs="+", help="words, or parts of words; in quotes as they stand")
    _add_choice(search)
    show = actions.add_parser("show", help="all that is known of takes", description="All that is known of takes.")
    tag = actions.add_parser("tag", help="add or take off tags", description="Add tags to takes, or take some off.")
    tag.add_argument("--add", default="", metavar="TAGS", help="with commas between")
    tag.add_argument("--remove", default="", metavar="TAGS", help="with commas between")
    star = actions.add_parser("star", help="mark takes with a star", description="Mark takes with a star.")
    star.add_argument("--off", action="store_true", help="take the star away")
    name = actions.add_parser("name", help="give a take a name", description="Give a take a name of its own.")
    trash = actions.add_parser(
        "trash", help="throw takes away", description="Move takes to the trash; without a take: show what is in it."
    )
    trash.add_argument("--empty", action="store_true", help="delete for good what is in the trash")
    trash.add_argument("--yes", action="store_true", help="do not ask before")
    restore = actions.add_parser("restore", help="bring takes back", description="Bring takes back from the trash.")
    for action in (show, tag, star, name, trash, restore):
        several = "*" if action is trash else None if action is name else "+"
        action.add_argument("take", nargs=several, help="an id, the beginning of one, or a path")
    name.add_argument("name", help="the name; an empty one takes it away")
    rebuild = actions.add_parser(
        "rebuild", help="read all takes anew", description="Make the index of the takes anew from their files."
    )
    folder = actions.add_parser(
        "folder", help="show or move the folder of the takes", description="Where takes are; with a path: move them."
    )
    folder.add_argument("path", nargs="?", type=a_path, help="the folder to move all takes to")
    for action in (listed, search, show, tag, star, name, trash, restore, rebuild, folder):
        action.add_argument("--json", action="store_true", help="print JSON")


def _add_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--starred", action="store_true", help="only takes with a star")
    parser.add_argument("--tag", default="", help="only takes with this tag")
    parser.add_argument("--sort", choices=SORTS, default="newest", help="the order (default: newest first)")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    actions = {
        "list": _list,
        "search": _list,
        "show": _show,
        "tag": _tag,
        "star": _star,
        "name": _name,
        "trash": _trash,
        "restore": _restore,
        "rebuild": _rebuild,
        "folder": _folder,
    }
    missing = paths.missing_takes_folder()
    if missing is not None and args.action != "folder":
        raise LibraryError(
            f"The folder of the takes, “{missing}”, is not there.",
            hint="Connect its disk, or choose the folder where they are now in the window's menu File.",
        )
    actions[args.action](args)
    return 0


def _list(args: argparse.Namespace) -> None:
    from musicapp.library import order

    tag = args.tag.strip().removeprefix("#").casefold()  # as the list itself shows it
    with _library() as (index, takes):
        wanted = index.search(" ".join(args.words)) if args.action == "search" else None
        chosen = [
            take
            for take in takes
            if (wanted is None or str(take.path) in wanted)
            and (take.is_starred or not args.starred)
            and (not tag or tag in map(str.casefold, take.tags))
        ]
        _print_takes(args, index, order.sorted_by(args.sort, chosen, index.facts_of))
        if not chosen and not args.json:
            print("There is no such take." if takes else "There are no takes yet.", file=sys.stderr)


def _show(args: argparse.Namespace) -> None:
    with _library() as (index, takes):
        found = _find_all(args.take, takes)
        if args.json:
            print(json.dumps([_as_json(index, take) for take in found], indent=2))
            return
        for number, take in enumerate(found):
            print("\n" * (number > 0) + "\n".join(f"{name:<10} {text}" for name, text in _facts(index, take) if text))


def _tag(args: argparse.Namespace) -> None:
    from musicapp.library import edits, labels

    add, remove = labels.typed_tags(args.add), labels.typed_tags(args.remove)
    if not add and not remove:
        raise RequestError(
            "There is no tag to add or to take off.", hint="For example: --add drums,dark --remove draft"
        )
    _edit(args, lambda take: edits.tag(take, add=add, remove=remove))


def _star(args: argparse.Namespace) -> None:
    from musicapp.library import edits

    _edit(args, lambda take: edits.star(take, on=not args.off))


def _name(args: argparse.Namespace) -> None:
    from musicapp.library import edits

    args.take = [args.take]
    _edit(args, lambda take: edits.rename(take, args.name))


def _edit(args: argparse.Namespace, change: Callable[[Take], Take]) -> None:
    with _library() as (index, takes):
        edited, problem = _each(_find_all(args.take, takes), change)
        index.reread(take.path for take in edited)
        _print_takes(args, index, edited)
    if problem is not None:
        raise problem


def _trash(args: argparse.Namespace) -> None:
    from musicapp.library import trash

    folder = paths.takes_folder()
    if args.empty:
        _empty_trash(args, folder)
    elif args.take:
        with _library() as (index, takes):
            found = _find_all(args.take, takes)
            places, problem = _each(found, lambda take: trash.put(folder, take))
            index.reread(take.path for take in found)
        _print_places(args, places, problem)
    else:
        with _library() as (index, _takes):
            inside = [each.take for each in trash.inside(folder)]
            _print_takes(args, index, inside)
        if not inside and not args.json:
            print("The trash is empty.", file=sys.stderr)


def _empty_trash(args: argparse.Namespace, folder: Path) -> None:
    from musicapp.library import trash

    if args.take:
        raise RequestError("--empty deletes everything in the trash; it takes no take.", hint="Leave one of both out.")
    found = trash.inside(folder)
    if found and not args.yes:
        if not sys.stdin.isatty():
            raise RequestError(
                "Nobody can be asked here before the trash is emptied.", hint="With --yes nobody is asked."
            )
        print(f"Delete {_count(len(found))} for good? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise LibraryError("Nothing was deleted.")
    count = trash.empty(folder, [each.take.path for each in found])
    print(json.dumps({"deleted": count}) if args.json else f"{_count(count)} deleted.")


def _restore(args: argparse.Namespace) -> None:
    from musicapp.library import trash

    folder = paths.takes_folder()
    found = _find_all(args.take, [each.take for each in trash.inside(folder)], " in the trash")
    places, problem = _each(found, lambda take: trash.restore(folder, take.path))
    with _library() as (index, _takes):
        index.reread(places)
    _print_places(args, places, problem)


def _rebuild(args: argparse.Namespace) -> None:
    from musicapp.library.index import Index

    with contextlib.closing(Index(paths.takes_folder())) as index:
        found = index.rebuild()
    for file in found.unreadable:
        print(file.reason, file=sys.stderr)
    told = {"takes": len(found.takes), "unreadable": [str(file.path) for file in found.unreadable]}
    print(json.dumps(told, indent=2) if args.json else f"{_count(len(found.takes))} read.")


def _folder(args: argparse.Namespace) -> None:
    from musicapp.library import moving

    if args.path is not None:
        shown = ""
        for progress in moving.move(args.path):
            text = f"{progress.phase} {100 * progress.done // progress.total if progress.total else 100} %"
            if text != shown:
                print(text, file=sys.stderr)
            shown = text
    elif (job := moving.unfinished()) is not None:
        again = shlex.join(["musicapp", "takes", "folder", str(job.target)])
        print(f"A move to “{job.target}” was stopped. To go on: {again}", file=sys.stderr)
    folder = paths.takes_folder()
    print(json.dumps({"folder": str(folder)}) if args.json else folder)


@contextlib.contextmanager
def _library() -> Iterator[tuple[Index, list[Take]]]:
    """The index, and all takes, newest first."""
    from musicapp.library.index import Index

    with contextlib.closing(Index(paths.takes_folder())) as index:
        if index.problem:
            print(index.problem, file=sys.stderr)
        found = index.survey()
        for file in found.unreadable:
            print(file.reason, file=sys.stderr)
        while index.learn():
            pass
        yield index, found.takes


def _each(takes: list[Take], work: Callable[[Take], _Result]) -> tuple[list[_Result], MusicAppError | None]:
    """Do something to each; what came of those with which it worked, and the first problem of others."""
    results, problems = [], []
    for take in takes:
        try:
            results.append(work(take))
        except MusicAppError as problem:
            problems.append(problem)
    return results, problems[0] if problems else None


def _find_all(words: list[str], takes: list[Take], where: str = "") -> list[Take]:
    """What `_find` gives for each word; a take that is named twice only once."""
    return list({take.path: take for word in words if (take := _find(word, takes, where))}.values())


def _find(word: str, takes: list[Take], where: str = "") -> Take:
    """The take of an id, of the beginning of one, or at a path.

    Raises LibraryError when there is none, and RequestError when there are several.
    """
    path = Path(word).absolute()
    exact = [take for take in takes if word == take.take_id or _is_at(path, take)]
    found = exact or [take for take in takes if len(word) >= LEAST_ID_CHARACTERS and take.take_id.startswith(word)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(take.take_id for take in found[:LEAST_ID_CHARACTERS])
        raise RequestError(f"The id of several takes{where} begins with “{word}”: {ids}.", hint="Type more of it.")
    if len(word) < LEAST_ID_CHARACTERS and any(take.take_id.startswith(word) for take in takes):
        raise RequestError(
            f"“{word}” is too short a beginning of an id.", hint=f"Type {LEAST_ID_CHARACTERS} signs of it or more."
        )
    raise LibraryError(f"There is no take “{word}”{where}.", hint="musicapp takes list shows the id of every take.")


def _is_at(path: Path, take: Take) -> bool:
    """Whether a path leads to the take's file, by whatever steps and links."""
    with contextlib.suppress(OSError):  # there is no such file
        return path == take.path or (path.name == take.path.name and path.samefile(take.path))
    return False


def _print_takes(args: argparse.Namespace, index: Index, takes: list[Take]) -> None:
    if args.json:
        print(json.dumps([_as_json(index, take) for take in takes], indent=2))
        return
    from musicapp.library import labels

    for take in takes:
        known = index.facts_of(take)
        title = labels.one_line(take.title or take.request.prompt)
        title = title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…"
        words = [
            f"{labels.one_line(take.take_id):<12}",
            f"{take.created.astimezone():%Y-%m-%d %H:%M}",
            f"{format_duration(round(take.duration_s, 1)):>6}",
            f"{known.tempo_bpm:>3.0f} bpm" if known.tempo_bpm else "       ",
            "*" if take.is_starred else " ",
            title,
            *(f"#{tag}" for tag in take.tags),
        ]
        print("  ".join(words))


def _print_places(args: argparse.Namespace, places: list[Path], problem: MusicAppError | None) -> None:
    """Where takes are now; raises what went wrong with others."""
    if args.json:
        print(json.dumps([str(place) for place in places], indent=2))
    else:
        print("".join(f"{place}\n" for place in places), end="")
    if problem is not None:
        raise problem


def _facts(index: Index, take: Take) -> list[tuple[str, str]]:
    from musicapp.library import lineage

    request, known, origin = take.request, index.facts_of(take), lineage.origin_of(take)
    return [
        ("id", take.take_id),
        ("name", take.title),
        ("prompt", request.prompt),
        ("negative", request.negative_prompt),
        ("tags", ", ".join(take.tags)),
        ("star", "yes" if take.is_starred else ""),
        ("length", format_duration(round(take.duration_s, 3)) + ("" if take.is_finished else ", unfinished")),
        ("tempo", f"{known.tempo_bpm:g} bpm" if known.tempo_bpm else ""),
        ("key", known.key),
        ("seed", str(request.seed)),
        ("model", take.model_name),
        ("made", f"{take.created.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("made from", f"{origin.how} {origin.take_id or origin.name}" if origin else ""),
        ("file", str(take.path)),
    ]


def _as_json(index: Index, take: Take) -> dict[str, Any]:
    from musicapp.library.takes import values_of

    known, told = index.facts_of(take), values_of(take)
    added = {"title": take.title, "tags": list(take.tags), "starred": take.is_starred}
    length = {"duration_s": take.duration_s, "tempo_bpm": known.tempo_bpm, "key": known.key}
    return {**told, **added, **length, "path": str(take.path)}


def _count(number: int) -> str:
    return "One take" if number == 1 else f"{number:,} takes"
