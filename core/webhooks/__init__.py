"""Webhooks: a person names an address of their own, and what concerns them is told there, signed."""
