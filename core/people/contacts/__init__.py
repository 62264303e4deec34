"""Whom a person does not want to hear of."""
