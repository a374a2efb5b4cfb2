"""Words written into a prompt by a press are read back as what was pressed, and nothing else of it changes."""

from __future__ import annotations

import pytest

from musicapp.errors import RequestError
from musicapp.prompts import bars, chips
from musicapp.prompts.facts import read_prompt

PROMPTS = (
    "",
    "calm piano",
    "calm piano, 90 bpm, in C minor",
    "calm piano at 90 bpm in C minor with strings",
    "techno 130bpm, dark",
    "in 3/4, a waltz, G major",
    "Lo-fi, no drums, no piano, F# minor, 6/8",
    "90-100 bpm, key of E flat major",
)


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("tempo", chips.TEMPOS_BPM)
def test_a_tempo_is_written_read_and_taken_out(prompt: str, tempo: int) -> None:
    others = (read_prompt(prompt).tonic, read_prompt(prompt).has_drums, read_prompt(prompt).beats_in_bar)
    if chips.tempo_of(prompt) == tempo:
        prompt = chips.with_tempo(prompt, tempo) or prompt
    written = chips.with_tempo(prompt, tempo)
    assert written is not None and chips.tempo_of(written) == tempo and written.lower().count("bpm") == 1
    without = chips.with_tempo(written, tempo)
    assert without is not None and chips.tempo_of(without) is None
    for text in (written, without):
        facts = read_prompt(text)
        assert (facts.tonic, facts.has_drums, facts.beats_in_bar) == others


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("key", chips.KEYS)
def test_a_key_is_written_read_and_taken_out(prompt: str, key: str) -> None:
    if chips.states_key(prompt, key):
        prompt = chips.with_key(prompt, key) or prompt
    written = chips.with_key(prompt, key)
    assert written is not None and chips.states_key(written, key)
    assert read_prompt(written).tempo_bpm == read_prompt(prompt).tempo_bpm
    without = chips.with_key(written, key)
    assert without is not None and read_prompt(without).tonic is None


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("metre", chips.METRES)
def test_a_metre_is_written_and_read(prompt: str, metre: str) -> None:
    if not chips.states_metre(prompt, metre):
        written = chips.with_metre(prompt, metre)
        assert written is not None and chips.states_metre(written, metre)
        without = chips.with_metre(written, metre)
        assert without is None or read_prompt(without).beats_in_bar is None


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("name", chips.INSTRUMENTS)
def test_an_instrument_comes_and_goes(prompt: str, name: str) -> None:
    if chips.asks_for(prompt, name):
        prompt = chips.with_instrument(prompt, name)
    written = chips.with_instrument(prompt, name)
    assert chips.asks_for(written, name) and not chips.asks_for(chips.with_instrument(written, name), name)
    assert read_prompt(written).tempo_bpm == read_prompt(prompt).tempo_bpm


def test_words_stay_where_they_stand() -> None:
    assert chips.with_tempo("calm piano at 90 bpm in C minor", 120) == "calm piano at 120 bpm in C minor"
    assert chips.with_key("calm piano at 90 bpm in C minor", "A minor") == "calm piano at 90 bpm in A minor"
    assert chips.with_instrument("harp, no piano", "piano") == "harp, piano"
    assert chips.with_instrument("soft piano, harp", "piano") == "soft, harp"
    assert chips.with_instrument("grand pianos, harp", "piano") == "grand, harp"
    assert not chips.asks_for("electric-piano-like", "piano") and not chips.asks_for("harp, without any drums", "drums")
    assert chips.with_instrument("", "piano") == "piano"


@pytest.mark.parametrize(
    ("text", "prompt", "seconds"),
    [
        ("8 bars", "piano, 90 bpm", 8 * 4 * 60 / 90),
        ("1 bar", "piano, 120 bpm, in 3/4", 1.5),
        (" 2,5 BARS ", "60 bpm", 10.0),
        ("16 measures", "waltz, in 6/8, 80 bpm", 16 * 2 * 60 / 80),
    ],
)
def test_bars_have_the_length_of_the_tempo(text: str, prompt: str, seconds: float) -> None:
    assert bars.is_bars(text) and bars.duration_of(text, prompt) == pytest.approx(seconds)


def test_bars_without_a_tempo_are_one_sentence() -> None:
    with pytest.raises(RequestError, match="states no tempo"):
        bars.duration_of("8 bars", "slow piano")
    assert not any(map(bars.is_bars, ("8", "bars", "8 barsx", "1:30", "")))
