"""The chain over the audit trail: each seal holds the hash of its entry and of the seal before it."""
