"""Door 2: what staff see and do."""
