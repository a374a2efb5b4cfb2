"""How well the autoencoder gives back what it is given: the paper's Table 5 on held-out renders."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from musicapp.analysis import listening
from musicapp.engine.decode import decode_chunks
from musicapp.evaluation.bench import PLAYED_PIECES, Bench
from musicapp.evaluation.report import Player, Result, Table, number
from musicapp.training.losses import mel_distance, si_sdr, stft_distance

MOST_PIECES = 32


def measure(bench: Bench) -> Result:
    """STFT and MEL distance and SI-SDR of every piece encoded and decoded, means over pieces."""
    found: dict[str, list[float]] = {"stft": [], "mel": [], "si_sdr_db": [], "level_db": []}
    same: dict[str, list[bool]] = {"tempo": [], "tonic": []}
    players: list[Player] = []
    for index, render in enumerate(bench.held_out[:MOST_PIECES]):
        sound = torch.from_numpy(np.ascontiguousarray(render.sound.T))[None]
        decoded = there_and_back(bench, sound)
        found["stft"].append(stft_distance(decoded, sound))
        found["mel"].append(mel_distance(decoded, sound))
        found["si_sdr_db"].append(si_sdr(decoded, sound))
        back = decoded[0].T.numpy()
        found["level_db"].append(listening.level_db(back) - listening.level_db(render.sound))
        same["tempo"].append(abs(listening.tempo_of(back) / listening.tempo_of(render.sound) - 1) < 0.04)
        same["tonic"].append(listening.key_of(back)[0] == listening.key_of(render.sound)[0])
        if index < PLAYED_PIECES // 2:
            name = f"autoencoder-{index}"
            players.append(bench.player_of(render.sound, f"{name}-in", f"{render.truth.style}: as rendered"))
            players.append(bench.player_of(back, f"{name}-out", f"{render.truth.style}: encoded and decoded"))
    values = {name: round(float(np.mean(numbers)), 3) for name, numbers in found.items()}
    values |= {f"same_{name}": round(float(np.mean(hits)), 3) for name, hits in same.items()}
    values["pieces"] = len(found["stft"])
    rows = (
        ("STFT distance", number(values["stft"]), "1.19"),
        ("MEL distance", number(values["mel"]), "0.71"),
        ("SI-SDR", f"{values['si_sdr_db']:.1f} dB", "7.1 dB"),
        ("level against the original", f"{values['level_db']:+.1f} dB", ""),
        ("same tempo heard", f"{100 * values['same_tempo']:.0f} %", ""),
        ("same tonic heard", f"{100 * values['same_tonic']:.0f} %", ""),
    )
    return Result(
        values,
        table=Table(("measure", "this model", "Stable Audio 2's paper, on its own data"), rows),
        players=tuple(players),
        notes=(f"{values['pieces']} held-out renders, encoded and decoded whole; definitions of auraloss.",),
    )


@torch.inference_mode()
def there_and_back(bench: Bench, sound: Tensor) -> Tensor:
    """Encode and decode `(1, 2, frames)` as the engine decodes a take."""
    model = bench.takes.model
    coder, frames = model.autoencoder, sound.shape[-1]
    latents = coder.encode(sound.to(model.device))
    return torch.cat(list(decode_chunks(coder, latents)), dim=-1)[..., :frames].float().cpu()
