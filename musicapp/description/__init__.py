"""What a model folder says of itself: configs, sections, headers and what they promise. No torch here."""
