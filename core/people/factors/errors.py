"""What we say when the second factor is missing or wrong."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, Forbidden, Refusal


class CodeRequired(Refusal):
    """The password is right, and the code of the authenticator is missing. Send it as `code`."""

    code = "UNAUTHORIZED"
    reason = "SECOND_FACTOR_REQUIRED"
    message = _("Enter the code of your authenticator as well.")


class CodeNotValid(Refusal):
    """The code is wrong, too old, or was used before: the three are not told apart."""

    code = "UNAUTHORIZED"
    reason = "SECOND_FACTOR_NOT_VALID"
    message = _("The code does not fit or was used already. Wait for the next one.")


class TooManyCodes(Refusal):
    """Too many wrong codes in a row; also the right one is not looked at now."""

    code = "RATE_LIMITED"
    reason = "TOO_MANY_CODES"
    message = _("Too many wrong codes. Try again in fifteen minutes.")

    def __init__(self) -> None:
        super().__init__(retry_after_sec=900)


class FactorMissing(Forbidden):
    """This member of staff has no authenticator yet: it is set up in the backoffice."""

    reason = "SECOND_FACTOR_NOT_SET_UP"
    message = _("Set up your authenticator first: sign in to the backoffice.")


class FactorExists(Conflict):
    reason = "SECOND_FACTOR_EXISTS"
    message = _("An authenticator is set up already. A superuser can reset it.")


class NoFactor(Conflict):
    """There is nothing to reset."""

    reason = "NO_SECOND_FACTOR"
    message = _("This person has no authenticator.")
