"""Whether a notice is to be sent to somebody's Telegram now, and to which chat. Asked when it is sent, not when it is written."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from core.base import clock
from core.notifications.models import Channel, Notification, Preference, QuietHours
from core.notifications.quiet import quiet_until
from core.notifications.registry import KINDS
from core.telegram.models import TelegramAccount
from outbox.channels import Hold, Outcome, Parcel, Skip

TOO_OLD = timedelta(hours=24)


@dataclasses.dataclass(frozen=True)
class Addressed:
    """A notice that goes out, to this chat, in this language."""

    notice: Notification
    chat_id: int
    language: str


def address(parcels: Sequence[Parcel]) -> dict[int, Addressed | Outcome]:
    """For each parcel, by its id, the notice and its chat, or why it is not sent now. Two queries, however many there are.

    What is about money or security goes to everybody who can be reached, at any hour. The rest waits until quiet hours are over,
    and is not sent to whoever has muted it, has read it in the app meanwhile, or would get it a day late.
    """
    notices = {notice.id: notice for notice in _notices([parcel.letter_id for parcel in parcels if parcel.letter_id])}
    readers = [notice.user_id for notice in notices.values()]
    quiet = {hours.user_id: hours for hours in QuietHours.objects.filter(user__in=readers)}
    return {parcel.id: _judge(parcel, notices.get(parcel.letter_id), quiet) for parcel in parcels}


def _notices(ids: Sequence[UUID]):
    switched_off = Preference.objects.filter(user=OuterRef("user"), type=OuterRef("type"), channel=Channel.TELEGRAM, is_on=False)
    return (
        Notification.objects.filter(id__in=ids)
        .select_related("user__telegram_account")
        .annotate(is_switched_off=Exists(switched_off))
        .only(
            *("type", "facts", "href", "created_at", "read_at", "job_id", "user__language", "user__erased_at"),
            *(f"user__telegram_account__{name}" for name in ("chat_id", "state", "is_muted", "muted_until")),
        )
    )


def _judge(parcel: Parcel, notice: Notification | None, quiet: dict[UUID, QuietHours]) -> Addressed | Outcome:
    if notice is None:
        return Skip("NO_NOTICE")
    account: TelegramAccount | None = getattr(notice.user, "telegram_account", None)
    if notice.user.erased_at is not None:
        return Skip("ERASED", whole_lane=True)
    if account is None:
        return Skip("NO_ACCOUNT", whole_lane=True)
    if not account.is_reachable:
        return Skip("UNREACHABLE", whole_lane=True)
    if notice.type not in KINDS:
        return Skip("UNKNOWN_TYPE")
    obstacle = None if parcel.is_critical else _obstacle(parcel, notice, account, quiet.get(notice.user_id))
    return obstacle or Addressed(notice, account.chat_id, notice.user.language)


def _obstacle(parcel: Parcel, notice: Notification, account: TelegramAccount, hours: QuietHours | None) -> Outcome | None:
    """What keeps a notice back that may be kept back."""
    now = clock.now()
    if account.is_muted_at(now) or notice.is_switched_off:  # type: ignore[attr-defined]
        return Skip("MUTED")
    if parcel.age_seconds > TOO_OLD.total_seconds():
        return Skip("TOO_OLD")
    # One that is muted in the app counts as read from the start, and is wanted here nevertheless.
    if notice.read_at is not None and notice.read_at > notice.created_at:
        return Skip("READ")
    end = quiet_until(hours, now) if hours is not None else None
    return Hold("QUIET_HOURS", seconds=(end - now).total_seconds()) if end is not None else None
