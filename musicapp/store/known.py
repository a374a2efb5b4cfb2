"""The public models that the app can open, and the text encoders that they need: what people want to know of them.

Sizes are of the published files as far as known; the hub is asked for the exact ones when a download begins. The
revision is not fixed here: the commit that the hub names at the start of a download is kept and recorded.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from musicapp.errors import ModelStoreError

HUB = "https://huggingface.co"
STABILITY = "Stability AI Community License"


@dataclass(frozen=True)
class Known:
    """A model or text encoder on the hub.

    key             the folder's name below the user's models folder
    files           what is needed of the repository, below `subfolder`; `extra_files` are taken if they are there
    size_bytes      of these files, about
    gated           the hub hands it out to people who accepted the licence on its page
    needs           the key of its text encoder, which lies beside it
    max_duration_s  0 for a text encoder
    """

    key: str
    name: str
    repository: str
    size_bytes: int
    licence: str
    good_for: str
    gated: bool = False
    needs: str = ""
    max_duration_s: float = 0.0
    subfolder: str = ""
    files: tuple[str, ...] = ("model_config.json", "model.safetensors")
    extra_files: tuple[str, ...] = ("LICENSE.md", "LICENSE")

    @property
    def is_text_encoder(self) -> bool:
        return self.max_duration_s == 0

    @property
    def page(self) -> str:
        """Where its makers describe it and ask for the licence to be accepted."""
        return f"{HUB}/{self.repository}"


ENCODER_FILES = ("config.json", "model.safetensors", "tokenizer.json")
ENCODER_EXTRAS = ("tokenizer_config.json", "special_tokens_map.json")

KNOWN = (
    Known(
        key="stable-audio-3-small-music",
        name="Stable Audio 3 small, music",
        repository="stabilityai/stable-audio-3-small-music",
        size_bytes=2_270_384_940,
        licence=STABILITY,
        good_for="Music up to two minutes in eight steps; made to run on a CPU.",
        gated=True,
        needs="t5gemma-b-b-ul2",
        max_duration_s=120.7,
    ),
    Known(
        key="stable-audio-3-small-sfx",
        name="Stable Audio 3 small, sound effects",
        repository="stabilityai/stable-audio-3-small-sfx",
        size_bytes=2_270_384_940,
        licence=STABILITY,
        good_for="Sound effects and short ambience in eight steps; made to run on a CPU.",
        gated=True,
        needs="t5gemma-b-b-ul2",
        max_duration_s=120.7,
    ),
    Known(
        key="stable-audio-3-medium",
        name="Stable Audio 3 medium",
        repository="stabilityai/stable-audio-3-medium",
        size_bytes=9_220_000_000,
        licence=STABILITY,
        good_for="Whole songs with the best structure and sound, in eight steps; slow without a GPU.",
        gated=True,
        needs="t5gemma-b-b-ul2",
        max_duration_s=380.4,
    ),
    Known(
        key="stable-audio-open-1.0",
        name="Stable Audio Open 1.0",
        repository="stabilityai/stable-audio-open-1.0",
        size_bytes=4_850_000_000,
        licence=STABILITY,
        good_for="Drum loops, riffs, ambience and field recordings up to 47 seconds; takes a negative prompt.",
        gated=True,
        needs="t5-base",
        max_duration_s=47.55,
    ),
    Known(
        key="stable-audio-open-small",
        name="Stable Audio Open Small",
        repository="stabilityai/stable-audio-open-small",
        size_bytes=1_990_000_000,
        licence=STABILITY,
        good_for="One-shots, loops and effects up to 11 seconds, in eight steps.",
        gated=True,
        needs="t5-base",
        max_duration_s=11.89,
    ),
    Known(
        key="stable-audio-3-small-music-base",
        name="Stable Audio 3 small, music, base",
        repository="stabilityai/stable-audio-3-small-music-base",
        size_bytes=2_270_384_940,
        licence=STABILITY,
        good_for="Before its last training: many steps and guidance, for adapters and experiments.",
        needs="t5gemma-b-b-ul2",
        max_duration_s=120.7,
    ),
    Known(
        key="stable-audio-3-small-sfx-base",
        name="Stable Audio 3 small, sound effects, base",
        repository="stabilityai/stable-audio-3-small-sfx-base",
        size_bytes=2_270_384_940,
        licence=STABILITY,
        good_for="Before its last training: many steps and guidance, for adapters and experiments.",
        needs="t5gemma-b-b-ul2",
        max_duration_s=120.7,
    ),
    Known(
        key="stable-audio-3-medium-base",
        name="Stable Audio 3 medium, base",
        repository="stabilityai/stable-audio-3-medium-base",
        size_bytes=9_220_000_000,
        licence=STABILITY,
        good_for="Before its last training: many steps and guidance, for adapters and experiments.",
        needs="t5gemma-b-b-ul2",
        max_duration_s=380.4,
    ),
    Known(
        key="t5-base",
        name="T5 base",
        repository="google-t5/t5-base",
        size_bytes=890_000_000,
        licence="Apache License 2.0",
        good_for="Text encoder of Stable Audio Open.",
        files=ENCODER_FILES,
        extra_files=ENCODER_EXTRAS,
    ),
    Known(
        key="t5gemma-b-b-ul2",
        name="T5Gemma b-b UL2",
        repository="stabilityai/stable-audio-3-small-music-base",  # every repository of the family has the same copy
        size_bytes=1_200_000_000,
        licence="Gemma Terms of Use",
        good_for="Text encoder of Stable Audio 3.",
        subfolder="t5gemma-b-b-ul2",
        files=(*ENCODER_FILES, "tokenizer_config.json"),
        extra_files=("special_tokens_map.json",),
    ),
)

BY_KEY = {item.key: item for item in KNOWN}


def find(key: str) -> Known:
    """The known item of this name. Raises ModelStoreError with the nearest one."""
    if key in BY_KEY:
        return BY_KEY[key]
    near = difflib.get_close_matches(key, BY_KEY, n=1, cutoff=0.5)
    hint = f"Did you mean “{near[0]}”?" if near else "“musicapp models list” shows the names."
    raise ModelStoreError(f"No model called “{key[:80]}” is known.", hint=hint)
