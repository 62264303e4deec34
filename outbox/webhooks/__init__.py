"""Webhooks as envelopes: which addresses may be called, how a body is signed, and the call itself. Knows no endpoint and no person."""
