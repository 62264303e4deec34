"""The verbs of this room, in one place. Each sub-room has its own."""

from core.people.accounts.services import register, update_account
from core.people.contacts.services import block_contact, unblock_contact
from core.people.factors.services import (
    end_backoffice_session,
    forget_old_sessions,
    prove_factor,
    renew_recovery_codes,
    reset_factor,
    set_up_factor,
)
from core.people.letters.services import forget_old_links, resend_verification, verify_email
from core.people.passwords.services import change_password, request_password_reset, reset_password
from core.people.portfolio.services import add_portfolio_item, remove_portfolio_item, update_portfolio_item
from core.people.profiles.services import update_brand_profile, update_creator_profile
from core.people.sessions.services import log_in, log_out, revoke_session
from core.people.verification.services import (
    issue_verification_code,
    reject_creator,
    revoke_verification,
    submit_verification,
    verify_creator,
)

__all__ = [
    "add_portfolio_item",
    "block_contact",
    "change_password",
    "end_backoffice_session",
    "forget_old_links",
    "forget_old_sessions",
    "issue_verification_code",
    "log_in",
    "log_out",
    "prove_factor",
    "register",
    "reject_creator",
    "remove_portfolio_item",
    "renew_recovery_codes",
    "request_password_reset",
    "resend_verification",
    "reset_factor",
    "reset_password",
    "revoke_session",
    "revoke_verification",
    "set_up_factor",
    "submit_verification",
    "unblock_contact",
    "update_account",
    "update_brand_profile",
    "update_creator_profile",
    "update_portfolio_item",
    "verify_creator",
    "verify_email",
]
