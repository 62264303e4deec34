"""How a person binds a chat, unbinds it, and is found to be out of reach."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from core.audit.steps import record
from core.base import clock
from core.base.policy import require
from core.notifications.steps import notify
from core.people.models import User
from core.telegram import codes, errors, events, policies, steps
from core.telegram.buttons import offer_buttons, press_button
from core.telegram.inbox import KEPT, accept_update, may_help, owes, owing, receive_update, take_replies
from core.telegram.models import BindingAttempt, ButtonToken, TelegramAccount, TelegramCode, TelegramUpdate
from outbox.post import emit

__all__ = [
    "accept_update",
    "confirm_binding",
    "forget_old_traces",
    "mark_reachable",
    "mark_unreachable",
    "may_help",
    "migrate_chat",
    "mute",
    "offer_buttons",
    "owes",
    "owing",
    "press_button",
    "receive_update",
    "request_code",
    "take_replies",
    "unlink",
    "unmute",
]

State = TelegramAccount.State


@transaction.atomic
def request_code(*, by: User) -> tuple[TelegramCode, str]:
    """The person has one living code, whose secret is returned and can never be read again. Raises AlreadyBound."""
    user = User.objects.lock(id=by.id)
    require(not policies.own_accounts(user).exists(), errors.AlreadyBound())
    steps.close_codes(user)
    secret = codes.new_code()
    row = TelegramCode.objects.create(user=user, digest=codes.digest(secret), expires_at=clock.now() + codes.LIFETIME)
    record("TELEGRAM_CODE_ISSUED", row, by=by)
    return row, secret


def confirm_binding(*, code: str, telegram_user_id: int, chat_id: int | None = None, username: str = "") -> TelegramAccount:
    """The chat belongs to the person whose code this is, who is told. Without `chat_id` it is the private chat, which has the same id.

    The try is counted in a transaction of its own, so that it stays counted when it is refused.
    Raises TooManyAttempts, InvalidCode, AlreadyBound, TelegramAlreadyBound.
    """
    with transaction.atomic():
        attempt = steps.count_attempt(telegram_user_id)
    with transaction.atomic():
        account = _bind(code, TelegramAccount(telegram_user_id=telegram_user_id, chat_id=chat_id or telegram_user_id, username=username))
        BindingAttempt.objects.filter(id=attempt.id).update(is_right=True)
    return account


def _bind(code: str, account: TelegramAccount) -> TelegramAccount:
    """The account has its owner and is stored. Raises InvalidCode, AlreadyBound, TelegramAlreadyBound."""
    digest = codes.digest(code)
    found = TelegramCode.objects.filter(digest=digest, closed_at=None).first()
    if found is None:
        raise errors.InvalidCode
    user = User.objects.lock(id=found.user_id)
    row = TelegramCode.objects.filter(digest=digest, closed_at=None).lock_any(id=found.id)
    if row is None or row.expires_at <= clock.now() or not policies.may_act(user):
        raise errors.InvalidCode
    require(not policies.own_accounts(user).exists(), errors.AlreadyBound())
    require(not TelegramAccount.objects.filter(telegram_user_id=account.telegram_user_id).exists(), errors.TelegramAlreadyBound())

    account.user = user
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as taken:  # the other one was a moment faster
        raise errors.TelegramAlreadyBound from taken
    row.used_at = row.closed_at = clock.now()
    row.store("used_at", "closed_at")

    record("TELEGRAM_BOUND", account, by=user)
    notify([user], "TELEGRAM_BOUND")
    emit(events.TelegramBound(by_id=user.id, recipient_ids=(user.id,), user_id=user.id))
    return account


@transaction.atomic
def unlink(*, by: User) -> bool:
    """The person has no chat with us, and what waited for it is not sent. Returns whether there was one: twice is as good as once."""
    user = User.objects.lock(id=by.id)
    steps.close_codes(user)
    account = policies.own_accounts(user).lock_any(user=user)
    if account is None:
        return False
    record("TELEGRAM_UNBOUND", account, by=by)
    steps.remove(account)
    notify([user], "TELEGRAM_UNBOUND")
    emit(events.TelegramUnbound(by_id=by.id, recipient_ids=(user.id,), user_id=user.id))
    return True


@transaction.atomic
def mute(*, by: User, hours: int | None = None) -> TelegramAccount:
    """The chat is told of money and security alone, for so many hours or until `unmute`. Raises TelegramNotBound."""
    account = _locked(by)
    account.is_muted = True
    account.muted_until = clock.now() + timedelta(hours=hours) if hours else None
    return _muted(account, by=by)


@transaction.atomic
def unmute(*, by: User) -> TelegramAccount:
    """The chat is told of everything again. Raises TelegramNotBound."""
    account = _locked(by)
    account.is_muted, account.muted_until = False, None
    return _muted(account, by=by)


def _muted(account: TelegramAccount, *, by: User) -> TelegramAccount:
    account.store("is_muted", "muted_until")
    until: datetime | None = account.muted_until
    record("TELEGRAM_MUTED" if account.is_muted else "TELEGRAM_UNMUTED", account, by=by, after={"muted_until": until and until.isoformat()})
    return account


def _locked(by: User) -> TelegramAccount:
    """The chat of this person, locked. Raises TelegramNotBound."""
    account = policies.own_accounts(by).lock_any(user=by)
    if account is None:
        raise errors.TelegramNotBound
    return account


@transaction.atomic
def mark_unreachable(chat_id: int, *, state: str = State.BLOCKED) -> TelegramAccount | None:
    """Nothing goes to this chat until its owner lets the bot write again; what waited is dropped, and the app tells the owner.

    None when the chat is nobody's. A chat that was out of reach already stays as it was.
    """
    account = _locked_chat(chat_id)
    if account is None or not account.is_reachable:
        return account
    _move(account, state)
    steps.drop_waiting(account.user, reason="UNREACHABLE")
    system = User.objects.system()
    record("TELEGRAM_UNREACHABLE", account, by=system, before={"state": State.ACTIVE}, after={"state": state})
    notify([account.user_id], "TELEGRAM_UNREACHABLE")
    user_id = account.user_id
    emit(events.TelegramUnreachable(by_id=system.id, recipient_ids=(user_id,), user_id=user_id, state=state))
    return account


@transaction.atomic
def mark_reachable(chat_id: int) -> TelegramAccount | None:
    """The owner of the chat has written to the bot, or unblocked it: notices go there again, those that were dropped do not.

    None when the chat is nobody's.
    """
    account = _locked_chat(chat_id)
    if account is None or account.is_reachable:
        return account
    before = account.state
    _move(account, State.ACTIVE)
    user = account.user
    record("TELEGRAM_REACHABLE", account, by=user, before={"state": before}, after={"state": account.state})
    emit(events.TelegramReachable(by_id=user.id, recipient_ids=(user.id,), user_id=user.id))
    return account


@transaction.atomic
def migrate_chat(chat_id: int, *, new_chat_id: int) -> TelegramAccount | None:
    """What went to the old chat goes to the new one. None when the old one is nobody's, or the new one somebody's."""
    account = _locked_chat(chat_id)
    if account is None or TelegramAccount.objects.filter(chat_id=new_chat_id).exists():
        return None
    account.chat_id = new_chat_id
    account.store("chat_id")
    record("TELEGRAM_CHAT_MOVED", account, by=User.objects.system())
    return account


def _locked_chat(chat_id: int) -> TelegramAccount | None:
    found: TelegramAccount | None = TelegramAccount.objects.select_related("user").filter(chat_id=chat_id).first()
    return TelegramAccount.objects.select_related("user").lock_any(id=found.id) if found else None


def _move(account: TelegramAccount, state: Any) -> None:
    account.state, account.state_changed_at = state, clock.now()
    account.store("state", "state_changed_at")


def forget_old_traces() -> int:
    """Tries, updates, codes and buttons that nobody asks for any more are gone. Returns how many."""
    now = clock.now()
    old = (
        BindingAttempt.objects.filter(at__lt=now - KEPT),
        TelegramUpdate.objects.filter(received_at__lt=now - KEPT),
        TelegramCode.objects.filter(expires_at__lt=now - KEPT),
        ButtonToken.objects.filter(expires_at__lt=now - KEPT),
    )
    return sum(rows.delete()[0] for rows in old)
