"""Random and damaged files against every reader: what comes out is what was asked for, or one sentence."""
