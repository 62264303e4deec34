"""A clock that can be moved forward, for trying out what happens by itself. Only with SANDBOX=1, which needs DEBUG=1."""
