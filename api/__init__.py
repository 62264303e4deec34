"""Door 1, the public contract: one file per room."""
