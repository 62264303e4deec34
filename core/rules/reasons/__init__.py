"""The catalogue of reasons and checks from which moderators choose."""
