"""Checking that an account belongs to its creator."""
