"""Model folders: their descriptions, their weights, and where they lie."""
