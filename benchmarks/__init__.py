"""How quick Musicapp is beside others, measured in one run: `python -m benchmarks`."""
