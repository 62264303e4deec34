"""The secret of a link in a letter: the row's id and its signature. Nothing of it is stored, and no other row's opens it."""

import base64
import hmac
import secrets
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from core.people.models import EmailToken

ID_BYTES = 16
SIGNATURE_BYTES = 32
PLACES = {EmailToken.Purpose.VERIFY_EMAIL: "/verify-email", EmailToken.Purpose.RESET_PASSWORD: "/reset-password"}


def token_of(row: EmailToken) -> str:
    """The secret of this row's link."""
    packed = row.id.bytes + _signature(row.id, row.purpose, settings.SECRET_KEY)
    return base64.urlsafe_b64encode(packed).decode()


def id_in(token: str, purpose: EmailToken.Purpose) -> UUID | None:
    """The id of the row that the secret belongs to, or None when we did not make it for this purpose."""
    try:
        packed = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        return None
    if len(packed) != ID_BYTES + SIGNATURE_BYTES:
        return None
    row_id, signature = UUID(bytes=packed[:ID_BYTES]), packed[ID_BYTES:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if any([secrets.compare_digest(signature, _signature(row_id, purpose, key)) for key in keys]):  # noqa: C419 - all are compared
        return row_id
    return None


def link_of(row: EmailToken) -> str:
    """The link of the letter. The secret stands behind the #, so that it reaches no log of a server or proxy."""
    return f"{settings.APP_BASE_URL}{PLACES[EmailToken.Purpose(row.purpose)]}#token={token_of(row)}"


def address_digest(email: str) -> str:
    """What stands for an address where letters are counted, so that the table names nobody who is not ours."""
    return salted_hmac("core.people.letters.address", email, algorithm="sha256").hexdigest()


def _signature(row_id: UUID, purpose: str, key: str) -> bytes:
    return hmac.digest(salted_hmac("core.people.letters.link", purpose, secret=key, algorithm="sha256").digest(), row_id.bytes, "sha256")
