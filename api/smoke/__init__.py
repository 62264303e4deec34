"""A whole paid deal and everything that must be refused on the way, over HTTP alone. `manage.py smoke` runs it.

It needs the demonstration accounts (`seed_demo`, or `create_account` in production) and can be repeated on the same database.
Business calls are never retried: a promise that holds on the second try is a broken one.
"""
