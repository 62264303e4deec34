"""What every door to an account asks first."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.base import clock
from core.base.texts import visible
from core.people.errors import fault
from core.people.models import User
from core.people.sessions.steps import end_sessions

EMAIL_LENGTH_MAX = 254
PASSWORD_LENGTH_MAX = 200
REASON_LENGTH_MIN, REASON_LENGTH_MAX = 10, 1_000


def one_spelling(email: str) -> str:
    """The address as it is stored and looked up."""
    return email.strip().lower()


def valid_email(email: str) -> str:
    """The address in its one spelling. Raises Invalid."""
    spelled = one_spelling(email)
    try:
        validate_email(spelled)
    except ValidationError as refused:
        raise fault("email", _("Enter an e-mail address.")) from refused
    if len(spelled) > EMAIL_LENGTH_MAX:
        raise fault("email", _("The e-mail is too long."))
    return spelled


def require_good_password(password: str, *, user: User, field: str) -> None:
    """Nothing happens when this person may have this password. Raises Invalid."""
    if len(password) > PASSWORD_LENGTH_MAX:
        raise fault(field, _("Write at most {longest} characters.").format(longest=PASSWORD_LENGTH_MAX))
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise fault(field, " ".join(refused.messages)) from refused


def judged_reason(reason: str) -> str:
    """The reason trimmed, when it is one. Raises Invalid."""
    reason = visible(reason)
    if not REASON_LENGTH_MIN <= len(reason) <= REASON_LENGTH_MAX:
        bounds = {"lowest": REASON_LENGTH_MIN, "highest": REASON_LENGTH_MAX}
        raise fault("reason", _("Write {lowest} to {highest} characters.").format(**bounds))
    return reason


def shut_out(person: User, *, reason: str) -> None:
    """Nobody is signed in as this locked person any more, or can sign in."""
    person.blocked_at, person.block_reason = clock.now(), reason
    _store_block(person)
    end_sessions(person)


def let_in(person: User) -> None:
    """The locked person may sign in again."""
    person.blocked_at, person.block_reason = None, ""
    _store_block(person)


def _store_block(person: User) -> None:
    person.updated_at = clock.now()
    person.save(update_fields=["blocked_at", "block_reason", "updated_at"])
