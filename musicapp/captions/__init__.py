"""Prompts as people write them, made up for composed pieces whose truth is known. No torch here."""
