"""One world for all tests: people and things made through verbs, so that every world is legal.

`World` is put together from one class per room, each in a file of its own, on top of `DealsWorld`. Everything made is unique,
so that worlds can stand side by side in a database that is never emptied.
"""

from tests.world.deals import FILES, PASSWORD, DealsWorld, unique

__all__ = ["FILES", "PASSWORD", "World", "unique"]


class World(DealsWorld):
    """What a test gets as `world`."""
