"""Weights of a model folder into networks: read strictly, by name, and into the precision that was asked for."""
