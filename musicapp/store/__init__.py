"""Getting models, keeping them and letting them go: known ones, downloads, imports, the folder. No torch, no Qt."""
