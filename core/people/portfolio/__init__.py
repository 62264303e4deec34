"""Links to earlier works."""
