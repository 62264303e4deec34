"""Coming in, and being blocked."""
