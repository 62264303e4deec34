"""How passwords are hashed."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """Argon2id at the smallest cost that OWASP advises for logins: 19 MiB, two passes, one lane.

    The framework's default takes 100 MB and eight lanes for each attempt, which a burst of logins turns into an outage.
    A password that was hashed at another cost is hashed anew when its owner signs in.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
