"""Signatures as the Standard Webhooks describe them: HMAC-SHA256 over `id.timestamp.body`, one per secret."""

import base64
import hmac
import secrets
from collections.abc import Iterable

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret that nobody knows yet, in the form that every library for Standard Webhooks takes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(secret: str, uid: str, timestamp: int, body: bytes) -> str:
    """The signature of this body at this moment (seconds since 1970), as it stands in the header."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    digest = hmac.digest(key, f"{uid}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(signing: Iterable[str], uid: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers. With several secrets, as during a rotation, the receiver may know any of them."""
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(secret, uid, timestamp, body) for secret in signing),
    }
