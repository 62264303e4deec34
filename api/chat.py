"""Conversations of a brand and a creator: lists that can be followed, messages, reading and archiving.

A GET marks nothing as read. Nothing is ever deleted: what one puts away is still there for the other side.
"""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Filters, Shape, describe, route
from api.filters import Flag, Identifier
from api.live import LIVE, LiveIn, LiveViewset
from api.permissions import BrandOrCreator
from core.base.errors import NotFound
from core.base.models import QuerySet
from core.base.names import camel
from core.chat import errors, selectors, services
from core.chat.models import Message
from core.chat.texts import text
from core.hiring.talks import open_talk
from core.jobs.models import Job
from core.people.models import User

OTHER_SIDE = {User.Role.BRAND: User.Role.CREATOR, User.Role.CREATOR: User.Role.BRAND}
EXAMPLE_ID = "0199f0c0-0000-7000-8000-000000000001"


class TalkIn(Shape):
    jobId = serializers.UUIDField()
    participantId = serializers.UUIDField(help_text="The other side, or their profile.")


class TalkedJobOut(Shape):
    id = serializers.UUIDField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Job.Status.choices)


class CounterpartOut(Shape):
    profileId = serializers.UUIDField(allow_null=True)
    role = serializers.ChoiceField(choices=[(role.value, role.label) for role in OTHER_SIDE])
    name = serializers.CharField(allow_null=True, help_text="As the profile says.")


class LastMessageOut(Shape):
    kind = serializers.ChoiceField(choices=Message.Kind.choices)
    type = serializers.CharField(help_text="What happened, for SYSTEM.")
    text = serializers.CharField()
    at = serializers.DateTimeField()
    mine = serializers.BooleanField()


class ConversationOut(Shape):
    id = serializers.UUIDField()
    job = TalkedJobOut()
    counterpart = CounterpartOut()
    lastMessage = LastMessageOut(allow_null=True)
    lastActivityAt = serializers.DateTimeField()
    lastReadNumber = serializers.IntegerField(help_text="The number of the last message that I have read.")
    unreadCount = serializers.IntegerField()
    archivedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()
    version = serializers.IntegerField(help_text="Of two rows about one conversation the one with the larger version is newer.")


class MessageIn(Shape):
    body = serializers.CharField(max_length=services.BODY_MAX)
    clientId = serializers.RegexField(
        "^[!-~]+$", required=False, max_length=services.CLIENT_ID_MAX, help_text="The same one gives the same message again, for ever."
    )


class MessageOut(Shape):
    id = serializers.UUIDField()
    number = serializers.IntegerField(help_text="Counts from 1 within the conversation.")
    kind = serializers.ChoiceField(choices=Message.Kind.choices)
    type = serializers.CharField(help_text="What happened, for SYSTEM.")
    body = serializers.CharField(help_text="For SYSTEM in the reader's language.")
    facts = serializers.DictField(help_text="For SYSTEM: the amounts, numbers and states of which `body` is made.")
    senderId = serializers.UUIDField(allow_null=True)
    mine = serializers.BooleanField()
    clientId = serializers.CharField(allow_null=True, help_text="Of my own messages.")
    createdAt = serializers.DateTimeField()


class ReadIn(Shape):
    upToId = serializers.UUIDField(help_text="The last message that was seen.")


class ReadOut(Shape):
    unreadCount = serializers.IntegerField(help_text="How many came later.")
    lastReadNumber = serializers.IntegerField()


class ArchivedOut(Shape):
    archivedAt = serializers.DateTimeField(allow_null=True)


class DeletedOut(Shape):
    deleted = serializers.BooleanField()


class ClearedOut(Shape):
    cleared = serializers.BooleanField()
    count = serializers.IntegerField(help_text="How many conversations went.")


class UnreadOut(Shape):
    messages = serializers.IntegerField()
    conversations = serializers.IntegerField(help_text="How many have something unread.")
    version = serializers.IntegerField(help_text="Rises whenever anything about my conversations changes.")


class ConversationFilters(Filters):
    archived = Flag(method="only_archived", help_text="The archived ones instead of the others.")
    unread = Flag(method="only_unread", help_text="Those with, or without, something unread.")
    jobId = Identifier(field_name="conversation__job_id")

    def only_archived(self, rows: QuerySet, name: str, is_wanted: bool) -> QuerySet:
        """The archived ones, or the others."""
        return rows.filter(archived_at__isnull=not is_wanted)

    def only_unread(self, rows: QuerySet, name: str, is_wanted: bool) -> QuerySet:
        """Those with something unread, or the others."""
        return rows.filter(unread_count__gt=0) if is_wanted else rows.filter(unread_count=0)


def conversation(row: dict[str, Any], by: User) -> dict[str, Any]:
    """A conversation as this reader sees it."""
    last = row["last_message"]
    return {
        "id": row["conversation_id"],
        "job": {"id": row["job_id"], "title": row["job_title"], "status": row["job_status"]},
        "counterpart": {
            "profileId": row["counterpart_profile_id"],
            "role": OTHER_SIDE[User.Role(by.role)],
            "name": row["counterpart_name"],
        },
        "lastMessage": last
        and {
            "kind": last["kind"],
            "type": last["type"],
            "text": words(last),
            "at": last["at"],
            "mine": last["kind"] == Message.Kind.USER and last["sender_id"] == str(by.pk),
        },
        "lastActivityAt": row["last_message_at"],
        "lastReadNumber": row["last_read_number"],
        "unreadCount": row["unread_count"],
        "archivedAt": row["archived_at"],
        "createdAt": row["created_at"],
        "version": row["version"],
    }


def message(row: dict[str, Any], by: User) -> dict[str, Any]:
    """A message as this reader sees it: who of the staff made something happen is not told."""
    is_by_person = row["kind"] == Message.Kind.USER
    is_mine = is_by_person and row["sender_id"] == by.pk
    return {
        "id": row["id"],
        "number": row["number"],
        "kind": row["kind"],
        "type": row["type"],
        "body": words(row),
        "facts": {camel(name): fact for name, fact in row["facts"].items()},
        "senderId": row["sender_id"] if is_by_person else None,
        "mine": is_mine,
        "clientId": row["client_id"] if is_mine else None,
        "createdAt": row["created_at"],
    }


def words(row: dict[str, Any]) -> str:
    """What the message says, in the reader's language."""
    return row["body"] if row["kind"] == Message.Kind.USER else text(row["type"], row["facts"])


class ConversationViewset(LiveViewset):
    permission_classes = [BrandOrCreator]
    throttle_scope = {"create": "write", "read": "write", "archive": "write", "unarchive": "write", "delete": "write", "clear": "write"}

    @describe(
        "My conversations, the latest activity first",
        detail="Without the archived ones, unless `archived=true`. With `after` every conversation that changed since, archived or "
        "read ones too, in the order of the changes; `after` goes with `wait` and `limit` alone.",
        response=ConversationOut,
        page=True,
        filters=ConversationFilters,
        query=LiveIn,
        beside=LIVE,
        tagged=True,
    )
    def list(self, request: Request) -> HttpResponse:
        rows = selectors.conversation_list(request.user)
        newest = partial(selectors.inbox_version, request.user)
        if self.follows():
            return self.follow(rows, by="version", newest=newest, shape=self.shown_to_me)
        if "archived" not in request.query_params:
            rows = rows.filter(archived_at=None)
        return self.first(rows, order=("-last_message_at", "-id"), by="version", newest=newest(), shape=self.shown_to_me)

    @describe(
        "Open the conversation of a job with its brand, or with a creator who wants to do it",
        detail="Once for each job and creator: whoever asks again gets the same one, with 200.",
        request=TalkIn,
        response={"conversation": ConversationOut},
        status=201,
        also=(200,),
        errors=[NotFound, errors.CounterpartGone, errors.ContactBlocked],
        example={"jobId": EXAMPLE_ID, "participantId": EXAMPLE_ID},
    )
    def create(self, request: Request) -> HttpResponse:
        opened = open_talk(by=request.user, **self.body())
        return self.one(opened.id, status=200 if opened.was_open_before else 201)

    @describe("One of my conversations", response={"conversation": ConversationOut}, tagged=True)
    def retrieve(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show_tagged({"conversation": self.shown_to_me(selectors.conversation_page(pk, by=request.user))})

    @describe(
        "I have read the messages up to this one",
        detail="Later ones stay new. Reading never goes back, and repeating it changes nothing.",
        request=ReadIn,
        response=ReadOut,
        example={"upToId": EXAMPLE_ID},
    )
    def read(self, request: Request, pk: UUID) -> HttpResponse:
        return self.show(services.read_messages(pk, by=request.user, **self.body()))

    @describe(
        "Put the conversation away",
        detail="For me alone, until somebody writes. Repeating it changes nothing.",
        response=ArchivedOut,
    )
    def archive(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.archive_conversation(pk, by=request.user))

    @describe("Take the conversation back", detail="Repeating it changes nothing.", response=ArchivedOut)
    def unarchive(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(services.unarchive_conversation(pk, by=request.user))

    @describe(
        "Put the conversation of a finished job away",
        detail="For me alone: it goes to my archive, and nothing of it is lost.",
        response=DeletedOut,
        errors=[errors.OnlyCompleted],
    )
    def delete(self, request: Request, pk: UUID) -> HttpResponse:
        self.no_body()
        services.archive_ended_conversation(pk, by=request.user)
        return self.show({"deleted": True})

    @describe("Put all conversations of finished jobs away", detail="For me alone, as above.", response=ClearedOut)
    def clear(self, request: Request) -> HttpResponse:
        self.no_body()
        return self.show({"cleared": True, "count": services.archive_ended_conversations(by=request.user)})

    def one(self, pk: UUID, status: int) -> HttpResponse:
        """The conversation as the caller sees it."""
        return self.show({"conversation": self.shown_to_me(selectors.conversation_page(pk, by=self.request.user))}, status=status)

    def shown_to_me(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as the caller sees it."""
        return conversation(row, self.request.user)


class MessageViewset(LiveViewset):
    permission_classes = [BrandOrCreator]
    throttle_scope = {"create": "chat"}

    @describe(
        "The messages of a conversation, newest first",
        detail="With `after` what was said since, oldest first; `after` goes with `wait` and `limit` alone. Marks nothing as read.",
        response=MessageOut,
        page=True,
        query=LiveIn,
        beside=LIVE,
        tagged=True,
    )
    def list(self, request: Request, pk: UUID) -> HttpResponse:
        rows, last = selectors.message_list(pk, by=request.user)
        if self.follows():
            newest = partial(selectors.message_count, pk, by=request.user)
            return self.follow(rows, by="number", newest=newest, shape=self.shown_to_me)
        # What comes at this very moment belongs to those who follow, so that nothing is shown twice.
        return self.first(rows.filter(number__lte=last), order=("-number",), by="number", newest=last, shape=self.shown_to_me)

    @describe(
        "Write",
        detail="With a `clientId` a repetition gives the same message, with 200. It brings the conversation back from both archives.",
        request=MessageIn,
        response={"message": MessageOut},
        status=201,
        also=(200,),
        errors=[errors.ClientIdReused, errors.CounterpartGone, errors.ContactBlocked],
        example={"body": "Hello! Which tea shall I brew?", "clientId": "b7c1"},
    )
    def create(self, request: Request, pk: UUID) -> HttpResponse:
        sent = services.send_message(pk, by=request.user, **self.body())
        shown = self.shown_to_me({name: getattr(sent, name) for name in selectors.MESSAGE_COLUMNS})
        return self.show({"message": shown}, status=200 if sent.was_sent_before else 201)

    def shown_to_me(self, row: dict[str, Any]) -> dict[str, Any]:
        """The row as the caller sees it."""
        return message(row, self.request.user)


class InboxViewset(LiveViewset):
    permission_classes = [BrandOrCreator]

    @describe("How much waits to be read in my conversations, archived ones left out", response=UnreadOut, tagged=True)
    def unread(self, request: Request) -> HttpResponse:
        return self.show_tagged(UnreadOut.of(selectors.unread(request.user)))


urls = [
    route("inbox/unread", InboxViewset, get="unread"),
    route("conversations", ConversationViewset, get="list", post="create"),
    route("conversations/clear", ConversationViewset, post="clear"),
    route("conversations/<uuid:pk>", ConversationViewset, get="retrieve"),
    route("conversations/<uuid:pk>/messages", MessageViewset, get="list", post="create"),
    route("conversations/<uuid:pk>/read", ConversationViewset, post="read"),
    route("conversations/<uuid:pk>/archive", ConversationViewset, post="archive"),
    route("conversations/<uuid:pk>/unarchive", ConversationViewset, post="unarchive"),
    route("conversations/<uuid:pk>/delete", ConversationViewset, post="delete"),
]
