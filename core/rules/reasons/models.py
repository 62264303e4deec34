"""Reasons that people are given, and what moderators look at before they decide. A change is a new row; the old one is retired."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.base.models import Row
from core.base.triggers import frozen, no_delete
from core.base.vocabulary import Queue


class Reason(Row):
    """Why something is not accepted, in the words that its author reads, and how to mend it. It is named by its code for ever."""

    TEXT_MAX, HINT_MAX = 300, 500

    queue = models.CharField(max_length=10, choices=Queue)
    code = models.CharField(max_length=40)
    text_ru = models.CharField(max_length=TEXT_MAX)
    text_en = models.CharField(max_length=TEXT_MAX)
    hint_ru = models.CharField(max_length=HINT_MAX, blank=True, default="")
    hint_en = models.CharField(max_length=HINT_MAX, blank=True, default="")
    is_fixable = models.BooleanField(default=True)  # it may be the reason to ask for changes, not only to reject
    needs_note = models.BooleanField(default=False)  # it says too little without words about this case
    position = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "code"], condition=Q(retired_at=None), name="reason_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(text_ru="") & ~Q(text_en=""), name="reason_whole"),
        ]
        triggers = [
            frozen(
                "reason",
                *("queue", "code", "text_ru", "text_en", "hint_ru", "hint_en", "is_fixable", "needs_note", "position"),
                once=("retired_at",),
            ),
            no_delete("reason"),
        ]


class ChecklistItem(Row):
    """One thing that a moderator of this queue makes sure of before approving."""

    TEXT_MAX = 200

    queue = models.CharField(max_length=10, choices=Queue)
    code = models.CharField(max_length=40)
    text_ru = models.CharField(max_length=TEXT_MAX)
    text_en = models.CharField(max_length=TEXT_MAX)
    position = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "code"], condition=Q(retired_at=None), name="check_code_once"),
            models.CheckConstraint(condition=~Q(code="") & ~Q(text_ru="") & ~Q(text_en=""), name="check_whole"),
        ]
        triggers = [
            frozen("check", "queue", "code", "text_ru", "text_en", "position", once=("retired_at",)),
            no_delete("check"),
        ]
