"""Consumers in the backoffice: made, given a new secret that is shown once, paused, put back, revoked."""

from datetime import timedelta

from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from backoffice import show
from core.audit.models import AuditEntry
from outbox.consumers.models import Consumer, ConsumerToken
from outbox.consumers.tokens import digest
from tests.api.callers import Caller
from tests.backoffice.pages import MODAL, dialog_url, list_url, page_url, seen
from tests.outbox.consumers.cast import ids_of, make_consumer, nack, pull, pulled, write_events

REASON = "На их стороне чинят базу."


def secret_of(response) -> str:
    return response.content.decode().partition('id="secret">')[2].partition("<")[0]


def test_a_new_consumer_gets_a_secret_that_is_shown_once(world, enter):
    client = enter("engineer")

    made = client.post(reverse("admin:outbox_consumer_create"), {"name": "sklad-7", "scopes": "escrow_*, JOB_PUBLISHED"}, headers=MODAL)
    secret = secret_of(made)
    consumer = Consumer.objects.get(name="sklad-7")

    assert consumer.scopes == ["ESCROW_*", "JOB_PUBLISHED"]
    assert ConsumerToken.objects.filter(consumer=consumer, digest=digest(secret)).exists()
    assert "no-store" in made["Cache-Control"]
    assert [str(message) for message in get_messages(made.wsgi_request)] == []
    assert secret not in str(dict(client.session))
    for page in (client.get(page_url(consumer)), client.get(list_url("consumer"))):
        assert secret not in page.content.decode()
    assert secret not in str(list(AuditEntry.objects.values_list("after", flat=True)))


def test_a_wrong_name_is_said_at_its_field_and_nothing_is_made(world, enter):
    response = enter("engineer").post(reverse("admin:outbox_consumer_create"), {"name": "Склад", "scopes": "*"}, headers=MODAL)

    assert "secret" not in response.content.decode()
    assert not Consumer.objects.filter(name="Склад").exists()


def test_a_new_secret_opens_and_the_old_one_only_as_long_as_was_said(world, enter):
    consumer, old = make_consumer()
    client = enter("engineer")

    new = secret_of(client.post(dialog_url(consumer, "rotate"), {"hours": "0"}, headers=MODAL))

    assert pull(Caller(token=new)).status == 200
    assert pull(old).status == 401


def test_a_paused_consumer_is_given_nothing_and_loses_nothing(world, enter):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(2))
    client = enter("engineer")

    client.post(dialog_url(consumer, "pause"), {"reason": REASON})
    assert pulled(caller) == []
    assert "На паузе" in seen(client.get(page_url(consumer)))

    client.post(dialog_url(consumer, "resume"))
    assert pulled(caller) == ids
    assert AuditEntry.objects.get(action="CONSUMER_PAUSED", subject_id=str(consumer.pk)).reason == REASON


def test_a_consumer_is_put_back_after_what_will_come_again_was_shown(world, enter):
    consumer, caller = make_consumer()
    ids = ids_of(write_events(3))
    assert pulled(caller) == ids
    client = enter("engineer")
    since = (timezone.now().astimezone(show.zone()) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")

    first = client.post(dialog_url(consumer, "rewind"), {"since": since}, headers=MODAL)
    assert "Придёт заново" in seen(first)
    assert pulled(caller) == []

    mark = first.content.decode().partition('name="rehearsed" value="')[2].partition('"')[0]
    client.post(dialog_url(consumer, "rewind"), {"since": since, "rehearsed": mark}, headers=MODAL)
    assert pulled(caller)[-3:] == ids


def test_what_a_consumer_gave_up_is_shown_in_its_words_and_given_out_again(world, enter):
    consumer, caller = make_consumer()
    (uid,) = ids_of(write_events(1))
    for _ in range(16):
        assert pulled(caller) == [uid]
        nack(caller, uid, error="Склад закрыт", retryAfterSec=0)
    client = enter("engineer")

    assert "Склад закрыт" in seen(client.get(page_url(consumer)))
    client.post(dialog_url(consumer, "redrive"))

    assert pulled(caller) == [uid]


def test_a_revoked_consumer_has_no_steps_left(world, enter):
    consumer, caller = make_consumer()
    client = enter("engineer")

    client.post(dialog_url(consumer, "revoke"))

    assert pull(caller).status == 401
    page = client.get(page_url(consumer)).content.decode()
    assert all(dialog_url(consumer, step) not in page for step in ("rotate", "rewind", "redrive", "pause", "resume", "revoke"))
