"""Parts that the verbs about Telegram share."""

from datetime import timedelta

from django.db import connection
from django.db.models.functions import Now

from core.base import clock
from core.base.policy import require
from core.people.models import User
from core.telegram.errors import TooManyAttempts
from core.telegram.models import BindingAttempt, ButtonToken, TelegramAccount, TelegramCode
from outbox.channels import TELEGRAM
from outbox.models import Delivery

WRONG_MAX = 5
WRONG_EVERYWHERE_MAX = 500
WINDOW = timedelta(minutes=10)
DROPPED_MAX = 1_000
WAITING = (Delivery.State.PENDING, Delivery.State.HELD)


def count_attempt(telegram_user_id: int) -> BindingAttempt:
    """One more try stands in the table, as a wrong one until it proves right. Tries of one chat queue here. Raises TooManyAttempts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"telegram-binding:{telegram_user_id}"])
    wrong = BindingAttempt.objects.filter(is_right=False, at__gt=clock.now() - WINDOW)
    has_room = wrong.filter(telegram_user_id=telegram_user_id).count() < WRONG_MAX and wrong.count() < WRONG_EVERYWHERE_MAX
    require(has_room, TooManyAttempts())
    return BindingAttempt.objects.create(telegram_user_id=telegram_user_id, is_right=False)


def close_codes(user: User) -> None:
    """No code of this person opens anything any more."""
    TelegramCode.objects.filter(user=user, closed_at=None).update(closed_at=clock.now(), updated_at=clock.now())


def drop_waiting(user: User, *, reason: str) -> None:
    """What waits to be sent to this person is not sent. What is in the hands of a worker at this moment ends as it ends.

    Of very many, only the first: the carrier finds the others when the next one's turn comes, and puts them away a part at a time.
    """
    waiting = Delivery.objects.filter(channel=TELEGRAM, recipient_id=user.pk, state__in=WAITING).order_by("id")
    Delivery.objects.filter(id__in=waiting.values("id")[:DROPPED_MAX], state__in=WAITING).update(
        state=Delivery.State.SKIPPED, settled_at=Now(), reason=reason
    )


def remove(account: TelegramAccount) -> None:
    """The chat is nobody's: what waited is dropped, and its buttons do nothing."""
    user = account.user
    drop_waiting(user, reason="NO_ACCOUNT")
    ButtonToken.objects.filter(user=user, used_at=None).update(used_at=clock.now())
    account.delete()
