"""What we say when people cannot be served as they asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict, Forbidden, Invalid, Refusal

PROFILE_URL = "/dashboard/profile"


class BadCredentials(Refusal):
    """E-mail and password open no account: which of the two was wrong, or whether the account is blocked, is not told."""

    code = "UNAUTHORIZED"
    reason = "BAD_CREDENTIALS"
    message = _("The e-mail or the password is wrong.")


class EmailTaken(Conflict):
    reason = "EMAIL_EXISTS"
    message = _("There already is an account with this e-mail.")


class EmailAlreadyVerified(Conflict):
    reason = "EMAIL_ALREADY_VERIFIED"
    message = _("The e-mail is already confirmed.")


class TooManyLetters(Conflict):
    """The address has had as many letters within the hour as we send."""

    reason = "TOO_MANY_LETTERS"
    message = _("We have sent several letters already. Look into your mailbox, or try again in an hour.")


class LinkNotValid(Invalid):
    """The link from a letter is unknown, used, or too old: the three are not told apart."""

    reason = "LINK_NOT_VALID"
    message = _("The link is not valid any more. Ask for a new one.")


class ProfileIncomplete(Conflict):
    """The creator's profile lacks something that this step needs; `missing` names it."""

    reason = "PROFILE_INCOMPLETE"
    message = _("Complete your profile first.")

    def __init__(self, missing: list[dict[str, str]]) -> None:
        super().__init__(complete_profile=True, missing=missing, profile_url=PROFILE_URL)


class BrandProfileIncomplete(ProfileIncomplete):
    """The brand's profile lacks something that this step needs; `missing` names it."""

    reason = "BRAND_PROFILE_INCOMPLETE"


class CreatorNotVerified(Conflict):
    """Only creators whose account we have checked may do this."""

    reason = "CREATOR_NOT_VERIFIED"
    message = _("Have your account verified first.")

    def __init__(self) -> None:
        super().__init__(verify_profile=True, profile_url=PROFILE_URL)


class PortfolioFull(Conflict):
    reason = "PORTFOLIO_FULL"
    message = _("The portfolio holds {limit} works at most.")

    def __init__(self, limit: int) -> None:
        super().__init__(limit=limit)


class PortfolioLinkExists(Conflict):
    reason = "PORTFOLIO_LINK_EXISTS"
    message = _("This link is already in the portfolio.")


class AlreadyVerified(Conflict):
    reason = "ALREADY_VERIFIED"
    message = _("The account is already verified.")


class VerificationPending(Conflict):
    reason = "VERIFICATION_PENDING"
    message = _("The account is being checked already.")


class NoVerificationCode(Conflict):
    """No code was issued, or the last one has run out or was used."""

    reason = "NO_VERIFICATION_CODE"
    message = _("Ask for a verification code first.")


class VerificationNotPending(Conflict):
    reason = "STATUS_NOT_PENDING"
    message = _("This creator is not waiting for a check.")


class VerificationNotInForce(Conflict):
    reason = "STATUS_NOT_VERIFIED"
    message = _("This creator is not verified.")


class AlreadyBlocked(Conflict):
    reason = "ALREADY_BLOCKED"
    message = _("This person is already blocked.")


class NotBlocked(Conflict):
    reason = "NOT_BLOCKED"
    message = _("This person is not blocked.")


class NotYourself(Forbidden):
    reason = "NOT_YOURSELF"
    message = _("You cannot do this to your own account.")


def fault(field: str, message: Any) -> Invalid:
    """One field is wrong."""
    return Invalid({field: [str(message)]})
