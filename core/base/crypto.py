"""Secrets at rest: digests of tokens, and encryption of what must be readable again."""

import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def digest(token: str) -> str:
    """The SHA-256 of a random token of 256 bits: enough for it, and good for an index."""
    return hashlib.sha256(token.encode()).hexdigest()


def fingerprint(text: str) -> str:
    """A keyed hash that tells whether two secrets are equal without telling either. It survives a rotation of the first key."""
    return hmac.new(settings.PAYOUT_DETAILS_KEYS[-1].encode(), text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    """The text encrypted with the first of PAYOUT_DETAILS_KEYS."""
    return _box(tuple(settings.PAYOUT_DETAILS_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again, by any of the keys."""
    return _box(tuple(settings.PAYOUT_DETAILS_KEYS)).decrypt(sealed.encode()).decode()


def seal_webhook_secret(secret: str) -> str:
    """The secret encrypted with the first of WEBHOOK_SECRETS_KEYS: it signs, so a digest would not do."""
    return _box(tuple(settings.WEBHOOK_SECRETS_KEYS)).encrypt(secret.encode()).decode()


def unseal_webhook_secret(sealed: str) -> str:
    """The secret again, by any of the keys."""
    return _box(tuple(settings.WEBHOOK_SECRETS_KEYS)).decrypt(sealed.encode()).decode()


def seal_factor_secret(secret: str) -> str:
    """The secret of an authenticator encrypted with the first of SECOND_FACTOR_KEYS: codes are computed from it."""
    return _box(tuple(settings.SECOND_FACTOR_KEYS)).encrypt(secret.encode()).decode()


def unseal_factor_secret(sealed: str) -> str:
    """The secret again, by any of the keys."""
    return _box(tuple(settings.SECOND_FACTOR_KEYS)).decrypt(sealed.encode()).decode()
