"""Notices about people and their accounts."""

from django.utils.translation import gettext_lazy as _

from core.notifications.kinds.kind import SYSTEM, Kind

KINDS: dict[str, Kind] = {
    "CREATOR_VERIFICATION_PENDING": Kind(
        SYSTEM,
        "/backoffice/core/verification/",
        _("A creator asks for verification"),
        _("{name} is waiting for a check."),
        to="MODERATORS",
        when="a creator asks to be verified",
        event="CREATOR_VERIFICATION_REQUESTED",
    ),
    "CREATOR_VERIFIED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("Your account is verified"),
        _("Brands now see the badge in your profile."),
        to="CREATOR",
        when="a moderator verifies the creator",
    ),
    "CREATOR_VERIFICATION_REJECTED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("The verification was rejected"),
        _("Reason: {reason}"),
        to="CREATOR",
        when="a moderator rejects the verification",
    ),
    "CREATOR_EVIDENCE_REQUESTED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("The verification needs one more step"),
        _("Mend this and ask again: {reason}"),
        to="CREATOR",
        when="a moderator asks the creator for more evidence",
        event="CREATOR_VERIFICATION_REJECTED",
    ),
    "VERIFIED_PROFILE_CHANGED": Kind(
        SYSTEM,
        "/backoffice/core/verification/",
        _("A verified creator has changed the profile"),
        _("{name}: compare the profile with the account once more."),
        to="MODERATORS",
        when="a verified creator changes the name, the platforms or the portfolio",
        event=None,
    ),
    "CREATOR_VERIFICATION_REVOKED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("The verification was revoked"),
        _("Reason: {reason}"),
        to="CREATOR",
        when="a moderator revokes the verification",
    ),
    "PASSWORD_CHANGED": Kind(
        SYSTEM,
        "/dashboard/profile",
        _("Your password was changed"),
        _("All other devices were signed out. If it was not you, reset the password."),
        to="OWNER",
        when="a password is changed or set anew",
        critical=True,
    ),
}
