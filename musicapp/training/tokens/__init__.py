"""The paper's rival: music as discrete tokens, and a transformer that says one after the other. For comparison only."""
