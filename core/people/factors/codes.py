"""Codes of authenticators (RFC 6238, thirty seconds, six digits), and codes to write down. Nothing here is stored as it is shown."""

import base64
import hmac
import re
import secrets
import time

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20
STEP_SECONDS = 30
DIGITS = 6
TOLERANCE = 1  # steps before and after this one: clocks of telephones differ
ISSUER = "Marketplace"

RECOVERY_COUNT = 10
RECOVERY_BYTES = 10  # sixteen letters and digits, eighty bits
RECOVERY_SHAPE = re.compile(r"[A-Z2-7]{16}")
SEPARATORS = re.compile(r"[\s-]+")


def new_secret() -> str:
    """A secret for an authenticator, as people may type it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def address(secret: str, email: str) -> str:
    """What the QR code says: the address by which an authenticator takes the secret in."""
    return _generator(secret).get_provisioning_uri(email, ISSUER)


def code_at(secret: str, step: int) -> str:
    """The code of this time step."""
    return _generator(secret).generate(step * STEP_SECONDS).decode()


def step_now() -> int:
    """The number of the present time step, by the clock of the machine: a sandbox moves its own clock, and no telephone."""
    return int(time.time()) // STEP_SECONDS


def matching_step(secret: str, code: str) -> int | None:
    """The time step about now whose code this is. All are compared, in the same time."""
    now, found = step_now(), None
    for step in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes as they are shown, once: four letters or digits at a time."""
    made = (base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode() for _each in range(RECOVERY_COUNT))
    return ["-".join(code[place : place + 4] for place in range(0, len(code), 4)) for code in made]


def one_spelling(code: str) -> str:
    """The code without what people put between its signs."""
    return SEPARATORS.sub("", code).upper()


def is_recovery_code(spelled: str) -> bool:
    """Whether it has the form of a code to write down."""
    return RECOVERY_SHAPE.fullmatch(spelled) is not None


def _generator(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303 - what every authenticator speaks
