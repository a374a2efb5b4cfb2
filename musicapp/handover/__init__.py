"""Takes into files for other programs: what an export is like, what files are called and say, archives for DAWs."""
