"""Which chat belongs to whom, the codes that bind them, and the updates and buttons that come back from Telegram."""

from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.models import QuerySet, Row
from core.base.triggers import frozen


class TelegramAccount(Row):
    """The one chat in which a person hears from us. Unlinking deletes the row; the audit trail keeps that it was there."""

    class State(models.TextChoices):
        ACTIVE = "ACTIVE", _("Active")
        BLOCKED = "BLOCKED", _("The bot is blocked")
        GONE = "GONE", _("The account is gone")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="telegram_account")
    telegram_user_id = models.BigIntegerField(unique=True)
    chat_id = models.BigIntegerField(unique=True)
    username = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    state_changed_at = models.DateTimeField(default=clock.now)
    is_muted = models.BooleanField(default=False)
    muted_until = models.DateTimeField(null=True, blank=True)  # muted, and without this moment: until the person says otherwise
    bound_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("Telegram account")
        verbose_name_plural = _("Telegram accounts")
        indexes = [models.Index(fields=["-id"], condition=~Q(state="ACTIVE"), name="telegram_account_out_of_reach")]
        constraints = [
            models.CheckConstraint(condition=Q(telegram_user_id__gt=0), name="telegram_account_of_a_person"),
            models.CheckConstraint(condition=Q(state__in=["ACTIVE", "BLOCKED", "GONE"]), name="telegram_account_state"),
            models.CheckConstraint(condition=Q(is_muted=True) | Q(muted_until=None), name="telegram_account_muted_until_while_muted"),
        ]
        triggers = [frozen("telegram_account", "id", "user_id", "telegram_user_id", "bound_at", "created_at")]

    @property
    def is_reachable(self) -> bool:
        """Whether the bot may write to this chat at all."""
        return self.state == self.State.ACTIVE

    def is_muted_at(self, moment: datetime) -> bool:
        """Whether the person wants to hear only of money and security at that moment."""
        return self.is_muted and (self.muted_until is None or moment < self.muted_until)


class TelegramCode(Row):
    """The secret with which a person shows the bot whose chat it is. Only its keyed digest is kept; it works once, for ten minutes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # it opens nothing any more: used, or followed by a newer one

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="telegram_code_user")]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(closed_at=None), name="telegram_code_one_live"),
            models.UniqueConstraint(fields=["digest"], condition=Q(closed_at=None), name="telegram_code_live_digest"),
            models.CheckConstraint(condition=Q(used_at=None) | Q(closed_at__isnull=False), name="telegram_code_used_is_closed"),
        ]
        triggers = [frozen("telegram_code", "id", "user_id", "digest", "expires_at", "created_at", once=("used_at", "closed_at"))]


class BindingAttempt(models.Model):
    """One try of somebody in Telegram to bind a chat with a code. It stays although the try is refused, and is forgotten after a day."""

    id = models.BigAutoField(primary_key=True)
    telegram_user_id = models.BigIntegerField()
    is_right = models.BooleanField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["telegram_user_id", "-at"], condition=Q(is_right=False), name="binding_attempt_wrong_of"),
            models.Index(fields=["-at"], name="binding_attempt_at"),
        ]


class TelegramUpdate(models.Model):
    """One update of the Bot API that was worked, so that it is worked once however often it comes, and the answers that it still owes.

    Of the updates of one chat that come too often only the first is kept, which is answered; the rest leaves nothing here.
    """

    update_id = models.BigIntegerField(primary_key=True)
    chat_id = models.BigIntegerField(null=True, blank=True)  # the private chat it came from; null for what is not about one
    is_surplus = models.BooleanField(db_default=False)  # not worked: the chat was told to slow down
    replies = models.JSONField(default=list)
    received_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    helped_chat_id = models.BigIntegerField(null=True, blank=True)  # whom a short help was sent to: not more than one a minute

    class Meta:
        indexes = [
            models.Index(
                fields=["helped_chat_id", "-received_at"], condition=Q(helped_chat_id__isnull=False), name="telegram_update_helped"
            ),
            models.Index(fields=["received_at"], name="telegram_update_received"),
            models.Index(fields=["chat_id", "-received_at"], condition=Q(chat_id__isnull=False), name="telegram_update_of_chat"),
            models.Index(fields=["chat_id", "update_id"], condition=Q(answered_at=None), name="telegram_update_owing"),
        ]


class ButtonToken(models.Model):
    """What a button under a message stands for. Its id is all that Telegram sees; only the person it was made for may press it, once."""

    class Action(models.TextChoices):
        ACCEPT_INVITATION = "ACCEPT_INVITATION", _("Accept the invitation")
        DECLINE_INVITATION = "DECLINE_INVITATION", _("Decline the invitation")
        UNLINK = "UNLINK", _("Unlink Telegram")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20, choices=Action)
    subject_id = models.UUIDField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = QuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="button_token_expires")]
        constraints = [
            models.UniqueConstraint(fields=["user", "action", "subject_id"], condition=Q(used_at=None), name="button_token_one_live"),
        ]
        triggers = [frozen("button_token", "id", "user_id", "action", "subject_id", "created_at", once=("used_at",))]
