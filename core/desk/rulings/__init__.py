"""Decisions of moderators in the minute in which they can be taken back."""
