"""Model folders: read, refused, found."""
