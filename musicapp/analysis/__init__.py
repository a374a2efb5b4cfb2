"""What a piece of sound is, measured: tempo, key, onsets, level. numpy only."""
