"""The authenticators of demonstrations. Whoever knows the password of a demonstration can compute its codes: nothing live has such."""

import base64
import hashlib
import hmac

from core.people.factors.codes import SECRET_BYTES, code_at, step_now


def demo_secret(email: str, password: str) -> str:
    """The secret of this account's authenticator."""
    made = hmac.new(password.encode(), f"second-factor:{email}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made[:SECRET_BYTES]).decode()


def demo_code(email: str, password: str, *, later: int = 0) -> str:
    """The code that it shows now, or so many half minutes later: the next one is good already, and the present one only once."""
    return code_at(demo_secret(email, password), step_now() + later)
