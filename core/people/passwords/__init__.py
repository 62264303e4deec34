"""Changing a password, and getting back in without one."""
