"""The secrets of consumers: made here, shown once, known by their SHA-256, which is enough for 256 random bits."""

import hashlib
import secrets
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from outbox.consumers.models import Consumer, ConsumerToken

PREFIX = "ugc_out_"
PREFIX_CHARS = 12
OVERLAP_MAX = timedelta(hours=24)
USED_EVERY = timedelta(minutes=5)
LIVING = Q(expires_at=None) | Q(expires_at__gt=Now())


def digest(secret: str) -> str:
    """What is kept of a secret. Surrogates, which no client can send, are hashed too."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def make() -> str:
    """A new secret, which says what it is for."""
    return PREFIX + secrets.token_urlsafe(32)


def give(consumer: Consumer, secret: str, *, is_setting: bool = False) -> ConsumerToken:
    """The secret opens the pull API for this consumer. Only one that we made leaves its beginning behind, to be told by."""
    prefix = "" if is_setting else secret[:PREFIX_CHARS]
    return ConsumerToken.objects.create(consumer=consumer, digest=digest(secret), prefix=prefix, is_setting=is_setting)


def expire(tokens: QuerySet[ConsumerToken], *, after: timedelta) -> int:
    """These tokens open nothing from then on; one that dies sooner still does. Returns how many were cut short."""
    end = Now() + after if after else Now()
    return tokens.filter(Q(expires_at=None) | Q(expires_at__gt=end)).update(expires_at=end)


def living_token(secret: str) -> ConsumerToken | None:
    """The token behind this secret with its consumer, when it opens something now."""
    found = ConsumerToken.objects.select_related("consumer").filter(LIVING, digest=digest(secret), consumer__revoked_at=None)
    return found.annotate(is_stale=Q(last_used_at=None) | Q(last_used_at__lt=Now() - USED_EVERY)).first()


def touch(token: ConsumerToken) -> None:
    """The token was used just now; written down at most every five minutes."""
    if token.is_stale:  # type: ignore[attr-defined]  # annotated by living_token
        ConsumerToken.objects.filter(id=token.pk).update(last_used_at=Now())
