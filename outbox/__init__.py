"""The mailbox: facts leave through it, after commit and at least once. Knows envelopes, never letters."""
