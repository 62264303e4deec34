"""Parcels in the backoffice: found, sent again one by one, many at once and by a range, given up, and shown to whom they concern."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from backoffice import show
from core.audit.models import AuditEntry
from core.mailbox.errors import DeliveryTwiceOut
from outbox.models import Attempt, Delivery
from tests.backoffice.pages import MODAL, client_of, dialog_url, list_url, page_url, seen, words
from tests.core.mailbox.rows import parcel, traces

REASON = "Человек уже знает об этом."


def again(row: Delivery) -> str:
    return Delivery.objects.get(pk=row.pk).state


def list_dialog(name: str) -> str:
    return reverse(f"admin:outbox_delivery_{name}")


def window(**chosen: str) -> dict[str, str]:
    """A range around now, as the browser sends it."""
    now = timezone.now().astimezone(show.zone())
    since, until = (moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (now - timedelta(hours=1), now + timedelta(hours=1)))
    return {"channel": "TELEGRAM", "state": "DEAD", "since": since, "until": until, "per_second": "10", "reason": REASON} | chosen


@pytest.mark.parametrize(
    ("tab", "states"),
    [
        ("dead", {"DEAD"}),
        ("waiting", {"PENDING", "HELD"}),
        ("sending", {"LEASED", "SENDING"}),
        ("sent", {"SENT"}),
        ("skipped", {"SKIPPED", "UNCERTAIN"}),
    ],
)
def test_each_tab_holds_its_own_states(world, enter, tab, states):
    rows = {parcel(state) for state in Delivery.State.values}
    page = enter("engineer").get(list_url("delivery"), {"tab": tab}).content.decode()

    shown = {row.state for row in rows if page_url(row) in page}

    assert shown == states


def test_what_is_being_repeated_has_a_tab_of_its_own(world, enter):
    failing, calm = parcel("PENDING", failures=3, reason="NO_ANSWER"), parcel("PENDING")

    response = enter("engineer").get(list_url("delivery"), {"tab": "failing"})

    assert page_url(failing) in response.content.decode()
    assert page_url(calm) not in response.content.decode()
    assert "ответа не было" in seen(response)


def test_an_engineer_sends_a_dead_letter_again(world, enter):
    dead = parcel("DEAD", failures=16)
    client = enter("engineer")

    client.post(dialog_url(dead, "retry"))

    assert again(dead) == "PENDING"
    assert AuditEntry.objects.filter(action="DELIVERY_RETRIED", subject_id=str(dead.pk)).count() == 1


def test_what_may_have_arrived_twice_is_not_sent_a_third_time(world, enter):
    dead = parcel("DEAD", copies=2)
    before = traces()

    response = enter("engineer").post(dialog_url(dead, "retry"), follow=True)

    assert words(DeliveryTwiceOut()) in seen(response)
    assert traces() == before


def test_giving_up_asks_why(world, enter):
    dead = parcel("DEAD")
    client = enter("engineer")

    empty = client.post(dialog_url(dead, "skip"), {"reason": ""}, headers=MODAL)
    assert "Обязательное поле" in seen(empty)
    assert again(dead) == "DEAD"

    client.post(dialog_url(dead, "skip"), {"reason": REASON})
    assert again(dead) == "SKIPPED"
    assert AuditEntry.objects.get(action="DELIVERY_SKIPPED", subject_id=str(dead.pk)).reason == REASON


def test_many_are_sent_again_at_once_and_who_cannot_be_is_said(world, enter):
    dead, arrived = [parcel("DEAD"), parcel("UNCERTAIN", copies=1)], parcel("SENT")
    client = enter("engineer")
    rows = [str(row.pk) for row in (*dead, arrived)]

    preview = client.get(list_dialog("retry_many"), {"row": rows}, headers=MODAL)
    client.post(list_dialog("retry_many"), {"row": rows})

    assert "Уже доставлено." in seen(preview)
    assert [again(row) for row in (*dead, arrived)] == ["PENDING", "PENDING", "SENT"]


def test_a_range_is_shown_before_it_is_sent(world, enter):
    dead = [parcel("DEAD") for _ in range(3)]
    other = parcel("DEAD", channel="EMAIL")
    client = enter("engineer")
    before = traces()

    first = client.post(list_dialog("replay"), window(), headers=MODAL)
    assert "Вот что произойдёт" in seen(first)
    assert "уйдёт заново" in seen(first)
    assert traces() == before

    mark = first.content.decode().partition('name="rehearsed" value="')[2].partition('"')[0]
    client.post(list_dialog("replay"), window(rehearsed=mark), headers=MODAL)
    assert {again(row) for row in dead} == {"HELD"}
    assert again(other) == "DEAD"


def test_a_range_that_has_changed_since_it_was_shown_is_shown_again(world, enter):
    parcel("DEAD")
    client = enter("engineer")
    first = client.post(list_dialog("replay"), window(), headers=MODAL)
    mark = first.content.decode().partition('name="rehearsed" value="')[2].partition('"')[0]
    parcel("DEAD")
    before = traces()

    second = client.post(list_dialog("replay"), window(rehearsed=mark), headers=MODAL)

    assert "Вот что произойдёт" in seen(second)
    assert traces() == before


def test_what_arrived_in_a_chat_is_never_sent_again(world, enter):
    parcel("SENT")
    before = traces()

    response = enter("engineer").post(list_dialog("replay"), window(state="SENT"), headers=MODAL)

    assert response.status_code == 200
    assert "HX-Redirect" not in response
    assert traces() == before


# ── Support ──


def test_support_sees_nothing_before_it_has_found_somebody(world, enter):
    person = world.creator()
    mine, other = parcel("DEAD", recipient_id=person.id), parcel("DEAD")
    client = enter("support")

    nobody = client.get(list_url("delivery"))
    found = client.get(list_url("delivery"), {"q": person.email}).content.decode()

    assert "Сначала найдите человека" in seen(nobody)
    assert page_url(mine) not in nobody.content.decode()
    assert page_url(mine) in found
    assert page_url(other) not in found


def test_support_tries_one_again_and_does_nothing_else(world, enter):
    dead = parcel("DEAD")
    client = enter("support")
    page = client.get(page_url(dead)).content.decode()

    client.post(dialog_url(dead, "retry"))

    assert again(dead) == "PENDING"
    assert dialog_url(dead, "skip") not in page
    assert client.post(dialog_url(dead, "skip"), {"reason": REASON}).status_code == 403
    assert client.post(list_dialog("replay"), window()).status_code == 403
    assert client.post(list_dialog("retry_many"), {"row": [str(dead.pk)]}).status_code == 403


def test_support_finds_what_goes_to_the_webhooks_of_a_person(world, enter):
    endpoint, _secret = world.endpoint()
    hooked = parcel("DEAD", channel="WEBHOOK", recipient_id=endpoint.id)

    page = enter("support").get(list_url("delivery"), {"q": str(endpoint.owner_id)}).content.decode()

    assert page_url(hooked) in page


@pytest.mark.parametrize("role", ["moderator", "finance", "finance_approver"])
def test_others_do_not_get_in(world, enter, role):
    dead = parcel("DEAD")
    client = enter(role)

    assert client.get(list_url("delivery")).status_code == 403
    assert client.get(page_url(dead)).status_code == 403
    assert client.post(dialog_url(dead, "retry")).status_code == 403
    assert again(dead) == "DEAD"


# ── The page ──


def test_the_page_tells_every_try_with_its_duration_and_answer(world, enter):
    dead = parcel("DEAD", channel="WEBHOOK")
    Attempt.objects.create(delivery=dead, outcome="UNKNOWN", code="HTTP_503", status=503, milliseconds=1_250)
    Attempt.objects.create(delivery=dead, outcome="RETRY", code="CONNECT_TIMEOUT", milliseconds=90)

    page = seen(enter("engineer").get(page_url(dead)))

    assert "ответ 503" in page
    assert "1,3 с" in page or "1,2 с" in page
    assert "соединение не дождались" in page
    assert "90 мс" in page


def test_the_page_shows_what_waits_behind_a_dead_letter(world, enter):
    dead = parcel("DEAD")
    parcel("PENDING", recipient_id=dead.recipient_id)

    assert "За ним ждут о том же: 1" in seen(enter("engineer").get(page_url(dead)))


def test_only_those_who_look_people_up_read_the_name(world, enter):
    person = world.creator(display_name="Мария Чайкина")
    dead = parcel("DEAD", recipient_id=person.id)

    assert "Мария Чайкина" not in seen(enter("engineer").get(page_url(dead)))
    assert "Мария Чайкина" in seen(enter("support").get(page_url(dead)))


def test_paging_goes_on_from_the_last_one_seen(world, enter):
    rows = [parcel("DEAD") for _ in range(27)]
    client = enter("engineer")

    first = client.get(list_url("delivery")).content.decode()
    second = client.get(list_url("delivery"), {"before": rows[2].pk}).content.decode()

    assert page_url(rows[-1]) in first
    assert page_url(rows[1]) not in first
    assert page_url(rows[1]) in second


def test_a_superuser_does_all_of_it(world):
    chief = world.staff()
    chief.is_superuser = True
    chief.save(update_fields=["is_superuser"])
    dead = parcel("DEAD")

    client_of(chief).post(dialog_url(dead, "retry"))

    assert again(dead) == "PENDING"
