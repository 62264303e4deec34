"""Saved searches: a creator says what jobs they want, and hears of each such job once, when it becomes live."""
