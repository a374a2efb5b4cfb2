"""Compare the product with recorded numbers of the public reference implementations.

`python -m tests.parity FOLDER` loads a folder with `model_config.json`, `model.safetensors`, `golden.json` and
`golden.safetensors`, recomputes every tensor that golden.json describes, and exits 1 if one is out of tolerance.
What to compute is read from the names and descriptions; every number comes from the folder.
"""
