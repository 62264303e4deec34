"""Endpoints of people, from the verb to the receiver."""
