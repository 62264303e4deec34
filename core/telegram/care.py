"""What support does for a person whose chat is lost or taken. It leaves a trail, and the person is told."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from core.audit.steps import record
from core.base.errors import Invalid, NotFound
from core.base.policy import require
from core.notifications.steps import notify
from core.people.models import User
from core.telegram import events, policies, steps
from core.telegram.models import TelegramAccount
from outbox.post import emit


@transaction.atomic
def unlink_for(account_id: Any, *, by: User, reason: str) -> User:
    """The person has no chat with us, no code of theirs opens anything, what waited is not sent, and they are told in the app.

    Returns the person. Raises Forbidden, NotFound, Invalid.
    """
    require(policies.can_unlink(by))
    said = reason.strip()
    if not 3 <= len(said) <= 500:
        raise Invalid({"reason": [gettext("Say why, in 3 to 500 characters.")]})
    owner_id = TelegramAccount.objects.filter(id=account_id).values_list("user_id", flat=True).first()
    if owner_id is None:
        raise NotFound
    user = User.objects.lock(id=owner_id)
    account = TelegramAccount.objects.lock(id=account_id)
    steps.close_codes(user)
    record("TELEGRAM_UNBOUND", account, by=by, reason=said)
    steps.remove(account)
    notify([user], "TELEGRAM_UNBOUND")
    emit(events.TelegramUnbound(by_id=by.id, recipient_ids=(user.id,), user_id=user.id))
    return user
