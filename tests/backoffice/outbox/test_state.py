"""The state of the mailbox: what waits, who carries, and the switch of each channel."""

from datetime import timedelta

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from backoffice.mailbox import charts
from core.audit.models import AuditEntry
from outbox.models import Channel, Delivery, Heartbeat
from tests.backoffice.pages import list_url, seen
from tests.core.mailbox.rows import parcel

REASON = "На той стороне сбой, ждём."


def switch(name: str) -> str:
    return reverse(f"admin:outbox_channel_{name}")


def test_a_channel_is_paused_with_a_reason_and_resumed(world, enter):
    client = enter("engineer")

    client.post(switch("pause"), {"channel": "WEBHOOK", "reason": REASON})
    assert Channel.objects.get(name="WEBHOOK").is_paused
    assert AuditEntry.objects.get(action="CHANNEL_PAUSED").reason == REASON
    assert "На паузе" in seen(client.get(list_url("channel")))

    client.post(switch("resume"), {"channel": "WEBHOOK"})
    assert not Channel.objects.get(name="WEBHOOK").is_paused


def test_others_switch_nothing(world, enter):
    for role in ("moderator", "finance", "support"):
        assert enter(role).post(switch("pause"), {"channel": "WEBHOOK", "reason": REASON}).status_code == 403

    assert not Channel.objects.filter(is_paused=True).exists()


def test_dead_letters_are_the_first_thing_one_reads(world, enter):
    parcel("DEAD")
    count = Delivery.objects.filter(state="DEAD").count()

    page = enter("engineer").get(list_url("channel"))

    assert f"Недоставляемых: {count}" in seen(page)
    assert "tab=dead" in page.content.decode()


def test_a_process_that_is_silent_is_named(world, enter):
    now = timezone.now()
    Heartbeat.objects.create(name="worker-1", beat_at=now, last_success_at=now)
    Heartbeat.objects.create(name="bot", beat_at=now - timedelta(hours=1), last_success_at=now - timedelta(hours=1))
    Heartbeat.objects.create(name="live", beat_at=now, last_success_at=now, consecutive_failures=4)

    page = seen(enter("engineer").get(list_url("channel")))

    assert "Telegram-бот\nмолчит" in page
    assert "сбои подряд: 4" in page


def test_the_drawings_count_what_ended_by_the_hour(world):
    before = charts.hours()[-1]
    for state in ("SENT", "SENT", "DEAD", "SKIPPED"):
        parcel(state)
    Delivery.objects.filter(state="SENT").update(created_at=timezone.now() - timedelta(seconds=30), settled_at=timezone.now())
    cache.clear()

    last = charts.hours()[-1]

    assert (last.sent - before.sent, last.failed - before.failed, last.skipped - before.skipped) == (2, 1, 1)
    assert 29 < last.seconds < 60
    assert len(charts.hours()) == charts.HOURS
    assert charts.throughput(charts.hours()).count("<title>") == charts.HOURS
