"""Parts of the deletion that concern the person: everything that says who it was is gone, and the rows stay for those who need them.

What was said to others stays with them (messages, reviews, delivered work, what was stated in a dispute), under the name of a
deleted account. So do the ledger, the escrows, and the audit trail, whose entries keep who did what and when, and lose the rest.
"""

from collections.abc import Iterable
from functools import cache

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from core.base import clock
from core.jobs.alerts.models import JobAlert
from core.money.models import PayoutMethod
from core.notifications.models import Notification, Preference, QuietHours
from core.people.models import (
    ERASED_DOMAIN,
    BrandProfile,
    ContactBlock,
    CreatorProfile,
    EmailToken,
    PortfolioItem,
    Session,
    User,
    Verification,
)
from core.people.sessions.steps import end_sessions
from core.telegram.models import ButtonToken, TelegramAccount, TelegramCode
from core.webhooks.models import Endpoint

NO_LINK = "https://deleted.invalid/"
# What an entry about the person may go on saying: words of ours, none of theirs.
HARMLESS = ("status", "role", "kind", "language", "blocked", "sessions_ended", "currency", "is_public", "is_on", "verification_status")
ABOUT_PERSON = (
    "User", "BrandProfile", "CreatorProfile", "PortfolioItem", "Verification", "Session", "EmailToken", "PayoutMethod", "JobAlert",
    "ContactBlock", "QuietHours", "Endpoint",
)  # fmt: skip
# What names a destination of money in entries that are about something else.
DESTINATION = ("method", "masked")


@cache
def nobody() -> str:
    """The name of a deleted account, in the language of the marketplace."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Deleted account")


def names_of(user: User) -> list[str]:
    """Every name that the person ever went by here."""
    with connection.cursor() as cursor:
        cursor.execute(NAMES, {"user": user.id})
        return [name for (name,) in cursor.fetchall()]


NAMES = """
    SELECT display_name FROM core_creatorprofile WHERE user_id = %(user)s AND display_name <> ''
    UNION SELECT company_name FROM core_brandprofile WHERE user_id = %(user)s AND company_name <> ''
    UNION SELECT said.value FROM core_auditentry entry, LATERAL jsonb_each_text(entry.before || entry.after) said
    WHERE entry.actor_id = %(user)s AND entry.subject_type IN ('BrandProfile', 'CreatorProfile')
        AND said.key IN ('display_name', 'company_name') AND said.value <> ''
"""


def close_account(user: User) -> None:
    """Nobody signs in as this person again, the old address is free, and the account names nobody."""
    AccessAttempt.objects.filter(username=user.email).delete()
    user.email = f"erased-{user.id}{ERASED_DOMAIN}"
    user.password = make_password(None)
    user.erased_at = user.updated_at = clock.now()
    user.is_active, user.email_verified_at, user.staff_name, user.block_reason = False, None, "", ""
    user.save()
    end_sessions(user)
    Session.objects.filter(user=user).update(user_agent="", ip=None)
    EmailToken.objects.filter(user=user).delete()
    for rows in (TelegramAccount, TelegramCode, ButtonToken):
        rows.objects.filter(user=user).delete()


def fade_profile(user: User) -> None:
    """The profile is hidden and says nothing; its stars and counts stay, they name nobody."""
    now = clock.now()
    BrandProfile.objects.filter(user=user).update(
        company_name=nobody(), website="", description="", niche="", country="", city="", updated_at=now
    )
    CreatorProfile.objects.filter(user=user).update(
        display_name=nobody(),
        bio="",
        country="",
        city="",
        languages=[],
        niches=[],
        platforms=[],
        price_per_video=None,
        is_public=False,
        verification_status=CreatorProfile.VerificationStatus.UNVERIFIED,
        verified_at=None,
        updated_at=now,
    )
    PortfolioItem.objects.filter(creator__user=user).delete()
    _fade_verifications(user)


def _fade_verifications(user: User) -> None:
    """No attempt is open or in force, none says which account it was about, and none keeps what staff wrote."""
    system = User.objects.system()
    for attempt in Verification.objects.filter(profile__user=user).order_by("id"):
        match attempt.status:
            case "ISSUED":
                attempt.move_to(Verification.Status.EXPIRED)
            case "PENDING":
                attempt.move_to(Verification.Status.REJECTED)
                attempt.reviewed_at, attempt.reviewed_by = clock.now(), system
            case "VERIFIED":
                attempt.move_to(Verification.Status.REVOKED)
        attempt.code = f"-{attempt.id.hex[-15:]}"
        attempt.account_url = NO_LINK if attempt.account_url else ""
        attempt.reason = ""
        attempt.store("status", "reviewed_at", "reviewed_by", "code", "account_url", "reason")


def fade_belongings(user: User) -> None:
    """Destinations of money, saved searches, settings and notices of the person are gone, or empty where a row has to stay."""
    now = clock.now()
    for method in PayoutMethod.objects.filter(creator=user):
        method.sealed_details, method.masked, method.fingerprint = "", "—", f"erased:{method.id}"
        method.removed_at = method.removed_at or now
        method.store("sealed_details", "masked", "fingerprint", "removed_at")
    for alert in JobAlert.objects.filter(creator=user):
        alert.name, alert.is_active, alert.deleted_at = nobody(), False, alert.deleted_at or now
        alert.store("name", "is_active", "deleted_at")
    for endpoint in Endpoint.objects.filter(owner=user):
        endpoint.silence()
        endpoint.url = NO_LINK
        endpoint.store("url", *Endpoint.SILENCED)
    ContactBlock.objects.filter(blocker=user).delete()
    Preference.objects.filter(user=user).delete()
    QuietHours.objects.filter(user=user).delete()
    Notification.objects.filter(user=user).delete()


FADE_NOTICES = """
    UPDATE core_notification SET facts = facts || jsonb_build_object('name', %(nobody)s::text), updated_at = %(now)s
    WHERE facts ->> 'name' = ANY(%(names)s) AND (
        job_id IN (
            SELECT job_id FROM core_application WHERE creator_id = %(user)s
            UNION SELECT job_id FROM core_invitation WHERE creator_id = %(user)s
            UNION SELECT job_id FROM core_conversation WHERE %(user)s IN (brand_id, creator_id)
            UNION SELECT id FROM core_job WHERE %(user)s IN (brand_id, active_creator_id)
        )
        OR job_id IS NULL AND user_id IN (SELECT id FROM core_user WHERE role = 'STAFF')
    )
"""


def fade_notices(user: User, names: Iterable[str]) -> None:
    """What others were told of the person goes on without the name."""
    with connection.cursor() as cursor:
        cursor.execute(FADE_NOTICES, {"nobody": nobody(), "now": clock.now(), "names": list(names), "user": user.id})


# Of an entry about the person the harmless values, of one about a payout all but the destination; of the others the names alone.
_FADED = """(SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = ANY(%(harmless)s) OR subject_type = 'Payout' AND key <> ALL(%(destination)s) THEN value ELSE 'null'
    END), '{{}}') FROM jsonb_each(entry.{side}))"""
FADE_AUDIT = f"""
    UPDATE core_auditentry entry
    SET reason = CASE WHEN subject_type = 'Payout' THEN reason ELSE '' END,
        before = {_FADED.format(side="before")}, after = {_FADED.format(side="after")}
    WHERE (subject_type = 'Payout' OR subject_type = ANY(%(about)s)) AND (
        actor_id = %(user)s OR subject_type = 'User' AND subject_id = %(user)s::text
        OR subject_type = 'Verification' AND subject_id IN (
            SELECT attempt.id::text FROM core_verification attempt
            JOIN core_creatorprofile profile ON profile.id = attempt.profile_id WHERE profile.user_id = %(user)s
        )
    )
"""  # noqa: S608 - made of the constant above


def fade_audit(user: User) -> None:
    """The entries stay, with who did what and when; what they say of the person's own data does not. The guard lets no more go."""
    with connection.cursor() as cursor:
        cursor.execute(
            FADE_AUDIT, {"user": user.id, "about": list(ABOUT_PERSON), "harmless": list(HARMLESS), "destination": list(DESTINATION)}
        )
