"""The stages of `musicapp train`, one after the other in one work folder.

audio/, audio-held-out/      rendered music            data
autoencoder/                 checkpoint, loss tables   autoencoder
tempered/                    bank.pt, loss tables      tempered
latents/, latents-held-out/  the same music, encoded   encode
text/                        towers, clap_text/        text
diffusion/                   checkpoint, loss tables   diffusion
distilled/                   checkpoint, loss tables   distill
sharpened/                   checkpoint, loss tables   sharpen
tokens/                      checkpoint, loss tables   tokens
"""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from musicapp.description.catalogue import find_model
from musicapp.description.config import ModelConfig, parse_config
from musicapp.errors import MusicAppError
from musicapp.nn.autoencoder import Autoencoder
from musicapp.training import dataset, device, distributed, latents, recordings
from musicapp.training.builtin import autoencoder, diffusion, distill, export, sharpen, tempered, text, warm_start
from musicapp.training.published import oobleck, transformer
from musicapp.training.tokens import stage as tokens

log = logging.getLogger(__name__)

SEEDS_PER_SHARD = 100_000
HELD_OUT_PIECES = 60


def run(stage: str, args: argparse.Namespace) -> int:
    """Run one stage by name with the command line's options."""
    if distributed.count() > 1 and stage not in ("diffusion", "distill", "sharpen"):
        raise MusicAppError(f"The stage {stage} runs in one process only.", hint="Start it without a launcher.")
    STAGES[stage](args.work, args)
    return 0


def start(work: Path, args: argparse.Namespace) -> None:
    """Begin with a finished model instead of random weights."""
    warm_start.start_from(find_model(args.model), work)


def render(work: Path, args: argparse.Namespace) -> None:
    """Compose and render one shard; the first also renders the pieces to measure on."""
    if args.audio is not None:
        log.info("%d recordings", recordings.write_recordings(args.audio, work, args.shard))
        return
    from musicapp.composing.render import Renderer

    renderer = Renderer(args.soundfont)
    if args.shard == 0:
        seeds = range(dataset.HELD_OUT_SEED, dataset.HELD_OUT_SEED + HELD_OUT_PIECES)
        dataset.write_audio(work / "audio-held-out" / "shard-0", seeds, renderer)
    first = args.shard * SEEDS_PER_SHARD
    dataset.write_audio(work / "audio" / f"shard-{args.shard}", range(first, first + args.pieces), renderer)


def train_autoencoder(work: Path, args: argparse.Namespace) -> None:
    if args.config is not None:
        return train_oobleck(work, args)
    autoencoder.train(
        autoencoder.AutoencoderOptions(
            run=work / "autoencoder",
            audio=work / "audio",
            held_out=work / "audio-held-out",
            minutes=args.minutes,
            save_every_s=_seconds_between_saves(args, 120.0),
            device=args.device,
            freeze_encoder=args.decoder_only,
        )
    )


def train_oobleck(work: Path, args: argparse.Namespace) -> None:
    """The first stage for a config of the user's."""
    if args.decoder_only:
        raise MusicAppError("--decoder-only goes with the built-in recipe alone.", hint="Leave it or --config out.")
    oobleck.train(
        oobleck.OobleckOptions(
            run=work / "autoencoder",
            audio=work / "audio",
            held_out=work / "audio-held-out",
            minutes=args.minutes,
            save_every_s=_seconds_between_saves(args, 120.0),
            batch=args.batch,
            frames=args.frames,
            device=args.device,
        ),
        _config_of(args),
    )


def train_tempered(work: Path, args: argparse.Namespace) -> None:
    run = _trained(work / "autoencoder", stage="autoencoder")
    options = tempered.TemperedOptions(run=work / "tempered", audio=work / "audio", minutes=args.minutes)
    log.info("%s", tempered.teach(options, autoencoder.load_average(run)))


def encode(work: Path, args: argparse.Namespace) -> None:
    """Encode every audio shard into a latent shard of the same name; new pieces are added to those already there."""
    rate = dataset.Rate() if args.config is None else dataset.Rate(_config_of(args).sample_rate)
    model = _autoencoder_of(work, args).to(device.choose(args.device))
    for source, target in (("audio", "latents"), ("audio-held-out", "latents-held-out")):
        for shard in sorted(path.parent for path in (work / source).rglob("format.json")):
            folder, pieces = work / target / shard.name, dataset.Shards([shard], rate)
            latents.write_latents(folder, model, pieces)
            log.info("%s: %d pieces", folder, len(pieces))


def train_text(work: Path, args: argparse.Namespace) -> None:
    text.train(
        text.TextOptions(
            run=work / "text",
            latents=work / "latents",
            held_out=work / "latents-held-out",
            minutes=args.minutes,
            save_every_s=_seconds_between_saves(args, 120.0),
            device=args.device,
        )
    )


def train_diffusion(work: Path, args: argparse.Namespace) -> None:
    if args.config is not None:
        return train_published(work, args)
    diffusion.train(
        diffusion.DiffusionOptions(
            run=work / "diffusion",
            latents=work / "latents",
            held_out=work / "latents-held-out",
            text_encoder=_text_tower(work),
            autoencoder=_autoencoder_run(work),
            minutes=args.minutes,
            processor_time=args.processor_time,
            tokens=args.latents,
            compiled=args.compile,
            save_every_s=_seconds_between_saves(args, 120.0),
            device=args.device,
        )
    )


def train_published(work: Path, args: argparse.Namespace) -> None:
    """The diffusion stage for a config of the user's."""
    transformer.train(
        transformer.TransformerOptions(
            run=work / "diffusion",
            latents=work / "latents",
            held_out=work / "latents-held-out",
            text_encoder=args.text_encoder or _text_tower(work),
            autoencoder=_autoencoder_run(work),
            minutes=args.minutes,
            processor_time=args.processor_time,
            save_every_s=_seconds_between_saves(args, 600.0),
            batch=args.batch,
            window=args.window,
            checkpointing=args.checkpointing,
            light=args.light,
            sharded=args.sharded,
            device=args.device,
        ),
        _config_of(args),
    )


def train_student(work: Path, args: argparse.Namespace) -> None:
    distill.train(
        distill.DistillOptions(
            run=work / "distilled",
            teacher=_trained(work / "diffusion", stage="diffusion"),
            latents=work / "latents",
            held_out=work / "latents-held-out",
            text_encoder=_text_tower(work),
            autoencoder=_autoencoder_run(work),
            minutes=args.minutes,
            compiled=args.compile,
            save_every_s=_seconds_between_saves(args, 120.0),
            device=args.device,
        )
    )


def sharpen_student(work: Path, args: argparse.Namespace) -> None:
    sharpen.train(
        sharpen.SharpenOptions(
            run=work / "sharpened",
            student=_trained(work / "distilled", stage="distill"),
            text_encoder=_text_tower(work),
            autoencoder=_autoencoder_run(work),
            minutes=args.minutes,
            compiled=args.compile,
            save_every_s=_seconds_between_saves(args, 120.0),
            device=args.device,
        )
    )


def train_tokens(work: Path, args: argparse.Namespace) -> None:
    tokens.train(
        tokens.TokenOptions(
            run=work / "tokens",
            latents=work / "latents",
            held_out=work / "latents-held-out",
            text_encoder=_text_tower(work),
            minutes=args.minutes,
            processor_time=args.processor_time,
            tokens=args.latents,
            save_every_s=_seconds_between_saves(args, 120.0),
            device=args.device,
        )
    )


def write_model(work: Path, args: argparse.Namespace) -> None:
    if args.config is not None:
        description = transformer.read_description(args.config)
        transformer.export(
            args.output, description, _trained(work / "diffusion", stage="diffusion"), _autoencoder_of(work, args)
        )
        return
    run, app = work / "diffusion", export.APP
    if args.distilled:
        run, app = _trained(work / "distilled", stage="distill"), export.DISTILLED
    elif args.sharpened:
        run, app = _trained(work / "sharpened", stage="sharpen"), export.DISTILLED
    export.export(
        args.output,
        autoencoder_run=work / "autoencoder",
        text_encoder=_text_tower(work),
        diffusion_run=run,
        tempered_run=work / "tempered",
        app=app,
    )


def _seconds_between_saves(args: argparse.Namespace, usual: float) -> float:
    return usual if args.save_every is None else args.save_every


def _config_of(args: argparse.Namespace) -> ModelConfig:
    return parse_config(transformer.read_description(args.config))


def _autoencoder_of(work: Path, args: argparse.Namespace) -> Autoencoder:
    """The trained autoencoder, of the config's kind or the built-in model's."""
    run = _trained(work / "autoencoder", stage="autoencoder")
    return (
        autoencoder.load_average(run)
        if args.config is None
        else oobleck.load_average(run, _config_of(args).autoencoder)
    )


def _autoencoder_run(work: Path) -> Path | None:
    """Where the first stage was trained, if it was; only sample takes need it."""
    run = work / "autoencoder"
    return run if (run / "checkpoint.pt").exists() else None


def _text_tower(work: Path) -> Path:
    folder = work / "text" / "clap_text"
    if not folder.is_dir():
        raise MusicAppError("There is no text tower yet.", hint="Run the stage text first.")
    return folder


def _trained(run: Path, *, stage: str) -> Path:
    if not (run / "checkpoint.pt").exists():
        raise MusicAppError(f"The stage {stage} has not been trained yet.", hint=f"Run the stage {stage} first.")
    return run


STAGES = {
    "start": start,
    "data": render,
    "autoencoder": train_autoencoder,
    "tempered": train_tempered,
    "encode": encode,
    "text": train_text,
    "diffusion": train_diffusion,
    "distill": train_student,
    "sharpen": sharpen_student,
    "tokens": train_tokens,
    "export": write_model,
}
