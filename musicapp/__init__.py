"""Musicapp: type a prompt, hear music, on your own computer."""

__version__ = "0.1.0"
