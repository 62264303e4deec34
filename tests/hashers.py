"""Password hashing for tests: the same code with the smallest parameters, so that a thousand people do not take minutes."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    """Argon2 that costs nothing."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


class CountingHasher(QuickHasher):
    """The same, and it knows how often it was asked to work."""

    worked = 0

    def encode(self, password, salt):
        type(self).worked += 1
        return super().encode(password, salt)

    def verify(self, password, encoded):
        type(self).worked += 1
        return super().verify(password, encoded)
