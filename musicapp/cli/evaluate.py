"""`musicapp evaluate`: measures a model and writes one JSON file and one page with pictures and players."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from musicapp.cli.arguments import a_path
from musicapp.errors import RequestError
from musicapp.request import BUILTIN_MODEL, DEVICES, PRECISIONS

LEAST_PIECES, LEAST_SECONDS = 4, 5.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `evaluate` command."""
    from musicapp.evaluation.options import PARTS

    parser = subparsers.add_parser(
        "evaluate",
        help="measure how good a model is",
        description="Measure a model on prompts and music that it has not learnt from, beside real renders. Each part "
        "is kept when it is done, so that a start after a stop goes on; the page's path is printed last.",
    )
    add = parser.add_argument
    add("model", nargs="?", default=BUILTIN_MODEL, help="a name from “musicapp models list”, or a folder")
    add("--work", type=a_path, default=Path("build/evaluation"), metavar="FOLDER", help="where everything is kept")
    add("--quick", action="store_true", help="few and short pieces: a first look")
    add("--pieces", type=int, metavar="N", help="prompts to play (default 64; quick: 12)")
    add("--seconds", type=float, metavar="S", help="their length (default 12; quick: 10)")
    add("--long", type=int, metavar="N", help="pieces whose form is looked at (default 10; quick: 3)")
    add("--takes", type=int, metavar="N", help="takes of each length, with and without timing, and of each probe")
    add("--only", metavar="PARTS", help=f"some of: {','.join(PARTS)}")
    add("--skip", default="", metavar="PARTS", help="parts to leave out")
    add("--steps", type=int, metavar="N", help="sampling steps instead of the model's")
    add("--guidance", type=float, metavar="X", help="guidance instead of the model's")
    add("--device", default="auto", choices=DEVICES, help="where the model runs (default auto)")
    add("--precision", default="auto", choices=PRECISIONS, help="in which number format (default auto)")
    add("--training", type=a_path, metavar="FOLDER", help="audio that the model learnt from, to search for copies")
    add("--clap", type=a_path, metavar="FOLDER", help="a CLAP checkpoint (transformers layout) for the CLAP score")
    add("--openl3", type=a_path, metavar="FILE", help="OpenL3 weights (safetensors) for the paper's Frechet distance")
    add("--passt", type=a_path, metavar="FILE", help="PaSST weights (safetensors) for the paper's KL")
    add("--baseline", type=a_path, metavar="FOLDER", help="measure a rival's takes: a token model, or MusicGen")
    add(
        "--page",
        type=a_path,
        metavar="FILE",
        help="measure nothing: write the paper's claims from what is kept beside FILE",
    )
    add("--soundfont", type=a_path, metavar="FILE", help="General MIDI bank for the renders to compare with")


def run(args: argparse.Namespace) -> int:
    """Evaluate; 0 when the page is there."""
    if args.page is not None:
        return _write_page(args)
    parts = read_parts(args.only, args.skip)
    for name, least in (("pieces", LEAST_PIECES), ("seconds", LEAST_SECONDS), ("steps", 1), ("takes", 1), ("long", 1)):
        value = getattr(args, name)
        if value is not None and not value >= least:
            raise RequestError(f"--{name} {value:g} is too little.", hint=f"Use {least:g} or more.")
    for name in ("training", "clap", "baseline"):
        if (folder := getattr(args, name)) is not None and not folder.is_dir():
            raise RequestError(f"There is no folder “{folder}” for --{name}.", hint="Give the path of one.")
    for name in ("openl3", "passt"):
        if (file := getattr(args, name)) is not None and not file.is_file():
            raise RequestError(f"There is no file “{file}” for --{name}.", hint="Give the path of a safetensors file.")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    from dataclasses import replace

    from musicapp.evaluation import options
    from musicapp.evaluation.evaluate import evaluate

    given = {name: value for name in ("pieces", "seconds") if (value := getattr(args, name)) is not None}
    if args.takes is not None:
        given |= {"withheld_takes": args.takes, "probe_takes": args.takes, "takes_per_length": args.takes}
    if args.long is not None:
        given["structure_pieces"] = args.long
    chosen = options.Options(
        model=args.model,
        work=args.work,
        sizes=replace(options.QUICK if args.quick else options.FULL, **given),
        parts=parts,
        steps=args.steps,
        guidance_scale=args.guidance,
        device=args.device,
        precision=args.precision,
        soundfont=args.soundfont,
        training=args.training,
        clap=args.clap,
        openl3=args.openl3,
        passt=args.passt,
        baseline=args.baseline,
    )
    print(evaluate(chosen))
    return 0


def _write_page(args: argparse.Namespace) -> int:
    """The page of the paper's claims, from the results of this model and of its rivals."""
    from musicapp.evaluation.paper import write

    if args.page.suffix != ".md":
        raise RequestError(f"“{args.page}” is no page of Markdown.", hint="Give a name that ends in .md.")
    if args.baseline is not None:
        write.keep_training(args.page, args.baseline)
    write.write(args.page, Path(args.model).resolve().name, args.work if args.work.is_dir() else None)
    print(args.page)
    return 0


def read_parts(only: str | None, skip: str) -> tuple[str, ...]:
    """The parts to measure, in their order. Raises RequestError for an unknown one or none at all."""
    from musicapp.evaluation.options import PARTS

    wanted = [name.strip() for name in only.split(",")] if only is not None else list(PARTS)
    left = [name.strip() for name in skip.split(",") if name.strip()]
    for name in (*wanted, *left):
        if name not in PARTS:
            raise RequestError(f"There is no part “{name[:40]}”.", hint=f"There are: {', '.join(PARTS)}.")
    chosen = tuple(name for name in PARTS if name in wanted and name not in left)
    if not chosen:
        raise RequestError("Nothing is left to measure.", hint="Leave out --skip, or name other parts.")
    return chosen
