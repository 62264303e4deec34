"""One id from the call to the message: who looks for a complaint finds the line of the call and the line of the send by one word."""

import json
import logging

import pytest

from core.logging import JSONFormatter
from outbox import carrier, sequencer
from outbox.channels import TELEGRAM
from outbox.models import Delivery, Event
from tests.api.callers import Caller
from tests.telegram.chats import bound, empty_mailbox

REQUEST_ID = "complaint-4711-of-the-brand"


@pytest.fixture
def lines(caplog):
    """The log, as it is written."""

    def written() -> list[dict[str, str]]:
        return [json.loads(JSONFormatter().format(record)) for record in caplog.records]

    caplog.set_level(logging.INFO)
    return written


def test_the_line_of_the_send_has_the_id_of_the_call_that_caused_it(committed, quick, lines):
    job = committed.live_job(brand=committed.brand())
    chat = bound(job.brand)
    empty_mailbox()
    creator = Caller(committed.creator())

    offer = {"message": "I would like to.", "priceQuote": 1_000}
    answer = creator.post(f"/api/jobs/{job.id}/apply", offer, idempotency_key="request-id-apply", x_request_id=REQUEST_ID)
    sequencer.sequence()
    carrier.drain(TELEGRAM)

    assert (answer.status, answer.headers["X-Request-Id"]) == (201, REQUEST_ID)
    assert set(Event.objects.filter(aggregate=f"job:{job.id}").order_by("-id").values_list("request_id", flat=True)[:1]) == {REQUEST_ID}
    assert set(Delivery.objects.filter(recipient_id=job.brand_id, channel=TELEGRAM).values_list("request_id", flat=True)) == {REQUEST_ID}
    assert len(quick.sent_to(chat.chat_id)) == 1
    (line,) = [line for line in lines() if line["event"] == "parcel"]
    assert (line["request_id"], line["state"]) == (REQUEST_ID, "SENT")


def test_a_refused_call_leaves_its_id_in_the_log_and_nowhere_else(world, lines):
    answer = Caller(world.creator()).post("/api/jobs/not-an-id/apply", {}, x_request_id=REQUEST_ID)

    assert answer.status == 404
    (line,) = [line for line in lines() if line["event"] == "refused"]
    assert line["request_id"] == REQUEST_ID
    assert not Event.objects.filter(request_id=REQUEST_ID).exists()
