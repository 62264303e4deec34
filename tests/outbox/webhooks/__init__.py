"""Webhooks as envelopes, over real HTTP on loopback."""
