"""A MusicGen of random weights, small enough to ask in a second, in the layout of transformers."""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (
    EncodecConfig,
    MusicgenConfig,
    MusicgenDecoderConfig,
    MusicgenForConditionalGeneration,
    PreTrainedTokenizerFast,
    T5Config,
)

RATE, HOP, CODEBOOKS, SIZE = 3200, 64, 2, 16
WORDS = {"<pad>": 0, "</s>": 1, "<unk>": 2, "calm": 3, "piano": 4}


def write_musicgen(folder: Path) -> Path:
    """Config, weights and tokenizer; mono at 3.2 kHz, 50 steps a second."""
    torch.manual_seed(1)
    text = T5Config(vocab_size=len(WORDS), d_model=16, d_kv=8, d_ff=16, num_layers=1, num_heads=2)
    audio = EncodecConfig(
        sampling_rate=RATE,
        audio_channels=1,
        hidden_size=16,
        num_filters=4,
        num_residual_layers=1,
        upsampling_ratios=[8, 8],
        codebook_size=SIZE,
        codebook_dim=16,
        target_bandwidths=[2 * 4 * RATE / HOP / 1000],
        num_lstm_layers=1,
        use_causal_conv=True,
    )
    said = MusicgenDecoderConfig(
        vocab_size=SIZE,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        ffn_dim=16,
        num_codebooks=CODEBOOKS,
        pad_token_id=SIZE,
        bos_token_id=SIZE,
    )
    model = MusicgenForConditionalGeneration(MusicgenConfig(text_encoder=text, audio_encoder=audio, decoder=said))
    for layer in model.audio_encoder.quantizer.layers:
        layer.codebook.embed.normal_()  # else every token is silence
    model.generation_config.pad_token_id = SIZE
    model.generation_config.decoder_start_token_id = SIZE
    model.generation_config.bos_token_id = SIZE
    model.eval().save_pretrained(folder)
    tokenizer = Tokenizer(models.WordLevel(WORDS, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>")
    fast.save_pretrained(folder)
    return folder
