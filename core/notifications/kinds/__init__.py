"""The notices, room by room."""
