"""Musicapp: type a prompt, hear music, on your own computer."""

import os

__version__ = "0.1.0"

# Here, because it must be said before torch loads its threads, and by every process of ours: threads that spin while
# they wait take the cores from each other, from sound and window, and from a DAW. A user's own setting stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
