"""`musicapp train`: make data, then the three stages of a model, then its folder. Every step goes on after a kill."""

from __future__ import annotations

import argparse
import ctypes
import logging
import sys

from musicapp.cli.arguments import a_path

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # glibc's malloc.h


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `train` command and its stages."""
    parser = subparsers.add_parser(
        "train",
        help="train a model like the built-in one",
        description="Train a model on music that the app composes itself. Run the stages in this order; each goes on "
        "where it was stopped. Everything is kept in one work folder.",
    )
    stages = parser.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for name, text in (
        ("start", "begin with the weights of a finished model instead of random ones"),
        ("data", "compose and render captioned music"),
        ("autoencoder", "stage 1: audio to latents and back"),
        ("tempered", "tell its decoder where tempered pitches lie; anew after every training of the decoder"),
        ("encode", "turn the rendered music into latents"),
        ("text", "stage 2: text tower, by contrast with the music"),
        ("diffusion", "stage 3: the diffusion transformer"),
        ("distill", "a student of the diffusion stage that needs 8 steps and no guidance"),
        ("sharpen", "let that student teach itself to heed lead instrument and drums more"),
        ("tokens", "a rival to compare with: a transformer that says tokens of the same music one after the other"),
        ("export", "write the model folder that the app loads"),
    ):
        stage = stages.add_parser(name, help=text, description=text.capitalize() + ".")
        stage.add_argument(
            "--work", type=a_path, required=True, metavar="FOLDER", help="where data and checkpoints are"
        )
        _add_options(stage, name)
    for name, text, words in (
        ("pack", "cut a checkpoint into pieces of at most 15 MiB with checksums", ("FILE", "FOLDER")),
        ("unpack", "join such pieces again", ("PIECES", "FOLDER")),
    ):
        stage = stages.add_parser(name, help=text, description=text.capitalize() + ".")
        stage.add_argument("source", type=a_path, metavar=words[0])
        stage.add_argument("target", type=a_path, metavar=words[1])


def run(args: argparse.Namespace) -> int:
    """Run one stage; 0 when it is done."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if args.stage in ("pack", "unpack"):
        return _move_pieces(args)
    _prepare_process()
    from musicapp.training import stages

    return stages.run(args.stage, args)


def _move_pieces(args: argparse.Namespace) -> int:
    from musicapp.training import pack

    if args.stage == "pack":
        print(f"{pack.pack(args.source, args.target)} pieces in {args.target}")
    else:
        print(f"whole: {pack.unpack(args.source, args.target)}")
    return 0


def _add_options(stage: argparse.ArgumentParser, name: str) -> None:
    if name == "start":
        stage.add_argument("--model", default="builtin", metavar="M", help="name or folder (default builtin)")
    elif name == "data":
        stage.add_argument("--pieces", type=int, default=1000, metavar="N", help="pieces to render (default 1000)")
        stage.add_argument(
            "--shard", type=int, default=0, metavar="K", help="number of the shard, one for each process"
        )
        stage.add_argument("--audio", type=a_path, metavar="FOLDER", help="take recordings with captions instead")
        stage.add_argument("--soundfont", type=a_path, metavar="FILE", help="General MIDI bank to play with")
    elif name == "autoencoder":
        stage.add_argument(
            "--decoder-only", action="store_true", help="keep the encoder (latents stay valid); go by the sound too"
        )
        group = stage.add_argument_group("with --config")
        group.add_argument("--batch", type=int, default=4, metavar="N", help="crops in a step (default 4)")
        group.add_argument("--frames", type=int, default=65536, metavar="N", help="of a crop (default 65536)")
    elif name == "diffusion":
        stage.add_argument("--latents", type=int, default=5000, metavar="N", help="of a step (default 5000)")
        _add_published_options(stage)
    elif name == "tokens":
        stage.add_argument("--latents", type=int, default=5000, metavar="N", help="of a step (default 5000)")
    elif name == "export":
        stage.add_argument("--output", type=a_path, required=True, metavar="FOLDER", help="the new model folder")
        chosen = stage.add_mutually_exclusive_group()
        chosen.add_argument("--distilled", action="store_true", help="take the student instead of its teacher")
        chosen.add_argument("--sharpened", action="store_true", help="take the sharpened student")
    if name in ("autoencoder", "encode", "diffusion", "export"):
        stage.add_argument(
            "--config", metavar="FILE", help="a model_config.json, or stable_audio_2_0 (default: the built-in model's)"
        )
    if name in ("autoencoder", "encode", "text", "diffusion", "distill", "sharpen", "tokens"):
        stage.add_argument(
            "--device", default="auto", choices=("auto", "cpu", "cuda", "mps"), help="where to compute (default auto)"
        )
    if name in ("diffusion", "distill", "sharpen"):
        stage.add_argument("--compile", action="store_true", help="compile first: slow to start, then a third quicker")
    if name in ("autoencoder", "tempered", "text", "diffusion", "distill", "sharpen", "tokens"):
        stage.add_argument(
            "--minutes", type=float, required=True, metavar="M", help="time to spend, all starts together"
        )
    if name in ("diffusion", "tokens"):
        stage.add_argument(
            "--processor-time", action="store_true", help="count processor time, not minutes on the wall, to compare by"
        )
    if name in ("autoencoder", "text", "diffusion", "distill", "sharpen", "tokens"):
        stage.add_argument("--save-every", type=float, metavar="S", help="seconds between checkpoints (default 120)")


def _add_published_options(stage: argparse.ArgumentParser) -> None:
    """What only `--config` looks at."""
    group = stage.add_argument_group("with --config")
    group.add_argument("--text-encoder", type=a_path, metavar="FOLDER", help="instead of the stage text's")
    group.add_argument("--batch", type=int, default=4, metavar="N", help="windows in a step (default 4)")
    group.add_argument("--window", type=int, default=0, metavar="N", help="latents in one (default: the config's)")
    group.add_argument("--checkpointing", action="store_true", help="compute activations twice, to save memory")
    group.add_argument("--sharded", action="store_true", help="several processes: each holds a part of the weights")
    group.add_argument("--light", action="store_true", help="Adafactor, no average: a third of the memory")


def _prepare_process() -> None:
    """Settings that must be made before torch is loaded: worth a factor of 1.4 on a free CPU.

    glibc would give large blocks back after every step and fault them in again.
    """
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt"):
            for parameter, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 10**9)):
                library.mallopt(parameter, value)
