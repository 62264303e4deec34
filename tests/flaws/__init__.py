"""What no room alone can promise: each of these holds off a flaw of docs/flaws.md that could come back anywhere."""
