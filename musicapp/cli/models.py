"""`musicapp models`: what there is, what one of them can do, and getting, adding, moving and removing them."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from musicapp import paths
from musicapp.cli.arguments import a_path
from musicapp.errors import LicenceNeeded
from musicapp.request import BUILTIN_MODEL, format_duration

if TYPE_CHECKING:
    from musicapp.description.precision_figures import Figures
    from musicapp.store.shelf import Item


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `models` command."""
    parser = subparsers.add_parser(
        "models", help="list, show, get and remove models", description="The models to choose, and getting more."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("list", help="all models by name", description="All models: name, longest take, size, licence.")
    info = actions.add_parser("info", help="show one model", description="What is known of a model.")
    info.add_argument("model", nargs="?", default=BUILTIN_MODEL, help="a name from the list, or a folder")
    info.add_argument(
        "--measure",
        action="store_true",
        help="make music in every precision first, to show what each costs and changes",
    )
    get = actions.add_parser(
        "get",
        help="download a known model",
        description="Download a model of the list and the text encoder that it needs. Stopped, it goes on next time.",
    )
    get.add_argument("model", help="a name from the list")
    get.add_argument("--revision", default="main", help="branch, tag or commit (default: what is published now)")
    add = actions.add_parser(
        "add", help="import a model that you have", description="Copy a model's folder or file into the models folder."
    )
    add.add_argument("path", type=a_path, help="a folder, or a .safetensors file beside its model_config.json")
    add.add_argument("--name", default="", help="what to call it (default: as the folder)")
    remove = actions.add_parser("remove", help="delete a model", description="Delete a model from the disk.")
    remove.add_argument("model", help="a name from the list")
    folder = actions.add_parser(
        "folder", help="show or move the models folder", description="Where your models are; with a path: move them."
    )
    folder.add_argument("path", nargs="?", type=a_path, help="the folder to move all models to")
    token = actions.add_parser(
        "token",
        help="keep a token for gated models",
        description="Ask for a Hugging Face token and keep it in the system's keyring.",
    )
    token.add_argument("--forget", action="store_true", help="take it out of the keyring again")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    actions = {
        "list": _list,
        "info": _info,
        "get": _get,
        "add": _add,
        "remove": _remove,
        "folder": _folder,
        "token": _token,
    }
    actions[args.action](args)
    return 0


def _list(_args: argparse.Namespace) -> None:
    from musicapp.store import shelf

    items = shelf.list_items()
    _print_table("On this computer", [item for item in items if item.state == shelf.HERE])
    _print_table("To get, by “musicapp models get NAME”", [item for item in items if item.state != shelf.HERE])


def _print_table(heading: str, items: list[Item]) -> None:
    rows = [(item.key, *_columns(item)) for item in items]
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    print(f"{heading}:")
    for key, longest, size, licence, name in rows:
        key, longest, size = f"{key:<{widths[0]}}", f"{longest:>{widths[1]}}", f"{size:>{widths[2]}}"
        print(f"  {key}  {longest}  {size}  {licence:<{widths[3]}}  {name}")


def _columns(item: Item) -> tuple[str, str, str, str]:
    from musicapp.store import shelf
    from musicapp.store.sizes import format_bytes

    longest = format_duration(int(item.max_duration_s)) if item.max_duration_s else "–"
    licence = item.licence or "–"
    if item.state == shelf.UNFINISHED:
        licence += f" ({format_bytes(item.arrived_bytes)} have arrived)"
    elif item.state == shelf.KNOWN_ONLY and item.known and item.known.gated:
        licence += " (to be accepted)"
    name = f"text encoder {item.name}" if item.is_text_encoder else item.name
    if item.problem:
        name += f" (cannot be used: {item.problem})"
    return longest, format_bytes(item.size_bytes), licence, name


def _info(args: argparse.Namespace) -> None:
    from musicapp.description import catalogue
    from musicapp.store import shelf

    item = shelf.find(args.model)
    if args.measure:
        _measure(item.folder if item and item.folder else catalogue.find_model(args.model))
    if item is not None:
        _print_facts(_facts(item))
        return
    folder = catalogue.find_model(args.model).absolute()  # a path, or an error with the nearest name
    if (alone := catalogue.autoencoder_alone(folder)) is not None:
        latents = f"{alone.autoencoder.latent_dim} channels, {alone.latents_per_s:.2f} per second"
        kind = "an autoencoder alone: it has no transformer, so it makes no music by itself"
        rate = f"{alone.sample_rate} Hz, {alone.autoencoder.io_channels} channels"
        _print_facts(
            [("name", folder.name), ("folder", str(folder)), ("kind", kind), ("audio", rate), ("latents", latents)]
        )
        return
    _print_facts(_facts(shelf.at(folder)))


def _facts(item: Item) -> list[tuple[str, str]]:
    from musicapp.description import copies, precision_figures
    from musicapp.store import hub_pages, shelf
    from musicapp.store.sizes import format_bytes

    known, source = item.known, item.source
    facts = [("name", item.name), ("folder", str(item.folder or "not here: musicapp models get " + item.key))]
    facts += [("kind", "a text encoder: models need it to understand prompts")] if item.is_text_encoder else []
    facts += [("longest take", format_duration(int(item.max_duration_s)))] if item.max_duration_s else []
    facts += [("size", format_bytes(item.size_bytes)), ("licence", item.licence)]
    kept = copies.list_copies(item.folder) if item.folder else []
    for figures in precision_figures.read(item.folder) if item.folder else []:
        facts += [(figures.precision, _cost(figures))]
    facts += [("copies", ", ".join(f"{copy.precision} {format_bytes(copy.size_bytes)}" for copy in kept))]
    if known is not None:
        facts += [("good for", known.good_for), ("page", hub_pages.page_of(known))]
        facts += [("access", "licence to be accepted on its page, with a token")] if known.gated else []
        if not known.is_text_encoder:
            half, full = (format_bytes(size) for size in shelf.weights_bytes(known))
            facts += [("memory", f"weights take {half} in 16 bits, {full} in 32 bits")]
    if item.needs:
        here = "here" if shelf.encoder_is_here(item) else f"not here: musicapp models get {item.needs}"
        facts += [("text encoder", f"{item.needs} ({here})")]
    facts += [("from", f"{source.repository}, commit {source.commit}")] if source else []
    facts += [("problem", item.problem)] if item.problem else []
    return facts


def _cost(figures: Figures) -> str:
    from musicapp.store.sizes import format_bytes

    held = f"weights take {format_bytes(figures.weights_bytes)}"
    if figures.signal_db is None:
        return f"{held}, full precision"
    return f"{held}, latents {figures.signal_db:.1f} dB above the difference, mel distance {figures.mel:.2f}"


def _measure(folder: Path) -> None:
    from musicapp.evaluation import precisions

    for figures in precisions.measure_and_keep(folder):
        print(f"{figures.precision}: {_cost(figures)}", file=sys.stderr)


def _print_facts(facts: list[tuple[str, str]]) -> None:
    for heading, text in facts:
        if text:
            print(f"{heading:<13} {text}")


def _get(args: argparse.Namespace) -> None:
    from musicapp.cli.transfer import TransferLine
    from musicapp.store import getting, hub_pages, known, shelf, token

    item = known.find(args.model)
    place = paths.user_models_folder() / item.key
    if place.exists():
        print(f"{item.key} is here already.", file=sys.stderr)
    else:
        print(f"{item.name}: {item.licence}, see {hub_pages.page_of(item)}", file=sys.stderr)
    if encoder := shelf.missing_encoder(item.key):
        words = f"It needs the text encoder {encoder.key}, which comes along: {encoder.licence}"
        print(f"{words}, see {hub_pages.page_of(encoder)}", file=sys.stderr)
    with TransferLine(sys.stderr) as line:
        try:
            for part, progress in getting.get(item, token=token.read(), revision=args.revision):
                line.show(part.key, progress)
        except KeyboardInterrupt:
            line.end("Paused. The same command goes on.")
            raise
        except LicenceNeeded as error:
            hint = f"{error.hint} For that: musicapp models token"
            raise LicenceNeeded(error.message, hint=hint, detail=error.detail) from error
    print(place)


def _add(args: argparse.Namespace) -> None:
    from musicapp.cli.transfer import TransferLine
    from musicapp.engine.checking import check_model
    from musicapp.store import folders, importing, shelf

    models = folders.usable()
    job = importing.plan(args.path, models, key=args.name, verify=check_model)
    with TransferLine(sys.stderr) as line:
        for progress in importing.run(job, models, verify=check_model):
            line.show(job.key, progress)
    encoder = shelf.missing_encoder(job.key)
    if encoder is not None:
        print(f"It needs the text encoder {encoder.key}: musicapp models get {encoder.key}", file=sys.stderr)
    print(models / job.key)


def _remove(args: argparse.Namespace) -> None:
    from musicapp.store import folders, shelf
    from musicapp.store.sizes import format_bytes

    users = shelf.users_of(args.model)
    freed = folders.remove(args.model, paths.user_models_folder())
    print(f"Removed {args.model}, {format_bytes(freed)} are free again.")
    if users:
        print(f"It was the text encoder of {', '.join(users)}.", file=sys.stderr)


def _folder(args: argparse.Namespace) -> None:
    from musicapp.cli.transfer import TransferLine
    from musicapp.store import folders, shelf
    from musicapp.store.sizes import format_bytes

    if args.path is not None:
        with TransferLine(sys.stderr) as line:
            for progress in folders.move(args.path):
                line.show("models", progress)
    use = shelf.disk_use()
    print(f"{use.folder}: {format_bytes(use.used_bytes)} in use, {format_bytes(use.free_bytes)} free")


def _token(args: argparse.Namespace) -> None:
    from musicapp.store import hub_pages, token

    if args.forget:
        print("The token is forgotten." if token.forget() else "There was no token in the keyring.")
        return
    print(f"Make a read token at {hub_pages.token_page()} and paste it here; it will not be shown.", file=sys.stderr)
    print(f"Kept in {token.keep(token.checked(_read_secret()))}.")


def _read_secret() -> str:
    """Never an argument: those are seen by other programs and stay in the shell's history."""
    return getpass.getpass("Token: ") if sys.stdin.isatty() else sys.stdin.readline()
