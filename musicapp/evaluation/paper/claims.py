"""The claims of the paper in its order, each with the part that answers it and the function that judges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from musicapp.evaluation.paper import music_claims, question_claims, sound_claims, use_claims
from musicapp.evaluation.paper.findings import Finding, missing
from musicapp.evaluation.paper.kept import Measured

Judge = Callable[[Measured, dict[str, Measured]], Finding]


@dataclass(frozen=True)
class Claim:
    """One claim.

    where     in the paper, or in what its readers ask
    says      the claim in our words
    parts     of the evaluation that it is judged by; of the first it takes the model's figures
    found     what they say
    compares  whether rivals are judged beside the model
    needs     what the first part needs
    """

    title: str
    where: str
    says: str
    parts: tuple[str, ...]
    found: Judge
    compares: bool = False
    needs: str = ""

    def judge(self, model: Measured, rivals: dict[str, Measured]) -> Finding:
        """What is found, or what it takes."""
        if self.parts and not self.compares and self.parts[0] not in model:
            return missing(f"the part `{self.parts[0]}`{self.needs}")
        return self.found(model, rivals)


CLAIMS = (
    Claim(
        "The autoencoder gives back what it is given",
        "Table 5, experiment 1",
        "64 numbers at 21.5 Hz keep music well enough: STFT 1.19, MEL 0.71, SI-SDR 7.14 dB.",
        ("autoencoder", "sound"),
        sound_claims.reconstruction,
    ),
    Claim(
        "It does so on whole pieces",
        "check 1",
        "The autoencoder codes minutes as well as seconds, wherever in the piece.",
        ("whole",),
        sound_claims.whole_pieces,
    ),
    Claim(
        "Chunks are not heard",
        "experiment 1",
        "Coding in chunks gives what one go gives.",
        ("whole",),
        sound_claims.chunks,
    ),
    Claim(
        "Minutes in one go are affordable",
        "Tables 2 and 3, experiment 2",
        "After a first look at 30 s, 4:45 are made at once, quicker than they play.",
        ("lengths",),
        sound_claims.costs,
    ),
    Claim(
        "Timing conditioning sets the length",
        "section 2.3, experiment 3",
        "A model that is told the seconds ends its music there and fills the rest with silence.",
        ("withheld",),
        music_claims.timing,
    ),
    Claim(
        "Timing and form",
        "check 2",
        "With timing conditioning the music has a course: beginning, development, end.",
        ("withheld",),
        music_claims.timing_and_form,
    ),
    Claim(
        "Long pieces have a form",
        "Figure 4",
        "Self-similarity shows sections and motifs that return over 4:45.",
        ("structure",),
        music_claims.form,
    ),
    Claim(
        "The music is what the prompt says",
        "Tables 2 to 4",
        "Text steers what is heard.",
        ("adherence",),
        music_claims.prompts,
    ),
    Claim(
        "It lies near to real music",
        "Tables 2 and 3",
        "Low FD and KL, a high CLAP score.",
        ("distribution", "openl3", "passt", "clap"),
        music_claims.distances,
    ),
    Claim(
        "Latent diffusion keeps a form where tokens lose it",
        "Tables 2 to 4, check 3",
        "An autoregressive model over tokens (MusicGen) repeats rarely or is caught in loops, and lies further off.",
        ("structure", "adherence", "distribution", "sound", "timing"),
        question_claims.rivals,
        compares=True,
    ),
    Claim(
        "Stereo is correct",
        "Table 4",
        "96 to 100 % of listeners call its stereo correct.",
        ("sound",),
        sound_claims.stereo,
    ),
    Claim(
        "It does not copy",
        "on memorisation",
        "No take is a copy of training music.",
        ("memory",),
        music_claims.copies,
        needs=", which needs `--training`",
    ),
    Claim("Seeds matter", "its readers ask", "One prompt gives many pieces.", ("diversity",), music_claims.seeds),
    Claim("Listeners like it", "Table 4", "26 people rate it above MusicGen.", (), music_claims.unheard),
    Claim(
        "It turns sounds into music, and makes short ones",
        "on further uses",
        "Audio-to-audio, sound effects, vocal-like music.",
        ("sources",),
        use_claims.sources,
    ),
    Claim(
        "Scales of other cultures",
        "open question",
        "Can a prompt ask for a maqam, a raga, pelog?",
        ("probes",),
        question_claims.scales,
    ),
    Claim(
        "Metres of other cultures", "open question", "Can it ask for 7/8 or 11/8?", ("probes",), question_claims.metres
    ),
    Claim(
        "Levels of playing",
        "open question",
        "Can it ask for beginners or virtuosi?",
        ("probes",),
        question_claims.levels,
    ),
    Claim("Bias", "open question", "Is music of some cultures made worse?", ("probes",), question_claims.bias),
)
