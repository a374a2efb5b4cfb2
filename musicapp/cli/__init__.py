"""The command line. Here are only the names of its commands, which a file on the command line is told from."""

COMMANDS = ("generate", "batch", "comp", "export", "recall", "analyse", "models", "takes", "train", "evaluate")
