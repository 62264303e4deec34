"""Strange calls at a running server, by every role, for as long as one likes: `python -m tests.fuzz --base-url … --seconds 60`.

Unlike tests/api/test_schemathesis.py nothing is undone: what a call changes stays, and the next ones meet it. Every answer is held
to the OpenAPI document that the server gives. Afterwards `manage.py ledger_verify` says whether the books still add up.
"""
