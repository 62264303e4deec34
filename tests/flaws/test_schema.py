"""Of every table: nothing that belongs to people is deleted with something else, and every row knows when it changed."""

from django.apps import apps
from django.db.models import PROTECT, ForeignKey, Model

APPS = ("core", "outbox", "api")
# Rows that are written once; counters and clocks; who has had which events; and accounts, whose entries say when each balance changed.
SAY_OTHERWISE = {
    *("AuditEntry", "LedgerEntry", "AlertHit", "Event", "IdempotencyKey"),
    *("BindingAttempt", "ButtonToken", "TelegramUpdate"),
    *("ThrottleCounter", "Inbox", "Heartbeat", "SandboxClock"),
    *("Consumer", "ConsumerToken", "Handout", "Horizon"),
    # Parcels say when they are due and when they ended, each attempt is a row, and a channel's changes stand in the audit trail.
    *("Delivery", "Attempt", "Addressee", "Channel", "Pace"),
    "Account",
    # A seal is written once, but for the salt that fades; what waits for one has nothing but its place; a sign-in says when it was seen.
    *("AuditSeal", "UnsealedEntry", "BackofficeSession"),
}


def models() -> list[type[Model]]:
    return [model for name in APPS for model in apps.get_app_config(name).get_models()]


def test_nothing_is_deleted_because_something_else_is():
    cascading = [
        f"{model.__name__}.{field.name}"
        for model in models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey) and field.model is model and field.remote_field.on_delete is not PROTECT
    ]

    assert cascading == []


def test_every_row_that_may_change_says_when():
    without = {model.__name__ for model in models() if "updated_at" not in {field.name for field in model._meta.get_fields()}}

    assert without <= SAY_OTHERWISE
