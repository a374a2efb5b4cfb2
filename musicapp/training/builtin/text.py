"""Stage two: a small CLAP. A text tower and an audio tower over latents learn which caption belongs to which music.

Only the text tower ships; the audio tower looks for copies (`evaluation/memory.py`). The diffusion transformer looks at
the features of the text tower's next-to-last layer (`feature_layer_ix` of the config; arXiv 2404.10301, 2.4), and those
are also taught to tell the facts behind a caption (`facts`).
"""

from __future__ import annotations

import json
import logging
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor, nn

from musicapp.captions.captions import write_caption
from musicapp.composing.truth import Truth
from musicapp.nn.audio_tower import AudioTower
from musicapp.training import device, loop
from musicapp.training.builtin import facts, recipes
from musicapp.training.dataset import Shards
from musicapp.training.latents import latent_batch

log = logging.getLogger(__name__)

MAX_LENGTH = 77
AUDIO_TOWER = "audio_tower.safetensors"  # in the run folder
FEATURE_LAYER = -2  # whose features the transformer looks at
SPECIAL_TOKENS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
TEXT_CONFIG: dict[str, Any] = {
    "hidden_size": 192,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 768,
    "max_position_embeddings": MAX_LENGTH + 3,
    "projection_dim": 128,
    "layer_norm_eps": 1e-5,  # RoBERTa's; the class's own default gives other hidden states
    "type_vocab_size": 1,
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "bos_token_id": 0,
    "pad_token_id": 1,
    "eos_token_id": 2,
}


@dataclass(frozen=True, kw_only=True)
class TextOptions(loop.Options):
    """How to train the pair of towers.

    latents, held_out  folders of latent shards
    facts_weight       of reading facts off captions, against the contrastive loss
    """

    latents: Path
    held_out: Path
    batch: int = 64
    latent_frames: int = 129  # 6 s
    learning_rate: float = 1.5e-3
    vocabulary: int = 1200
    facts_weight: float = 2.0
    seed: int = 2


def train_tokenizer(captions: Iterator[str], vocabulary: int) -> Any:
    """A byte-level BPE in RoBERTa's layout. Case is folded and digits stand alone, so that 87 is an 8 and a 7."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=True)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=alphabet,
        min_frequency=3,
        show_progress=False,
    )
    tokenizer.train_from_iterator(captions, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=True)
    return tokenizer


def build_text_tower(vocabulary: int) -> nn.Module:
    """A `ClapTextModelWithProjection` of our size, untrained."""
    from transformers import ClapTextConfig, ClapTextModelWithProjection

    return ClapTextModelWithProjection(ClapTextConfig(vocab_size=vocabulary, **TEXT_CONFIG))


def tokens_of(tokenizer: Any, captions: list[str]) -> tuple[Tensor, Tensor]:
    """Ids and mask `(batch, longest)`; padding further changes no hidden state of the real tokens."""
    encodings = tokenizer.encode_batch(captions)
    return torch.tensor([e.ids for e in encodings]), torch.tensor([e.attention_mask for e in encodings])


def contrastive_loss(audio: Tensor, text: Tensor, log_scale: Tensor) -> tuple[Tensor, Tensor]:
    """Symmetric cross-entropy of the similarities, and how often a caption's nearest audio is its own."""
    similarities = log_scale.exp() * F.normalize(text, dim=-1) @ F.normalize(audio, dim=-1).T
    own = torch.arange(len(text), device=text.device)
    loss = (F.cross_entropy(similarities, own) + F.cross_entropy(similarities.T, own)) / 2
    return loss, (similarities.argmax(1) == own).float().mean()


def train(options: TextOptions) -> Path:
    """Train both towers until the minutes are spent; gives the folder of the text tower in Hugging Face layout.

    The audio tower lies beside it (`audio_tower.safetensors`): no model needs it, but the search for copies uses it.
    """
    stage = _TextStage(options)
    loop.train(stage)
    tower = {name: tensor.cpu().contiguous() for name, tensor in stage.audio.state_dict().items()}
    save_file(tower, options.run / AUDIO_TOWER)
    return write_folder(options.run / "clap_text", stage.text, stage.tokenizer)


class _TextStage(loop.Stage):
    def __init__(self, options: TextOptions) -> None:
        self.options, team = options, loop.begin(options)
        self.shards, self.held_out = (Shards([folder], recipes.RATE) for folder in (options.latents, options.held_out))
        self.tokenizer = _tokenizer_of(options, self.shards)
        self.text = build_text_tower(self.tokenizer.get_vocab_size())
        self.audio = AudioTower(self.shards.width, TEXT_CONFIG["projection_dim"])
        self.log_scale = nn.Parameter(torch.tensor(math.log(10.0), device=team.place))
        self.heads = facts.FactHeads(TEXT_CONFIG["hidden_size"])
        self.towers = nn.ModuleDict({"text": self.text, "audio": self.audio, "facts": self.heads}).to(team.place)
        weights = [*self.towers.parameters(), self.log_scale]
        optimiser = torch.optim.AdamW(weights, lr=options.learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
        kept = {"towers": self.towers, "log_scale": self.log_scale, "optimiser": optimiser}
        super().__init__(options, team, [loop.Learner(weights, [optimiser], bound=1.0)], kept)
        self.towers.train()

    def turns(self, spent: float) -> Iterator[loop.Turn]:
        loss, hits, facts_loss = self.losses(self.shards, self.run.rng, self.options.batch)
        whole = loss + self.options.facts_weight * facts_loss
        yield loop.Turn(self.learners[0], whole, {"loss": loss, "hits": hits, "facts": facts_loss})
        self.log_scale.data.clamp_(max=math.log(100.0))

    def losses(self, data: Shards, rng: random.Random, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Contrastive loss, share of hits and loss of the facts, of a new batch."""
        latents, truths = latent_batch(data, rng, size, self.options.latent_frames)
        ids, mask = tokens_of(self.tokenizer, [write_caption(truth, rng) for truth in truths])
        latents, ids, mask = (x.to(self.team.place) for x in (latents, ids, mask))
        with device.autocast(self.team.place):
            encoded = self.text(input_ids=ids, attention_mask=mask, output_hidden_states=True)
            audio = self.audio(latents)
            known = [n for n, truth in enumerate(truths) if not truth.caption]  # of recordings nothing is known
            read = self.heads(facts.mean_features(encoded.hidden_states[FEATURE_LAYER], mask)[known])
        loss, hits = contrastive_loss(audio.float(), encoded.text_embeds.float(), self.log_scale)
        return loss, hits, _facts_loss(read, [truths[n] for n in known])

    def look(self) -> None:
        among = min(64, len(self.held_out))
        self.towers.eval()
        with torch.inference_mode():
            losses = self.losses(self.held_out, random.Random(0), among)
        self.towers.train()
        found = {name: loss.item() for name, loss in zip(("loss", "hits", "facts"), losses, strict=True)}
        log.info("held out: %s", "  ".join(f"{name} {value:.3f}" for name, value in found.items()))
        self.run.measured(**found, among=among)


def _tokenizer_of(options: TextOptions, shards: Shards) -> Any:
    """The run's tokenizer, trained at its first start."""
    path = options.run / "tokenizer.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        train_tokenizer(_captions(shards, options.seed), options.vocabulary).save(str(beside))
        beside.replace(path)
    return _open_tokenizer(path)


def _facts_loss(read: dict[str, Tensor], truths: list[Truth]) -> Tensor:
    if not truths:
        return next(iter(read.values())).new_zeros(())
    place = next(iter(read.values())).device
    return facts.facts_loss(read, {name: target.to(place) for name, target in facts.targets_of(truths).items()})


def write_folder(folder: Path, text_tower: nn.Module, tokenizer: Any) -> Path:
    """The text tower as transformers reads it: config, float16 weights, tokenizer."""
    from transformers import PreTrainedTokenizerFast

    folder.mkdir(parents=True, exist_ok=True)
    names = dict(zip(("bos_token", "pad_token", "eos_token", "unk_token", "mask_token"), SPECIAL_TOKENS, strict=True))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=MAX_LENGTH, **names)
    fast.save_pretrained(folder)
    described = folder / "tokenizer_config.json"  # by the class name that all versions of transformers know
    values = json.loads(described.read_text()) | {"tokenizer_class": "PreTrainedTokenizerFast"}
    described.write_text(json.dumps(values, indent=2) + "\n")
    text_tower.config.architectures = ["ClapTextModelWithProjection"]  # type: ignore[union-attr]
    settings = json.loads(text_tower.config.to_json_string())  # type: ignore[union-attr, operator]
    (folder / "config.json").write_text(json.dumps(settings, indent=2) + "\n")
    state = {name: t.half() if t.is_floating_point() else t for name, t in text_tower.cpu().state_dict().items()}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _captions(shards: Shards, seed: int, rounds: int = 8) -> Iterator[str]:
    rng = random.Random(f"captions {seed}")
    for _ in range(rounds):
        for entry in shards.entries:
            yield write_caption(entry.truth, rng)


def _open_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_LENGTH)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
    return tokenizer
