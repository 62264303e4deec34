"""What staff do with parcels: once, by the right people, with a trail; and what they may not do."""

import uuid
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.mailbox import services
from core.mailbox.errors import DeliveryTwiceOut, DeliveryWrongState
from core.mailbox.services import Range
from outbox.models import Channel, Delivery
from tests.core.mailbox.rows import parcel, traces
from tests.meeting import meet, without_locks


@pytest.fixture
def engineer(world):
    return world.staff("engineer")


def whole(channel="TELEGRAM", **said) -> Range:
    now = timezone.now()
    return Range(channel=channel, since=now - timedelta(days=1), until=now + timedelta(days=1), **said)


def test_a_dead_letter_goes_out_again_with_a_clean_record(engineer):
    dead = parcel("DEAD", failures=16, claims=2, defects=4, waits=20)

    services.retry_delivery(dead.id, by=engineer)

    dead.refresh_from_db()
    assert (dead.state, dead.failures, dead.claims, dead.settled_at) == ("PENDING", 0, 0, None)
    assert (dead.defects, dead.waits) == (0, 0)
    entry = AuditEntry.objects.get(action="DELIVERY_RETRIED")
    assert (entry.subject_id, entry.actor, entry.before, entry.after) == (
        str(dead.id),
        engineer,
        {"state": "DEAD"},
        {"state": "PENDING"},
    )


def test_support_may_try_one_again_and_do_nothing_more(world):
    support, dead = world.staff("support"), parcel("DEAD")

    services.retry_delivery(dead.id, by=support)

    for refused in (
        lambda: services.skip_delivery(dead.id, by=support, reason="Not needed."),
        lambda: services.replay_deliveries(whole(), by=support, reason="A try."),
        lambda: services.preview_replay(whole(), by=support),
        lambda: services.pause_channel("TELEGRAM", by=support, reason="A try."),
        lambda: services.resume_channel("TELEGRAM", by=support),
    ):
        before = traces()
        with pytest.raises(Forbidden):
            refused()
        assert traces() == before


@pytest.mark.parametrize("role", ["brand", "creator", "moderator", "finance"])
def test_nobody_else_touches_a_parcel(world, role):
    person = getattr(world, role)
    person = person() if callable(person) else person
    dead = parcel("DEAD")
    before = traces()

    with pytest.raises(Forbidden):
        services.retry_delivery(dead.id, by=person)
    with pytest.raises(Forbidden):
        services.pause_channel("TELEGRAM", by=person, reason="A try.")

    assert traces() == before


@pytest.mark.parametrize("state", ["PENDING", "LEASED", "SENDING", "HELD", "SENT"])
def test_what_is_on_its_way_or_arrived_is_not_tried_again(engineer, state):
    row = parcel(state)
    before = traces()

    with pytest.raises(DeliveryWrongState):
        services.retry_delivery(row.id, by=engineer)

    assert traces() == before


def test_a_third_copy_is_never_sent_to_a_person_but_a_machine_recognises_it(engineer):
    twice_out, machine = parcel("UNCERTAIN", copies=2), parcel("DEAD", channel="WEBHOOK", copies=5)
    before = traces()

    with pytest.raises(DeliveryTwiceOut):
        services.retry_delivery(twice_out.id, by=engineer)

    assert traces() == before
    assert services.retry_delivery(machine.id, by=engineer).state == "PENDING"


def test_what_is_given_up_says_why(engineer):
    dead = parcel("DEAD")

    services.skip_delivery(dead.id, by=engineer, reason="The chat is gone.")

    dead.refresh_from_db()
    assert (dead.state, dead.reason) == ("SKIPPED", "STAFF")
    assert AuditEntry.objects.get(action="DELIVERY_SKIPPED").reason == "The chat is gone."


@pytest.mark.parametrize("state", ["LEASED", "SENDING", "SENT", "SKIPPED"])
def test_what_a_worker_holds_or_what_has_ended_is_not_given_up(engineer, state):
    row = parcel(state)
    before = traces()

    with pytest.raises(DeliveryWrongState):
        services.skip_delivery(row.id, by=engineer, reason="Not needed.")
    with pytest.raises(Invalid):
        services.skip_delivery(parcel("DEAD").id, by=engineer, reason="  ")

    assert traces().minus_parcels(1) == before


def test_a_parcel_that_is_not_there_is_not_found(engineer):
    with pytest.raises(NotFound):
        services.retry_delivery(10**12, by=engineer)


def test_a_preview_says_what_a_replay_then_does_and_the_second_finds_nothing(engineer):
    dead = [parcel("DEAD") for _ in range(3)]
    twice_out = parcel("DEAD", copies=2)
    others = [parcel("DEAD", channel="EMAIL"), parcel("SKIPPED"), parcel("SENT")]
    before = traces()

    lines = services.preview_replay(whole(), by=engineer)

    assert [(line.state, line.would, line.count) for line in lines] == [("DEAD", "SEND", 3), ("DEAD", "TWICE_OUT", 1)]
    assert traces() == before
    assert services.replay_deliveries(whole(), by=engineer, reason="Telegram was down.", per_second=2) == 3
    assert services.replay_deliveries(whole(), by=engineer, reason="Telegram was down.") == 0
    assert {Delivery.objects.get(id=row.id).state for row in dead} == {"HELD"}
    assert [Delivery.objects.get(id=row.id).state for row in (twice_out, *others)] == ["DEAD", "DEAD", "SKIPPED", "SENT"]
    moments = list(Delivery.objects.filter(id__in=[row.id for row in dead]).order_by("id").values_list("next_at", flat=True))
    assert [round((moment - moments[0]).total_seconds(), 3) for moment in moments] == [0, 0.5, 1.0]
    assert AuditEntry.objects.filter(action="DELIVERIES_REPLAYED").order_by("id").first().after["count"] == 3


@pytest.mark.parametrize(
    "said",
    [
        {"which": whole(states=("SENT",))},
        {"which": whole(states=("PENDING",))},
        {"which": Range(channel="TELEGRAM", since=timezone.now(), until=timezone.now() - timedelta(1))},
        {"reason": ""},
        {"per_second": 0},
        {"per_second": 10_000},
    ],
)
def test_a_replay_that_makes_no_sense_is_refused(engineer, said):
    parcel("DEAD")
    before = traces()

    with pytest.raises(Invalid):
        services.replay_deliveries(**({"which": whole(), "by": engineer, "reason": "Telegram was down."} | said))

    assert traces() == before


def test_a_replay_takes_only_what_was_asked_for(engineer):
    wanted = parcel("DEAD", type="ESCROW_FUNDED", recipient_id=uuid.uuid4())
    parcel("DEAD", type="MESSAGE_SENT", recipient_id=wanted.recipient_id)
    parcel("DEAD", type="ESCROW_FUNDED")

    which = whole(type="ESCROW_FUNDED", recipient_id=wanted.recipient_id)

    assert services.replay_deliveries(which, by=engineer, reason="One person asked.") == 1
    assert Delivery.objects.get(state="HELD", reason="REPLAYED").id == wanted.id


def test_a_channel_is_paused_and_carries_again(engineer):
    services.pause_channel("TELEGRAM", by=engineer, reason="A wrong text went out.")
    assert Channel.objects.get(name="TELEGRAM").is_paused

    services.resume_channel("TELEGRAM", by=engineer)

    assert not Channel.objects.get(name="TELEGRAM").is_paused
    assert set(AuditEntry.objects.filter(subject_type="Channel").values_list("action", flat=True)) == {
        "CHANNEL_PAUSED",
        "CHANNEL_RESUMED",
    }


def test_the_command_does_the_same_and_a_dry_run_changes_nothing(world, capsys):
    dead, other = parcel("DEAD"), parcel("DEAD")
    before = traces()

    call_command("outbox_deliveries", "replay", "TELEGRAM", "--dry-run")
    assert traces() == before
    previewed = capsys.readouterr().out
    assert "2  DEAD" in previewed
    assert previewed.endswith("\n2 in this range. Nothing was sent.\n")
    call_command("outbox_deliveries", "list")
    call_command("outbox_deliveries", "summary")
    call_command("outbox_deliveries", "retry", str(dead.id))
    call_command("outbox_deliveries", "skip", str(other.id), "--reason", "The chat is gone.")
    call_command("outbox_deliveries", "pause", "EMAIL", "--reason", "The mail server moves.")
    call_command("outbox_deliveries", "resume", "EMAIL")
    with pytest.raises(CommandError):
        call_command("outbox_deliveries", "retry", str(dead.id))

    printed = capsys.readouterr().out
    assert f"{dead.id} PENDING" in printed
    assert f"{other.id} SKIPPED" in printed


def test_two_who_try_again_at_once_do_it_once(committed):
    engineer = committed.staff("engineer")
    for _ in range(3):
        dead = parcel("DEAD")

        answers = meet(*[lambda dead=dead: services.retry_delivery(dead.id, by=engineer)] * 4)

        assert sorted(type(answer).__name__ for answer in answers) == ["Delivery", *["DeliveryWrongState"] * 3]
        assert AuditEntry.objects.filter(action="DELIVERY_RETRIED", subject_id=str(dead.id)).count() == 1


def test_without_the_lock_both_would_believe_they_did_it(committed):
    engineer, dead = committed.staff("engineer"), parcel("DEAD")

    with without_locks():
        answers = meet(*[lambda: services.retry_delivery(dead.id, by=engineer)] * 2, before="outbox_delivery")

    assert [type(answer).__name__ for answer in answers] == ["Delivery"] * 2
