"""Real faults, put to a real window and its real engine: what was shown as saved must be there afterwards."""
