"""Whoever staff block is out with the next call, whatever is open."""

import threading
import time

import pytest
from django.db import connections
from django.test import Client

from core.chat.models import Conversation
from core.people.models import User
from core.people.services import log_in
from core.reports.services import block_person
from tests.api.callers import Caller, token_for
from tests.world import PASSWORD

REASON = "Takes creators away."


def cookie_client(user: User) -> Client:
    """A browser that has signed in."""
    client = Client(raise_request_exception=False)
    answer = client.post("/api/auth/login", {"email": user.email, "password": PASSWORD, "cookie": True}, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return client


def test_a_token_and_a_cookie_open_nothing_any_more(world):
    person = world.creator()
    caller, browser = Caller(person), cookie_client(person)
    assert caller.get("/api/me").status == 200
    assert browser.get("/api/me").status_code == 200

    block_person(person.id, by=world.moderator, reason=REASON)

    refused = caller.get("/api/me")
    assert (refused.status, refused.code, refused.details["action"]) == (401, "SESSION_INVALID", "SIGN_IN")
    assert browser.get("/api/me").status_code == 401
    assert browser.get("/api/me").json()["error"]["code"] == "SESSION_INVALID"
    assert caller.post("/api/notifications/read-all").code == "SESSION_INVALID"
    assert caller.get("/api/jobs").code == "SESSION_INVALID"


def test_over_http_the_blocking_itself_has_that_effect(world):
    person, moderator = world.brand(), Caller(world.moderator)
    caller = Caller(person)
    job = world.live_job(brand=person)

    blocked = moderator.post(f"/api/admin/people/{person.id}/block", {"reason": REASON})

    assert blocked.status == 200
    assert caller.get("/api/brand/profile").code == "SESSION_INVALID"
    assert Caller().get(f"/api/jobs/{job.id}").status == 404
    assert str(job.id) not in Caller().get("/api/jobs?limit=100").content.decode()
    assert Caller(world.creator()).post(f"/api/jobs/{job.id}/apply", {"message": "I love tea."}).status == 404
    assert Caller().post("/api/auth/login", {"email": person.email, "password": PASSWORD}).code == "UNAUTHORIZED"


def test_a_blocked_creator_is_out_of_sight_and_cannot_be_chosen(world):
    creator = world.verified_creator()
    application = world.application(creator=creator)
    brand = Caller(application.job.brand)

    block_person(creator.id, by=world.moderator, reason=REASON)

    assert Caller().get(f"/api/creators/{creator.creator_profile.id}").status == 404
    refused = brand.post(f"/api/jobs/{application.job_id}/applications/{application.id}/accept")
    assert (refused.status, refused.details["code"]) == (409, "CREATOR_NOT_AVAILABLE")


@pytest.mark.race
def test_a_long_poll_that_is_open_ends_without_a_word_for_the_blocked(committed):
    job = committed.deal()
    conversation = Conversation.objects.get(job=job)
    caller = Caller(job.active_creator, token=token_for(job.active_creator))
    where = f"/api/conversations/{conversation.id}/messages"
    place = caller.get(where).data["liveCursor"]
    answers = []

    def poll() -> None:
        answers.append(caller.get(f"{where}?after={place}&wait=3"))
        connections.close_all()

    waiting = threading.Thread(target=poll)
    waiting.start()
    time.sleep(1)
    block_person(job.active_creator_id, by=committed.moderator, reason=REASON)
    waiting.join(timeout=20)

    (answer,) = answers
    assert answer.code == "SESSION_INVALID"
    assert caller.get(where).code == "SESSION_INVALID"


def test_signing_in_again_is_refused_until_unblocked(world):
    person = world.creator()
    block_person(person.id, by=world.moderator, reason=REASON)

    refused = Caller().post("/api/auth/login", {"email": person.email, "password": PASSWORD})

    assert (refused.status, refused.code) == (401, "UNAUTHORIZED")
    User.objects.filter(id=person.id).update(blocked_at=None)
    assert log_in(email=person.email, password=PASSWORD, kind="TOKEN")[0].user_id == person.id
