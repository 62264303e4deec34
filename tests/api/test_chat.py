"""Conversations over HTTP: what each side sees, and what nobody does."""

import pytest

from core.chat.models import Message
from core.chat.services import archive_conversation
from core.notifications.models import Notification
from tests.api.callers import MISSING, Caller
from tests.core.chat.traces import nothing_happens

ROW = {
    "id",
    "job",
    "counterpart",
    "lastMessage",
    "lastActivityAt",
    "lastReadNumber",
    "unreadCount",
    "archivedAt",
    "createdAt",
    "version",
}
MESSAGE = {"id", "number", "kind", "type", "body", "facts", "senderId", "mine", "clientId", "createdAt"}


@pytest.fixture
def talk(world):
    """A conversation in which the creator has written once."""
    opened = world.talk()
    world.said(opened, by=opened.creator, body="Hello!", client_id="a-1")
    return opened


@pytest.fixture
def brand(talk):
    return Caller(talk.brand)


@pytest.fixture
def creator(talk):
    return Caller(talk.creator)


def items(answer) -> list[dict]:
    return answer.data["items"]


def test_each_side_sees_the_other_by_the_name_in_the_profile(talk, brand, creator):
    (of_brand,) = items(brand.get("/api/conversations"))
    (of_creator,) = items(creator.get("/api/conversations"))

    assert set(of_brand) == set(of_creator) == ROW
    assert of_brand["job"] == {"id": str(talk.job_id), "title": talk.job.title, "status": "PUBLISHED"}
    profile, company = talk.creator.creator_profile, talk.brand.brand_profile
    assert of_brand["counterpart"] == {"profileId": str(profile.id), "role": "CREATOR", "name": profile.display_name}
    assert of_creator["counterpart"] == {"profileId": str(company.id), "role": "BRAND", "name": company.company_name}
    assert (of_brand["unreadCount"], of_creator["unreadCount"]) == (1, 0)
    assert [row["lastMessage"]["text"] for row in (of_brand, of_creator)] == ["Hello!", "Hello!"]
    assert [row["lastMessage"]["mine"] for row in (of_brand, of_creator)] == [False, True]


def test_an_address_is_shown_nowhere(talk, brand, creator):
    for caller in (brand, creator):
        for path in ("/api/conversations", f"/api/conversations/{talk.id}", f"/api/conversations/{talk.id}/messages"):
            assert b"@" not in caller.get(path).content


def test_one_conversation_is_the_same_as_in_the_list(talk, brand):
    assert brand.get(f"/api/conversations/{talk.id}").data == {"conversation": items(brand.get("/api/conversations"))[0]}


def test_a_conversation_without_words_has_no_last_message(world):
    talk = world.talk()

    assert items(Caller(talk.brand).get("/api/conversations"))[0]["lastMessage"] is None


def test_the_latest_activity_comes_first(world):
    brand = world.brand()
    talks = [world.talk(job=world.live_job(brand=brand)) for _ in range(3)]
    for place in (1, 0, 2):
        world.said(talks[place], by=talks[place].creator)

    first = Caller(brand).get("/api/conversations?limit=2").data
    rest = Caller(brand).get(f"/api/conversations?limit=2&cursor={first['nextCursor']}").data

    assert [row["id"] for row in first["items"] + rest["items"]] == [str(talks[place].id) for place in (2, 0, 1)]
    assert rest["nextCursor"] is None
    assert (first["liveCursor"] is None, rest["liveCursor"]) == (False, None)


def test_filters_choose_archived_unread_and_those_about_a_job(world):
    brand = world.brand()
    read, unread, archived = (world.talk(job=world.live_job(brand=brand)) for _ in range(3))
    world.said(unread, by=unread.creator)
    archive_conversation(archived.id, by=brand)
    caller = Caller(brand)

    def found(query: str) -> set[str]:
        return {row["id"] for row in items(caller.get(f"/api/conversations{query}"))}

    assert found("") == found("?archived=false") == {str(read.id), str(unread.id)}
    assert found("?archived=true") == {str(archived.id)}
    assert found("?unread=true") == {str(unread.id)}
    assert found("?unread=false") == {str(read.id)}
    assert found(f"?jobId={archived.job_id}") == set()
    assert found(f"?jobId={archived.job_id}&archived=true") == {str(archived.id)}


def test_messages_come_newest_first_and_page_by_page(world, talk, brand):
    for number in range(4):
        world.said(talk, by=talk.brand, body=f"Word {number}")

    first = brand.get(f"/api/conversations/{talk.id}/messages?limit=3").data
    rest = brand.get(f"/api/conversations/{talk.id}/messages?limit=3&cursor={first['nextCursor']}").data

    assert [row["number"] for row in first["items"] + rest["items"]] == [5, 4, 3, 2, 1]
    assert set(first["items"][0]) == MESSAGE
    assert [row["mine"] for row in rest["items"]] == [True, False]
    assert [row["clientId"] for row in rest["items"]] == [None, None]
    assert items(Caller(talk.creator).get(f"/api/conversations/{talk.id}/messages"))[-1]["clientId"] == "a-1"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "Эскроу пополнен: 4\u202f500,00\u00a0₽ зарезервировано для креатора."),
        ("en", "The escrow is funded: 4\u202f500.00\u00a0₽ is reserved for the creator."),
    ],
)
def test_what_happened_is_told_in_the_readers_language_with_its_facts(world, language, said):
    job = world.deal(price_quote=4_500)
    talk = job.conversations.get()

    last = items(Caller(job.brand).get(f"/api/conversations/{talk.id}/messages", accept_language=language))[0]
    row = items(Caller(job.active_creator).get("/api/conversations", accept_language=language))[0]

    assert (last["kind"], last["type"], last["facts"]) == ("SYSTEM", "ESCROW_FUNDED", {"amountCents": 450_000, "currency": "RUB"})
    assert (last["senderId"], last["mine"]) == (None, False)
    assert row["lastMessage"]["text"] == last["body"]
    assert last["body"] == said


def test_writing_answers_with_the_message(talk, brand):
    answer = brand.post(f"/api/conversations/{talk.id}/messages", {"body": " Good day! ", "clientId": "b-1"})

    message = answer.data["message"]
    assert answer.status == 201
    assert set(message) == MESSAGE
    assert (message["body"], message["number"], message["mine"], message["clientId"]) == ("Good day!", 2, True, "b-1")
    assert message == items(brand.get(f"/api/conversations/{talk.id}/messages"))[0]


def test_the_same_client_id_answers_with_the_same_message(talk, creator):
    with nothing_happens():
        again = creator.post(f"/api/conversations/{talk.id}/messages", {"body": "Hello!", "clientId": "a-1"})
        other = creator.post(f"/api/conversations/{talk.id}/messages", {"body": "Goodbye!", "clientId": "a-1"})

    assert (again.status, again.data["message"]["number"]) == (200, 1)
    assert (other.status, other.code, other.reason) == (409, "CONFLICT", "CLIENT_ID_REUSED")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"body": ""}, "body"),
        ({"body": " \n "}, "body"),
        ({"body": "\u200b"}, "body"),
        ({"body": "x" * 4_001}, "body"),
        ({"body": 5}, "body"),
        ({"body": "Hello", "clientId": ""}, "clientId"),
        ({"body": "Hello", "clientId": "x" * 65}, "clientId"),
        ({"body": "Hello", "clientId": "a b"}, "clientId"),
        ({"body": "Hello", "kind": "SYSTEM"}, "kind"),
        ({"body": "Hello", "senderId": MISSING}, "senderId"),
    ],
)
def test_a_wrong_message_is_refused_and_leaves_nothing(talk, brand, body, field):
    with nothing_happens():
        answer = brand.post(f"/api/conversations/{talk.id}/messages", body)

    assert (answer.status, answer.code, list(answer.details["fieldErrors"])) == (400, "VALIDATION_ERROR", [field])


def test_thirteen_messages_in_half_a_minute_are_one_too_many(talk, brand, settings):
    settings.THROTTLE_MULTIPLIER = 1

    # Two windows may share the messages, and a third of them is one more than both let through.
    statuses = [brand.post(f"/api/conversations/{talk.id}/messages", {"body": "Hello!"}).status for _ in range(25)]

    assert set(statuses) == {201, 429}
    assert statuses[:12] == [201] * 12
    assert Message.objects.filter(conversation=talk, sender=talk.brand).count() == statuses.count(201)


def test_looking_reads_nothing(talk, brand):
    with nothing_happens():
        for path in ("", f"/{talk.id}", f"/{talk.id}/messages", "?unread=true"):
            assert brand.get(f"/api/conversations{path}").status == 200
        assert brand.get("/api/inbox/unread").status == 200


def test_reading_is_told_explicitly_and_up_to_a_message(world, talk, brand):
    first = items(brand.get(f"/api/conversations/{talk.id}/messages"))[0]
    world.said(talk, by=talk.creator)

    answer = brand.post(f"/api/conversations/{talk.id}/read", {"upToId": first["id"]})

    assert answer.data == {"unreadCount": 1, "lastReadNumber": 1}
    assert brand.get("/api/inbox/unread").data["messages"] == 1
    last = items(brand.get(f"/api/conversations/{talk.id}/messages"))[0]
    assert brand.post(f"/api/conversations/{talk.id}/read", {"upToId": last["id"]}).data["unreadCount"] == 0
    assert Notification.objects.get(conversation=talk).read_at is not None
    assert brand.get("/api/notifications/unread").data["count"] == len(items(brand.get("/api/notifications?filter=unread")))


def test_the_total_counts_messages_and_conversations(world):
    brand = world.brand()
    talks = [world.talk(job=world.live_job(brand=brand)) for _ in range(3)]
    for talk in (talks[0], talks[0], talks[1]):
        world.said(talk, by=talk.creator)

    total = Caller(brand).get("/api/inbox/unread").data

    assert (total["messages"], total["conversations"]) == (3, 2)


def test_archiving_is_for_oneself(talk, brand, creator):
    archived = brand.post(f"/api/conversations/{talk.id}/archive").data

    assert archived["archivedAt"] is not None
    assert items(brand.get("/api/conversations")) == []
    assert len(items(creator.get("/api/conversations"))) == 1
    assert brand.post(f"/api/conversations/{talk.id}/unarchive").data == {"archivedAt": None}
    assert len(items(brand.get("/api/conversations"))) == 1


def test_deleting_and_clearing_keep_every_word(world):
    job = world.deal()
    talk = job.conversations.get()
    brand, creator = Caller(job.brand), Caller(job.active_creator)
    refused = brand.post(f"/api/conversations/{talk.id}/delete")
    world.submission(job=job)
    world.approve(job)

    assert (refused.status, refused.reason) == (409, "ONLY_COMPLETED")
    assert brand.post(f"/api/conversations/{talk.id}/delete").data == {"deleted": True}
    assert creator.post("/api/conversations/clear").data == {"cleared": True, "count": 1}
    for caller in (brand, creator):
        assert items(caller.get("/api/conversations")) == []
        assert items(caller.get("/api/conversations?archived=true"))[0]["id"] == str(talk.id)
        assert len(items(caller.get(f"/api/conversations/{talk.id}/messages"))) == talk.messages.count()


def test_a_conversation_is_opened_once_by_either_side(world):
    application = world.application()
    brand, creator = Caller(application.job.brand), Caller(application.creator)
    job_id, profile_id = str(application.job_id), str(application.creator.creator_profile.id)

    first = brand.post("/api/conversations", {"jobId": job_id, "participantId": profile_id})
    again = creator.post("/api/conversations", {"jobId": job_id, "participantId": str(application.job.brand_id)})

    assert (first.status, again.status) == (201, 200)
    assert first.data["conversation"]["id"] == again.data["conversation"]["id"]
    assert first.data["conversation"]["counterpart"]["role"] == "CREATOR"


def test_strangers_oneself_and_what_is_not_there_look_the_same(world):
    application = world.application()
    brand = Caller(application.job.brand)
    stranger = world.creator()
    draft = world.draft_job()

    with nothing_happens():
        answers = [
            brand.post("/api/conversations", {"jobId": str(job_id), "participantId": str(participant)})
            for job_id, participant in [
                (application.job_id, stranger.id),
                (application.job_id, application.job.brand_id),
                (application.job_id, MISSING),
                (draft.id, application.creator_id),
                (MISSING, application.creator_id),
            ]
        ]

    assert [(answer.status, answer.code) for answer in answers] == [(404, "NOT_FOUND")] * 5
    assert len({answer.json["error"]["message"] for answer in answers}) == 1


def test_without_a_job_or_a_participant_nothing_opens(world):
    brand = Caller(world.brand())

    answer = brand.post("/api/conversations", {})

    assert (answer.status, set(answer.details["fieldErrors"])) == (400, {"jobId", "participantId"})


def test_what_is_held_already_is_answered_without_a_body(world, talk, brand):
    paths = [
        "/api/inbox/unread",
        "/api/notifications/unread",
        "/api/conversations",
        f"/api/conversations/{talk.id}",
        f"/api/conversations/{talk.id}/messages",
    ]
    held = {path: brand.get(path).headers["ETag"] for path in paths}

    for path in paths:
        answer = brand.get(path, if_none_match=held[path])
        assert (answer.status, answer.content, answer.headers["ETag"]) == (304, b"", held[path]), path
        assert "Content-Type" not in answer.headers
        assert answer.headers["X-Request-Id"]
        assert brand.get(path, if_none_match=f'"other", {held[path]}').status == 304
        assert brand.get(path, if_none_match="*").status == 304
        assert brand.get(path, if_none_match='W/"other"').status == 200

    world.said(talk, by=talk.creator)  # one more word, and still one notice
    for path in paths:
        assert brand.get(path, if_none_match=held[path]).status == (304 if path == "/api/notifications/unread" else 200), path


def test_a_tag_of_one_reader_or_language_is_not_that_of_another(talk, brand, creator):
    path = f"/api/conversations/{talk.id}"
    held = brand.get(path).headers["ETag"]

    assert creator.get(path, if_none_match=held).status == 200
    assert held.startswith('W/"')
